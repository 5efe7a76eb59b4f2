/* Registers written down in YAML (doc/pack.md, tests of a pack), loaded through a batch into a database of
 * their own.
 *
 * An office holds a pack and a key; a register is a copy of one of the office's files, so that each case
 * begins anew without loading the pack again. Everything lies in a folder that office_close removes. Fails
 * the test when anything goes wrong.
 */
#ifndef TEST_POLICY_REGISTER_H
#define TEST_POLICY_REGISTER_H
#include "engine/session/session.h"
#include "format/yaml/yaml.h"

struct office {
    char folder[64];
    struct session session; /* its catalogue and vault serve every register */
    struct arena arena;
};
/* `policy` is a pack's folder; `area` the office's. */
void office_open(struct office *o, const char *policy, const char *area);
void office_close(struct office *o);

struct opened { /* a register that may be read and written */
    struct store *db;
    struct records *records;
    struct journal *journal;
    struct arena arena;
};
/* Copies the database `from` of the office's folder ("empty.db" is there from the first) to `to` and opens
 * it. */
void register_copy(struct office *o, const char *from, const char *to, struct opened *out);
void register_open(struct office *o, const char *name, struct opened *out);
void register_close(struct opened *r);
/* Adds the records of a map entity -> records, on that day; those in `removed` (the same form, ids) are left
 * out. */
void register_add(struct office *o, struct opened *r, const struct yaml_node *records,
                  const struct yaml_node *removed, day fact_day);
struct text register_read_file(struct office *o, const char *path);

#endif
