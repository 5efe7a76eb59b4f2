/* Declarations. Read-only once expressions are compiled from it; what it names must outlive it. */
#include "engine/cel/env.h"
#include "base/base.err.h"
#include "engine/cel/cel.err.h"
#include "engine/cel/type.h"

const struct cel_type CEL_TYPE_A = {.kind = CEL_PARAM};
const struct cel_type CEL_TYPE_B = {.kind = CEL_PARAM};

static struct cel_name *slot_of(struct cel_name *names, size_t room, struct text name)
{
    size_t at = (size_t)text_hash(name) & (room - 1);
    while (names[at].first != NULL && !text_equal(names[at].name, name))
        at = (at + 1) & (room - 1);
    return &names[at];
}

static bool grow_names(struct cel_env *env)
{
    size_t room = env->name_room * 2;
    struct cel_name *names = arena_take_many(env->arena, room, sizeof *names);
    if (names == NULL)
        return false;
    for (size_t i = 0; i < env->name_room; i++) {
        if (env->names[i].first != NULL)
            *slot_of(names, room, env->names[i].name) = env->names[i];
    }
    env->names = names;
    env->name_room = room;
    return true;
}

static bool add(struct cel_env *env, struct cel_overload *o)
{
    if (env->name_count * 2 >= env->name_room && !grow_names(env))
        return false;
    struct cel_name *slot = slot_of(env->names, env->name_room, text_of(o->name));
    if (slot->first == NULL) {
        *slot = (struct cel_name){text_of(o->name), o, o};
        env->name_count++;
    } else {
        slot->last->next = o;
        slot->last = o;
    }
    return true;
}

static enum cel_kind kind_of_letter(char c)
{
    switch (c) {
    case 'n':
        return CEL_NULL;
    case 'b':
        return CEL_BOOL;
    case 'i':
        return CEL_INT;
    case 'u':
        return CEL_UINT;
    case 'd':
        return CEL_DOUBLE;
    case 's':
        return CEL_STRING;
    case 'y':
        return CEL_BYTES;
    case 't':
        return CEL_TIMESTAMP;
    case 'r':
        return CEL_DURATION;
    case 'e':
        return CEL_TYPE;
    case 'L':
        return CEL_LIST;
    case 'M':
        return CEL_MAP;
    case 'O':
        return CEL_OPTIONAL;
    default:
        return CEL_DYN;
    }
}

/* Reads one type of a signature into *out. */
static bool read_type(struct arena *a, const char **at, struct cel_type *out, bool *generic);

static const struct cel_type *read_inner(struct arena *a, const char **at, bool *generic)
{
    if (**at == 'A' || **at == 'B') {
        *generic = true;
        return *(*at)++ == 'A' ? &CEL_TYPE_A : &CEL_TYPE_B;
    }
    struct cel_type *inner = arena_take(a, sizeof *inner);
    return inner != NULL && read_type(a, at, inner, generic) ? inner : NULL;
}

static bool read_type(struct arena *a, const char **at, struct cel_type *out, bool *generic)
{
    char letter = **at;
    if (letter == 'A' || letter == 'B') { /* at the top: a wrapper whose `of` names it, see parameter_type */
        *out = (struct cel_type){.kind = CEL_PARAM, .of = letter == 'A' ? &CEL_TYPE_A : &CEL_TYPE_B};
        *generic = true;
        ++*at;
        return true;
    }
    *out = (struct cel_type){.kind = kind_of_letter(letter)};
    ++*at;
    if (letter == 'M') {
        out->key = read_inner(a, at, generic);
        if (out->key == NULL)
            return false;
    }
    if (letter == 'M' || letter == 'L' || letter == 'O')
        out->of = read_inner(a, at, generic);
    return out->of != NULL || (letter != 'M' && letter != 'L' && letter != 'O');
}

static bool add_row(struct cel_env *env, const struct cel_row *row)
{
    struct cel_overload *o = arena_take(env->arena, sizeof *o);
    struct cel_type *parameters = arena_take_many(env->arena, CEL_PARAMETER_MAX, sizeof *parameters);
    if (o == NULL || parameters == NULL)
        return false;
    *o = (struct cel_overload){
        .name = row->name, .parameters = parameters, .pure = true, .own = true, .f = row->f, .user = env};
    const char *at = row->signature;
    o->member = *at == '.';
    at += o->member;
    for (; *at != '>' && *at != '+'; o->count++) {
        if (!read_type(env->arena, &at, &parameters[o->count], &o->generic))
            return false;
    }
    o->spreads = *at == '+';
    at += o->spreads ? 2 : 1;
    return read_type(env->arena, &at, &o->result, &o->generic) && add(env, o);
}

static bool add_table(struct cel_env *env, const struct cel_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        if (!add_row(env, &table->rows[i]))
            return false;
    }
    return true;
}

struct cel_env *cel_env_new(struct arena *a)
{
    struct cel_env *env = arena_take(a, sizeof *env);
    if (env == NULL)
        return NULL;
    *env = (struct cel_env){.arena = a, .name_room = 512};
    env->names = arena_take_many(a, env->name_room, sizeof *env->names);
    const struct cel_table *const tables[] = {
        &CEL_TABLE_CORE,    &CEL_TABLE_OPERATORS, &CEL_TABLE_CONVERSIONS, &CEL_TABLE_TIME,
        &CEL_TABLE_STRINGS, &CEL_TABLE_MATH,      &CEL_TABLE_OPTIONALS,   &CEL_TABLE_ENCODERS};
    bool good = env->names != NULL;
    for (size_t i = 0; good && i < COUNT_OF(tables); i++)
        good = add_table(env, tables[i]);
    return good ? env : NULL;
}

bool cel_env_variable(struct cel_env *env, const char *name, struct cel_type type, struct err *e)
{
    if (cel_env_find_variable(env, text_of(name)) != SIZE_MAX)
        return err_fail_text(e, &CEL_DECLARATION, "name", text_of(name));
    if (env->variable_count == env->variable_room) {
        size_t room = env->variable_room == 0 ? 16 : env->variable_room * 2;
        struct cel_declared *variables = arena_take_many(env->arena, room, sizeof *variables);
        if (variables == NULL)
            return err_fail(e, &OUT_OF_MEMORY);
        if (env->variable_count > 0)
            memcpy(variables, env->variables, env->variable_count * sizeof *variables);
        env->variables = variables;
        env->variable_room = room;
    }
    env->variables[env->variable_count++] = (struct cel_declared){name, type};
    return true;
}

static bool same_parameters(const struct cel_overload *o, bool member, const struct cel_type *parameters,
                            size_t count)
{
    if (o->member != member || o->count != count || o->spreads)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (o->parameters[i].kind != parameters[i].kind
            || o->parameters[i].class_of != parameters[i].class_of)
            return false;
    }
    return true;
}

bool cel_env_function(struct cel_env *env, const char *name, bool member, const struct cel_type *parameters,
                      size_t count, struct cel_type result, bool pure, cel_function *f, void *user,
                      struct err *e)
{
    bool refused = count > CEL_PARAMETER_MAX || (member && count == 0);
    for (const struct cel_overload *o = cel_env_overloads(env, text_of(name)); o != NULL && !refused;
         o = o->next)
        refused = same_parameters(o, member, parameters, count);
    if (refused)
        return err_fail_text(e, &CEL_DECLARATION, "name", text_of(name));
    struct cel_overload *o = arena_take(env->arena, sizeof *o);
    if (o == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    *o = (struct cel_overload){.name = name,
                               .parameters = parameters,
                               .count = count,
                               .result = result,
                               .member = member,
                               .pure = pure,
                               .f = f,
                               .user = user};
    return add(env, o) || err_fail(e, &OUT_OF_MEMORY);
}

void cel_env_container(struct cel_env *env, struct text container) { env->container = container; }
void cel_env_regex(struct cel_env *env, const struct cel_regex *regex) { env->regex = *regex; }
void cel_env_zone(struct cel_env *env, cel_zone *zone) { env->zone = zone; }

const struct cel_overload *cel_env_overloads(const struct cel_env *env, struct text name)
{
    return slot_of(env->names, env->name_room, name)->first;
}

size_t cel_env_find_variable(const struct cel_env *env, struct text name)
{
    for (size_t i = 0; i < env->variable_count; i++) {
        if (text_equal(text_of(env->variables[i].name), name))
            return i;
    }
    return SIZE_MAX;
}

bool cel_env_type_value(struct text name, struct cel_value *out)
{
    for (int kind = CEL_NULL; kind <= CEL_OPTIONAL; kind++) {
        const char *z = cel_kind_name((enum cel_kind)kind);
        if (text_equal(name, text_of(z))) {
            *out = (struct cel_value){.kind = CEL_TYPE, .s = text_of(z)};
            return true;
        }
    }
    return false;
}

struct text cel_env_reading(const struct cel_env *env, struct text name, bool rooted, size_t level,
                            char *room)
{
    struct text prefix = rooted ? TEXT("") : env->container;
    for (size_t i = 0; i < level; i++) {
        if (prefix.size == 0)
            return TEXT_NONE;
        while (prefix.size > 0 && prefix.at[prefix.size - 1] != '.')
            prefix.size--;
        if (prefix.size > 0)
            prefix.size--;
    }
    if (prefix.size == 0)
        return name;
    if (prefix.size + 1 + name.size > CEL_NAME_MAX)
        return cel_env_reading(env, name, rooted, level + 1, room);
    memcpy(room, prefix.at, prefix.size);
    room[prefix.size] = '.';
    memcpy(room + prefix.size + 1, name.at, name.size);
    return (struct text){room, prefix.size + 1 + name.size};
}
