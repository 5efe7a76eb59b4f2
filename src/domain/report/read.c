/* Reads a report's nodes. Always holds: an unknown key, indicator, placeholder or word is refused at its
 * place. */
#include "domain/report/read.h"
#include "base/base.err.h"
#include "domain/report/report.err.h"

bool read_mistake(struct reader *r, const struct yaml_node *at, const char *detail, struct text what)
{
    struct text whole = text_format(r->arena, "%s%s%.*s", detail, what.size > 0 ? ": " : "", TEXT_ARG(what));
    err_fail_text(r->e, &REPORT_MISTAKE, "file", r->file);
    err_add_int(r->e, "line", at == NULL ? 1 : at->line);
    err_add_int(r->e, "column", at == NULL ? 1 : at->column);
    err_add(r->e, "detail", whole);
    return false;
}

bool read_map(struct reader *r, const struct yaml_node *node, const char *keys)
{
    if (node == NULL || node->kind != YAML_MAP)
        return read_mistake(r, node, "a map is needed, with", text_of(keys));
    for (size_t i = 0; i < node->count; i++)
        if (!text_among(keys, ' ', node->keys[i]->text))
            return read_mistake(r, node->keys[i], "unknown key", node->keys[i]->text);
    return true;
}

bool read_list(struct reader *r, const struct yaml_node *map, const char *key,
               const struct yaml_node **list_out, size_t *count_out)
{
    *list_out = yaml_get(map, key);
    *count_out = 0;
    if (*list_out == NULL)
        return true;
    if ((*list_out)->kind != YAML_LIST || (*list_out)->count > REPORT_LIST_MAX)
        return read_mistake(r, *list_out, "a list is needed", text_of(key));
    *count_out = (*list_out)->count;
    return true;
}

bool read_text(struct reader *r, const struct yaml_node *map, const char *key, bool needed, struct text *out)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (node == NULL)
        return needed ? read_mistake(r, map, "missing", text_of(key)) : true;
    if (node->kind != YAML_SCALAR || node->text.size == 0)
        return read_mistake(r, node, "a text is needed", text_of(key));
    *out = node->text;
    return true;
}

bool read_label(struct reader *r, const struct yaml_node *map, const char *key, bool needed,
                struct label *out)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (node == NULL)
        return needed ? read_mistake(r, map, "missing", text_of(key)) : true;
    return read_map(r, node, "zh en") && read_text(r, node, "zh", true, &out->zh)
           && read_text(r, node, "en", true, &out->en);
}

static bool find_grade(const struct catalog *c, struct text id, size_t *index_out)
{
    struct text prefix = TEXT("grades.");
    for (size_t i = 0; i < c->grade_count && text_starts_with(id, prefix); i++)
        if (text_equal(c->grades[i].id, text_slice(id, prefix.size, id.size))) {
            *index_out = i;
            return true;
        }
    return false;
}

bool read_figure(struct reader *r, const struct yaml_node *at, struct text id, struct figure *out)
{
    struct text wan = TEXT(":wan");
    *out = (struct figure){.wan = text_ends_with(id, wan)};
    if (out->wan)
        id = text_slice(id, 0, id.size - wan.size);
    const struct catalog_indicator *indicator = catalog_indicator(r->c, id);
    if (indicator != NULL) {
        out->index = indicator->index;
        r->out->used[indicator->index] = true;
        if (out->wan && indicator->type != INDICATOR_MONEY)
            return read_mistake(r, at, "only money can be shown as wan", id);
        return true;
    }
    out->source = FIGURE_GRADE;
    return find_grade(r->c, id, &out->index) ? true : read_mistake(r, at, "unknown indicator", id);
}

static bool read_placeholder(struct reader *r, const struct yaml_node *at, struct text name,
                             struct piece *out)
{
    static const struct {
        const char *name;
        enum piece_kind kind;
    } words[] = {{"area.name", PIECE_AREA_NAME}, {"area.county", PIECE_AREA_COUNTY},
                 {"area.code", PIECE_AREA_CODE}, {"year", PIECE_YEAR},
                 {"as_of", PIECE_AS_OF},         {"today", PIECE_TODAY}};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_equal(name, text_of(words[i].name))) {
            out->kind = words[i].kind;
            return true;
        }
    out->kind = PIECE_FIGURE;
    return read_figure(r, at, name, &out->figure);
}

/* Splits a text at its braces; a literal brace is written twice. */
static bool read_pieces(struct reader *r, const struct yaml_node *node, struct pieces *out)
{
    struct text t = node->text;
    struct piece *pieces = arena_take_many(r->arena, t.size + 1, sizeof *pieces);
    size_t at = 0;
    if (pieces == NULL)
        return err_fail(r->e, &OUT_OF_MEMORY);
    out->at = pieces;
    while (at < t.size) {
        struct piece *piece = &pieces[out->count++];
        bool brace = t.at[at] == '{' || t.at[at] == '}';
        if (brace && at + 1 < t.size && t.at[at + 1] == t.at[at]) {
            *piece = (struct piece){.literal = text_slice(t, at, 1)};
            at += 2;
        } else if (brace) {
            size_t end = text_find(t, TEXT("}"), at);
            if (t.at[at] == '}' || end == SIZE_MAX)
                return read_mistake(r, node, "a brace has no partner", text_slice(t, at, 40));
            if (!read_placeholder(r, node, text_slice(t, at + 1, end - at - 1), piece))
                return false;
            at = end + 1;
        } else {
            size_t end = at;
            while (end < t.size && t.at[end] != '{' && t.at[end] != '}')
                end++;
            *piece = (struct piece){.literal = text_slice(t, at, end - at)};
            at = end;
        }
    }
    return true;
}

bool read_passage(struct reader *r, const struct yaml_node *map, const char *key, bool needed,
                  struct passage *out)
{
    struct label both = {TEXT_NONE, TEXT_NONE};
    const struct yaml_node *node = yaml_get(map, key);
    if (!read_label(r, map, key, needed, &both))
        return false;
    return node == NULL
           || (read_pieces(r, yaml_get(node, "zh"), &out->in[LANG_ZH])
               && read_pieces(r, yaml_get(node, "en"), &out->in[LANG_EN]));
}

bool read_condition(struct reader *r, const struct yaml_node *map, struct condition *out)
{
    const struct yaml_node *node = yaml_get(map, "when");
    struct err inner = {0};
    struct buf sentence;
    if (node == NULL)
        return true;
    bool good =
        node->kind == YAML_SCALAR && cel_compile(r->env, node->text, NULL, r->arena, &out->program, &inner);
    if (good && cel_program_type(out->program).kind != CEL_BOOL)
        return read_mistake(r, node, "a condition must be true or false", node->text);
    for (size_t i = 0; good && i < r->c->indicator_count; i++)
        if (cel_program_uses_variable(out->program, i))
            r->out->used[i] = true;
    if (good)
        return true;
    buf_init(&sentence, 4096);
    err_sentence(&inner, LANG_EN, &sentence);
    read_mistake(r, node, "the condition cannot be used", buf_text(&sentence));
    buf_clear(&sentence);
    return false;
}

static bool declare(struct reader *r)
{
    const struct cel_type whole = {.kind = CEL_INT}, decimal = {.kind = CEL_DOUBLE};
    bool good = true;
    r->env = cel_env_new(r->arena);
    if (r->env == NULL)
        return err_fail(r->e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < r->c->indicator_count && good; i++) {
        const struct catalog_indicator *indicator = &r->c->indicators[i];
        struct text name = text_copy(r->arena, indicator->id);
        good = name.at != NULL
               && cel_env_variable(r->env, name.at, indicator->type == INDICATOR_DECIMAL ? decimal : whole,
                                   r->e);
    }
    for (size_t i = 0; i < r->c->grade_count && good; i++) {
        struct text name = text_format(r->arena, "grades.%.*s", TEXT_ARG(r->c->grades[i].id));
        good = name.at != NULL && cel_env_variable(r->env, name.at, whole, r->e);
    }
    good = good && cel_env_variable(r->env, "year", whole, r->e);
    return good ? true : err_fail(r->e, &OUT_OF_MEMORY);
}

static bool read_level(struct reader *r, const struct yaml_node *root)
{
    static const char *const words[] = {"county", "town", "village"};
    struct text level = TEXT_NONE;
    if (!read_text(r, root, "area", true, &level))
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_equal(level, text_of(words[i]))) {
            r->out->level = (enum report_level)i;
            return true;
        }
    return read_mistake(r, root, "area must be county, town or village", level);
}

static bool read_chapters(struct reader *r, const struct yaml_node *root)
{
    const struct yaml_node *list;
    size_t count;
    if (!read_list(r, root, "chapters", &list, &count))
        return false;
    struct chapter *chapters = arena_take_many(r->arena, count + 1, sizeof *chapters);
    if (chapters == NULL)
        return err_fail(r->e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *node = list->at[i];
        if (!read_map(r, node, "id title when content")
            || !read_passage(r, node, "title", true, &chapters[i].title)
            || !read_condition(r, node, &chapters[i].when) || !read_blocks(r, node, &chapters[i]))
            return false;
    }
    r->out->chapters = chapters;
    r->out->chapter_count = count;
    return true;
}

bool report_read(const struct catalog *c, const struct catalog_report *source, struct arena *a,
                 struct report_model *out, struct err *e)
{
    struct reader r = {.c = c, .file = source->file, .arena = a, .out = out, .e = e};
    const struct yaml_node *root = source->root;
    *out = (struct report_model){.id = source->id,
                                 .used = arena_take_many(a, c->indicator_count + 1, sizeof(bool))};
    if (out->used == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    out->has_closing = yaml_get(root, "closing") != NULL;
    return declare(&r) && read_map(&r, root, "id area title json chapters closing from to source")
           && read_level(&r, root) && read_passage(&r, root, "title", true, &out->title)
           && read_passage(&r, root, "closing", false, &out->closing) && read_json(&r, root)
           && read_chapters(&r, root);
}
