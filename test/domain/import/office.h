/* An office for tests: a database of its own in a folder of its own, and the operations called as the command
 * line calls them, their answers read back as JSON. */
#ifndef TEST_DOMAIN_IMPORT_OFFICE_H
#define TEST_DOMAIN_IMPORT_OFFICE_H
#include "answers.h"
#include "database.h"
#include "domain/import/import.h"
#include "domain/registry/registry.h"
#include "engine/session/session.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OFFICE_ARGUMENTS_MAX 16

struct office {
    char folder[64];
    char db[256], key[160];
    struct session session;
};
struct argument {
    const char *name, *value; /* value NULL: not given */
};
struct answer {
    bool done, found;
    struct err err;
    char *json;          /* NULL: refused; to be freed */
    const char *refused; /* code of the first field that was refused, or NULL */
};

static inline void office_tell(const char *what, const struct err *e)
{
    struct buf b;
    buf_init(&b, 8192);
    err_sentence(e, LANG_EN, &b);
    fprintf(stderr, "# %s: %.*s\n", what, TEXT_ARG(buf_text(&b)));
    buf_clear(&b);
}

static inline bool office_open(struct office *o, const char *area)
{
    struct err e = {0};
    char path[128];
    (void)setenv("HONGHUA_DATA", DATA, 1);
    (void)unsetenv("HONGHUA_KEY_FILE");
    /* In memory where there is such a folder: each office costs several syncs. */
    (void)snprintf(o->folder, sizeof o->folder, "%s/honghua-import-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (mkdtemp(o->folder) == NULL)
        return false;
    (void)snprintf(path, sizeof path, "%s/office.db", o->folder);
    (void)snprintf(o->key, sizeof o->key, "%s.key", path);
    database_prepare(path);
    (void)snprintf(o->db, sizeof o->db, "%s", database_at(path));
    const struct session_options options = {
        .db = text_of(o->db), .key_file = text_of(o->key), .write = true, .need_key = true};
    if (session_init(&o->session, &options, TEXT("henan"), text_of(area), &e))
        return true;
    office_tell("init", &e);
    return false;
}

static inline void office_close(struct office *o)
{
    char command[128], path[128];
    session_close(&o->session);
    (void)snprintf(path, sizeof path, "%s/office.db", o->folder);
    database_remove(path);
    (void)snprintf(command, sizeof command, "rm -rf %s", o->folder);
    if (system(command) != 0)
        fprintf(stderr, "# %s is left\n", o->folder);
}

/* "name=value" as a field. */
static inline struct op_field office_field(const char *said)
{
    struct text t = text_of(said);
    size_t at = text_find(t, TEXT("="), 0);
    return (struct op_field){.name = text_slice(t, 0, at), .value = text_slice(t, at + 1, t.size)};
}

static inline struct op_value office_value(const struct op_parameter *p, const struct argument *args,
                                           size_t count, struct text *many, struct op_field *fields)
{
    struct op_value v = {.many = many};
    for (size_t i = 0; i < count; i++) {
        if (strcmp(args[i].name, p->name) != 0 || args[i].value == NULL)
            continue;
        v.given = true;
        v.s = text_of(args[i].value);
        v.n = p->type == OP_FLAG ? 1 : 0;
        day on;
        if (p->type == OP_DAY && day_parse(v.s, &on))
            v.n = on;
        if (p->type == OP_FIELDS) {
            v.fields = fields;
            fields[v.field_count++] = office_field(args[i].value);
        } else if (p->many)
            many[v.many_count++] = v.s;
    }
    return v;
}

static inline struct answer office_call(struct office *o, const struct op_list *list, const char *name,
                                        const struct argument *args, size_t count)
{
    struct answer answer = {0};
    struct op_value values[OFFICE_ARGUMENTS_MAX] = {0};
    struct text many[OFFICE_ARGUMENTS_MAX];
    struct op_field fields[OFFICE_ARGUMENTS_MAX];
    struct arena a;
    struct buf out;
    struct json j;
    const struct op *op = NULL;
    arena_init(&a, (size_t)1 << 30);
    buf_init(&out, (size_t)256 << 20);
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i]->name, name) == 0)
            op = list->at[i];
    for (size_t i = 0; i < op->count; i++)
        values[i] = office_value(&op->parameters[i], args, count, many, fields);
    struct op_call call = {
        .op = op, .values = values, .arena = &a, .session = &o->session, .lang = LANG_ZH, .by = TEXT("test")};
    answer.done = op->run(&call, &answer.err);
    if (!answer.done && call.refusal_count > 0)
        answer.refused = call.refusals[0].why->kind->code;
    if (answer.done) {
        json_open(&j, json_to_buf, &out);
        answer.done = op->json(&call, &j, &answer.err) && json_end(&j);
        answer.json = strndup(out.at, out.size);
        answer.found = call.found;
    }
    buf_clear(&out);
    arena_clear(&a);
    return answer;
}

static inline struct answer office_import(struct office *o, const char *path)
{
    const struct argument args[] = {{"path", path}};
    return office_call(o, &import_ops, "import", args, COUNT_OF(args));
}

/* What a person would see of one field of the `index`-th record of an entity. */
static inline char *shown(struct office *o, const char *entity, size_t index, const char *label)
{
    const struct argument args[] = {{"entity", entity}, {"reveal", "yes"}};
    struct answer a = office_call(o, &registry_ops, "list", args, COUNT_OF(args));
    char *value = answer_item(a.json, index, label);
    free(a.json);
    return value;
}
#endif
