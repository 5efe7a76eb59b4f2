/* Databases for tests; see database.h. A name on the server is made from the path, so that the same path is
 * the same database. */
#include "database.h"
#include "test.h"
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS_COLUMNS_MAX 600

bool database_on_postgres(void)
{
    const char *engine = getenv("HONGHUA_TEST_ENGINE");
    return engine != NULL && strcmp(engine, "postgres") == 0;
}

static const char *server(void)
{
    const char *address = getenv("HONGHUA_TEST_POSTGRES");
    if (address == NULL) {
        print_error(
            "HONGHUA_TEST_POSTGRES is not set: run make check, or scripts/private_postgres.py COMMAND\n");
        exit(1);
    }
    return address;
}

static void name_of(const char *path, const char *suffix, char out[64])
{
    snprintf(out, 64, "t%016llx%s", (unsigned long long)text_hash(text_of(path)), suffix);
}

const char *database_at(const char *path)
{
    static char addresses[8][256];
    static size_t next;
    char name[64], *out = addresses[next++ % 8];
    if (!database_on_postgres())
        return path;
    const char *address = server(), *from = strstr(address, ":///"), *ask = strchr(address, '?');
    assert_true(from != NULL && ask != NULL);
    name_of(path, "", name);
    snprintf(out, sizeof addresses[0], "postgresql:///%s%s", name, ask);
    return out;
}

static PGconn *connect_to(const char *address)
{
    PGconn *connection = PQconnectdb(address);
    if (PQstatus(connection) != CONNECTION_OK)
        fail_msg("%s: %s", address, PQerrorMessage(connection));
    PQclear(PQexec(connection, "SET client_min_messages TO error"));
    return connection;
}

static void on_server(const char *sql)
{
    PGconn *connection = connect_to(server());
    PGresult *answer = PQexec(connection, sql);
    if (PQresultStatus(answer) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    PQclear(answer);
    PQfinish(connection);
}

static void drop(const char *path, const char *suffix)
{
    char name[64], sql[160];
    name_of(path, suffix, name);
    snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    on_server(sql);
}

static void make(const char *path, const char *suffix, const char *from, const char *from_suffix)
{
    char name[64], other[64], sql[256];
    drop(path, suffix);
    name_of(path, suffix, name);
    if (from != NULL)
        name_of(from, from_suffix, other);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", name,
             from != NULL ? other : "template1");
    on_server(sql);
}

void database_prepare(const char *path)
{
    if (database_on_postgres())
        make(path, "", NULL, "");
}

void database_keep(const char *path)
{
    if (database_on_postgres())
        make(path, "_kept", path, "");
}

void database_copy(const char *from, const char *to) { make(to, "", from, "_kept"); }

void database_remove(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    if (database_on_postgres()) {
        drop(path, "");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
        char name[512];
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
}

/* ---- a stranger ---- */

static void sql_on_sqlite(const char *path, const char *sql, database_row *each, void *user)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 2000);
    if (sqlite3_exec(db, sql, each, user, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
    sqlite3_close(db);
}

static void rows_give(const PGresult *rows, database_row *each, void *user)
{
    char *values[ROWS_COLUMNS_MAX], *names[ROWS_COLUMNS_MAX];
    int columns = PQnfields(rows);
    assert_true(columns <= ROWS_COLUMNS_MAX);
    for (int row = 0; row < PQntuples(rows); row++) {
        for (int i = 0; i < columns; i++) {
            values[i] = PQgetisnull(rows, row, i) == 1 ? NULL : PQgetvalue(rows, row, i);
            names[i] = PQfname(rows, i);
        }
        (void)each(user, columns, values, names);
    }
}

void database_sql(const char *path, const char *sql, database_row *each, void *user)
{
    if (!database_on_postgres()) {
        sql_on_sqlite(path, sql, each, user);
        return;
    }
    PGconn *connection = connect_to(database_at(path));
    PQclear(PQexec(connection, "SET search_path TO honghua"));
    PGresult *answer = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(answer);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    if (each != NULL && status == PGRES_TUPLES_OK)
        rows_give(answer, each, user);
    PQclear(answer);
    PQfinish(connection);
}
