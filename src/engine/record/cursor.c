/* Places in a list as text: a digest of the list and of the place, then the sort value and the id. */
#include "base/base.err.h"
#include "engine/record/page_part.h"
#include "engine/record/record.err.h"
#include "engine/record/total.h"

#define MARK_SIZE 16
#define CURSOR_MAX 4096 /* characters that a caller may give */
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
enum { SORT_NONE, SORT_INT, SORT_TEXT };

static void digest_text(crypto_generichash_state *state, struct text t)
{
    uint64_t size = t.at == NULL ? UINT64_MAX : t.size;
    crypto_generichash_update(state, (const unsigned char *)&size, sizeof size);
    if (t.size != 0)
        crypto_generichash_update(state, (const unsigned char *)t.at, t.size);
}

static void digest_value(crypto_generichash_state *state, struct value v)
{
    int64_t parts[2] = {(int64_t)v.kind, v.kind == VALUE_INT ? v.n : 0};
    crypto_generichash_update(state, (const unsigned char *)parts, sizeof parts);
    if (v.kind == VALUE_TEXT || v.kind == VALUE_BYTES)
        digest_text(state, v.s);
}

void page_digest(const struct record_query *q, bool counting, crypto_generichash_state *state)
{
    const struct record_page *page = q->page;
    digest_text(state, q->entity->id);
    digest_value(state, value_int(q->as_of));
    for (size_t i = 0; i < page->filter_count; i++) {
        digest_text(state, page->filters[i].field->id);
        digest_value(state, value_int(page->filters[i].test));
        digest_value(state, page->filters[i].value);
    }
    if (counting) {
        digest_text(state, text_of(q->area.lo));
        digest_text(state, text_of(q->area.hi));
        return;
    }
    digest_text(state, page->sort != NULL ? page->sort->id : TEXT_NONE);
    digest_value(state, value_int(page->descending));
}

/* What is in front of a place; keyed where there is a key. */
static void mark_make(const struct records *r, const struct record_query *q, struct text place,
                      unsigned char out[MARK_SIZE])
{
    unsigned char list[32];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof list);
    page_digest(q, false, &state);
    digest_text(&state, place);
    crypto_generichash_final(&state, list, sizeof list);
    if (r->vault != NULL)
        vault_mac(r->vault, (struct text){(const char *)list, sizeof list}, list);
    memcpy(out, list, MARK_SIZE);
}

static void place_write(const struct record_place *place, struct buf *out)
{
    struct value v = place->sort;
    buf_add_char(out, v.kind == VALUE_NONE ? SORT_NONE : v.kind == VALUE_INT ? SORT_INT : SORT_TEXT);
    uint32_t size = v.kind == VALUE_TEXT ? (uint32_t)v.s.size : 0;
    if (v.kind == VALUE_INT)
        buf_add(out, (struct text){(const char *)&v.n, sizeof v.n});
    if (v.kind == VALUE_TEXT) {
        buf_add(out, (struct text){(const char *)&size, sizeof size});
        buf_add(out, v.s);
    }
    buf_add(out, place->id);
}

/* Too long for a cursor that would be taken back: texts of thousands of characters are cut off by a list's
 * end rather than by an address that no server takes. */
struct text record_cursor_write(const struct records *r, const struct record_query *q,
                                const struct record_place *place, struct arena *a)
{
    unsigned char mark[MARK_SIZE];
    struct buf bytes, whole;
    struct text out = TEXT_NONE;
    buf_init(&bytes, CURSOR_MAX * 4);
    buf_init(&whole, CURSOR_MAX * 4);
    place_write(place, &bytes);
    mark_make(r, q, buf_text(&bytes), mark);
    buf_add(&whole, (struct text){(const char *)mark, MARK_SIZE});
    buf_add(&whole, buf_text(&bytes));
    size_t room = sodium_base64_encoded_len(whole.size, BASE64);
    char *text = bytes.failed || whole.failed ? NULL : arena_take(a, room);
    if (text != NULL) {
        sodium_bin2base64(text, room, (const unsigned char *)whole.at, whole.size, BASE64);
        out = text_of(text);
    }
    buf_clear(&bytes);
    buf_clear(&whole);
    return out;
}

static bool place_read(struct text in, struct record_place *out)
{
    uint32_t size = 0;
    if (in.size < 2)
        return false;
    char kind = in.at[0];
    in = text_slice(in, 1, in.size);
    *out = (struct record_place){.sort = value_none()};
    if (kind == SORT_INT) {
        if (in.size <= sizeof out->sort.n)
            return false;
        out->sort.kind = VALUE_INT;
        memcpy(&out->sort.n, in.at, sizeof out->sort.n);
        in = text_slice(in, sizeof out->sort.n, in.size);
    } else if (kind == SORT_TEXT) {
        if (in.size <= sizeof size)
            return false;
        memcpy(&size, in.at, sizeof size);
        in = text_slice(in, sizeof size, in.size);
        if (size >= in.size)
            return false;
        out->sort = value_text(text_slice(in, 0, size));
        in = text_slice(in, size, in.size);
    } else if (kind != SORT_NONE) {
        return false;
    }
    out->id = in;
    return true;
}

bool record_cursor_read(const struct records *r, const struct record_query *q, struct text cursor,
                        struct arena *a, struct record_place *out, struct err *e)
{
    unsigned char mark[MARK_SIZE], *bytes = arena_take(a, cursor.size + 1);
    size_t size = 0;
    if (bytes == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (cursor.size > CURSOR_MAX * 4
        || sodium_base642bin(bytes, cursor.size + 1, cursor.at, cursor.size, NULL, &size, NULL, BASE64) != 0
        || size < MARK_SIZE)
        return err_fail(e, &RECORD_CURSOR);
    struct text place = {(const char *)bytes + MARK_SIZE, size - MARK_SIZE};
    mark_make(r, q, place, mark);
    if (sodium_memcmp(mark, bytes, MARK_SIZE) != 0 || !place_read(place, out))
        return err_fail(e, &RECORD_CURSOR);
    return true;
}
