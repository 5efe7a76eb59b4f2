/* Expressions from outside, one at a time: JSON in, JSON out. Each has an environment and an arena of its
 * own. */
#include "base/base.err.h"
#include "engine/cel_system/cel_json.h"
#include "engine/cel_system/cel_system.err.h"
#include "engine/cel_system/cel_system.h"
#include <jansson.h>

struct question {
    struct text expression, container;
    json_t *bindings; /* an object, or NULL */
    struct cel_options options;
};

/* Declares the bindings and reads their values, in the order of the declarations. */
static bool declare(struct cel_env *env, struct cel_run *run, json_t *bindings, struct err *e)
{
    size_t count = json_object_size(bindings), next = 0;
    struct cel_value *values = arena_take_many(run->arena, count + 1, sizeof *values);
    if (values == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    run->variables = values;
    bool good = true;
    const char *name;
    json_t *value;
    json_object_foreach(bindings, name, value)
    {
        struct cel_type type;
        if (!good)
            break;
        struct text kept = text_copy(run->arena, text_of(name));
        good = cel_json_read(run, value, &values[next])
                   ? kept.at != NULL && cel_json_type(run->arena, &values[next], &type)
                         && cel_env_variable(env, kept.at, type, e)
                   : cel_reason_fail(e, &CEL_BINDINGS, text_of(run->failure.reason));
        next++;
    }
    return good;
}

static bool evaluate(const struct question *q, struct arena *a, struct cel_value *out, struct err *e)
{
    struct cel_env *env = cel_env_new(a);
    if (env == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    cel_system_register(env);
    cel_env_container(env, q->container);
    struct cel_run run = {.arena = a};
    const struct cel_program *program = NULL;
    if (!declare(env, &run, q->bindings, e) || !cel_compile(env, q->expression, &q->options, a, &program, e))
        return false;
    bool good = cel_eval(program, &run, out, e) == CEL_DONE;
    cel_program_clear(program);
    const char *refused = good ? cel_json_refuses(out) : NULL;
    return refused == NULL ? good : cel_reason_fail(e, &CEL_RESULT, text_of(refused));
}

static bool answer_question(const struct question *q, enum lang lang, struct buf *answer, struct err *e)
{
    struct arena a;
    struct cel_value value;
    arena_init(&a, CEL_SYSTEM_ARENA_MAX);
    bool good = evaluate(q, &a, &value, e);
    cel_json_write_answer(answer, good ? &value : NULL, lang, e);
    arena_clear(&a);
    return good;
}

static json_t *load(struct text t) { return json_loadb(t.at, t.size, JSON_ALLOW_NUL, NULL); }

bool cel_system_answer(struct text expression, struct text bindings, enum lang lang, struct buf *answer,
                       struct err *e)
{
    json_t *object = bindings.at == NULL ? NULL : load(bindings);
    bool good = bindings.at == NULL || json_is_object(object);
    if (good) {
        good = answer_question(&(struct question){.expression = expression, .bindings = object}, lang, answer,
                               e);
    } else {
        (void)cel_reason_fail(e, &CEL_BINDINGS, TEXT("no JSON object"));
        cel_json_write_answer(answer, NULL, lang, e);
    }
    json_decref(object);
    return good;
}

static struct text text_at(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    return json_is_string(v) ? (struct text){json_string_value(v), json_string_length(v)} : TEXT_NONE;
}

static bool answer_line(struct text line, enum lang lang, struct buf *answer)
{
    struct err e = {0};
    json_t *object = load(line);
    struct question q = {.expression = text_at(object, "expr"),
                         .container = text_at(object, "container"),
                         .bindings = json_object_get(object, "bindings"),
                         .options = {.unchecked = json_is_true(json_object_get(object, "unchecked")),
                                     .no_macros = json_is_true(json_object_get(object, "no_macros"))}};
    bool good = q.expression.at != NULL && (q.bindings == NULL || json_is_object(q.bindings));
    if (good) {
        good = answer_question(&q, lang, answer, &e);
    } else {
        (void)cel_reason_fail(&e, &CEL_CASE, object == NULL ? TEXT("no JSON object") : TEXT("no expr in it"));
        cel_json_write_answer(answer, NULL, lang, &e);
    }
    json_decref(object);
    return good;
}

/* Reads up to the end of the line. false: nothing is left. A line that is too long is read over and `line`
 * fails. */
static bool read_line(FILE *in, struct buf *line)
{
    buf_reset(line);
    int c = getc(in);
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getc(in))
        buf_add_char(line, (char)(unsigned char)c);
    return true;
}

bool cel_system_batch(FILE *in, FILE *out, enum lang lang, struct err *e)
{
    struct buf line, answer;
    buf_init(&line, CEL_SYSTEM_LINE_MAX);
    buf_init(&answer, CEL_MEMORY_MAX * 8u);
    bool written = true;
    while (written && read_line(in, &line)) {
        buf_reset(&answer);
        (void)answer_line(line.failed ? TEXT("") : buf_text(&line), lang, &answer);
        if (answer.failed) {
            buf_reset(&answer);
            buf_add_z(&answer, "{\"error\":\"the answer is too large\"}");
        }
        buf_add_char(&answer, '\n');
        written = fwrite(answer.at, 1, answer.size, out) == answer.size && fflush(out) == 0;
    }
    bool read = ferror(in) == 0;
    buf_clear(&line);
    buf_clear(&answer);
    if (!read)
        return err_fail_text(e, &FILE_READ, "file", TEXT("stdin"));
    return written || err_fail_text(e, &FILE_WRITE, "file", TEXT("stdout"));
}
