/* See ten.h. */
#include "bench/ten.h"
#include "bench/bench.h"
#include "engine/frame/frame.h"

static const char *const numbers[] = {"V3", "V7", "V8", "V14", "V20", "V31", "V43", "V47", "V51", "V66"};

static bool is_one(const struct catalog_rule *rule)
{
    for (size_t i = 0; i < rule->v_count; i++)
        for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++)
            if (text_equal(rule->v[i], text_of(numbers[j])))
                return true;
    return false;
}

/* The pack is this program's own, so its list of rules may be put in another's place; a copy of the pack
 * would not do: expressions hold the address of its parameters. */
static void keep_ten(struct ten *t, const struct catalog *c)
{
    struct catalog *own;
    size_t count = 0;
    memcpy(&own, &c, sizeof own);
    for (size_t i = 0; i < c->rule_count && count < sizeof t->rules / sizeof *t->rules; i++) {
        if (!is_one(&c->rules[i]))
            continue;
        t->rules[count] = c->rules[i];
        t->rules[count++].show_count = 0;
    }
    own->rules = t->rules;
    own->rule_count = count;
    t->pack = own;
}

void ten_open(struct ten *t, const char *db, bool with_key)
{
    struct err e = {0};
    const struct session_options options = {.db = text_of(db), .need_key = with_key};
    *t = (struct ten){0};
    if (!session_open(&t->session, &options, &e))
        bench_fail(&e);
    const struct catalog *c = t->session.catalog;
    keep_ten(t, c);
    t->needs = frame_needs_new(c, &t->session.arena);
    if (t->needs == NULL)
        bench_die("no memory");
    for (size_t i = 0; i < c->rule_count; i++) {
        frame_needs_entity(t->needs, t->rules[i].on);
        frame_needs_program(t->needs, c, t->rules[i].when);
    }
}

void ten_close(struct ten *t) { session_close(&t->session); }
