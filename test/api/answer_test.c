/* Answers: every error as a problem document, and long answers that go through a file. */
#include "api/api.err.h"
#include "api/request.h"
#include "base/base.err.h"
#include "document.h"
#include "test.h"

static struct request r;

static int begin(void **state)
{
    (void)state;
    r = (struct request){.method = "GET"};
    arena_init(&r.arena, 64u << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    answer_clear(&r.answer);
    arena_clear(&r.arena);
    return 0;
}

static void *document(void)
{
    void *v = document_read(r.answer.body.at, r.answer.body.size);
    if (v == NULL)
        fail_msg("no JSON: %.*s", TEXT_ARG(buf_text(&r.answer.body)));
    return v;
}

static void has_text(void *v, const char *member, const char *code)
{
    const char *t = document_text(v, member);
    if (t == NULL || t[0] == 0)
        fail_msg("%s has no %s", code, member);
}

static void every_error_says_what_is_the_matter_and_what_to_do_in_both_languages(void **state)
{
    (void)state;
    assert_true(err_kind_count > 100);
    for (size_t i = 0; i < 2 * err_kind_count; i++) {
        const struct err e = {.kind = err_kinds[i / 2]};
        if (e.kind->http == 200) /* a notice within an answer */
            continue;
        r.lang = i % 2 == 0 ? LANG_ZH : LANG_EN;
        answer_problem(&r, &e, NULL);
        void *v = document();
        for (const char *const *m = (const char *const[]){"type", "title", "detail", "next", NULL};
             *m != NULL; m++)
            has_text(v, *m, e.kind->code);
        assert_string_equal(document_text(v, "type"), e.kind->code);
        assert_int_equal(document_int(v, "status"), e.kind->http);
        assert_int_equal(r.answer.status, e.kind->http);
        assert_in_range(e.kind->http, 400, 599);
        assert_string_equal(r.answer.type, "application/problem+json");
        document_free(v);
    }
}

static void what_waits_says_how_long(void **state)
{
    struct err e = {0};
    (void)state;
    err_fail_int(&e, &API_BUSY, "seconds", 7);
    answer_problem(&r, &e, NULL);
    assert_int_equal(r.answer.head_count, 1);
    assert_string_equal(r.answer.head[0].name, "Retry-After");
    assert_text(r.answer.head[0].value, "7");
}

static bool no_record(struct op_call *call, struct json *out, struct err *e)
{
    (void)call;
    json_object(out);
    return err_fail(e, &OUT_OF_MEMORY);
}

static bool record(struct op_call *call, struct json *out, struct err *e)
{
    (void)call, (void)e;
    json_object(out);
    json_key(out, "members");
    json_int(out, 3);
    json_object_end(out);
    return true;
}

static void refusals_stand_field_by_field_and_the_record_as_it_is(void **state)
{
    struct err e = {.kind = &API_BODY_BAD}, why = {0};
    const struct op op = {.json = record};
    err_fail_text(&why, &API_PARAMETER_MISSING, "name", TEXT("a\"b"));
    const struct op_refusal refusals[] = {{TEXT("members"), &why}};
    struct op_call call = {.op = &op, .refusals = refusals, .refusal_count = 1, .shows_present = true};
    (void)state;
    answer_problem(&r, &e, &call);
    void *v = document(), *one = document_at(document_at(v, "errors"), "0");
    assert_string_equal(document_text(one, "field"), "members");
    has_text(one, "detail", "the refusal");
    assert_int_equal(document_int(document_at(v, "record"), "members"), 3);
    document_free(v);
}

static void an_answer_that_fails_half_way_is_never_sent(void **state)
{
    struct err e = {.kind = &API_BODY_BAD};
    const struct op op = {.json = no_record};
    struct op_call call = {.op = &op, .shows_present = true};
    (void)state;
    answer_problem(&r, &e, &call);
    void *v = document();
    assert_null(document_at(v, "record"));
    assert_int_equal(r.answer.status, API_ANSWER.http);
    document_free(v);
}

static void an_error_without_a_kind_is_told_as_one(void **state)
{
    struct err e = {0};
    (void)state;
    answer_problem(&r, &e, NULL);
    assert_int_equal(r.answer.status, 500);
    document_free(document());
}

static void a_long_answer_goes_through_a_file_and_is_whole(void **state)
{
    struct json out;
    struct err e = {0};
    char line[80];
    (void)state;
    answer_json(&r, 200, &out);
    json_array(&out);
    for (int i = 0; i < 100000; i++) {
        (void)snprintf(line, sizeof line, "row %d of an answer that is longer than memory is for it", i);
        json_z(&out, line);
    }
    json_array_end(&out);
    assert_done(answer_json_end(&r, &out, &e), &e);
    assert_non_null(r.answer.file);
    assert_int_equal(r.answer.body.size, 0);
    long size = ftell(r.answer.file);
    assert_true(size > 0);
    char *at = arena_take(&r.arena, (size_t)size);
    assert_non_null(at);
    rewind(r.answer.file);
    assert_int_equal(fread(at, 1, (size_t)size, r.answer.file), size);
    void *v = document_read(at, (size_t)size);
    assert_int_equal(document_count(v), 100000);
    document_free(v);
}

static void an_answer_up_to_the_limit_stays_in_memory(void **state)
{
    struct json out;
    struct err e = {0};
    (void)state;
    answer_json(&r, 200, &out);
    json_array(&out);
    for (size_t size = 0; size < ANSWER_MEMORY_MAX / 2; size += 8)
        json_z(&out, "12345");
    json_array_end(&out);
    assert_done(answer_json_end(&r, &out, &e), &e);
    assert_null(r.answer.file);
    assert_true(r.answer.body.size > 0);
}

static void more_heads_than_there_is_room_for_are_left_out(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * ANSWER_HEAD_MAX; i++)
        answer_head(&r, "X", TEXT("y"));
    assert_int_equal(r.answer.head_count, ANSWER_HEAD_MAX);
}

int main(void)
{
#define EACH(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        EACH(every_error_says_what_is_the_matter_and_what_to_do_in_both_languages),
        EACH(what_waits_says_how_long),
        EACH(refusals_stand_field_by_field_and_the_record_as_it_is),
        EACH(an_answer_that_fails_half_way_is_never_sent),
        EACH(an_error_without_a_kind_is_told_as_one),
        EACH(a_long_answer_goes_through_a_file_and_is_whole),
        EACH(an_answer_up_to_the_limit_stays_in_memory),
        EACH(more_heads_than_there_is_room_for_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
