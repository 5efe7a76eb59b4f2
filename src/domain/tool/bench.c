/* `bench`: the project's own measurements, which are a program of the source tree (bench/run.py). */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/tool/parts.h"
#include "domain/tool/tool.err.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)64 << 20)
#define WORDS_MAX 8

static const struct op_parameter parameters[] = {
    {.name = "name",
     .type = OP_TEXT,
     .positional = true,
     .value = "NAME",
     .zh = "只测一项，如 read、import、check；不写则全部",
     .en = "one row, such as read, import or check; none: all"},
    {.name = "quick", .type = OP_FLAG, .zh = "用较小的数据", .en = "smaller data"},
    {.name = "runs",
     .type = OP_INT,
     .value = "N",
     .zh = "每项测几遍，默认3",
     .en = "runs of each (default 3)"},
};

static bool run_bench(struct op_call *call, struct err *e)
{
    (void)call;
    (void)e;
    return true;
}

static bool words_of(struct op_call *call, bool json, char *words[WORDS_MAX], struct err *e)
{
    const struct op_value *name = op_value(call, "name"), *runs = op_value(call, "runs");
    struct text program;
    size_t count = 0;
    if (!file_find_data("bench/run.py", call->arena, &program, e))
        return e->kind != &FILE_ABSENT ? false : err_fail(e, &TOOL_BENCH_ABSENT);
    words[count++] = (char *)(uintptr_t) "python3";
    words[count++] = (char *)(uintptr_t)program.at;
    if (op_value(call, "quick")->given)
        words[count++] = (char *)(uintptr_t) "--quick";
    if (json)
        words[count++] = (char *)(uintptr_t) "--json=-";
    if (runs->given)
        words[count++] = (char *)(uintptr_t)text_format(call->arena, "--runs=%lld", (long long)runs->n).at;
    if (name->given) {
        words[count++] = (char *)(uintptr_t) "--";
        words[count++] = (char *)(uintptr_t)text_copy(call->arena, name->s).at;
    }
    words[count] = NULL;
    return true;
}

static bool read_all(int from, struct buf *answer)
{
    char bytes[65536];
    ssize_t got;
    while ((got = read(from, bytes, sizeof bytes)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0)
            buf_add(answer, (struct text){bytes, (size_t)got});
    return got == 0;
}

/* Runs it; what it prints goes where ours goes, or into `answer`. */
static bool measure(struct op_call *call, struct buf *answer, struct err *e)
{
    char *words[WORDS_MAX + 1];
    int ends[2] = {-1, -1}, status = 0, failed;
    posix_spawn_file_actions_t actions;
    pid_t child = 0;
    if (!words_of(call, answer != NULL, words, e))
        return false;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return err_fail(e, &OUT_OF_MEMORY);
    failed = answer != NULL && pipe2(ends, O_CLOEXEC) != 0 ? errno : 0;
    if (failed == 0 && answer != NULL)
        failed = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    if (failed == 0)
        failed = posix_spawnp(&child, words[0], &actions, NULL, words, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (ends[1] >= 0)
        (void)close(ends[1]);
    bool good = failed == 0 && (answer == NULL || read_all(ends[0], answer));
    if (ends[0] >= 0)
        (void)close(ends[0]);
    if (failed == 0)
        good = waitpid(child, &status, 0) == child && good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return good || err_fail(e, &TOOL_BENCH_FAILED);
}

static bool json_bench(struct op_call *call, struct json *out, struct err *e)
{
    struct buf answer;
    buf_init(&answer, ANSWER_MAX);
    bool good = measure(call, &answer, e) && (!answer.failed || err_fail(e, &OUT_OF_MEMORY));
    if (good)
        json_raw(out, text_trim(buf_text(&answer)));
    buf_clear(&answer);
    return good;
}

static bool show_bench(struct op_call *call, struct print *out, struct err *e)
{
    (void)fflush(out->to);
    return measure(call, NULL, e);
}

const struct op op_bench = {
    .name = "bench",
    .zh = "与同类软件对比测速（在源代码目录中）",
    .en = "the project's own benchmarks beside named peers (in its source tree)",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_NOTHING,
    .run = run_bench,
    .json = json_bench,
    .show = show_bench,
};
