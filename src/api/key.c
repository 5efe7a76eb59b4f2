/* The same request once. Always holds: a key stands exactly when the change of its request does. */
#include "api/key.h"
#include "api/api.err.h"
#include "api/api.sql.h"
#include "api/upload.h"
#include "base/base.err.h"
#include "base/system.h"
#include <sodium.h>

static bool is_key(struct text key)
{
    bool good = key.size > 0 && key.size <= KEY_SIZE_MAX;
    for (size_t i = 0; good && i < key.size; i++)
        good = key.at[i] > ' ' && key.at[i] <= '~';
    return good;
}

static void digest_text(crypto_generichash_state *state, struct text t)
{
    uint64_t size = t.size;
    (void)crypto_generichash_update(state, (const unsigned char *)&size, sizeof size);
    (void)crypto_generichash_update(state, (const unsigned char *)(t.at != NULL ? t.at : ""), t.size);
}

static void digest_of(const struct request *r, char out[KEY_DIGEST_SIZE])
{
    crypto_generichash_state state;
    unsigned char hash[32];
    (void)crypto_generichash_init(&state, NULL, 0, sizeof hash);
    digest_text(&state, text_of(r->method));
    digest_text(&state, r->url.path);
    for (size_t i = 0; i < r->url.pair_count; i++) {
        digest_text(&state, r->url.pair[i].name);
        digest_text(&state, r->url.pair[i].value);
    }
    digest_text(&state, buf_text(&r->body));
    if (r->upload != NULL)
        digest_text(&state, upload_digest(r->upload));
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    (void)sodium_bin2hex(out, KEY_DIGEST_SIZE, hash, sizeof hash);
}

static bool answer_again(struct request *r, const struct request_key_get_row *row, struct err *e)
{
    if (row->status.kind != VALUE_INT || row->body.at == NULL)
        return err_fail(e, &API_KEY_UNDER_WAY);
    answer_clear(&r->answer);
    buf_init(&r->answer.body, row->body.size + 1);
    r->answer.status = (int)row->status.n;
    r->answer.type = text_equal(row->type, TEXT("application/problem+json")) ? "application/problem+json"
                                                                             : "application/json";
    buf_add(&r->answer.body, row->body);
    if (row->etag.at != NULL)
        answer_head(r, "ETag", row->etag);
    return !r->answer.body.failed || err_fail(e, &OUT_OF_MEMORY);
}

bool key_begin(struct worker *w, struct request *r, bool *answered_out, struct err *e)
{
    struct text key = r->head.idempotency_key;
    struct request_key_get_row row;
    bool found;
    *answered_out = false;
    w->key = NULL;
    if (key.at == NULL)
        return true;
    struct key_use *use = arena_take(&r->arena, sizeof *use);
    if (use == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!is_key(key))
        return err_fail(e, &API_KEY_BAD);
    *use = (struct key_use){.account = r->actor->account, .key = key};
    digest_of(r, use->digest);
    if (!request_key_get(w->session.store, &(struct request_key_get_in){use->account, key}, &r->arena, &row,
                         &found, e))
        return false;
    if (!found) {
        w->key = use;
        return true;
    }
    if (!text_equal(row.digest, text_of(use->digest)))
        return err_fail(e, &API_KEY_REUSED);
    *answered_out = true;
    return answer_again(r, &row, e);
}

/* Two of the same at once: the second comes here after the first's commit and finds the key taken. */
bool key_keep(struct store *db, void *user, struct err *e)
{
    struct worker *w = user;
    struct key_use *use = w->key;
    struct request_key_get_row row;
    struct arena scratch;
    bool found = false;
    if (use == NULL || use->kept)
        return true;
    arena_init(&scratch, (size_t)64 << 20);
    bool asked =
        request_key_get(db, &(struct request_key_get_in){use->account, use->key}, &scratch, &row, &found, e);
    arena_clear(&scratch);
    if (!asked || found)
        return asked ? err_fail(e, &API_KEY_UNDER_WAY) : false;
    use->kept = request_key_put(
        db, &(struct request_key_put_in){use->account, use->key, text_of(use->digest), clock_now_ms()}, e);
    return use->kept;
}

static struct text head_of(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->answer.head_count; i++)
        if (strcmp(r->answer.head[i].name, name) == 0)
            return r->answer.head[i].value;
    return TEXT_NONE;
}

/* Without its answer the key still says that the request was done. */
void key_end(struct worker *w, struct request *r)
{
    struct key_use *use = w->key;
    struct err ignored = {.kind = NULL};
    w->key = NULL;
    if (use == NULL || !use->kept || r->answer.file != NULL)
        return;
    struct store *db = w->session.store;
    const struct request_key_answer_in in = {.account = use->account,
                                             .key = use->key,
                                             .status = r->answer.status,
                                             .type = text_of(r->answer.type),
                                             .etag = head_of(r, "ETag"),
                                             .body = buf_text(&r->answer.body)};
    if (store_begin(db, &ignored))
        (void)store_end(db, request_key_answer(db, &in, &ignored), &ignored);
}
