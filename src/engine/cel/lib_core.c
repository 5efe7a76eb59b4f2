/* Functions on text and containers that the language itself has. */
#include "engine/cel/env.h"
#include "engine/cel/lib.h"
#include "engine/cel/value.h"

/* Strings are UTF-8: every byte that continues no character begins one. */
static int64_t characters(struct text t)
{
    size_t count = 0;
    for (size_t i = 0; i < t.size; i++)
        count += ((unsigned char)t.at[i] & 0xC0) != 0x80;
    return (int64_t)count;
}

static bool size_of_text(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                         struct cel_value *out)
{
    (void)user;
    (void)count;
    return cel_charge_text(run, a->s) && cel_give_int(out, characters(a->s));
}

static bool size_of_bytes(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                          struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_int(out, (int64_t)a->s.size);
}

static bool size_of_list(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                         struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_int(out, (int64_t)cel_list_count(a));
}

static bool size_of_map(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_int(out, (int64_t)a->map->count);
}

static bool type_of(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_text(out, CEL_TYPE, cel_type_name(a));
}

static bool contains(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                     struct cel_value *out)
{
    (void)user;
    (void)count;
    return cel_charge_text(run, a[0].s) && cel_give_bool(out, text_find(a[0].s, a[1].s, 0) != SIZE_MAX);
}

static bool starts_with(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                        struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_bool(out, text_starts_with(a[0].s, a[1].s));
}

static bool ends_with(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                      struct cel_value *out)
{
    (void)run;
    (void)user;
    (void)count;
    return cel_give_bool(out, text_ends_with(a[0].s, a[1].s));
}

/* A pattern that is known only now: compiled, used and given back. */
static bool matches(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                    struct cel_value *out)
{
    (void)count;
    const struct cel_regex *regex = &((const struct cel_env *)user)->regex;
    if (regex->compile == NULL)
        return cel_raise(run, "there are no regular expressions here");
    const char *reason = "not a pattern";
    void *compiled = cel_charge_text(run, a[1].s) ? regex->compile(run->arena, a[1].s, &reason) : NULL;
    if (compiled == NULL)
        return cel_raise(run, reason);
    int found = regex->match(compiled, a[0].s, &reason);
    if (regex->release != NULL)
        regex->release(compiled);
    return found < 0 ? cel_raise(run, reason) : cel_give_bool(out, found == 1);
}

static const struct cel_row ROWS[] = {
    {"size", "s>i", size_of_text},    {"size", ".s>i", size_of_text},  {"size", "y>i", size_of_bytes},
    {"size", ".y>i", size_of_bytes},  {"size", "LA>i", size_of_list},  {"size", ".LA>i", size_of_list},
    {"size", "MAB>i", size_of_map},   {"size", ".MAB>i", size_of_map}, {"type", "A>e", type_of},
    {"dyn", "A>*", cel_identity},     {"contains", ".ss>b", contains}, {"startsWith", ".ss>b", starts_with},
    {"endsWith", ".ss>b", ends_with}, {"matches", "ss>b", matches},    {"matches", ".ss>b", matches},
};
const struct cel_table CEL_TABLE_CORE = {ROWS, COUNT_OF(ROWS)};
