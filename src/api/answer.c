/* Answers. Always holds: an error is told as a problem document that says what is the matter and what to do
 * next, and nothing of an answer that failed half way is sent. */
#include "api/api.err.h"
#include "api/request.h"
#include "base/base.err.h"
#include "base/system.h"

#define SENTENCE_MAX 65536
#define HTTP_UNPROCESSABLE 422

const char *answer_type(struct text ending)
{
    static const struct {
        const char *ending, *type;
    } types[] = {{"html", "text/html; charset=utf-8"},
                 {"js", "text/javascript; charset=utf-8"},
                 {"css", "text/css; charset=utf-8"},
                 {"json", "application/json"},
                 {"svg", "image/svg+xml"},
                 {"png", "image/png"},
                 {"ico", "image/x-icon"},
                 {"woff2", "font/woff2"},
                 {"txt", "text/plain; charset=utf-8"},
                 {"webmanifest", "application/manifest+json"},
                 {"csv", "text/csv; charset=utf-8"},
                 {"md", "text/markdown; charset=utf-8"},
                 {"pdf", "application/pdf"},
                 {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}};
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (text_equal(ending, text_of(types[i].ending)))
            return types[i].type;
    return NULL;
}

void answer_head(struct request *r, const char *name, struct text value)
{
    struct answer *answer = &r->answer;
    if (answer->head_count == ANSWER_HEAD_MAX || value.at == NULL)
        return;
    answer->head[answer->head_count].name = name;
    answer->head[answer->head_count++].value = value;
}

/* Into memory, and from a megabyte on into a file. */
static bool to_answer(void *to, const char *at, size_t size)
{
    struct answer *answer = to;
    struct err ignored = {.kind = NULL};
    if (answer->file == NULL && answer->body.size + size <= ANSWER_MEMORY_MAX) {
        buf_add(&answer->body, (struct text){at, size});
        return !answer->body.failed;
    }
    if (answer->file == NULL) {
        if (!file_temporary(&answer->file, &ignored)
            || fwrite(answer->body.at, 1, answer->body.size, answer->file) != answer->body.size)
            return false;
        buf_clear(&answer->body);
    }
    return fwrite(at, 1, size, answer->file) == size;
}

void answer_clear(struct answer *answer)
{
    buf_clear(&answer->body);
    if (answer->file != NULL)
        (void)fclose(answer->file);
    answer->file = NULL;
    answer->head_count = 0;
}

void answer_json(struct request *r, int status, struct json *out)
{
    size_t heads = r->answer.head_count;
    answer_clear(&r->answer);
    r->answer.head_count = heads;
    buf_init(&r->answer.body, ANSWER_MEMORY_MAX);
    r->answer.status = status;
    r->answer.type = "application/json";
    json_open(out, to_answer, &r->answer);
}

bool answer_json_end(struct request *r, struct json *out, struct err *e)
{
    bool written = json_end(out) && (r->answer.file == NULL || fflush(r->answer.file) == 0);
    return written ? true : err_fail(e, &API_ANSWER);
}

/* Short, and the same for all errors of a status. */
static const char *title_of(int status, enum lang lang)
{
    static const struct {
        int status;
        const char *zh, *en;
    } titles[] = {{400, "请求有误", "Bad request"},
                  {401, "需要登录", "Login needed"},
                  {403, "没有权限", "Not permitted"},
                  {404, "没有找到", "Not found"},
                  {405, "不能这样操作", "Not possible here"},
                  {409, "与现有数据冲突", "In conflict with the data"},
                  {412, "数据已被他人改过", "Changed meanwhile"},
                  {413, "内容过大", "Too large"},
                  {415, "内容格式不对", "Wrong type of content"},
                  {421, "地址不对", "Wrong host"},
                  {422, "内容不合要求", "Not acceptable as it is"},
                  {428, "缺少版本", "Version needed"},
                  {429, "请稍后再试", "Later, please"},
                  {503, "暂时不能办理", "Not available now"}};
    for (size_t i = 0; i < COUNT_OF(titles); i++)
        if (titles[i].status == status)
            return lang == LANG_ZH ? titles[i].zh : titles[i].en;
    return lang == LANG_ZH ? "没有完成" : "Not done";
}

/* A sentence of an .err file says the fact first, then what to do: where the second begins. */
static size_t next_begins(struct text sentence)
{
    size_t chinese = text_find(sentence, TEXT("。"), 0), english = text_find(sentence, TEXT(". "), 0);
    size_t at = chinese != SIZE_MAX ? chinese + strlen("。") : english != SIZE_MAX ? english + 2 : SIZE_MAX;
    return at < sentence.size ? at : SIZE_MAX;
}

static void json_next(struct text sentence, enum lang lang, struct json *out)
{
    size_t at = next_begins(sentence);
    json_key(out, "next");
    if (at != SIZE_MAX)
        json_text(out, text_slice(sentence, at, sentence.size));
    else
        json_z(out, lang == LANG_ZH ? "请核对后再试。" : "Check it and try again.");
}

static void sentence_json(const struct err *e, enum lang lang, struct json *out)
{
    struct buf sentence;
    buf_init(&sentence, SENTENCE_MAX);
    err_sentence(e, lang, &sentence);
    json_key(out, "detail");
    json_text(out, buf_text(&sentence));
    json_next(buf_text(&sentence), lang, out);
    buf_clear(&sentence);
}

void problem_json(const struct err *e, enum lang lang, struct json *out)
{
    json_key(out, "type");
    json_z(out, e->kind->code);
    json_key(out, "title");
    json_z(out, title_of(e->kind->http, lang));
    json_key(out, "status");
    json_int(out, e->kind->http);
    sentence_json(e, lang, out);
}

static void refusals_json(const struct op_call *call, enum lang lang, struct json *out)
{
    json_key(out, "errors");
    json_array(out);
    for (size_t i = 0; i < call->refusal_count; i++) {
        json_object(out);
        json_key(out, "field");
        json_text(out, call->refusals[i].field);
        json_key(out, "type");
        json_z(out, call->refusals[i].why->kind->code);
        sentence_json(call->refusals[i].why, lang, out);
        json_object_end(out);
    }
    json_array_end(out);
}

static void present_json(struct op_call *call, struct json *out)
{
    struct err ignored = {.kind = NULL};
    json_key(out, "record");
    if (!call->op->json(call, out, &ignored))
        out->failed = true;
}

static bool write_problem(struct request *r, const struct err *e, struct op_call *call)
{
    struct json out;
    struct err ignored = {.kind = NULL};
    answer_json(r, e->kind->http, &out);
    r->answer.type = "application/problem+json";
    json_object(&out);
    problem_json(e, r->lang, &out);
    if (call != NULL && call->refusal_count > 0)
        refusals_json(call, r->lang, &out);
    if (call != NULL && call->shows_present)
        present_json(call, &out);
    json_object_end(&out);
    return answer_json_end(r, &out, &ignored);
}

void answer_problem(struct request *r, const struct err *e, struct op_call *call)
{
    struct err unknown = {.kind = &API_ANSWER};
    const struct err *told = e->kind != NULL ? e : &unknown;
    for (size_t i = 0; i < told->count; i++)
        if (strcmp(told->field[i].name, "seconds") == 0)
            answer_head(r, "Retry-After", text_format(&r->arena, "%lld", (long long)told->field[i].n));
    if (!write_problem(r, told, call) && !write_problem(r, &unknown, NULL))
        r->answer.status = 500;
}
