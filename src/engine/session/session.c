/* Opens an office's database. Always holds: a session that opened has a pack in force, and its key, when it
 * has one, is the database's own. */
#include "engine/session/session.h"
#include "base/base.err.h"
#include "base/system.h"
#include "engine/record/record.err.h"
#include "engine/session/pack.h"
#include "engine/session/session.err.h"
#include "engine/session/session.sql.h"
#include "store/store.err.h"
#include <stdlib.h>
#include <unistd.h>

#define SESSION_ARENA_MAX ((size_t)1 << 30)
#define CHECK_SIZE 32
#define SETTING_MAX 65536

static bool fail_on_file(const struct session *s, const struct err_kind *kind, struct err *e)
{
    err_fail_text(e, kind, "file", s->db);
    err_add(e, "key", s->key_file);
    return false;
}

/* contract: --key-file, else HONGHUA_KEY_FILE, else <db>.key beside the file. */
bool session_key_path(struct text db, struct text given, struct arena *a, struct text *out, bool *named_out)
{
    const char *environment = getenv("HONGHUA_KEY_FILE");
    *named_out = true;
    if (given.at != NULL)
        *out = text_copy(a, given);
    else if (environment != NULL && environment[0] != '\0')
        *out = text_copy(a, text_of(environment));
    else {
        *out = store_is_address(db) ? TEXT("") : text_format(a, "%.*s.key", TEXT_ARG(db));
        *named_out = false;
    }
    return out->at != NULL;
}

static bool begin(struct session *s, const struct session_options *options, bool *named_out, struct err *e)
{
    memset(s, 0, sizeof *s);
    arena_init(&s->arena, SESSION_ARENA_MAX);
    s->place = text_copy(&s->arena, options->db);
    s->begun_ms = clock_now_ms();
    s->office_code = TEXT("");
    s->check_pack = options->check_pack;
    if (s->place.at == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!store_shown(s->place.at, &s->arena, &s->db, e))
        return false;
    return session_key_path(s->place, options->key_file, &s->arena, &s->key_file, named_out)
           || err_fail(e, &OUT_OF_MEMORY);
}

bool session_is_current(struct session *s, bool *out, struct err *e)
{
    struct setting_get_row row;
    struct arena scratch;
    bool found;
    arena_init(&scratch, SETTING_MAX);
    bool asked =
        setting_get(s->store, &(struct setting_get_in){.name = TEXT("policy")}, &scratch, &row, &found, e);
    *out = asked && found && text_equal(row.value, text_of(s->catalog->digest));
    arena_clear(&scratch);
    return asked;
}

bool session_setting(struct session *s, const char *name, struct text *value_out, struct err *e)
{
    struct setting_get_row row;
    bool found;
    if (!setting_get(s->store, &(struct setting_get_in){.name = text_of(name)}, &s->arena, &row, &found, e))
        return false;
    *value_out = found ? row.value : TEXT_NONE;
    return true;
}

static void check_as_hex(const struct vault *vault, char out[CHECK_SIZE * 2 + 1])
{
    unsigned char check[CHECK_SIZE];
    vault_check(vault, check);
    for (size_t i = 0; i < CHECK_SIZE; i++)
        snprintf(out + 2 * i, 3, "%02x", check[i]);
}

/* Opens the key when it is there, and holds it against the database's own. */
static bool open_key(struct session *s, bool named, bool needed, struct err *e)
{
    char check[CHECK_SIZE * 2 + 1];
    struct text kept;
    if (needed && text_is_empty(s->key_file))
        return fail_on_file(s, &SESSION_KEY_UNNAMED, e);
    if (text_is_empty(s->key_file))
        return true;
    if (!file_exists(s->key_file.at))
        return named || needed ? fail_on_file(s, &SESSION_KEY_ABSENT, e) : true;
    if (!vault_open(s->key_file.at, &s->vault, e) || !session_setting(s, "key_check", &kept, e))
        return false;
    check_as_hex(s->vault, check);
    return text_equal(kept, text_of(check)) ? true : fail_on_file(s, &SESSION_KEY_WRONG, e);
}

static bool open_office(struct session *s, struct err *e)
{
    struct text code;
    if (!session_setting(s, "office", &code, e))
        return false;
    if (text_is_empty(code))
        return true;
    s->office_code = code;
    return area_of(code, &s->office, e);
}

static bool open_parts(struct session *s, struct err *e)
{
    s->records = records_open(s->store, s->catalog, s->vault, &s->arena, e);
    return s->records != NULL && journal_open(s->store, s->vault, &s->arena, &s->journal, e);
}

static bool open_store(struct session *s, const struct session_options *options, struct err *e)
{
    if (!store_is_address(s->place) && !file_exists(s->place.at))
        return fail_on_file(s, &SESSION_DATABASE_ABSENT, e);
    return store_open(s->place.at, options->write ? STORE_READWRITE : STORE_READONLY, &s->store, e);
}

/* A newer program may want more columns and indexes of the entities' tables than an older one made. */
static bool define_again(struct session *s, struct err *e)
{
    return !store_upgraded(s->store)
           || (store_begin(s->store, e) && store_end(s->store, records_define(s->records, e), e));
}

bool session_open(struct session *s, const struct session_options *options, struct err *e)
{
    bool named;
    return begin(s, options, &named, e) && open_store(s, options, e)
           && open_key(s, named, options->need_key, e) && session_pack_open(s, options->policy_version, e)
           && open_office(s, e) && open_parts(s, e) && define_again(s, e);
}

void session_close(struct session *s)
{
    journal_close(s->journal);
    records_close(s->records);
    catalog_clear(s->catalog);
    store_close(s->store);
    vault_close(s->vault);
    arena_clear(&s->arena);
    memset(s, 0, sizeof *s);
}

/* The second wall, on a server: rows outside the actor's area do not leave it even where a statement lacks
 * the area. */
static bool narrow_store(struct session *s, const struct actor *actor, struct err *e)
{
    bool all = actor == NULL || actor->area.lo[0] == 0;
    return store_narrow(s->store, all ? NULL : actor->area.lo, all ? NULL : actor->area.hi, e);
}

bool session_act_for(struct session *s, const struct actor *actor, struct err *e)
{
    records_act_for(s->records, actor);
    return narrow_store(s, actor, e);
}

bool session_look_beyond(struct session *s, struct err *e) { return narrow_store(s, NULL, e); }

bool session_area(struct session *s, struct text code, struct area *out, struct err *e)
{
    *out = s->office;
    return (code.size == 0 && records_actor(s->records) == NULL) || records_area(s->records, code, out, e);
}

bool session_set_office(struct session *s, struct text code, struct err *e)
{
    char full[AREA_CODE_SIZE + 1] = "000000000000";
    if (!area_of(code, &s->office, e))
        return false;
    memcpy(full, code.at, code.size < AREA_CODE_SIZE ? code.size : AREA_CODE_SIZE);
    s->office_code = text_copy(&s->arena, text_of(full));
    return session_setting_put(s, "office", s->office_code, e);
}

bool session_setting_put(struct session *s, const char *name, struct text value, struct err *e)
{
    return setting_put(s->store, &(struct setting_put_in){.name = text_of(name), .value = value}, e);
}

/* The key of a new database: one that lies there already is taken as it is, never replaced. */
static bool make_key(struct session *s, bool *made_out, struct err *e)
{
    *made_out = !file_exists(s->key_file.at);
    return (!*made_out || vault_make(s->key_file.at, e)) && vault_open(s->key_file.at, &s->vault, e);
}

/* The area that the office was made for. */
static bool set_first_office(struct session *s, struct text area, struct err *e)
{
    struct area named;
    if (text_is_empty(area))
        return true;
    if (!area_of(area, &named, e))
        return false;
    if (!area_is_listed(s->catalog, &named))
        return err_fail_text(e, &RECORD_AREA_UNKNOWN, "code", area);
    return session_set_office(s, area, e);
}

static bool fill_new(struct session *s, struct text policy, struct text area, struct err *e)
{
    char check[CHECK_SIZE * 2 + 1];
    bool changed;
    check_as_hex(s->vault, check);
    if (!session_pack_install(s, policy, &changed, e))
        return false;
    return store_begin(s->store, e)
           && store_end(
               s->store,
               session_setting_put(s, "key_check", text_of(check), e) && set_first_office(s, area, e), e);
}

bool session_init(struct session *s, const struct session_options *options, struct text policy,
                  struct text area, struct err *e)
{
    bool named, made = false;
    if (!begin(s, options, &named, e))
        return false;
    bool address = store_is_address(s->place);
    if (address && text_is_empty(s->key_file))
        return fail_on_file(s, &SESSION_KEY_NAMED, e);
    if (!address && file_exists(s->place.at))
        return fail_on_file(s, &SESSION_DATABASE_EXISTS, e);
    bool done = store_open(s->place.at, options->spread ? STORE_CREATE_SPREAD : STORE_CREATE, &s->store, e)
                && make_key(s, &made, e) && fill_new(s, policy, area, e) && store_publish(s->store, e);
    if (!done && made && !err_is(e, &STORE_OUTCOME)) /* where nobody knows, the database may need it */
        (void)unlink(s->key_file.at);
    return done && open_parts(s, e);
}
