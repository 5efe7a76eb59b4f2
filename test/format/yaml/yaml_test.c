/* What a pack's YAML may hold, and how a mistake is told. */
#include "format/yaml/yaml.h"
#include "format/yaml/yaml.err.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct yaml_node *read_ok(struct arena *a, struct text content)
{
    struct err e = {0};
    const struct yaml_node *root = NULL;
    assert_true(yaml_read(content, TEXT("a.yaml"), a, &root, &e));
    assert_null(e.kind);
    assert_non_null(root);
    return root;
}

static void assert_text(struct text t, const char *expected)
{
    assert_int_equal(t.size, strlen(expected));
    assert_memory_equal(t.at, expected, t.size);
}

static void a_tree_keeps_order_and_places(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1 << 20);
    const struct yaml_node *root = read_ok(&a, TEXT("codes:\n- id: sex\n  items: [男, \"女\"]\nempty:\n"));
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->count, 2);
    assert_text(root->keys[0]->text, "codes");
    const struct yaml_node *sex = yaml_get(root, "codes")->at[0];
    assert_text(yaml_get(sex, "id")->text, "sex");
    const struct yaml_node *items = yaml_get(sex, "items");
    assert_int_equal(items->kind, YAML_LIST);
    assert_int_equal(items->count, 2);
    assert_false(items->at[0]->quoted);
    assert_true(items->at[1]->quoted);
    assert_int_equal(items->at[1]->line, 3);
    assert_int_equal(items->at[1]->column, 14);
    assert_int_equal(yaml_get(root, "empty")->text.size, 0);
    assert_null(yaml_get(root, "absent"));
    assert_null(yaml_get(items, "absent"));
    arena_clear(&a);
}

static void blocks_and_quotes_give_their_text(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1 << 20);
    const struct yaml_node *root = read_ok(&a, TEXT("a: |\n  x\n  y\nb: >-\n  x\n  y\nc: 'it''s'\nd: \"\\u5973\"\n"));
    assert_text(yaml_get(root, "a")->text, "x\ny\n");
    assert_true(yaml_get(root, "a")->quoted);
    assert_text(yaml_get(root, "b")->text, "x y");
    assert_text(yaml_get(root, "c")->text, "it's");
    assert_text(yaml_get(root, "d")->text, "女");
    arena_clear(&a);
}

static void a_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *content;
        const struct err_kind *kind;
        int line, column;
    } cases[] = {
        {"a: 1\na: 2\n", &YAML_DUPLICATE_KEY, 2, 1},
        {"x:\n  a: 1\n  b: 2\n  a: 3\n", &YAML_DUPLICATE_KEY, 4, 3},
        {"a: &x 1\n", &YAML_REFUSED, 1, 4},
        {"a: &x [1]\n", &YAML_REFUSED, 1, 4},
        {"a: 1\nb: *x\n", &YAML_REFUSED, 2, 4},
        {"a: !!str 1\n", &YAML_REFUSED, 1, 4},
        {"? [a]\n: 1\n", &YAML_REFUSED, 1, 3},
        {"<<: {a: 1}\n", &YAML_REFUSED, 1, 1},
        {"a: 1\n---\nb: 2\n", &YAML_REFUSED, 2, 1},
        {"", &YAML_REFUSED, 1, 1},
        {"# nothing\n", &YAML_REFUSED, 2, 1},
        {"a: [1, 2\n", &YAML_SYNTAX, 2, 1},
        {"a: 1\n b: 2\n", &YAML_SYNTAX, 2, 3},
        {"a: \"x\n", &YAML_SYNTAX, 2, 1},
        {"a: 1\nb: \xff\n", &YAML_SYNTAX, 2, 4},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena a;
        struct err e = {0};
        struct buf sentence;
        char place[64];
        const struct yaml_node *root = NULL;
        arena_init(&a, 1 << 20);
        buf_init(&sentence, 4096);
        assert_false(yaml_read(text_of(cases[i].content), TEXT("rules/a.yaml"), &a, &root, &e));
        assert_ptr_equal(e.kind, cases[i].kind);
        err_sentence(&e, LANG_EN, &sentence);
        buf_add_char(&sentence, '\0');
        snprintf(place, sizeof place, "line %d, column %d ", cases[i].line, cases[i].column);
        if (strstr(sentence.at, place) == NULL || strstr(sentence.at, "rules/a.yaml") == NULL)
            fail_msg("case %zu: %s", i, sentence.at);
        assert_null(root);
        buf_clear(&sentence);
        arena_clear(&a);
    }
}

static void depth_and_size_have_their_limits(void **state)
{
    (void)state;
    struct arena a;
    struct err e = {0};
    struct buf text;
    const struct yaml_node *root = NULL;
    arena_init(&a, 256 << 20);
    buf_init(&text, 64 << 20);
    for (int i = 0; i < YAML_DEPTH_MAX + 1; i++)
        buf_add_char(&text, '[');
    for (int i = 0; i < YAML_DEPTH_MAX + 1; i++)
        buf_add_char(&text, ']');
    assert_true(yaml_read(text_slice(buf_text(&text), 1, text.size - 2), TEXT("a"), &a, &root, &e));
    assert_false(yaml_read(buf_text(&text), TEXT("a"), &a, &root, &e));
    assert_ptr_equal(e.kind, &YAML_LIMIT);
    err_clear(&e);
    buf_reset(&text);
    for (int i = 0; i < YAML_NODE_MAX; i++)
        buf_add_z(&text, "- 1\n");
    assert_false(yaml_read(buf_text(&text), TEXT("a"), &a, &root, &e));
    assert_ptr_equal(e.kind, &YAML_LIMIT);
    buf_clear(&text);
    arena_clear(&a);
}

static void a_full_arena_is_an_error(void **state)
{
    (void)state;
    struct arena a;
    struct err e = {0};
    const struct yaml_node *root = NULL;
    arena_init(&a, 1);
    assert_false(yaml_read(TEXT("a: 1\n"), TEXT("a"), &a, &root, &e));
    assert_non_null(e.kind);
    assert_string_equal(e.kind->code, "OUT_OF_MEMORY");
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_keeps_order_and_places),
        cmocka_unit_test(blocks_and_quotes_give_their_text),
        cmocka_unit_test(a_mistake_is_told_with_its_place),
        cmocka_unit_test(depth_and_size_have_their_limits),
        cmocka_unit_test(a_full_arena_is_an_error),
    };
    return cmocka_run_group_tests_name("format/yaml", tests, NULL, NULL);
}
