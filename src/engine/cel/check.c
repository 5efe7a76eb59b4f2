/* Types of all nodes, bottom up; the first contradiction ends it. In an unchecked compilation everything is
 * dyn, names are resolved all the same, and what cannot be resolved is left for the evaluator to refuse. */
#include "engine/cel/check.h"
#include "engine/cel/cel.err.h"

static bool check(struct cel_checker *k, struct cel_ast *n);

static bool check_all(struct cel_checker *k, struct cel_ast *n)
{
    for (uint32_t i = 0; i < n->count; i++) {
        if (n->arg[i] != NULL && !check(k, n->arg[i]))
            return false;
    }
    return true;
}

static bool is_loose(enum cel_kind kind) { return kind == CEL_DYN || kind == CEL_PARAM; }

/* The node's type; in an unchecked compilation everything is dyn. */
static bool give(struct cel_checker *k, struct cel_ast *n, const struct cel_type *type)
{
    n->type = k->c->strict ? type : &CEL_TYPE_DYN;
    return true;
}

static bool refuse_type(struct cel_checker *k, const struct cel_ast *n, const struct cel_type *wanted)
{
    struct buf b;
    buf_init(&b, 4096);
    cel_type_print(&k->types, n->type, &b);
    buf_add_z(&b, " where ");
    cel_type_print(&k->types, wanted, &b);
    buf_add_z(&b, " is needed");
    (void)cel_compile_fail(k->c, &CEL_TYPE_MISMATCH, n->place, buf_text(&b));
    buf_clear(&b);
    return false;
}

static bool want(struct cel_checker *k, const struct cel_ast *n, const struct cel_type *wanted)
{
    return !k->c->strict || cel_types_assign(&k->types, n->type, wanted) || refuse_type(k, n, wanted);
}

/* A list, map or optional of anything; what it is of stays as it is. */
static bool want_kind(struct cel_checker *k, const struct cel_ast *n, enum cel_kind kind)
{
    if (cel_types_top(&k->types, n->type)->kind == kind)
        return true;
    const struct cel_type *key = kind == CEL_MAP ? cel_types_fresh(&k->types) : NULL;
    return want(k, n, cel_types_make(&k->types, kind, cel_types_fresh(&k->types), key));
}

static bool check_literal(struct cel_checker *k, struct cel_ast *n)
{
    static const struct cel_type *const types[] = {
        [CEL_NULL] = &CEL_TYPE_NULL,  [CEL_BOOL] = &CEL_TYPE_BOOL,     [CEL_INT] = &CEL_TYPE_INT,
        [CEL_UINT] = &CEL_TYPE_UINT,  [CEL_DOUBLE] = &CEL_TYPE_DOUBLE, [CEL_STRING] = &CEL_TYPE_STRING,
        [CEL_BYTES] = &CEL_TYPE_BYTES};
    return give(k, n, types[n->literal.kind]);
}

static bool check_ident(struct cel_checker *k, struct cel_ast *n)
{
    const struct cel_scope *local = n->rooted ? NULL : cel_check_local(k, n->name);
    if (local != NULL) {
        n->reference = local->bound ? REFERENCE_BOUND : REFERENCE_LOCAL;
        n->slot = local->slot;
        return give(k, n, local->type);
    }
    if (!n->rooted && cel_is_bare_field(k->c, n->name))
        return cel_bare_field(k->c, n, false) && check(k, n);
    if (cel_resolve_name(k, n, n->name, n->rooted))
        return give(k, n, n->type);
    if (k->c->strict)
        return cel_compile_fail(k->c, &CEL_UNKNOWN_NAME, n->place, n->name);
    return give(k, n, &CEL_TYPE_DYN);
}

static bool find_field(const struct cel_class *of, struct text name, size_t *field_out)
{
    for (size_t i = 0; i < of->field_count; i++) {
        if (text_equal(text_of(of->fields[i].name), name)) {
            *field_out = i;
            return true;
        }
    }
    return false;
}

/* The type of a member of `container` (an optional is looked into); NULL: the error is set. */
static const struct cel_type *field_type(struct cel_checker *k, struct cel_ast *n,
                                         const struct cel_type *container)
{
    if (container->kind == CEL_MAP)
        return cel_type_of(container);
    if (container->kind == CEL_RECORD && container->class_of != NULL) {
        n->of = container->class_of;
        if (find_field(n->of, n->name, &n->field))
            return &n->of->fields[n->field].type;
        (void)cel_compile_fail(k->c, &CEL_UNKNOWN_NAME, n->place, n->name);
        return NULL;
    }
    if (is_loose(container->kind))
        return &CEL_TYPE_DYN;
    struct buf b;
    buf_init(&b, 4096);
    cel_type_print(&k->types, container, &b);
    buf_add_z(&b, " has no field ");
    buf_add(&b, n->name);
    (void)cel_compile_fail(k->c, &CEL_TYPE_MISMATCH, n->place, buf_text(&b));
    buf_clear(&b);
    return NULL;
}

static bool check_select(struct cel_checker *k, struct cel_ast *n)
{
    char room[CEL_NAME_MAX];
    bool rooted = false;
    struct text chain = cel_resolve_chain(k, n, room, &rooted);
    if (chain.at != NULL && cel_resolve_name(k, n, chain, rooted))
        return give(k, n, n->type);
    if (!check(k, n->arg[0]))
        return false;
    const struct cel_type *container = cel_types_top(&k->types, n->arg[0]->type);
    bool optional = container->kind == CEL_OPTIONAL;
    if (optional)
        container = cel_types_top(&k->types, cel_type_of(container));
    const struct cel_type *type = field_type(k, n, container);
    if (type == NULL)
        return false;
    if (n->test)
        return give(k, n, &CEL_TYPE_BOOL);
    return give(k, n, optional || n->optional ? cel_types_make(&k->types, CEL_OPTIONAL, type, NULL) : type);
}

static const struct cel_type *element_type(struct cel_checker *k, struct cel_ast *n,
                                           const struct cel_type *container)
{
    if (is_loose(container->kind))
        return &CEL_TYPE_DYN;
    bool good = (container->kind == CEL_LIST && cel_types_assign(&k->types, n->arg[1]->type, &CEL_TYPE_INT))
                || (container->kind == CEL_MAP
                    && cel_types_assign(&k->types, n->arg[1]->type, cel_type_key(container)));
    if (good)
        return cel_type_of(container);
    (void)cel_type_mismatch(k, n, "_[_]");
    return NULL;
}

static bool check_index(struct cel_checker *k, struct cel_ast *n)
{
    if (!check_all(k, n))
        return false;
    const struct cel_type *container = cel_types_top(&k->types, n->arg[0]->type);
    bool optional = container->kind == CEL_OPTIONAL;
    if (optional)
        container = cel_types_top(&k->types, cel_type_of(container));
    const struct cel_type *type = element_type(k, n, container);
    if (type == NULL)
        return false;
    return give(k, n, optional || n->optional ? cel_types_make(&k->types, CEL_OPTIONAL, type, NULL) : type);
}

static bool has_id(const struct cel_type *type)
{
    for (size_t i = 0; type->kind == CEL_RECORD && type->class_of != NULL && i < type->class_of->field_count;
         i++)
        if (strcmp(type->class_of->fields[i].name, "id") == 0)
            return type->class_of->fields[i].type.kind == CEL_STRING;
    return false;
}

/* In a filter: a record beside a text, or among texts, is its id. */
static bool name_record(struct cel_checker *k, struct cel_ast *n, uint32_t at, bool among)
{
    const struct cel_type *other = cel_types_top(&k->types, n->arg[1 - at]->type);
    if (among)
        other = other->kind == CEL_LIST ? cel_types_top(&k->types, cel_type_of(other)) : other;
    if (other->kind != CEL_STRING || !has_id(cel_types_top(&k->types, n->arg[at]->type)))
        return true;
    struct cel_ast *id = cel_bare_id(k->c, n->arg[at]);
    n->arg[at] = id != NULL ? id : n->arg[at];
    return id != NULL && check(k, id);
}

static bool is_number(enum cel_kind kind)
{
    return kind == CEL_INT || kind == CEL_UINT || kind == CEL_DOUBLE;
}

static bool is_comparison(struct text name)
{
    static const char *const names[] = {"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_equal(name, text_of(names[i])))
            return true;
    return false;
}

/* In a filter numbers of different types are compared as numbers: farmland > 4 as farmland > 4.0. */
static void mix_numbers(struct cel_checker *k, struct cel_ast *n)
{
    if (!k->c->options->bare_fields || !k->c->strict || n->count != 2 || !is_comparison(n->name))
        return;
    const struct cel_type *a = cel_types_top(&k->types, n->arg[0]->type),
                          *b = cel_types_top(&k->types, n->arg[1]->type);
    if (text_equal(n->name, TEXT("@in")) && b->kind == CEL_LIST)
        b = cel_types_top(&k->types, cel_type_of(b));
    if (is_number(a->kind) && is_number(b->kind) && a->kind != b->kind)
        n->arg[0]->type = &CEL_TYPE_DYN;
}

static bool name_records(struct cel_checker *k, struct cel_ast *n)
{
    bool equality = text_equal(n->name, TEXT("_==_")) || text_equal(n->name, TEXT("_!=_"));
    if (!k->c->options->bare_fields || !k->c->strict || n->count != 2)
        return true;
    if (text_equal(n->name, TEXT("@in")))
        return name_record(k, n, 0, true);
    return !equality || (name_record(k, n, 0, false) && name_record(k, n, 1, false));
}

static bool check_call(struct cel_checker *k, struct cel_ast *n)
{
    if (n->member)
        cel_resolve_namespace(k, n);
    if (!check_all(k, n) || !name_records(k, n))
        return false;
    mix_numbers(k, n);
    return cel_resolve_call(k, n);
}

static bool check_logic(struct cel_checker *k, struct cel_ast *n)
{
    for (uint32_t i = 0; i < n->count; i++) {
        if (!check(k, n->arg[i]) || !want(k, n->arg[i], &CEL_TYPE_BOOL))
            return false;
    }
    return give(k, n, &CEL_TYPE_BOOL);
}

static bool check_choice(struct cel_checker *k, struct cel_ast *n)
{
    if (!check_all(k, n) || !want(k, n->arg[0], &CEL_TYPE_BOOL))
        return false;
    if (k->c->strict && !cel_types_assign(&k->types, n->arg[2]->type, n->arg[1]->type))
        return cel_type_mismatch(k, n, "_?_:_");
    return give(k, n, cel_types_join(&k->types, n->arg[1]->type, n->arg[2]->type));
}

/* What a member that began with '?' adds: what its optional holds. NULL: the error is set. */
static const struct cel_type *member_type(struct cel_checker *k, const struct cel_ast *n, bool maybe)
{
    if (!maybe)
        return n->type;
    const struct cel_type *type = cel_types_top(&k->types, n->type);
    if (type->kind == CEL_OPTIONAL)
        return cel_type_of(type);
    if (type->kind == CEL_DYN)
        return type;
    return want_kind(k, n, CEL_OPTIONAL) ? &CEL_TYPE_DYN : NULL;
}

static bool check_list(struct cel_checker *k, struct cel_ast *n)
{
    if (!check_all(k, n))
        return false;
    const struct cel_type *joined = NULL;
    for (uint32_t i = 0; i < n->count; i++) {
        const struct cel_type *type = member_type(k, n->arg[i], n->maybe != NULL && n->maybe[i]);
        if (type == NULL)
            return false;
        joined = cel_types_join(&k->types, joined, type);
    }
    if (joined == NULL)
        joined = cel_types_fresh(&k->types);
    return give(k, n, cel_types_make(&k->types, CEL_LIST, joined, NULL));
}

static bool is_key(enum cel_kind kind)
{
    return kind == CEL_BOOL || kind == CEL_INT || kind == CEL_UINT || kind == CEL_STRING;
}

static bool check_map(struct cel_checker *k, struct cel_ast *n)
{
    if (!check_all(k, n))
        return false;
    const struct cel_type *key = NULL, *value = NULL;
    for (uint32_t i = 0; i < n->count / 2; i++) {
        const struct cel_type *type = member_type(k, n->arg[2 * i + 1], n->maybe != NULL && n->maybe[i]);
        if (type == NULL)
            return false;
        key = cel_types_join(&k->types, key, n->arg[2 * i]->type);
        value = cel_types_join(&k->types, value, type);
    }
    if (key == NULL) {
        key = cel_types_fresh(&k->types);
        value = cel_types_fresh(&k->types);
    } else if (!is_key(cel_types_top(&k->types, key)->kind)) {
        key = &CEL_TYPE_DYN; /* mixed; or no key at all, which the evaluator refuses */
    }
    return give(k, n, cel_types_make(&k->types, CEL_MAP, value, key));
}

/* The types of a fold's variables: of a list index and element, of a map key and value. */
static bool range_types(struct cel_checker *k, const struct cel_ast *range, const struct cel_type **key,
                        const struct cel_type **value)
{
    const struct cel_type *type = cel_types_top(&k->types, range->type);
    *key = *value = &CEL_TYPE_DYN;
    if (type->kind == CEL_LIST) {
        *key = &CEL_TYPE_INT;
        *value = cel_type_of(type);
    } else if (type->kind == CEL_MAP) {
        *key = cel_type_key(type);
        *value = cel_type_of(type);
    } else if (!is_loose(type->kind)) {
        return want_kind(k, range, CEL_LIST);
    }
    return true;
}

static const struct cel_type *fold_type(struct cel_checker *k, const struct cel_ast *n,
                                        const struct cel_type *key, const struct cel_type *element)
{
    struct cel_types *t = &k->types;
    const struct cel_type *result = n->arg[2] == NULL ? element : n->arg[2]->type;
    switch (n->fold) {
    case FOLD_LIST:
        return cel_types_make(t, CEL_LIST, result, NULL);
    case FOLD_MAP:
        return cel_types_make(t, CEL_MAP, result, key);
    case FOLD_ENTRIES:
        return cel_types_top(t, result)->kind == CEL_MAP ? result : cel_types_make(t, CEL_MAP, NULL, NULL);
    default:
        return &CEL_TYPE_BOOL;
    }
}

static uint32_t take_slot(struct cel_checker *k)
{
    uint32_t slot = k->live++;
    if (k->live > k->c->locals)
        k->c->locals = k->live;
    return slot;
}

static bool check_fold_body(struct cel_checker *k, struct cel_ast *n)
{
    if (n->arg[1] != NULL && (!check(k, n->arg[1]) || !want(k, n->arg[1], &CEL_TYPE_BOOL)))
        return false;
    if (n->arg[2] != NULL && !check(k, n->arg[2]))
        return false;
    if (n->fold != FOLD_ENTRIES)
        return true;
    return want_kind(k, n->arg[2], CEL_MAP);
}

static bool check_fold(struct cel_checker *k, struct cel_ast *n)
{
    const struct cel_type *key, *value;
    if (!check(k, n->arg[0]) || !range_types(k, n->arg[0], &key, &value))
        return false;
    bool two = n->name2.at != NULL;
    bool keys = two || cel_types_top(&k->types, n->arg[0]->type)->kind == CEL_MAP;
    const struct cel_scope *outer = k->scope;
    uint32_t live = k->live;
    struct cel_scope first = {n->name, keys ? key : value, n->slot = take_slot(k), false, outer};
    struct cel_scope second = {n->name2, value, two ? (n->slot2 = take_slot(k)) : 0, false, &first};
    k->scope = two ? &second : &first;
    bool good = check_fold_body(k, n);
    k->scope = outer;
    k->live = live;
    return good && give(k, n, fold_type(k, n, key, keys ? key : value));
}

/* Checks arg[1] with `name` standing for a value of `type`. */
static bool check_within(struct cel_checker *k, struct cel_ast *n, const struct cel_type *type)
{
    const struct cel_scope *outer = k->scope;
    uint32_t live = k->live;
    struct cel_scope scope = {n->name, type, n->slot = take_slot(k), n->kind == AST_BIND, outer};
    k->scope = &scope;
    bool good = check(k, n->arg[1]);
    k->scope = outer;
    k->live = live;
    return good;
}

static bool check_bind(struct cel_checker *k, struct cel_ast *n)
{
    return check(k, n->arg[0]) && check_within(k, n, n->arg[0]->type) && give(k, n, n->arg[1]->type);
}

static bool check_optional_map(struct cel_checker *k, struct cel_ast *n)
{
    if (!check(k, n->arg[0]))
        return false;
    const struct cel_type *type = cel_types_top(&k->types, n->arg[0]->type);
    if (!want_kind(k, n->arg[0], CEL_OPTIONAL))
        return false;
    if (!check_within(k, n, type->kind == CEL_OPTIONAL ? cel_type_of(type) : &CEL_TYPE_DYN))
        return false;
    if (n->flat)
        return want_kind(k, n->arg[1], CEL_OPTIONAL) && give(k, n, n->arg[1]->type);
    return give(k, n, cel_types_make(&k->types, CEL_OPTIONAL, n->arg[1]->type, NULL));
}

static bool check_message(struct cel_checker *k, struct cel_ast *n)
{
    if (k->c->strict)
        return cel_compile_fail(k->c, &CEL_UNKNOWN_NAME, n->place, n->name);
    return check_all(k, n) && give(k, n, &CEL_TYPE_DYN);
}

static bool check(struct cel_checker *k, struct cel_ast *n)
{
    switch (n->kind) {
    case AST_LITERAL:
        return check_literal(k, n);
    case AST_IDENT:
        return check_ident(k, n);
    case AST_SELECT:
        return check_select(k, n);
    case AST_INDEX:
        return check_index(k, n);
    case AST_CALL:
        return check_call(k, n);
    case AST_AND:
    case AST_OR:
        return check_logic(k, n);
    case AST_CHOICE:
        return check_choice(k, n);
    case AST_LIST:
        return check_list(k, n);
    case AST_MAP:
        return check_map(k, n);
    case AST_FOLD:
        return check_fold(k, n);
    case AST_BIND:
        return check_bind(k, n);
    case AST_OPTIONAL_MAP:
        return check_optional_map(k, n);
    case AST_MESSAGE:
        break;
    }
    return check_message(k, n);
}

/* Every node's type with what its variables stand for in the end. A chain that was resolved as one name has
 * children that nobody looked at. */
static void settle(struct cel_checker *k, struct cel_ast *n)
{
    n->type = n->type == NULL ? &CEL_TYPE_DYN : cel_types_settle(&k->types, n->type);
    for (uint32_t i = 0; i < n->count; i++) {
        if (n->arg[i] != NULL && (n->kind != AST_SELECT || n->reference == REFERENCE_NONE))
            settle(k, n->arg[i]);
    }
}

bool cel_check(struct cel_compile *c, struct cel_ast *root)
{
    struct cel_checker k = {.c = c};
    if (!cel_types_init(&k.types, c->arena, c->nodes))
        return cel_compile_out_of_memory(c);
    if (!check(&k, root))
        return false;
    settle(&k, root);
    return !k.types.failed
           || cel_compile_fail(c, &CEL_TOO_LARGE, root->place, TEXT("its types are too large"));
}
