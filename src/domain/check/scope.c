/* Where, for which day, and whether anything may be kept. */
#include "base/system.h"
#include "domain/check/check.sql.h"
#include "domain/check/parts.h"
#include "store/store.err.h"

bool scope_of(const struct op_call *call, struct scope *out, struct err *e)
{
    const struct op_value *area = op_value(call, "area"), *as_of = op_value(call, "as-of");
    out->as_of = as_of->given ? (day)as_of->n : clock_today();
    return session_area(call->session, area->given ? area->s : TEXT(""), &out->area, e);
}

struct text scope_lo(const struct area *area) { return text_of(area->lo); }
struct text scope_hi(const struct area *area) { return area->hi[0] == '\0' ? TEXT("~") : text_of(area->hi); }

static bool is_in_force(const struct session *s, struct arena *a, bool *out, struct err *e)
{
    struct policy_in_force_row row;
    bool found = false;
    *out = false;
    if (!policy_in_force(s->store, a, &row, &found, e))
        return false;
    *out = found && text_equal(row.value, text_of(s->catalog->digest));
    return true;
}

/* What keeps a database from being written that can be read all the same. */
static bool is_read_only(const struct err *e)
{
    return err_is(e, &STORE_WRITE_PROTECTED) || err_is(e, &STORE_FORBIDDEN);
}

bool writer_open(const struct op_call *call, struct store **db_out, struct err *e)
{
    const struct session *s = call->session;
    struct store *db = NULL;
    bool in_force = false;
    *db_out = NULL;
    if (!is_in_force(s, call->arena, &in_force, e))
        return false;
    if (s->vault == NULL || !in_force)
        return true;
    struct err why = {0};
    if (store_open_beside(s->store, STORE_READWRITE, &db, &why) && store_begin(db, &why)) {
        *db_out = db;
        return true;
    }
    store_close(db);
    if (is_read_only(&why))
        return true;
    *e = why;
    return false;
}

bool writer_close(struct store *db, bool keep, struct err *e)
{
    if (db == NULL)
        return keep;
    bool kept = store_end(db, keep, e);
    store_close(db);
    return kept;
}
