/* Routes: the one that fits best, what a path allows, and those of the whole program. */
#include "api/api.err.h"
#include "api/api.h"
#include "api/route.h"
#include "api/server_parts.h"
#include "test.h"

static struct arena arena;
static struct routes routes;

static int begin(void **state)
{
    struct err e = {0};
    (void)state;
    arena_init(&arena, 64u << 20);
    return routes_make(api_ops(), &server_own_routes, &arena, &routes, &e) ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static struct request asked(const char *method, const char *path)
{
    struct request r = {.method = method, .arena = {.ceiling = 1u << 20}};
    struct err e = {0};
    assert_done(url_read(text_of(path), &arena, &r.url, &e), &e);
    return r;
}

static struct request found(const struct routes *in, const char *method, const char *path)
{
    struct request r = asked(method, path);
    struct err e = {0};
    assert_done(route_find(in, &r, &e), &e);
    return r;
}

static const struct route some[] = {
    {.method = "GET", .path = "api/v1/{entity}", .id = "list"},
    {.method = "GET", .path = "api/v1/{entity}/{id}", .id = "get"},
    {.method = "PATCH", .path = "api/v1/{entity}/{id}", .id = "change"},
    {.method = "GET", .path = "api/v1/finding", .id = "finding"},
    {.method = "POST", .path = "api/v1/{entity}/search", .id = "search"},
    {.method = "POST", .path = "api/v1/finding/{id}", .id = "explain"},
};
static const struct routes few = {some, COUNT_OF(some)};

static void a_literal_segment_goes_before_a_name(void **state)
{
    (void)state;
    assert_string_equal(found(&few, "GET", "/api/v1/finding").route->id, "finding");
    assert_string_equal(found(&few, "GET", "/api/v1/household").route->id, "list");
    assert_string_equal(found(&few, "POST", "/api/v1/household/search").route->id, "search");
    assert_string_equal(found(&few, "POST", "/api/v1/finding/search").route->id, "explain");
}

static void names_are_taken_in_order(void **state)
{
    struct request r = found(&few, "GET", "/api/v1/household/411%2F1");
    (void)state;
    assert_text(r.path_value[0], "household");
    assert_text(r.path_value[1], "411/1");
    assert_string_equal(found(&few, "HEAD", "/api/v1/household/1").route->id, "get");
}

static void another_method_is_told_what_is_allowed(void **state)
{
    struct request r = asked("DELETE", "/api/v1/household/1");
    struct err e = {0};
    (void)state;
    assert_refused(route_find(&few, &r, &e), &e, API_METHOD);
    assert_null(r.route);
    assert_string_equal(r.answer.head[0].name, "Allow");
    assert_text(r.answer.head[0].value, "GET, PATCH");
    arena_clear(&r.arena);
    r = asked("PATCH", "/api/v1/finding/1"); /* what fits best takes POST alone */
    assert_refused(route_find(&few, &r, &e), &e, API_METHOD);
    arena_clear(&r.arena);
}

static void a_path_that_nobody_has_is_unknown(void **state)
{
    struct err e = {0};
    (void)state;
    for (const char *const *at = (const char *const[]){"/", "/api", "/api/v1", "/api/v1/a/b/c",
                                                       "/api/v2/household", "/API/v1/household", NULL};
         *at != NULL; at++) {
        struct request r = asked("GET", *at);
        assert_refused(route_find(&few, &r, &e), &e, API_ROUTE_UNKNOWN);
    }
}

static void no_two_routes_of_the_program_are_the_same(void **state)
{
    (void)state;
    assert_true(routes.count > server_own_routes.count + 20);
    for (size_t i = 0; i < routes.count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(routes.at[i].method, routes.at[k].method) == 0
                && strcmp(routes.at[i].path, routes.at[k].path) == 0)
                fail_msg("%s %s stands twice", routes.at[i].method, routes.at[i].path);
}

/* The names are set to texts that are no segments of any path. */
static void each_route_is_found_by_its_own_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes.count; i++) {
        char path[200] = "/";
        size_t at = 1;
        for (const char *c = routes.at[i].path; *c != '\0'; c++)
            path[at++] = *c == '{' || *c == '}' ? '~' : *c;
        path[at] = '\0';
        struct request r = found(&routes, routes.at[i].method, path);
        if (r.route != &routes.at[i])
            fail_msg("%s %s leads to %s", routes.at[i].method, routes.at[i].path, r.route->path);
    }
}

static void what_writes_is_never_asked_with_get(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes.count; i++) {
        const struct op *op = routes.at[i].op;
        if (op != NULL && op->writes && strcmp(routes.at[i].method, "GET") == 0)
            fail_msg("%s writes", op->name);
        if (op != NULL && op->writes && !op->route.job)
            assert_int_equal(routes.at[i].queue, QUEUE_WRITE);
    }
}

static void whoever_asks_an_operation_is_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes.count; i++)
        if (routes.at[i].op != NULL)
            assert_int_equal(routes.at[i].who, ROUTE_KNOWN);
}

static void the_names_of_a_path_are_parameters_of_its_operation(void **state)
{
    (void)state;
    for (size_t i = 0; i < routes.count; i++) {
        struct text path = text_of(routes.at[i].path);
        size_t to = 0;
        for (size_t at = text_find(path, TEXT("{"), 0); routes.at[i].op != NULL && at != SIZE_MAX;
             at = text_find(path, TEXT("{"), to)) {
            to = text_find(path, TEXT("}"), at);
            if (route_parameter(routes.at[i].op, text_slice(path, at + 1, to - at - 1), NULL) == NULL)
                fail_msg("%s: a name of %s is none of its parameters", routes.at[i].op->name,
                         routes.at[i].path);
        }
    }
}

static const struct op_parameter parameters[] = {{.name = "area", .type = OP_AREA, .positional = true},
                                                 {.name = "as-of", .type = OP_DAY},
                                                 {.name = "out", .type = OP_OUT_PATH},
                                                 {.name = "reveal", .type = OP_FLAG, .writes = true},
                                                 {.name = "if-match", .type = OP_TEXT},
                                                 {.name = "where", .type = OP_CEL},
                                                 {.name = "fields", .type = OP_FIELDS}};
static const struct op lister = {.name = "lister",
                                 .parameters = parameters,
                                 .count = COUNT_OF(parameters),
                                 .route = {.method = "GET", .path = "lister/{area}"}};

static void a_last_name_that_is_not_required_may_be_left_out(void **state)
{
    const struct op *ops[] = {&lister};
    const struct op_list list = {ops, 1};
    struct routes made;
    struct err e = {0};
    (void)state;
    assert_done(routes_make(&list, &few, &arena, &made, &e), &e);
    assert_int_equal(made.count, few.count + 2);
    assert_ptr_equal(found(&made, "GET", "/api/v1/lister").route->op, &lister);
    assert_ptr_equal(found(&made, "GET", "/api/v1/lister/4116").route->op, &lister);
}

static void files_expressions_and_what_reveals_are_no_parameters_outside(void **state)
{
    size_t at = 0;
    (void)state;
    assert_non_null(route_parameter(&lister, TEXT("as_of"), &at));
    assert_int_equal(at, 1);
    for (const char *const *name =
             (const char *const[]){"out", "reveal", "if_match", "where", "fields", "as-of", "", NULL};
         *name != NULL; name++)
        assert_null(route_parameter(&lister, text_of(*name), NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_literal_segment_goes_before_a_name),
        cmocka_unit_test(names_are_taken_in_order),
        cmocka_unit_test(another_method_is_told_what_is_allowed),
        cmocka_unit_test(a_path_that_nobody_has_is_unknown),
        cmocka_unit_test(no_two_routes_of_the_program_are_the_same),
        cmocka_unit_test(each_route_is_found_by_its_own_path),
        cmocka_unit_test(what_writes_is_never_asked_with_get),
        cmocka_unit_test(whoever_asks_an_operation_is_known),
        cmocka_unit_test(the_names_of_a_path_are_parameters_of_its_operation),
        cmocka_unit_test(a_last_name_that_is_not_required_may_be_left_out),
        cmocka_unit_test(files_expressions_and_what_reveals_are_no_parameters_outside),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
