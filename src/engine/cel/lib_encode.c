/* The encoders extension. */
#include "engine/cel/env.h"
#include "engine/cel/lib.h"
#include "engine/cel/value.h"

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool encode(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                   struct cel_value *out)
{
    (void)user;
    (void)count;
    struct text t = a->s;
    size_t size = (t.size + 2) / 3 * 4;
    char *to = cel_take(run, size + 1);
    if (to == NULL || !cel_charge_text(run, t))
        return false;
    for (size_t at = 0, w = 0; at < t.size; at += 3, w += 4) {
        size_t rest = t.size - at;
        uint32_t bits = (uint32_t)(unsigned char)t.at[at] << 16;
        bits |= rest > 1 ? (uint32_t)(unsigned char)t.at[at + 1] << 8 : 0;
        bits |= rest > 2 ? (uint32_t)(unsigned char)t.at[at + 2] : 0;
        to[w] = ALPHABET[bits >> 18];
        to[w + 1] = ALPHABET[bits >> 12 & 63];
        to[w + 2] = rest > 1 ? ALPHABET[bits >> 6 & 63] : '=';
        to[w + 3] = rest > 2 ? ALPHABET[bits & 63] : '=';
    }
    return cel_give_text(out, CEL_STRING, (struct text){to, size});
}

/* Padding may be missing, but what is there must be right. */
static bool strip_padding(struct text *t)
{
    size_t padding = 0;
    while (t->size > 0 && padding < 2 && t->at[t->size - 1] == '=') {
        t->size--;
        padding++;
    }
    return t->size % 4 != 1 && (padding == 0 || (t->size + padding) % 4 == 0);
}

static bool decode(struct cel_run *run, void *user, const struct cel_value *a, size_t count,
                   struct cel_value *out)
{
    (void)user;
    (void)count;
    struct text t = a->s;
    char *to = cel_take(run, t.size / 4 * 3 + 4);
    if (to == NULL || !cel_charge_text(run, t))
        return false;
    bool good = strip_padding(&t);
    uint32_t bits = 0;
    size_t size = 0;
    for (size_t at = 0; good && at < t.size; at++) {
        const char *found = t.at[at] == '\0' ? NULL : strchr(ALPHABET, t.at[at]);
        good = found != NULL;
        bits = bits << 6 | (uint32_t)(good ? found - ALPHABET : 0);
        if (at % 4 > 0)
            to[size++] = (char)(unsigned char)(bits >> (6 - 2 * (at % 4)) & 0xFF);
    }
    return good ? cel_give_text(out, CEL_BYTES, (struct text){to, size})
                : cel_raise(run, "the text is no base64");
}

static const struct cel_row ROWS[] = {{"base64.encode", "y>s", encode}, {"base64.decode", "s>y", decode}};
const struct cel_table CEL_TABLE_ENCODERS = {ROWS, COUNT_OF(ROWS)};
