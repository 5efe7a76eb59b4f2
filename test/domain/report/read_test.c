/* Reports of a pack: each mistake is refused at its place, and the pack's own reports are read. */
#include "base/system.h"
#include "domain/report/model.h"
#include "domain/report/report.err.h"
#include "domain/report/report.h"
#include "engine/frame/frame.h"
#include "format/yaml/yaml.h"
#include "test.h"

static struct arena memory;
static const struct catalog *pack;

static int load_pack(void **state)
{
    struct err e = {0};
    struct text folder;
    struct catalog_file *files;
    size_t count;
    (void)state;
    arena_init(&memory, 512u << 20);
    return file_find_data("policy/henan", &memory, &folder, &e)
                   && catalog_read(folder.at, &memory, &files, &count, &e)
                   && catalog_load(files, count, &frame_reader, &memory, &pack, &e)
               ? 0
               : 1;
}

static int unload_pack(void **state)
{
    (void)state;
    catalog_clear(pack);
    arena_clear(&memory);
    return 0;
}

static bool read_report(const char *yaml, struct report_model *out, struct err *e)
{
    struct catalog_report source = {.id = TEXT("x"), .file = TEXT("reports/x.yaml")};
    *e = (struct err){0};
    return yaml_read(text_of(yaml), source.file, &memory, &source.root, e)
           && report_read(pack, &source, &memory, out, e);
}

#define HEAD "id: x\narea: town\ntitle: {zh: 甲, en: A}\n"
#define CHAPTER HEAD "chapters:\n- id: a\n  title: {zh: 甲, en: A}\n  content:\n"

static const struct {
    const char *yaml;
    int line; /* of the mistake; 0: none */
} cases[] = {
    {HEAD, 0},
    {CHAPTER "  - text: {zh: \"{registry.households}户{{\", en: \"{registry.households}\"}\n", 0},
    {CHAPTER "  - text: {zh: \"{money.paid:wan}万元\", en: b}\n    when: \"registry.households > 0 && year "
             "== 2019\"\n",
     0},
    {"id: x\narea: planet\ntitle: {zh: 甲, en: A}\n", 1},
    {"id: x\ntitle: {zh: 甲, en: A}\n", 1},
    {HEAD "colour: red\n", 4},
    {CHAPTER "  - text: {zh: \"{registry.elephants}\", en: b}\n", 8},
    {CHAPTER "  - text: {zh: \"{registry.households\", en: b}\n", 8},
    {CHAPTER "  - text: {zh: \"a}\", en: b}\n", 8},
    {CHAPTER "  - text: {zh: \"{registry.households:wan}\", en: b}\n", 8},
    {CHAPTER "  - text: {zh: a}\n", 8},
    {CHAPTER "  - text: {zh: a, en: b}\n    when: \"registry.households\"\n", 9},
    {CHAPTER "  - text: {zh: a, en: b}\n    when: \"registry.elephants > 0\"\n", 9},
    {CHAPTER "  - chart: {title: {zh: a, en: b}, kind: pie, items: [registry.households]}\n", 8},
    {CHAPTER "  - chart: {title: {zh: a, en: b}, kind: share, items: [grades.purple]}\n", 8},
    {CHAPTER "  - chart: {title: {zh: a, en: b}, kind: share, items: [grades.focus]}\n", 0},
    {CHAPTER "  - table: {title: {zh: a, en: b}}\n", 8},
    {HEAD "json:\n- {part: registry, figures: [households, elephants]}\n", 5},
    {HEAD "json:\n- {part: registry, figures: [households], series: [{key: k, name: n, by: lifted_year, of: "
          "{a: grades.focus}}]}\n",
     5},
};

static void each_mistake_is_refused_at_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct report_model model;
        struct err e;
        bool good = read_report(cases[i].yaml, &model, &e);
        int64_t line = 0;
        for (size_t k = 0; k < e.count; k++)
            if (strcmp(e.field[k].name, "line") == 0)
                line = e.field[k].n;
        if (good != (cases[i].line == 0) || line != cases[i].line || (!good && e.kind != &REPORT_MISTAKE))
            fail_msg("case %zu: line %d wanted, %d found (%s)", i, cases[i].line, (int)line,
                     good ? "read" : e.kind->code);
    }
}

static void a_text_becomes_pieces_and_marks_what_it_uses(void **state)
{
    struct report_model model;
    struct err e;
    (void)state;
    assert_done(read_report(CHAPTER "  - text: {zh: \"共{registry.households}户\", en: \"{{{year}}}\"}\n",
                            &model, &e),
                &e);
    const struct pieces *zh = &model.chapters[0].blocks[0].passage.in[LANG_ZH],
                        *en = &model.chapters[0].blocks[0].passage.in[LANG_EN];
    assert_int_equal(zh->count, 3);
    assert_text(zh->at[0].literal, "共");
    assert_int_equal(zh->at[1].kind, PIECE_FIGURE);
    assert_int_equal(en->count, 3);
    assert_text(en->at[0].literal, "{");
    assert_int_equal(en->at[1].kind, PIECE_YEAR);
    assert_true(model.used[catalog_indicator(pack, TEXT("registry.households"))->index]);
    assert_false(model.used[catalog_indicator(pack, TEXT("money.paid"))->index]);
}

static void the_packs_own_reports_are_read(void **state)
{
    struct err e = {0};
    (void)state;
    assert_true(pack->report_count > 0);
    assert_done(report_check(pack, &memory, &e), &e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_refused_at_its_line),
        cmocka_unit_test(a_text_becomes_pieces_and_marks_what_it_uses),
        cmocka_unit_test(the_packs_own_reports_are_read),
    };
    return cmocka_run_group_tests(tests, load_pack, unload_pack);
}
