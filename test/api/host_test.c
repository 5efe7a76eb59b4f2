/* By which name the server is asked, and the socket it listens on. */
#include "api/api.err.h"
#include "api/host.h"
#include "test.h"
#include <unistd.h>

static const struct text hosts[] = {{"fupin.example.cn", 16}};
static struct server server;

static bool ours(const char *host)
{
    struct visit v = {.server = &server, .r.head.host = text_of(host)};
    struct err e = {0};
    bool good = host_is_ours(&v, &e);
    assert_true(good || e.kind == &API_HOST);
    return good;
}

static void numbers_localhost_and_the_names_given_are_ours(void **state)
{
    (void)state;
    server.options = (struct server_options){.hosts = hosts, .host_count = 1};
    for (const char *const *at = (const char *const[]){"127.0.0.1", "127.0.0.1:8080", "10.1.2.3:80", "[::1]",
                                                       "[::1]:8080", "localhost", "localhost:1", "LocalHost",
                                                       "fupin.example.cn", "Fupin.Example.CN:443", NULL};
         *at != NULL; at++)
        if (!ours(*at))
            fail_msg("%s is ours", *at);
}

static void every_other_name_is_foreign(void **state)
{
    (void)state;
    server.options = (struct server_options){.hosts = hosts, .host_count = 1};
    for (const char *const *at =
             (const char *const[]){"evil.example", "fupin.example.cn.evil.example", "127.0.0.1.evil.example",
                                   "xfupin.example.cn", "", ":80", "localhost.evil", "127.0.0.1@evil.example",
                                   "[::1", "fupin.example.cn.", NULL};
         *at != NULL; at++)
        if (ours(*at))
            fail_msg("%s is foreign", *at);
    assert_false(ours(NULL));
}

static void it_listens_on_a_port_that_is_free(void **state)
{
    struct server s = {.options = {.address = TEXT("127.0.0.1")}, .listening = -1},
                  second = {.listening = -1};
    struct err e = {0};
    (void)state;
    arena_init(&s.arena, 1u << 20);
    arena_init(&second.arena, 1u << 20);
    assert_done(host_listen(&s, &e), &e);
    assert_true(s.port > 0);
    second.options = (struct server_options){.address = TEXT("127.0.0.1"), .port = s.port};
    assert_refused(host_listen(&second, &e), &e, API_LISTEN);
    close(s.listening);
    if (second.listening >= 0)
        close(second.listening);
    arena_clear(&s.arena);
    arena_clear(&second.arena);
}

static void what_is_no_address_is_refused(void **state)
{
    struct server s = {.options = {.address = TEXT("here")}, .listening = -1};
    struct err e = {0};
    (void)state;
    arena_init(&s.arena, 1u << 20);
    assert_refused(host_listen(&s, &e), &e, API_LISTEN);
    arena_clear(&s.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_localhost_and_the_names_given_are_ours),
        cmocka_unit_test(every_other_name_is_foreign),
        cmocka_unit_test(it_listens_on_a_port_that_is_free),
        cmocka_unit_test(what_is_no_address_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
