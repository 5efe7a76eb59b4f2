/* Idempotency-Key: the same request is done once, and answered the same again. */
#include "api/api.err.h"
#include "api/key.h"
#include "database.h"
#include "test.h"
#include <stdlib.h>

static char folder[64], db[96], key_file[96];
static struct worker one, two;

static int begin(void **state)
{
    struct err e = {0};
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/honghua-key-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(db, sizeof db, "%s/a.db", folder);
    snprintf(key_file, sizeof key_file, "%s/a.key", folder);
    database_prepare(db);
    const struct session_options options = {
        .db = text_of(database_at(db)), .key_file = text_of(key_file), .write = true, .need_key = true};
    assert_done(session_init(&one.session, &options, TEXT("henan"), TEXT("411622104"), &e), &e);
    assert_done(session_open(&two.session, &options, &e), &e);
    store_before_commit(one.session.store, key_keep, &one);
    store_before_commit(two.session.store, key_keep, &two);
    return 0;
}

static int end(void **state)
{
    char command[128];
    (void)state;
    session_close(&one.session);
    session_close(&two.session);
    database_remove(db);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static struct actor clerk = {.account = {"clerk", 5}}, other = {.account = {"other", 5}};

static struct request asked(const char *key, const char *body)
{
    struct request r = {.method = "POST", .actor = &clerk, .arena = {.ceiling = 16u << 20}};
    r.url.path = TEXT("/api/v1/problem");
    r.head.idempotency_key = text_of(key);
    buf_init(&r.body, 4096);
    buf_add_z(&r.body, body);
    return r;
}

static void leave(struct request *r)
{
    answer_clear(&r->answer);
    buf_clear(&r->body);
    arena_clear(&r->arena);
}

/* What an operation does: a transaction of its own. */
static bool work(struct worker *w, struct err *e)
{
    return store_begin(w->session.store, e) && store_end(w->session.store, true, e);
}

static void answer(struct worker *w, struct request *r)
{
    struct json out;
    struct err e = {0};
    answer_json(r, 201, &out);
    json_z(&out, "made");
    assert_done(answer_json_end(r, &out, &e), &e);
    answer_head(r, "ETag", TEXT("\"7\""));
    key_end(w, r);
    assert_null(w->key);
}

static void done(struct worker *w, const char *key, const char *body)
{
    struct request r = asked(key, body);
    struct err e = {0};
    bool answered;
    assert_done(key_begin(w, &r, &answered, &e), &e);
    assert_false(answered);
    assert_done(work(w, &e), &e);
    answer(w, &r);
    leave(&r);
}

static void the_same_request_is_answered_the_same_again(void **state)
{
    struct request r = asked("a", "{\"n\":1}");
    struct err e = {0};
    bool answered;
    (void)state;
    done(&one, "a", "{\"n\":1}");
    assert_done(key_begin(&two, &r, &answered, &e), &e);
    assert_true(answered);
    assert_null(two.key);
    assert_int_equal(r.answer.status, 201);
    assert_text(buf_text(&r.answer.body), "\"made\"");
    assert_string_equal(r.answer.head[0].name, "ETag");
    assert_text(r.answer.head[0].value, "\"7\"");
    leave(&r);
}

static void other_contents_under_the_same_key_are_refused(void **state)
{
    struct err e = {0};
    bool answered;
    (void)state;
    done(&one, "b", "{\"n\":1}");
    struct request r = asked("b", "{\"n\":2}"), elsewhere = asked("b", "{\"n\":1}");
    elsewhere.url.path = TEXT("/api/v1/measure");
    assert_refused(key_begin(&one, &r, &answered, &e), &e, API_KEY_REUSED);
    assert_refused(key_begin(&one, &elsewhere, &answered, &e), &e, API_KEY_REUSED);
    leave(&r);
    leave(&elsewhere);
}

static void a_key_belongs_to_its_account(void **state)
{
    struct request r = asked("c", "{\"n\":2}");
    struct err e = {0};
    bool answered;
    (void)state;
    done(&one, "c", "{\"n\":1}");
    r.actor = &other;
    assert_done(key_begin(&one, &r, &answered, &e), &e);
    assert_false(answered);
    leave(&r);
}

static void of_two_at_once_one_is_done(void **state)
{
    struct request r = asked("d", "{}"), second = asked("d", "{}");
    struct err e = {0};
    bool answered;
    (void)state;
    assert_done(key_begin(&one, &r, &answered, &e), &e);
    assert_false(answered);
    assert_done(key_begin(&two, &second, &answered, &e), &e);
    assert_false(answered);
    assert_done(work(&one, &e), &e);
    assert_refused(work(&two, &e), &e, API_KEY_UNDER_WAY);
    two.key = NULL;
    /* Done, but not yet answered. */
    struct request third = asked("d", "{}");
    assert_refused(key_begin(&two, &third, &answered, &e), &e, API_KEY_UNDER_WAY);
    answer(&one, &r);
    assert_done(key_begin(&two, &third, &answered, &e), &e);
    assert_true(answered);
    leave(&r);
    leave(&second);
    leave(&third);
}

static void what_was_not_done_keeps_no_key(void **state)
{
    struct request r = asked("e", "{}"), again = asked("e", "{\"mended\":1}");
    struct err e = {0};
    bool answered;
    (void)state;
    assert_done(key_begin(&one, &r, &answered, &e), &e);
    assert_done(store_begin(one.session.store, &e), &e);
    assert_false(store_end(one.session.store, false, &e));
    one.key = NULL;
    err_clear(&e);
    assert_done(key_begin(&one, &again, &answered, &e), &e);
    assert_false(answered);
    one.key = NULL;
    leave(&r);
    leave(&again);
}

static void a_key_is_visible_characters(void **state)
{
    char too_long[KEY_SIZE_MAX + 2];
    struct err e = {0};
    bool answered;
    (void)state;
    memset(too_long, 'k', sizeof too_long - 1);
    too_long[sizeof too_long - 1] = '\0';
    for (const char *const *at = (const char *const[]){"", "a b", "钥", "a\x7f", too_long, NULL}; *at != NULL;
         at++) {
        struct request r = asked(*at, "{}");
        assert_refused(key_begin(&one, &r, &answered, &e), &e, API_KEY_BAD);
        leave(&r);
    }
    struct request r = asked(too_long + 1, "{}"), none = asked(NULL, "{}");
    assert_done(key_begin(&one, &r, &answered, &e), &e);
    assert_non_null(one.key);
    assert_done(key_begin(&one, &none, &answered, &e), &e);
    assert_null(one.key);
    leave(&r);
    leave(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_request_is_answered_the_same_again),
        cmocka_unit_test(other_contents_under_the_same_key_are_refused),
        cmocka_unit_test(a_key_belongs_to_its_account),
        cmocka_unit_test(of_two_at_once_one_is_done),
        cmocka_unit_test(what_was_not_done_keeps_no_key),
        cmocka_unit_test(a_key_is_visible_characters),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
