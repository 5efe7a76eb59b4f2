/* Cursors of lists: whatever comes is refused or read, and what was read is written as it came. The input is
 * taken as a cursor, and as a place behind a digest that is right, as one who knows the form could make it
 * where there is no key. */
#include "engine/record/page_part.h"
#include "engine/record/record.err.h"
#include "engine/record/total.h"
#include <sodium.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MARK_SIZE 16
#define PLACE_MAX 2048

static void read_again(const struct records *r, const struct record_query *q, struct text cursor,
                       struct arena *a, bool must)
{
    struct err e = {.kind = NULL};
    struct record_place place = {.sort = value_none()}, again;
    if (!record_cursor_read(r, q, cursor, a, &place, &e)) {
        if (must || e.kind != &RECORD_CURSOR)
            abort();
        return;
    }
    struct text written = record_cursor_write(r, q, &place, a);
    if (place.id.size == 0 || written.at == NULL || !record_cursor_read(r, q, written, a, &again, &e)
        || !text_equal(again.id, place.id) || !value_equal(again.sort, place.sort))
        abort();
}

/* The digest that the engine puts in front of a place of this list. */
static void mark_of(const struct record_query *q, struct text place, unsigned char out[32])
{
    uint64_t length = place.size;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, 32);
    page_digest(q, false, &state);
    crypto_generichash_update(&state, (const unsigned char *)&length, sizeof length);
    crypto_generichash_update(&state, (const unsigned char *)place.at, place.size);
    crypto_generichash_final(&state, out, 32);
}

static struct text cursor_of(const struct record_query *q, struct text place, struct arena *a)
{
    unsigned char whole[PLACE_MAX + 32];
    mark_of(q, place, whole);
    memcpy(whole + MARK_SIZE, place.at, place.size);
    size_t size = MARK_SIZE + place.size;
    size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_take(a, room);
    if (text == NULL)
        abort();
    sodium_bin2base64(text, room, whole, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text_of(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct catalog_entity entity = {.id = TEXT("person")};
    const struct record_page page = {.descending = true};
    const struct record_query q = {.entity = &entity, .as_of = DAY_NONE, .page = &page};
    const struct records r = {.vault = NULL};
    const struct record_place first = {.sort = value_int(7), .id = TEXT("H101")};
    struct arena a;
    struct text in = {(const char *)data, size};
    arena_init(&a, 16u << 20);
    read_again(&r, &q, in, &a, false);
    if (size > 0 && size <= PLACE_MAX)
        read_again(&r, &q, cursor_of(&q, in, &a), &a, false);
    read_again(&r, &q, record_cursor_write(&r, &q, &first, &a), &a, true);
    arena_clear(&a);
    return 0;
}
