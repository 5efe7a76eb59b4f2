/* Words of the source. */
#ifndef ENGINE_CEL_LEX_H
#define ENGINE_CEL_LEX_H
#include "engine/cel/ast.h"

enum cel_token_kind {
    TOKEN_END,
    TOKEN_BAD,
    TOKEN_NAME,
    TOKEN_QUOTED,
    TOKEN_INT,
    TOKEN_UINT,
    TOKEN_DOUBLE,
    TOKEN_STRING,
    TOKEN_BYTES,
    TOKEN_TRUE,
    TOKEN_FALSE,
    TOKEN_NULL,
    TOKEN_IN,
    TOKEN_EQUAL,
    TOKEN_UNEQUAL,
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_PERCENT,
    TOKEN_QUESTION,
    TOKEN_COLON,
    TOKEN_DOT,
    TOKEN_COMMA,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_SQUARE,
    TOKEN_SQUARE_END,
    TOKEN_BRACE,
    TOKEN_BRACE_END
};
struct cel_token {
    enum cel_token_kind kind;
    uint32_t place;
    struct text text;  /* as written; QUOTED: without the backquotes; STRING, BYTES: between the quotes */
    bool raw;          /* STRING, BYTES: escapes stay as they are */
    bool reserved;     /* NAME: a word kept for host languages */
    const char *wrong; /* BAD: why */
};

/* The word at *at, which moves behind it; blanks and comments before it are skipped. */
struct cel_token cel_lex(struct text source, uint32_t *at);

/* What a literal means. false: `e` is set (out of range, a bad escape, memory). */
bool cel_literal_number(struct cel_compile *c, const struct cel_token *t, bool negative,
                        struct cel_value *out);
bool cel_literal_text(struct cel_compile *c, const struct cel_token *t, struct cel_value *out);

#endif
