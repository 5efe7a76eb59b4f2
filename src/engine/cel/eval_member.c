/* Steps for fields and elements: x.f, has(x.f), x.?f, x[i], x[?i], of records, maps, lists and optionals. */
#include "engine/cel/plan.h"
#include "engine/cel/value.h"
#include <math.h>

enum found { FOUND, MISSING, FOUND_NOTHING /* the failure is set */ };

static bool absent(const struct cel_plan *n, struct cel_run *run, const struct cel_class *of, size_t field)
{
    run->failure = (struct cel_failure){
        .outcome = CEL_ABSENT, .place = n->place, .absent_class = of, .absent_field = field};
    return false;
}

/* n->of and n->field are known; the value may yet be of another class where a type was dyn on its way. */
static inline bool read_field(const struct cel_plan *n, struct cel_run *run, const struct cel_value *record,
                              struct cel_value *out)
{
    if (__builtin_expect(record->kind != CEL_RECORD || record->rows.of != n->of, 0))
        return cel_raise_at(run, n, "no such field");
    return n->of->get(run->host, n->of, record->rows.first, n->field, out) || absent(n, run, n->of, n->field);
}

bool cel_eval_field(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value record;
    return n->a->eval(n->a, run, &record) && read_field(n, run, &record, out);
}

bool cel_eval_variable_field(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    const struct cel_value *record = &run->variables[n->slot];
    if (__builtin_expect(record->kind == CEL_DYN, 0))
        return n->a->eval(n->a, run, out); /* absent: fails */
    return read_field(n, run, record, out);
}

bool cel_eval_local_field(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    return read_field(n, run, &run->locals[n->slot], out);
}

static enum found refuse(struct cel_run *run, const struct cel_plan *n, const char *reason)
{
    (void)cel_raise_at(run, n, reason);
    return FOUND_NOTHING;
}

/* The index is known where the type was; a record whose type was dyn is asked by name. */
static size_t index_of_field(const struct cel_plan *n, const struct cel_class *of)
{
    if (of == n->of)
        return n->field;
    size_t i = 0;
    while (i < of->field_count && !text_equal(text_of(of->fields[i].name), n->name))
        i++;
    return i;
}

static enum found find_field(const struct cel_plan *n, struct cel_run *run, const struct cel_value *record,
                             struct cel_value *out)
{
    const struct cel_class *of = record->rows.of;
    size_t field = index_of_field(n, of);
    if (field == of->field_count)
        return refuse(run, n, "no such field");
    if (of->get(run->host, of, record->rows.first, field, out))
        return FOUND;
    (void)absent(n, run, of, field); /* stands in case it is needed: MODE_PLAIN */
    return MISSING;
}

static enum found give_found(const struct cel_plan *n, struct cel_run *run, const struct cel_value *found,
                             struct cel_value *out)
{
    if (found != NULL) {
        *out = *found;
        return FOUND;
    }
    (void)cel_raise_at(run, n, "no such key");
    return MISSING;
}

static enum found find_key(const struct cel_plan *n, struct cel_run *run, const struct cel_map *map,
                           const struct cel_value *key, struct cel_value *out)
{
    if (map->index == NULL && map->count > 16 && !cel_charge(run, map->count)) {
        (void)cel_place_failure(run, n);
        return FOUND_NOTHING;
    }
    return give_found(n, run, cel_map_find(map, key), out);
}

static enum found find_name(const struct cel_plan *n, struct cel_run *run, const struct cel_value *container,
                            struct cel_value *out)
{
    if (container->kind == CEL_MAP) {
        if (container->map->index == NULL && container->map->count > 16
            && !cel_charge(run, container->map->count)) {
            (void)cel_place_failure(run, n);
            return FOUND_NOTHING;
        }
        return give_found(n, run, cel_map_find_text(container->map, n->name), out);
    }
    if (container->kind == CEL_RECORD)
        return find_field(n, run, container, out);
    return refuse(run, n, "no such field");
}

/* A list's index may be any number that is whole. */
static bool to_index(const struct cel_value *v, int64_t *out)
{
    if (v->kind == CEL_INT)
        *out = v->i;
    else if (v->kind == CEL_UINT)
        *out = v->u > INT64_MAX ? -1 : (int64_t)v->u;
    else if (v->kind == CEL_DOUBLE && trunc(v->d) == v->d && fabs(v->d) < 9e15)
        *out = (int64_t)v->d;
    else
        return false;
    return true;
}

static enum found find_element(const struct cel_plan *n, struct cel_run *run,
                               const struct cel_value *container, const struct cel_value *key,
                               struct cel_value *out)
{
    if (container->kind == CEL_MAP) {
        bool good = key->kind == CEL_BOOL || key->kind == CEL_INT || key->kind == CEL_UINT
                    || key->kind == CEL_DOUBLE || key->kind == CEL_STRING;
        return good ? find_key(n, run, container->map, key, out) : refuse(run, n, "no such overload");
    }
    int64_t index;
    if (!cel_is_list(container) || !to_index(key, &index))
        return refuse(run, n, "no such overload");
    if (index < 0 || (uint64_t)index >= cel_list_count(container)) {
        (void)cel_raise_at(run, n, "index out of range");
        return MISSING;
    }
    *out = cel_list_at(container, (size_t)index);
    return FOUND;
}

/* What the mode makes of what was found. The failure of MISSING is set already. */
static bool conclude(const struct cel_plan *n, struct cel_run *run, enum found found, enum cel_mode mode,
                     struct cel_value *out)
{
    if (found == FOUND_NOTHING)
        return false;
    if (mode == MODE_TEST)
        return cel_give_bool(out, found == FOUND);
    if (mode == MODE_PLAIN)
        return found == FOUND;
    const struct cel_value inner = *out;
    return cel_give_optional(run, found == FOUND ? &inner : NULL, out) || cel_place_failure(run, n);
}

/* From an optional on, every selection is optional: what is behind it may be missing as a whole. */
static bool nothing_in(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    return conclude(n, run, MISSING, n->mode == MODE_TEST ? MODE_TEST : MODE_OPTIONAL, out);
}

static bool select_from(const struct cel_plan *n, struct cel_run *run, const struct cel_value *container,
                        struct cel_value *out)
{
    enum cel_mode mode = n->mode;
    if (container->kind == CEL_OPTIONAL) {
        if (container->inner == NULL)
            return nothing_in(n, run, out);
        container = container->inner;
        mode = mode == MODE_PLAIN ? MODE_OPTIONAL : mode;
    }
    return conclude(n, run, find_name(n, run, container, out), mode, out);
}

/* The common case first: x.f of a small map. */
static inline bool select_plain(const struct cel_plan *n, struct cel_run *run,
                                const struct cel_value *container, struct cel_value *out)
{
    if (container->kind == CEL_MAP && container->map->count <= 16) {
        const struct cel_value *found = cel_map_find_text(container->map, n->name);
        if (found != NULL) {
            *out = *found;
            return true;
        }
    }
    return select_from(n, run, container, out);
}

bool cel_eval_select(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value container;
    return n->a->eval(n->a, run, &container) && select_from(n, run, &container, out);
}

bool cel_eval_variable_select(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    const struct cel_value *container = &run->variables[n->slot];
    if (__builtin_expect(container->kind == CEL_DYN, 0))
        return n->a->eval(n->a, run, out); /* absent: fails */
    return select_plain(n, run, container, out);
}

bool cel_eval_local_select(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    return select_plain(n, run, &run->locals[n->slot], out);
}

bool cel_eval_index(const struct cel_plan *n, struct cel_run *run, struct cel_value *out)
{
    struct cel_value container, key;
    if (!n->a->eval(n->a, run, &container) || !n->b->eval(n->b, run, &key))
        return false;
    enum cel_mode mode = n->mode;
    if (container.kind == CEL_OPTIONAL) {
        if (container.inner == NULL)
            return nothing_in(n, run, out);
        container = *container.inner;
        mode = MODE_OPTIONAL;
    }
    return conclude(n, run, find_element(n, run, &container, &key, out), mode, out);
}
