/* PCRE2 behind cel_regex: no back references, no lookaround (RE2 has none), and limits on what a match may
 * cost. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "engine/cel_system/cel_system.h"
#include "engine/cel_system/re2.h"
#include "engine/cel_system/zone.h"
#include <pcre2.h>

#define MATCH_STEP_MAX 1000000u /* PCRE2's steps of one match: a few tens of milliseconds */
#define MATCH_HEAP_MAX 16384u   /* KiB */

struct pattern {
    pcre2_code *code;
    pcre2_match_context *limits;
};

static void release(void *compiled)
{
    struct pattern *p = compiled;
    pcre2_code_free(p->code);
    pcre2_match_context_free(p->limits);
    *p = (struct pattern){0};
}

static pcre2_code *compile_code(struct text t, const char **reason_out)
{
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context == NULL)
        return NULL;
    (void)pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)t.at, t.size,
                                     PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_CIRCUMFLEX
                                         | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE,
                                     &error, &offset, context);
    pcre2_compile_context_free(context);
    if (code == NULL)
        *reason_out = error == PCRE2_ERROR_HEAP_FAILED
                          ? "no memory"
                          : "a Unicode class that is none, or too large a pattern";
    return code;
}

static void *compile(struct arena *a, struct text pattern, const char **reason_out)
{
    struct buf translated;
    struct pattern *p = arena_take(a, sizeof *p);
    *reason_out = "no memory";
    if (p == NULL)
        return NULL;
    buf_init(&translated, RE2_SIZE_MAX);
    const char *why = re2_translate(pattern, &translated);
    if (why != NULL)
        *reason_out = why;
    else
        p->code = compile_code(buf_text(&translated), reason_out);
    buf_clear(&translated);
    p->limits = p->code == NULL ? NULL : pcre2_match_context_create(NULL);
    if (p->limits == NULL) {
        release(p);
        return NULL;
    }
    (void)pcre2_set_match_limit(p->limits, MATCH_STEP_MAX);
    (void)pcre2_set_depth_limit(p->limits, MATCH_STEP_MAX);
    (void)pcre2_set_heap_limit(p->limits, MATCH_HEAP_MAX);
    return p;
}

static int match(const void *compiled, struct text subject, const char **reason_out)
{
    const struct pattern *p = compiled;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    if (data == NULL) {
        *reason_out = "no memory";
        return -1;
    }
    PCRE2_SPTR at = (PCRE2_SPTR)(subject.at != NULL ? subject.at : "");
    int found = pcre2_match(p->code, at, subject.size, 0, 0, data, p->limits);
    pcre2_match_data_free(data);
    if (found >= 0)
        return 1;
    *reason_out = "the pattern takes too long for this text";
    return found == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

void cel_system_register(struct cel_env *env)
{
    static const struct cel_regex regex = {compile, match, release};
    cel_env_regex(env, &regex);
    cel_env_zone(env, zone_offset);
}
