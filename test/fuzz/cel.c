/* Any text as an expression, checked and not, with a few variables and everything registered: it is refused,
 * fails, or gives a value; the second evaluation gives the same; no limit is passed. */
#include "engine/cel_system/cel_system.h"
#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS 200000
#define BYTES (4u << 20)

static const struct cel_type TEXTS = {.kind = CEL_STRING};
static const struct cel_class RECORD;
static const struct cel_field FIELDS[] = {
    {"age", {.kind = CEL_INT}}, {"name", {.kind = CEL_STRING}}, {"rest", {.kind = CEL_DYN}}};

/* Row 0 has an age, row 1 has none; the rest is of another kind in each row. */
static bool get(void *host, const struct cel_class *of, uint32_t row, size_t field, struct cel_value *out)
{
    (void)host;
    (void)of;
    *out = (struct cel_value){.kind = CEL_INT, .i = row};
    if (field == 0)
        return row != 1;
    if (field == 1 || row == 2)
        *out = (struct cel_value){.kind = CEL_STRING, .s = TEXT("张三")};
    return true;
}
static const struct cel_class RECORD = {"record", FIELDS, COUNT_OF(FIELDS), get};

static void declare(struct cel_env *env)
{
    struct err e = {0};
    bool good = cel_env_variable(env, "i", (struct cel_type){.kind = CEL_INT}, &e)
                && cel_env_variable(env, "s", TEXTS, &e)
                && cel_env_variable(env, "l", (struct cel_type){.kind = CEL_LIST, .of = &TEXTS}, &e)
                && cel_env_variable(env, "r", (struct cel_type){.kind = CEL_RECORD, .class_of = &RECORD}, &e)
                && cel_env_variable(env, "rows", (struct cel_type){.kind = CEL_LIST}, &e)
                && cel_env_variable(env, "d", (struct cel_type){.kind = CEL_DYN}, &e);
    assert(good);
    (void)good;
}

static void evaluate(const struct cel_program *program, struct arena *a)
{
    static const struct cel_value texts[] = {{.kind = CEL_STRING, .s = {"a", 1}},
                                             {.kind = CEL_STRING, .s = {"人民", 6}}};
    static const struct cel_list list = {2, texts};
    struct cel_value variables[6] = {{.kind = CEL_INT, .i = 7},
                                     {.kind = CEL_STRING, .s = TEXT("2019-03-05 人民")},
                                     {.kind = CEL_LIST, .list = &list},
                                     {.kind = CEL_RECORD},
                                     {.kind = CEL_ROWS},
                                     {.kind = CEL_DOUBLE, .d = 0.5}};
    variables[3].rows.of = variables[4].rows.of = &RECORD;
    variables[4].rows.count = 3;
    struct cel_run run = {.arena = a, .variables = variables, .step_max = STEPS, .byte_max = BYTES};
    struct err e = {0}, again = {0};
    struct cel_value first, second;
    enum cel_outcome outcome = cel_eval(program, &run, &first, &e);
    assert(run.steps <= STEPS && run.bytes <= BYTES);
    assert((outcome == CEL_FAILED) == (e.kind != NULL));
    assert(cel_eval(program, &run, &second, &again) == outcome);
    if (outcome == CEL_DONE && first.kind != CEL_DOUBLE)
        assert(first.kind == second.kind && cel_type_name(&first).size > 0);
}

static void compile(const struct cel_env *env, struct text source, bool unchecked, struct arena *a)
{
    const struct cel_options options = {.unchecked = unchecked};
    const struct cel_program *program = NULL;
    struct err e = {0};
    if (cel_compile(env, source, &options, a, &program, &e))
        evaluate(program, a);
    else
        assert(e.kind != NULL);
    cel_program_clear(program);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct text source = {(const char *)data, size};
    arena_init(&a, 256u << 20);
    struct cel_env *env = cel_env_new(&a);
    if (env == NULL)
        abort();
    cel_system_register(env);
    declare(env);
    if (size > 0 && data[0] == '@') { /* within a container */
        cel_env_container(env, TEXT("math.x"));
        source = text_slice(source, 1, size);
    }
    compile(env, source, false, &a);
    compile(env, source, true, &a);
    arena_clear(&a);
    return 0;
}
