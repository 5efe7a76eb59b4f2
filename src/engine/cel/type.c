/* Assignment of types, after the checker of the specification: dyn fits all, a variable takes what it meets
 * first and grows more general, null fits times, optionals and records. */
#include "engine/cel/type.h"

const struct cel_type CEL_TYPE_DYN = {.kind = CEL_DYN};
const struct cel_type CEL_TYPE_NULL = {.kind = CEL_NULL};
const struct cel_type CEL_TYPE_BOOL = {.kind = CEL_BOOL};
const struct cel_type CEL_TYPE_INT = {.kind = CEL_INT};
const struct cel_type CEL_TYPE_UINT = {.kind = CEL_UINT};
const struct cel_type CEL_TYPE_DOUBLE = {.kind = CEL_DOUBLE};
const struct cel_type CEL_TYPE_STRING = {.kind = CEL_STRING};
const struct cel_type CEL_TYPE_BYTES = {.kind = CEL_BYTES};
const struct cel_type CEL_TYPE_TIMESTAMP = {.kind = CEL_TIMESTAMP};
const struct cel_type CEL_TYPE_DURATION = {.kind = CEL_DURATION};
const struct cel_type CEL_TYPE_TYPE = {.kind = CEL_TYPE};

#define TYPE_DEPTH_MAX                                                                                       \
    300 /* deeper than the tree that makes them: types that hold themselves are never made */
#define TYPE_WORK_MAX                                                                                        \
    2000000 /* parts looked at in one compilation: a shared type can be far larger than its source */

const struct cel_type *cel_type_of(const struct cel_type *type)
{
    return type->of != NULL ? type->of : &CEL_TYPE_DYN;
}
const struct cel_type *cel_type_key(const struct cel_type *type)
{
    return type->key != NULL ? type->key : &CEL_TYPE_DYN;
}

bool cel_types_init(struct cel_types *t, struct arena *a, uint32_t nodes)
{
    uint32_t room = nodes * 6 + 8; /* a node makes two for its call and few for what it wants */
    *t = (struct cel_types){.arena = a, .room = room};
    t->variables = arena_take_many(a, room, sizeof *t->variables);
    t->bound = arena_take_many(a, room, sizeof(const struct cel_type *));
    return t->variables != NULL && t->bound != NULL;
}

struct cel_types_mark cel_types_mark(const struct cel_types *t)
{
    return (struct cel_types_mark){t->count, t->trail_count};
}

void cel_types_rewind(struct cel_types *t, struct cel_types_mark mark)
{
    while (t->trail_count > mark.trail_count) {
        t->trail_count--;
        t->bound[t->trail[t->trail_count].variable] = t->trail[t->trail_count].before;
    }
    t->count = mark.count;
}

const struct cel_type *cel_types_fresh(struct cel_types *t)
{
    if (t->count == t->room)
        return &CEL_TYPE_DYN;
    t->variables[t->count] = (struct cel_type){.kind = CEL_PARAM};
    t->bound[t->count] = NULL;
    return &t->variables[t->count++];
}

static bool is_over(struct cel_types *t)
{
    t->failed = t->failed || ++t->work > TYPE_WORK_MAX;
    return t->failed;
}

static uint32_t variable_of(const struct cel_types *t, const struct cel_type *type)
{
    return (uint32_t)(type - t->variables);
}

static bool bind(struct cel_types *t, const struct cel_type *variable, const struct cel_type *to)
{
    if (t->trail_count == t->trail_room) {
        uint32_t room = t->trail_room == 0 ? 32 : t->trail_room * 2;
        struct cel_binding *trail = arena_take_many(t->arena, room, sizeof *trail);
        if (trail == NULL) {
            t->failed = true;
            return false;
        }
        if (t->trail_count > 0)
            memcpy(trail, t->trail, t->trail_count * sizeof *trail);
        t->trail = trail;
        t->trail_room = room;
    }
    uint32_t index = variable_of(t, variable);
    t->trail[t->trail_count++] = (struct cel_binding){index, t->bound[index]};
    t->bound[index] = to;
    return true;
}

const struct cel_type *cel_types_top(const struct cel_types *t, const struct cel_type *type)
{
    while (type->kind == CEL_PARAM && t->bound[variable_of(t, type)] != NULL)
        type = t->bound[variable_of(t, type)];
    return type;
}

static bool has_element(enum cel_kind kind)
{
    return kind == CEL_LIST || kind == CEL_MAP || kind == CEL_OPTIONAL;
}

static bool holds(struct cel_types *t, const struct cel_type *type, const struct cel_type *variable)
{
    type = cel_types_top(t, type);
    if (type == variable || is_over(t))
        return true;
    if (!has_element(type->kind))
        return false;
    return holds(t, cel_type_of(type), variable)
           || (type->kind == CEL_MAP && holds(t, cel_type_key(type), variable));
}

/* Is a at least as general as b? They are known to be assignable. */
static bool is_more_general(struct cel_types *t, const struct cel_type *a, const struct cel_type *b)
{
    a = cel_types_top(t, a);
    b = cel_types_top(t, b);
    if (a == b || is_over(t))
        return true;
    if (a->kind == CEL_DYN || a->kind == CEL_PARAM)
        return true;
    if (b->kind == CEL_DYN || b->kind == CEL_PARAM || a->kind != b->kind)
        return false;
    if (!has_element(a->kind))
        return true;
    return is_more_general(t, cel_type_of(a), cel_type_of(b))
           && (a->kind != CEL_MAP || is_more_general(t, cel_type_key(a), cel_type_key(b)));
}

/* `variable` is of kind CEL_PARAM. What it stands for already may become more general. */
static bool assign_variable(struct cel_types *t, const struct cel_type *variable, const struct cel_type *type)
{
    if (cel_types_top(t, type) == cel_types_top(t, variable))
        return true;
    const struct cel_type *bound = t->bound[variable_of(t, variable)];
    if (bound == NULL)
        return !holds(t, type, variable) && bind(t, variable, type);
    if (!cel_types_assign(t, type, bound))
        return false;
    if (is_more_general(t, type, bound) && !is_more_general(t, bound, type) && !holds(t, type, variable))
        return bind(t, variable, type);
    return true;
}

static bool takes_null(enum cel_kind kind)
{
    return kind == CEL_NULL || kind == CEL_TIMESTAMP || kind == CEL_DURATION || kind == CEL_OPTIONAL
           || kind == CEL_RECORD;
}

bool cel_types_assign(struct cel_types *t, const struct cel_type *from, const struct cel_type *to)
{
    if (from == to)
        return true;
    if (is_over(t))
        return false;
    if (to->kind == CEL_PARAM)
        return assign_variable(t, to, from);
    if (from->kind == CEL_PARAM)
        return assign_variable(t, from, to);
    if (from->kind == CEL_DYN || to->kind == CEL_DYN)
        return true;
    if (from->kind == CEL_NULL || to->kind == CEL_NULL)
        return takes_null(from->kind) && takes_null(to->kind);
    if (from->kind != to->kind)
        return false;
    if (from->kind == CEL_RECORD)
        return from->class_of == to->class_of;
    if (!has_element(from->kind))
        return true;
    return cel_types_assign(t, cel_type_of(from), cel_type_of(to))
           && (from->kind != CEL_MAP || cel_types_assign(t, cel_type_key(from), cel_type_key(to)));
}

const struct cel_type *cel_types_join(struct cel_types *t, const struct cel_type *a, const struct cel_type *b)
{
    if (a == NULL)
        return b;
    struct cel_types_mark mark = cel_types_mark(t);
    if (cel_types_assign(t, b, a))
        return is_more_general(t, a, b) ? a : b;
    cel_types_rewind(t, mark);
    return &CEL_TYPE_DYN;
}

const struct cel_type *cel_types_make(struct cel_types *t, enum cel_kind kind, const struct cel_type *of,
                                      const struct cel_type *key)
{
    struct cel_type *type = arena_take(t->arena, sizeof *type);
    if (type == NULL) {
        t->failed = true;
        return &CEL_TYPE_DYN;
    }
    *type = (struct cel_type){.kind = kind, .of = of, .key = key};
    return type;
}

static const struct cel_type *settle(struct cel_types *t, const struct cel_type *type, int depth)
{
    type = cel_types_top(t, type);
    if (type->kind == CEL_PARAM || depth > TYPE_DEPTH_MAX || is_over(t))
        return &CEL_TYPE_DYN;
    if (!has_element(type->kind))
        return type;
    const struct cel_type *of = settle(t, cel_type_of(type), depth + 1);
    const struct cel_type *key = type->kind == CEL_MAP ? settle(t, cel_type_key(type), depth + 1) : NULL;
    if (of == cel_type_of(type) && (key == NULL || key == cel_type_key(type)))
        return type;
    return cel_types_make(t, type->kind, of, key);
}

const struct cel_type *cel_types_settle(struct cel_types *t, const struct cel_type *type)
{
    return settle(t, type, 0);
}

bool cel_types_exact(struct cel_types *t, const struct cel_type *from, const struct cel_type *to)
{
    to = cel_types_top(t, to);
    from = cel_types_top(t, from);
    if (to->kind == CEL_DYN || to->kind == CEL_PARAM)
        return true;
    if (is_over(t))
        return false;
    if (from->kind != to->kind || (from->kind == CEL_RECORD && from->class_of != to->class_of))
        return false;
    if (!has_element(to->kind))
        return true;
    return cel_types_exact(t, cel_type_of(from), cel_type_of(to))
           && (to->kind != CEL_MAP || cel_types_exact(t, cel_type_key(from), cel_type_key(to)));
}

static bool list_holds(const struct cel_type *of, const struct cel_list *list, uint64_t *left)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!cel_type_holds(of, &list->at[i], left))
            return false;
    }
    return true;
}

static bool map_holds(const struct cel_type *type, const struct cel_map *map, uint64_t *left)
{
    for (size_t i = 0; i < map->count; i++) {
        if (!cel_type_holds(cel_type_key(type), &map->at[i].key, left)
            || !cel_type_holds(cel_type_of(type), &map->at[i].value, left))
            return false;
    }
    return true;
}

bool cel_type_holds(const struct cel_type *type, const struct cel_value *v, uint64_t *left)
{
    if (type->kind == CEL_DYN || type->kind == CEL_PARAM)
        return true;
    if (*left == 0)
        return false;
    --*left;
    bool open = type->of == NULL || type->of->kind == CEL_DYN || type->of->kind == CEL_PARAM;
    switch (v->kind) {
    case CEL_LIST:
        return type->kind == CEL_LIST && (open || list_holds(type->of, v->list, left));
    case CEL_ROWS:
        return type->kind == CEL_LIST
               && (open || (type->of->kind == CEL_RECORD && type->of->class_of == v->rows.of));
    case CEL_MAP:
        return type->kind == CEL_MAP && map_holds(type, v->map, left);
    case CEL_OPTIONAL:
        return type->kind == CEL_OPTIONAL
               && (open || v->inner == NULL || cel_type_holds(type->of, v->inner, left));
    case CEL_RECORD:
        return type->kind == CEL_RECORD && type->class_of == v->rows.of;
    default:
        return type->kind == v->kind;
    }
}

const char *cel_kind_name(enum cel_kind kind)
{
    switch (kind) {
    case CEL_NULL:
        return "null_type";
    case CEL_BOOL:
        return "bool";
    case CEL_INT:
        return "int";
    case CEL_UINT:
        return "uint";
    case CEL_DOUBLE:
        return "double";
    case CEL_STRING:
        return "string";
    case CEL_BYTES:
        return "bytes";
    case CEL_LIST:
    case CEL_ROWS:
        return "list";
    case CEL_MAP:
        return "map";
    case CEL_TYPE:
        return "type";
    case CEL_TIMESTAMP:
        return "google.protobuf.Timestamp";
    case CEL_DURATION:
        return "google.protobuf.Duration";
    case CEL_OPTIONAL:
        return "optional_type";
    default:
        return "dyn";
    }
}

static void print(const struct cel_types *t, const struct cel_type *type, struct buf *out, int depth)
{
    if (t != NULL)
        type = cel_types_top(t, type);
    if (depth > 8) { /* an error's value is short */
        buf_add_z(out, "…");
        return;
    }
    buf_add_z(out, type->kind == CEL_RECORD && type->class_of != NULL ? type->class_of->name
                                                                      : cel_kind_name(type->kind));
    if (!has_element(type->kind))
        return;
    buf_add_char(out, '(');
    if (type->kind == CEL_MAP) {
        print(t, cel_type_key(type), out, depth + 1);
        buf_add_z(out, ", ");
    }
    print(t, cel_type_of(type), out, depth + 1);
    buf_add_char(out, ')');
}

void cel_type_print(const struct cel_types *t, const struct cel_type *type, struct buf *out)
{
    print(t, type, out, 0);
}
