/* From words to a tree, by recursive descent. Always holds: at most CEL_DEPTH_MAX expressions stand open, so
 * the stack is bounded whatever the source says. NULL from any of these means that the error is set. */
#include "engine/cel/cel.err.h"
#include "engine/cel/lex.h"

struct parser {
    struct cel_compile *c;
    struct cel_token at; /* the next word */
    uint32_t next;       /* where the word behind it begins */
    int depth;
};
/* Children in the making. */
struct parts {
    struct cel_ast **at;
    bool *maybe;
    uint32_t count, room;
    bool any_maybe;
};

static struct cel_ast *expression(struct parser *p);

static struct cel_ast *refuse(struct parser *p, const char *why)
{
    if (p->at.kind == TOKEN_BAD)
        why = p->at.wrong;
    (void)cel_compile_fail(p->c, &CEL_SYNTAX, p->at.place, text_of(why));
    return NULL;
}

static void advance(struct parser *p) { p->at = cel_lex(p->c->source, &p->next); }

static bool take(struct parser *p, enum cel_token_kind kind)
{
    if (p->at.kind != kind)
        return false;
    advance(p);
    return true;
}

static bool expect(struct parser *p, enum cel_token_kind kind, const char *why)
{
    return take(p, kind) || refuse(p, why) != NULL;
}

static bool grow(struct parser *p, struct parts *parts)
{
    uint32_t room = parts->room == 0 ? 4 : parts->room * 2;
    struct cel_ast **at = arena_take_many(p->c->arena, room, sizeof(struct cel_ast *));
    bool *maybe = arena_take_many(p->c->arena, room, sizeof(bool));
    if (at == NULL || maybe == NULL)
        return cel_compile_out_of_memory(p->c);
    if (parts->count > 0) {
        memcpy(at, parts->at, parts->count * sizeof(struct cel_ast *));
        memcpy(maybe, parts->maybe, parts->count * sizeof(bool));
    }
    parts->at = at;
    parts->maybe = maybe;
    parts->room = room;
    return true;
}

static bool push(struct parser *p, struct parts *parts, struct cel_ast *n)
{
    if (n == NULL || (parts->count == parts->room && !grow(p, parts)))
        return false;
    parts->at[parts->count++] = n;
    return true;
}

static struct cel_ast *seal(struct parser *p, struct cel_ast *n)
{
    return n != NULL && cel_ast_seal(p->c, n) ? n : NULL;
}

/* A node that takes over the parts as its children. */
static struct cel_ast *adopt(struct parser *p, enum cel_ast_kind kind, uint32_t place,
                             const struct parts *parts)
{
    struct cel_ast *n = cel_ast_new(p->c, kind, place, 0);
    if (n == NULL)
        return NULL;
    n->arg = parts->at;
    n->count = parts->count;
    n->maybe = parts->any_maybe ? parts->maybe : NULL;
    return seal(p, n);
}

static struct cel_ast *call2(struct parser *p, struct text name, uint32_t place, struct cel_ast *a,
                             struct cel_ast *b)
{
    struct cel_ast *n = a == NULL || b == NULL ? NULL : cel_ast_new(p->c, AST_CALL, place, 2);
    if (n == NULL)
        return NULL;
    n->name = name;
    n->arg[0] = a;
    n->arg[1] = b;
    return seal(p, n);
}

static struct cel_ast *call1(struct parser *p, struct text name, uint32_t place, struct cel_ast *a)
{
    struct cel_ast *n = a == NULL ? NULL : cel_ast_new(p->c, AST_CALL, place, 1);
    if (n == NULL)
        return NULL;
    n->name = name;
    n->arg[0] = a;
    return seal(p, n);
}

static struct cel_ast *literal(struct parser *p, bool negative)
{
    struct cel_token t = p->at;
    struct cel_ast *n = cel_ast_new(p->c, AST_LITERAL, t.place, 0);
    if (n == NULL)
        return NULL;
    bool good = true;
    if (t.kind == TOKEN_INT || t.kind == TOKEN_UINT || t.kind == TOKEN_DOUBLE)
        good = cel_literal_number(p->c, &t, negative, &n->literal);
    else if (t.kind == TOKEN_STRING || t.kind == TOKEN_BYTES)
        good = cel_literal_text(p->c, &t, &n->literal);
    else if (t.kind == TOKEN_NULL)
        n->literal.kind = CEL_NULL;
    else
        n->literal = (struct cel_value){.kind = CEL_BOOL, .b = t.kind == TOKEN_TRUE};
    advance(p);
    return good ? n : NULL;
}

/* expression {"," expression} ")", the parenthesis being open. */
static bool arguments(struct parser *p, struct parts *parts)
{
    if (take(p, TOKEN_CLOSE))
        return true;
    do {
        if (!push(p, parts, expression(p)))
            return false;
    } while (take(p, TOKEN_COMMA));
    return expect(p, TOKEN_CLOSE, "')' or ',' is missing");
}

static struct cel_ast *call(struct parser *p, const struct cel_token *name, struct cel_ast *target,
                            bool rooted)
{
    struct parts parts = {0};
    if (target != NULL && !push(p, &parts, target))
        return NULL;
    if (!arguments(p, &parts))
        return NULL;
    struct cel_ast *n = adopt(p, AST_CALL, name->place, &parts);
    if (n == NULL)
        return NULL;
    n->name = name->text;
    n->member = target != NULL;
    n->rooted = rooted;
    return p->c->macros ? cel_macro(p->c, n) : n;
}

/* "[" is open. */
static struct cel_ast *list(struct parser *p, uint32_t place)
{
    struct parts parts = {0};
    while (p->at.kind != TOKEN_SQUARE_END) {
        bool maybe = take(p, TOKEN_QUESTION);
        if (!push(p, &parts, expression(p)))
            return NULL;
        parts.maybe[parts.count - 1] = maybe;
        parts.any_maybe = parts.any_maybe || maybe;
        if (!take(p, TOKEN_COMMA))
            break;
    }
    return expect(p, TOKEN_SQUARE_END, "']' or ',' is missing") ? adopt(p, AST_LIST, place, &parts) : NULL;
}

static bool map_entry(struct parser *p, struct parts *parts)
{
    bool maybe = take(p, TOKEN_QUESTION);
    if (!push(p, parts, expression(p)) || !expect(p, TOKEN_COLON, "':' is missing")
        || !push(p, parts, expression(p)))
        return false;
    parts->maybe[parts->count / 2 - 1] = maybe;
    parts->any_maybe = parts->any_maybe || maybe;
    return true;
}

/* "{" is open. */
static struct cel_ast *map(struct parser *p, uint32_t place)
{
    struct parts parts = {0};
    while (p->at.kind != TOKEN_BRACE_END) {
        if (!map_entry(p, &parts))
            return NULL;
        if (!take(p, TOKEN_COMMA))
            break;
    }
    return expect(p, TOKEN_BRACE_END, "'}' or ',' is missing") ? adopt(p, AST_MAP, place, &parts) : NULL;
}

/* name{field: value, …}, "{" being open. Read for its syntax; the checker knows no such type. */
static struct cel_ast *message(struct parser *p, const struct cel_ast *name)
{
    struct parts parts = {0};
    while (p->at.kind != TOKEN_BRACE_END) {
        (void)take(p, TOKEN_QUESTION);
        if (p->at.kind != TOKEN_NAME && p->at.kind != TOKEN_QUOTED)
            return refuse(p, "the name of a field is missing");
        advance(p);
        if (!expect(p, TOKEN_COLON, "':' is missing") || !push(p, &parts, expression(p)))
            return NULL;
        if (!take(p, TOKEN_COMMA))
            break;
    }
    if (!expect(p, TOKEN_BRACE_END, "'}' or ',' is missing"))
        return NULL;
    struct cel_ast *n = adopt(p, AST_MESSAGE, name->place, &parts);
    if (n != NULL)
        n->name = name->name;
    return n;
}

/* An identifier or a call; `rooted`: a dot stood before it. */
static struct cel_ast *name(struct parser *p, bool rooted)
{
    struct cel_token t = p->at;
    if (t.kind != TOKEN_NAME)
        return refuse(p, "an expression is missing");
    if (t.reserved)
        return refuse(p, "a reserved word cannot be a name");
    advance(p);
    if (take(p, TOKEN_OPEN))
        return call(p, &t, NULL, rooted);
    struct cel_ast *n = cel_ast_new(p->c, AST_IDENT, t.place, 0);
    if (n == NULL)
        return NULL;
    n->name = t.text;
    n->rooted = rooted;
    return n;
}

static struct cel_ast *primary(struct parser *p)
{
    struct cel_token t = p->at;
    switch (t.kind) {
    case TOKEN_INT:
    case TOKEN_UINT:
    case TOKEN_DOUBLE:
    case TOKEN_STRING:
    case TOKEN_BYTES:
    case TOKEN_TRUE:
    case TOKEN_FALSE:
    case TOKEN_NULL:
        return literal(p, false);
    case TOKEN_OPEN: {
        advance(p);
        struct cel_ast *n = expression(p);
        return n != NULL && expect(p, TOKEN_CLOSE, "')' is missing") ? n : NULL;
    }
    case TOKEN_SQUARE:
        advance(p);
        return list(p, t.place);
    case TOKEN_BRACE:
        advance(p);
        return map(p, t.place);
    case TOKEN_DOT:
        advance(p);
        return name(p, true);
    default:
        return name(p, false);
    }
}

/* What may stand before "{" as the name of a message: a.b.C */
static bool is_qualified(const struct cel_ast *n)
{
    while (n->kind == AST_SELECT && !n->test && !n->optional && !n->quoted)
        n = n->arg[0];
    return n->kind == AST_IDENT;
}

/* Behind a dot: .name, .?name, .`name`, .name(…) */
static struct cel_ast *select(struct parser *p, struct cel_ast *of)
{
    bool optional = take(p, TOKEN_QUESTION);
    struct cel_token t = p->at;
    if (t.kind != TOKEN_NAME && t.kind != TOKEN_QUOTED)
        return refuse(p, "the name of a field is missing");
    advance(p);
    if (t.kind == TOKEN_NAME && !optional && take(p, TOKEN_OPEN))
        return call(p, &t, of, false);
    struct cel_ast *n = cel_ast_new(p->c, AST_SELECT, t.place, 1);
    if (n == NULL)
        return NULL;
    n->arg[0] = of;
    n->name = t.text;
    n->optional = optional;
    n->quoted = t.kind == TOKEN_QUOTED;
    return seal(p, n);
}

/* "[" is open. */
static struct cel_ast *index_of(struct parser *p, struct cel_ast *of, uint32_t place)
{
    bool optional = take(p, TOKEN_QUESTION);
    struct cel_ast *key = expression(p);
    if (key == NULL || !expect(p, TOKEN_SQUARE_END, "']' is missing"))
        return NULL;
    struct cel_ast *n = cel_ast_new(p->c, AST_INDEX, place, 2);
    if (n == NULL)
        return NULL;
    n->arg[0] = of;
    n->arg[1] = key;
    n->optional = optional;
    return seal(p, n);
}

static struct cel_ast *members(struct parser *p, struct cel_ast *n)
{
    while (n != NULL) {
        uint32_t place = p->at.place;
        if (take(p, TOKEN_DOT))
            n = select(p, n);
        else if (take(p, TOKEN_SQUARE))
            n = index_of(p, n, place);
        else if (p->at.kind == TOKEN_BRACE && is_qualified(n) && take(p, TOKEN_BRACE))
            n = message(p, n);
        else
            break;
    }
    return n;
}

/* Signs in a row cancel in pairs; one that stands before a number belongs to the number, so that the smallest
 * int can be written. */
static struct cel_ast *unary(struct parser *p)
{
    enum cel_token_kind sign = p->at.kind;
    if (sign != TOKEN_NOT && sign != TOKEN_MINUS)
        return members(p, primary(p));
    uint32_t place = p->at.place;
    uint32_t count = 0;
    for (; take(p, sign); count++)
        ;
    bool number = sign == TOKEN_MINUS && (p->at.kind == TOKEN_INT || p->at.kind == TOKEN_DOUBLE);
    struct cel_ast *n = members(p, number ? literal(p, true) : primary(p));
    if (number)
        count--;
    return count % 2 == 0 ? n : call1(p, sign == TOKEN_NOT ? TEXT("!_") : TEXT("-_"), place, n);
}

/* Strength of a binary operator and the function behind it; 0: none. */
static int strength_of(enum cel_token_kind kind, struct text *name)
{
    static const struct {
        enum cel_token_kind kind;
        int strength;
        const char *name;
    } operators[] = {
        {TOKEN_EQUAL, 1, "_==_"},      {TOKEN_UNEQUAL, 1, "_!=_"}, {TOKEN_LESS, 1, "_<_"},
        {TOKEN_LESS_EQUAL, 1, "_<=_"}, {TOKEN_GREATER, 1, "_>_"},  {TOKEN_GREATER_EQUAL, 1, "_>=_"},
        {TOKEN_IN, 1, "@in"},          {TOKEN_PLUS, 2, "_+_"},     {TOKEN_MINUS, 2, "_-_"},
        {TOKEN_STAR, 3, "_*_"},        {TOKEN_SLASH, 3, "_/_"},    {TOKEN_PERCENT, 3, "_%_"}};
    for (size_t i = 0; i < COUNT_OF(operators); i++) {
        if (operators[i].kind == kind) {
            *name = text_of(operators[i].name);
            return operators[i].strength;
        }
    }
    return 0;
}

/* Relations, sums and products: operators of at least `least` strength, left to right. */
static struct cel_ast *binary(struct parser *p, int least)
{
    struct cel_ast *n = unary(p);
    struct text operator;
    for (int strength;
         n != NULL && (strength = strength_of(p->at.kind, &operator)) >= least && strength > 0;) {
        uint32_t place = p->at.place;
        advance(p);
        n = call2(p, operator, place, n, binary(p, strength + 1));
    }
    return n;
}

/* a && b && c is one node with three children: order does not matter, and depth does not grow. */
static struct cel_ast *chain(struct parser *p, enum cel_token_kind word)
{
    uint32_t place = p->at.place;
    struct cel_ast *n = word == TOKEN_OR ? chain(p, TOKEN_AND) : binary(p, 1);
    if (n == NULL || p->at.kind != word)
        return n;
    struct parts parts = {0};
    if (!push(p, &parts, n))
        return NULL;
    while (take(p, word)) {
        if (!push(p, &parts, word == TOKEN_OR ? chain(p, TOKEN_AND) : binary(p, 1)))
            return NULL;
    }
    return adopt(p, word == TOKEN_OR ? AST_OR : AST_AND, place, &parts);
}

static struct cel_ast *choice(struct parser *p, struct cel_ast *condition, uint32_t place)
{
    struct cel_ast *yes = chain(p, TOKEN_OR);
    if (yes == NULL || !expect(p, TOKEN_COLON, "':' is missing"))
        return NULL;
    struct cel_ast *no = expression(p);
    struct cel_ast *n = no == NULL ? NULL : cel_ast_new(p->c, AST_CHOICE, place, 3);
    if (n == NULL)
        return NULL;
    n->arg[0] = condition;
    n->arg[1] = yes;
    n->arg[2] = no;
    return seal(p, n);
}

static struct cel_ast *expression(struct parser *p)
{
    if (p->depth >= CEL_DEPTH_MAX) {
        (void)cel_compile_fail(p->c, &CEL_TOO_LARGE, p->at.place,
                               TEXT("more than 64 expressions within each other"));
        return NULL;
    }
    p->depth++;
    struct cel_ast *n = chain(p, TOKEN_OR);
    uint32_t place = p->at.place;
    if (n != NULL && take(p, TOKEN_QUESTION))
        n = choice(p, n, place);
    p->depth--;
    return n;
}

struct cel_ast *cel_parse(struct cel_compile *c)
{
    struct parser p = {.c = c};
    if (c->source.size > CEL_SOURCE_MAX) {
        (void)cel_compile_fail(c, &CEL_TOO_LARGE, 0, TEXT("more than 65536 bytes"));
        return NULL;
    }
    if (!text_is_utf8(c->source)) {
        (void)cel_compile_fail(c, &CEL_SYNTAX, 0, TEXT("the text is not UTF-8"));
        return NULL;
    }
    advance(&p);
    struct cel_ast *n = expression(&p);
    if (n == NULL || p.at.kind == TOKEN_END)
        return n;
    return refuse(&p, "an operator is missing");
}
