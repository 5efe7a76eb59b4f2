/* Reading a pack's YAML nodes; see node.h. */
#include "engine/catalog/node.h"
#include <stdio.h>

bool node_fail(struct load *l, const struct yaml_node *at, const struct err_kind *kind, struct text detail)
{
    err_fail_text(l->e, kind, "file", l->file != NULL ? l->file->name : TEXT("pack.yaml"));
    err_add_int(l->e, "line", at != NULL ? at->line : 1);
    err_add_int(l->e, "column", at != NULL ? at->column : 1);
    err_add(l->e, "detail", detail);
    return false;
}

bool node_fail_memory(struct load *l) { return err_fail(l->e, &OUT_OF_MEMORY); }

bool node_fail_circle(struct load *l, const struct yaml_node *at, const struct text *path, size_t count)
{
    struct buf circle;
    buf_init(&circle, 4096);
    for (size_t i = 0; i < count; i++) {
        buf_add(&circle, path[i]);
        buf_add_z(&circle, " → ");
    }
    buf_add(&circle, path[0]);
    node_fail(l, at, &CATALOG_CIRCLE, buf_text(&circle));
    buf_clear(&circle);
    return false;
}

bool node_fail_duplicate(struct load *l, const struct yaml_node *at, struct text detail,
                         const struct item *other)
{
    node_fail(l, at, &CATALOG_DUPLICATE, detail);
    err_add(l->e, "other_file", other->file->name);
    err_add_int(l->e, "other_line", other->node->line);
    return false;
}

bool node_fail_shape(struct load *l, const struct yaml_node *at, struct text detail, const char *expected)
{
    node_fail(l, at, &CATALOG_SHAPE, detail);
    err_add(l->e, "expected", text_of(expected));
    return false;
}

/* The next word of a list of words separated by blanks; false at the end. */
static bool next_word(const char **at, struct text *out)
{
    *at += strspn(*at, " ");
    *out = (struct text){*at, strcspn(*at, " ")};
    *at += out->size;
    return out->size > 0;
}

static int position_of(const char *words, struct text wanted)
{
    struct text word;
    for (int i = 0; next_word(&words, &word); i++)
        if (text_equal(word, wanted))
            return i;
    return -1;
}

bool node_is_map(struct load *l, const struct yaml_node *node, const char *what, const char *keys)
{
    if (node->kind != YAML_MAP)
        return node_fail_shape(l, node, text_of(what), "{key: value}");
    for (size_t i = 0; i < node->count; i++) {
        if (position_of(keys, node->keys[i]->text) >= 0)
            continue;
        node_fail(l, node->keys[i], &CATALOG_UNKNOWN_KEY, node->keys[i]->text);
        err_add(l->e, "allowed", text_of(keys));
        return false;
    }
    return true;
}

bool node_is_list(struct load *l, const struct yaml_node *node, const char *what)
{
    return node->kind == YAML_LIST || node_fail_shape(l, node, text_of(what), "- …");
}

bool node_scalar(struct load *l, const struct yaml_node *node, const char *what, struct text *out)
{
    if (node->kind != YAML_SCALAR)
        return node_fail_shape(l, node, text_of(what), "text");
    if (node->text.size == 0)
        return node_fail(l, node, &CATALOG_MISSING_KEY, text_of(what));
    *out = node->text;
    return true;
}

bool node_text(struct load *l, const struct yaml_node *map, const char *key, struct text *out)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (node == NULL)
        return node_fail(l, map, &CATALOG_MISSING_KEY, text_of(key));
    return node_scalar(l, node, key, out);
}

bool node_text_maybe(struct load *l, const struct yaml_node *map, const char *key, struct text *out)
{
    return yaml_get(map, key) == NULL || node_text(l, map, key, out);
}

static bool is_id(struct text id, bool dotted)
{
    bool fresh = true; /* at the beginning, or behind a dot */
    for (size_t i = 0; i < id.size; i++) {
        char c = id.at[i];
        bool letter = c >= 'a' && c <= 'z', later = (c >= '0' && c <= '9') || c == '_',
             dot = dotted && c == '.';
        if (fresh ? !letter : !letter && !later && !dot)
            return false;
        fresh = dot;
    }
    return !fresh && id.size <= CATALOG_ID_MAX;
}

/* Words that CEL keeps for itself, and names that every expression has. */
static const char reserved[] =
    "true false null in as break const continue else for function if import let loop "
    "package namespace return var void while has id as_of param";

bool node_id(struct load *l, const struct yaml_node *map, const char *key, bool dotted, struct text *out)
{
    struct text id = TEXT_NONE;
    if (!node_text(l, map, key, &id))
        return false;
    if (!is_id(id, dotted) || position_of(reserved, id) >= 0)
        return node_fail(l, yaml_get(map, key), &CATALOG_ID, id);
    *out = id;
    return true;
}

bool node_label(struct load *l, const struct yaml_node *map, const char *key, struct label *out)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (node == NULL)
        return node_fail(l, map, &CATALOG_MISSING_KEY, text_of(key));
    if (!node_is_map(l, node, key, "zh en"))
        return false;
    const struct yaml_node *zh = yaml_get(node, "zh"), *en = yaml_get(node, "en");
    if (zh == NULL || en == NULL || zh->kind != YAML_SCALAR || en->kind != YAML_SCALAR
        || text_trim(zh->text).size == 0 || text_trim(en->text).size == 0)
        return node_fail(l, node, &CATALOG_LABEL, text_of(key));
    *out = (struct label){zh->text, en->text};
    return true;
}

bool node_label_maybe(struct load *l, const struct yaml_node *map, const char *key, struct label *out)
{
    return yaml_get(map, key) == NULL || node_label(l, map, key, out);
}

static bool date_maybe(struct load *l, const struct yaml_node *map, const char *key, day *out)
{
    const struct yaml_node *node = yaml_get(map, key);
    *out = DAY_NONE;
    if (node == NULL)
        return true;
    if (node->kind != YAML_SCALAR || !day_parse(node->text, out))
        return node_fail(l, node, &CATALOG_DATE, node->kind == YAML_SCALAR ? node->text : text_of(key));
    return true;
}

bool node_dates(struct load *l, const struct yaml_node *map, struct dates *out)
{
    if (!date_maybe(l, map, "from", &out->from) || !date_maybe(l, map, "to", &out->to))
        return false;
    if (out->from != DAY_NONE && out->to != DAY_NONE && out->to <= out->from)
        return node_fail(l, yaml_get(map, "to"), &CATALOG_DATE, yaml_get(map, "to")->text);
    return true;
}

bool node_bool_maybe(struct load *l, const struct yaml_node *map, const char *key, bool *out)
{
    int word = 0;
    if (yaml_get(map, key) == NULL)
        return true;
    if (!node_word(l, map, key, "true false", -1, &word))
        return false;
    *out = word == 0;
    return true;
}

bool node_int_maybe(struct load *l, const struct yaml_node *map, const char *key, int least, int most,
                    int *out)
{
    const struct yaml_node *node = yaml_get(map, key);
    int64_t n = 0;
    if (node == NULL)
        return true;
    if (node->kind == YAML_SCALAR && !node->quoted && text_to_int(node->text, &n) && n >= least
        && n <= most) {
        *out = (int)n;
        return true;
    }
    char range[32];
    snprintf(range, sizeof range, "%d … %d", least, most);
    node_fail(l, node, &CATALOG_NUMBER, node->kind == YAML_SCALAR ? node->text : text_of(key));
    err_add(l->e, "expected", text_of(range));
    return false;
}

bool node_texts_maybe(struct load *l, const struct yaml_node *map, const char *key, const struct text **out,
                      size_t *count)
{
    const struct yaml_node *node = yaml_get(map, key);
    if (node == NULL)
        return true;
    if (!node_is_list(l, node, key))
        return false;
    struct text *texts = arena_take_many(l->arena, node->count + 1, sizeof *texts);
    if (texts == NULL)
        return node_fail_memory(l);
    for (size_t i = 0; i < node->count; i++)
        if (!node_scalar(l, node->at[i], key, &texts[i]))
            return false;
    *out = texts;
    *count = node->count;
    return true;
}

bool node_word(struct load *l, const struct yaml_node *map, const char *key, const char *words, int missing,
               int *out)
{
    struct text word = TEXT_NONE;
    if (yaml_get(map, key) == NULL && missing >= 0) {
        *out = missing;
        return true;
    }
    if (!node_text(l, map, key, &word))
        return false;
    int position = position_of(words, word);
    if (position >= 0) {
        *out = position;
        return true;
    }
    node_fail(l, yaml_get(map, key), &CATALOG_WORD, word);
    err_add(l->e, "allowed", text_of(words));
    return false;
}

bool node_is_unset(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && !node->quoted && text_equal(node->text, TEXT("UNSET"));
}

bool node_who(struct load *l, const struct yaml_node *map, const struct yaml_node *value, struct text *out)
{
    const struct yaml_node *who = yaml_get(map, "who");
    if (who == NULL || who->kind != YAML_SCALAR || text_trim(who->text).size == 0)
        return node_fail(l, value, &CATALOG_UNSET_WHO, TEXT("UNSET"));
    *out = who->text;
    return true;
}
