/* One test source, two engines: where a test's database lies, and what a stranger does to it.
 *
 * With HONGHUA_TEST_ENGINE=postgres the databases lie on the server HONGHUA_TEST_POSTGRES (its address, as a
 * role that may make databases; scripts/check.py starts one), else they are files. A test names a database by
 * a path that nobody else uses.
 */
#ifndef TEST_DATABASE_H
#define TEST_DATABASE_H
#include <stdbool.h>

bool database_on_postgres(void);
/* What to open for `path`: itself, or an address. Valid until the eighth call from here. */
const char *database_at(const char *path);
/* Makes room for STORE_CREATE: on a server an empty database. */
void database_prepare(const char *path);
/* Keeps what stands in it now, for database_copy; nobody may have it open. Nothing for files. */
void database_keep(const char *path);
/* A server's copy of what was kept, under another name. */
void database_copy(const char *from, const char *to);
/* Removes it (not what was kept of it), whoever has it open; also a file with what SQLite puts beside it. */
void database_remove(const char *path);
/* Runs SQL as a stranger would, with each row of the last result as text. Fails the test when it cannot. */
typedef int database_row(void *user, int count, char **values, char **names);
void database_sql(const char *path, const char *sql, database_row *each, void *user);

#endif
