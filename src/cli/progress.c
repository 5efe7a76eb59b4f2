/* Shows progress. Always holds: at most five lines a second; nothing of the register is in it. */
#include "cli/progress.h"
#include "base/system.h"
#include <stdio.h>

#define PROGRESS_EVERY_MS 200
#define PROGRESS_EVERY_PLAIN_MS 2000 /* where lines cannot be rewritten */

static const struct {
    const char *stage, *zh, *en;
} stage_names[] = {
    {"read", "读取", "reading"},  {"stage", "暂存", "staging"},    {"resolve", "核对", "matching"},
    {"apply", "写入", "writing"}, {"check", "核查", "checking"},   {"report", "出报告", "reporting"},
    {"synth", "生成", "making"},  {"verify", "校验", "verifying"},
};

static const char *stage_name(const char *stage, enum lang lang)
{
    for (size_t i = 0; i < COUNT_OF(stage_names); i++)
        if (strcmp(stage_names[i].stage, stage) == 0)
            return lang == LANG_ZH ? stage_names[i].zh : stage_names[i].en;
    return stage;
}

static void write_line(const struct progress *p, uint64_t done, uint64_t total, int64_t ms)
{
    uint64_t rate = ms > 0 ? done * 1000 / (uint64_t)ms : 0;
    bool zh = p->lang == LANG_ZH;
    fprintf(stderr, "%s%s %llu", p->terminal ? "\r\033[K" : "", stage_name(p->stage, p->lang),
            (unsigned long long)done);
    if (total > 0)
        fprintf(stderr, "/%llu (%llu%%)", (unsigned long long)total,
                (unsigned long long)(done * 100 / total));
    if (rate > 0)
        fprintf(stderr, zh ? "，每秒 %llu" : ", %llu a second", (unsigned long long)rate);
    if (rate > 0 && total > done)
        fprintf(stderr, zh ? "，约剩 %llu 秒" : ", about %llu s left",
                (unsigned long long)((total - done) / rate + 1));
    if (!p->terminal)
        fputc('\n', stderr);
    fflush(stderr);
}

bool progress_show(void *user, const char *stage, uint64_t done, uint64_t total)
{
    struct progress *p = user;
    int64_t now = clock_steady_ms(), every = p->terminal ? PROGRESS_EVERY_MS : PROGRESS_EVERY_PLAIN_MS;
    bool changed = p->stage == NULL || strcmp(p->stage, stage) != 0;
    if (changed) {
        p->stage = stage;
        p->stage_ms = now;
    }
    if (!changed && now - p->shown_ms < every && done != total)
        return true;
    p->shown_ms = now;
    p->line_open = p->terminal;
    write_line(p, done, total, now - p->stage_ms);
    return true;
}

void progress_end(struct progress *p)
{
    if (p->line_open)
        fputs("\r\033[K", stderr);
    p->line_open = false;
}
