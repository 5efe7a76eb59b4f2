/* A request's values: from path, address and body, each in its type, and nothing that the operation lacks. */
#include "api/api.err.h"
#include "api/run.h"
#include "engine/op/op.err.h"
#include "test.h"

static const struct op_parameter parameters[] = {
    {.name = "id", .type = OP_TEXT, .positional = true, .required = true},
    {.name = "text", .type = OP_TEXT, .required = true},
    {.name = "limit", .type = OP_INT},
    {.name = "as-of", .type = OP_DAY},
    {.name = "dry-run", .type = OP_FLAG},
    {.name = "format", .type = OP_CHOICE, .choices = "json,csv"},
    {.name = "reveal", .type = OP_FLAG, .writes = true},
    {.name = "out", .type = OP_OUT_PATH},
};
static const struct op_parameter with_fields[] = {{.name = "id", .type = OP_TEXT, .required = true},
                                                  {.name = "sort", .type = OP_TEXT},
                                                  {.name = "fields", .type = OP_FIELDS}};
static const struct op search = {.name = "search",
                                 .parameters = parameters,
                                 .count = COUNT_OF(parameters),
                                 .route = {.method = "POST", .path = "thing/{id}/search"}};
static const struct op change = {.name = "change",
                                 .parameters = with_fields,
                                 .count = COUNT_OF(with_fields),
                                 .route = {.method = "PATCH", .path = "thing/{id}"}};
static const struct op command = {.name = "command",
                                  .parameters = with_fields,
                                  .count = 2,
                                  .route = {.method = "POST", .path = "thing/{id}"}};

static struct request r;
static struct op_value *values;

static int end(void **state)
{
    (void)state;
    buf_clear(&r.body);
    arena_clear(&r.arena);
    return 0;
}

static bool read(const struct op *op, const char *address, const char *body, struct err *e)
{
    static struct route route;
    end(NULL);
    route = (struct route){.method = op->route.method, .path = op->route.path, .op = op};
    r = (struct request){.method = op->route.method, .route = &route, .expects = BODY_JSON};
    arena_init(&r.arena, 64u << 20);
    buf_init(&r.body, REQUEST_JSON_MAX);
    buf_add_z(&r.body, body);
    r.path_value[0] = TEXT("7");
    return url_read(text_of(address), &r.arena, &r.url, e) && run_values(&r, op, &values, e);
}

static void values_come_from_path_address_and_body(void **state)
{
    struct err e = {0};
    (void)state;
    assert_done(read(&search, "/x?limit=5&dry_run=true", "{\"text\":\"刘\",\"as_of\":\"2019-12-31\"}", &e),
                &e);
    assert_text(values[0].s, "7");
    assert_text(values[1].s, "刘");
    assert_int_equal(values[2].n, 5);
    assert_true(values[3].given && values[4].given);
    assert_false(values[5].given);
}

static void a_name_that_the_operation_lacks_is_refused(void **state)
{
    struct err e = {0};
    (void)state;
    assert_refused(read(&search, "/x?sideways=1", "{\"text\":\"x\"}", &e), &e, API_PARAMETER_UNKNOWN);
    assert_refused(read(&search, "/x", "{\"text\":\"x\",\"sideways\":1}", &e), &e, API_PARAMETER_UNKNOWN);
    for (const char *const *name =
             (const char *const[]){"/x?reveal=true", "/x?out=a.csv", "/x?as-of=2019-01-01", NULL};
         *name != NULL; name++)
        assert_refused(read(&search, *name, "{\"text\":\"x\"}", &e), &e, API_PARAMETER_UNKNOWN);
}

static void what_is_required_must_be_there_and_say_something(void **state)
{
    struct err e = {0};
    (void)state;
    assert_refused(read(&search, "/x", "{}", &e), &e, API_PARAMETER_MISSING);
    assert_refused(read(&search, "/x", "{\"text\":\"\"}", &e), &e, API_PARAMETER_MISSING);
    assert_refused(read(&search, "/x", "", &e), &e, API_BODY_BAD);
    assert_done(read(&command, "/x", "", &e), &e);
    assert_refused(read(&change, "/x", "", &e), &e, API_BODY_BAD);
}

static void members_are_of_the_declared_type(void **state)
{
    struct err e = {0};
    (void)state;
    for (const char *const *body =
             (const char *const[]){"{\"text\":5}", "{\"text\":null}", "{\"text\":[]}",
                                   "{\"text\":\"x\",\"limit\":\"5\"}", "{\"text\":\"x\",\"limit\":5.5}",
                                   "{\"text\":\"x\",\"dry_run\":\"true\"}",
                                   "{\"text\":\"x\",\"as_of\":20191231}", NULL};
         *body != NULL; body++)
        assert_refused(read(&search, "/x", *body, &e), &e, API_MEMBER_TYPE);
    assert_refused(read(&search, "/x?limit=ten", "{\"text\":\"x\"}", &e), &e, OP_VALUE_BAD);
    assert_refused(read(&search, "/x?format=doc", "{\"text\":\"x\"}", &e), &e, OP_VALUE_BAD);
    assert_refused(read(&search, "/x?as_of=2019-02-30", "{\"text\":\"x\"}", &e), &e, OP_VALUE_BAD);
}

static void a_flag_is_true_or_false(void **state)
{
    struct err e = {0};
    (void)state;
    assert_done(read(&search, "/x?dry_run=false", "{\"text\":\"x\"}", &e), &e);
    assert_false(values[4].given);
    assert_done(read(&search, "/x", "{\"text\":\"x\",\"dry_run\":true}", &e), &e);
    assert_true(values[4].given);
    assert_done(read(&search, "/x", "{\"text\":\"x\",\"dry_run\":false}", &e), &e);
    assert_false(values[4].given);
    assert_refused(read(&search, "/x?dry_run=perhaps", "{\"text\":\"x\"}", &e), &e, OP_VALUE_BAD);
    assert_refused(read(&search, "/x?dry_run", "{\"text\":\"x\"}", &e), &e, OP_VALUE_BAD);
}

static void nothing_is_said_twice(void **state)
{
    struct err e = {0};
    (void)state;
    assert_refused(read(&search, "/x?text=a", "{\"text\":\"b\"}", &e), &e, API_PARAMETER_TWICE);
    assert_refused(read(&search, "/x?id=8", "{\"text\":\"b\"}", &e), &e, API_PARAMETER_TWICE);
    assert_refused(read(&search, "/x", "{\"text\":\"b\",\"id\":\"8\"}", &e), &e, API_PARAMETER_TWICE);
}

static void what_is_not_declared_is_a_field_where_there_are_any(void **state)
{
    struct err e = {0};
    (void)state;
    assert_done(read(&change, "/x?sort=name&members.min=2",
                     "{\"members\":3,\"name\":\"刘\",\"ok\":true,\"gone\":null,\"area\":2.5,\"bad\":{}}", &e),
                &e);
    assert_text(values[1].s, "name");
    const struct op_value *fields = &values[2];
    assert_int_equal(fields->field_count, 7);
    assert_true(fields->given);
    assert_text(fields->fields[0].name, "members.min");
    assert_int_equal(fields->fields[0].kind, OP_FIELD_TEXT);
    assert_text(fields->fields[1].value, "3");
    assert_int_equal(fields->fields[1].kind, OP_FIELD_NUMBER);
    assert_int_equal(fields->fields[2].kind, OP_FIELD_TEXT);
    assert_int_equal(fields->fields[3].kind, OP_FIELD_BOOL);
    assert_int_equal(fields->fields[4].kind, OP_FIELD_NULL);
    assert_int_equal(fields->fields[5].kind, OP_FIELD_NUMBER);
    assert_int_equal(fields->fields[6].kind, OP_FIELD_OTHER);
}

static void fields_have_a_limit(void **state)
{
    struct err e = {0};
    struct buf body;
    (void)state;
    buf_init(&body, 1u << 16);
    for (int i = 0; i <= 300; i++)
        buf_add_format(&body, "%s\"f%d\":1", i == 0 ? "{" : ",", i);
    buf_add(&body, (struct text){"}\0", 2});
    assert_refused(read(&change, "/x", body.at, &e), &e, API_URL_LONG);
    buf_clear(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_from_path_address_and_body),
        cmocka_unit_test(a_name_that_the_operation_lacks_is_refused),
        cmocka_unit_test(what_is_required_must_be_there_and_say_something),
        cmocka_unit_test(members_are_of_the_declared_type),
        cmocka_unit_test(a_flag_is_true_or_false),
        cmocka_unit_test(nothing_is_said_twice),
        cmocka_unit_test(what_is_not_declared_is_a_field_where_there_are_any),
        cmocka_unit_test(fields_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
