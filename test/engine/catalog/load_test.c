/* What a loaded pack answers: names, codes, lines, parameters through the years, orders, versions, digests.
 */
#include "pack.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define L "label: {zh: 甲, en: A}"

static struct arena memory;

static int open_memory(void **state)
{
    (void)state;
    arena_init(&memory, 256u << 20);
    return 0;
}

static int close_memory(void **state)
{
    (void)state;
    arena_clear(&memory);
    return 0;
}

static const struct catalog *load_ok(const char *extra)
{
    static const struct catalog_reader reader;
    const struct catalog *c = NULL;
    struct err e = {0};
    struct buf s;
    if (pack_load("x.yaml", extra, &reader, &memory, &c, &e))
        return c;
    buf_init(&s, 4096);
    err_sentence(&e, LANG_EN, &s);
    print_error("%.*s\n", TEXT_ARG(buf_text(&s)));
    buf_clear(&s);
    fail();
    return NULL;
}

static day on(const char *written)
{
    day d = DAY_NONE;
    assert_true(day_parse(text_of(written), &d));
    return d;
}

static void assert_text(struct text t, const char *expected)
{
    if (!text_equal(t, text_of(expected)))
        fail_msg("'%.*s' is not '%s'", TEXT_ARG(t), expected);
}

static void fields_know_their_column_and_their_place_in_the_class(void **state)
{
    (void)state;
    const struct catalog *c = load_ok(NULL);
    const struct catalog_entity *household = catalog_entity(c, TEXT("household")),
                                *person = catalog_entity(c, TEXT("person"));
    const struct catalog_field *name = catalog_field(household, TEXT("village_name")),
                               *town = catalog_field(household, TEXT("town"));
    assert_int_equal(name->column, SIZE_MAX);
    assert_int_equal(name->class_field, SIZE_MAX);
    assert_text(name->names, "village");
    assert_int_equal(town->shows, SHOWS_TOWN);
    assert_ptr_equal(household->village, catalog_field(household, TEXT("village")));
    assert_null(person->village);
    assert_true(person->has_village);
    assert_int_equal(catalog_field(person, TEXT("village"))->column, SIZE_MAX);
    assert_int_equal(person->members[catalog_field(person, TEXT("village"))->class_field].kind,
                     MEMBER_VILLAGE);
    const struct catalog_field *certificate = catalog_field(person, TEXT("certificate"));
    assert_true(certificate->sealed);
    assert_int_equal(certificate->class_field, SIZE_MAX);
    assert_int_not_equal(certificate->column, SIZE_MAX);
    const struct catalog_field *valid = catalog_field(person, TEXT("certificate_valid")),
                               *uses = catalog_field(person, TEXT("certificate_uses"));
    assert_ptr_equal(valid->derived_from, certificate);
    assert_int_not_equal(valid->column, SIZE_MAX);
    assert_text(valid->label.zh, "证件号码校验是否相符");
    assert_int_equal(uses->column, SIZE_MAX);
    assert_int_not_equal(uses->class_field, SIZE_MAX);
    assert_string_equal(household->class_of.fields[0].name, "id");
    catalog_clear(c);
}

static void lists_hang_below_their_parent_and_their_village(void **state)
{
    static const struct {
        const char *entity, *list, *of;
    } cases[] = {{"village", "households", "household"}, {"household", "persons", "person"}};
    (void)state;
    const struct catalog *c = load_ok(NULL);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct catalog_entity *entity = catalog_entity(c, text_of(cases[i].entity));
        size_t k = 0;
        while (k < entity->class_of.field_count
               && strcmp(entity->class_of.fields[k].name, cases[i].list) != 0)
            k++;
        assert_true(k < entity->class_of.field_count);
        assert_int_equal(entity->members[k].kind, MEMBER_CHILDREN);
        assert_ptr_equal(entity->members[k].entity, catalog_entity(c, text_of(cases[i].of)));
        assert_int_equal(entity->class_of.fields[k].type.kind, CEL_LIST);
    }
    catalog_clear(c);
}

static void codes_are_read_as_written(void **state)
{
    static const struct {
        const char *written, *code;
    } cases[] = {{"男", "1"},     {"男性", "1"}, {" 男 ", "1"},  {"1", "1"},    {"２", "2"},
                 {"（女）", "2"}, {"", NULL},    {"male", NULL}, {"男女", NULL}};
    (void)state;
    const struct catalog *c = load_ok(NULL);
    const struct catalog_codes *sex = catalog_field(catalog_entity(c, TEXT("person")), TEXT("sex"))->codes;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct catalog_code *code = catalog_code_read(sex, text_of(cases[i].written));
        if ((code == NULL) != (cases[i].code == NULL)
            || (code != NULL && !text_equal(code->code, text_of(cases[i].code))))
            fail_msg("'%s'", cases[i].written);
    }
    assert_text(catalog_code(sex, TEXT("2"))->label.zh, "女");
    assert_null(catalog_code(sex, TEXT("男")));
    char long_text[1000];
    memset(long_text, 'a', sizeof long_text);
    assert_null(catalog_code_read(sex, (struct text){long_text, sizeof long_text}));
    catalog_clear(c);
}

static void headers_are_folded(void **state)
{
    (void)state;
    assert_text(catalog_fold(&memory, TEXT("　户 编号\n（ＡＢc）")), "户编号(abc)");
    assert_text(catalog_fold(&memory, TEXT("")), "");
}

static void a_sealed_value_never_shows_whole(void **state)
{
    static const struct {
        const char *plain, *masked;
    } cases[] = {{"41992219800101001X", "419922********001X"},
                 {"13800138000", "138****8000"},
                 {"1234", "1**4"},
                 {"12", "**"},
                 {"1", "*"},
                 {"", ""}};
    (void)state;
    const struct catalog *c = load_ok(NULL);
    const struct catalog_field *certificate =
        catalog_field(catalog_entity(c, TEXT("person")), TEXT("certificate"));
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_text(catalog_mask(&memory, certificate, text_of(cases[i].plain)), cases[i].masked);
    struct catalog_field words = *certificate;
    words.type = FIELD_TEXT;
    assert_text(catalog_mask(&memory, &words, TEXT("红花集镇")), "红***");
    assert_text(catalog_mask(&memory, &words, TEXT("红")), "*");
    catalog_clear(c);
}

static void a_refusal_quotes_no_number_of_a_person_whatever_the_column(void **state)
{
    (void)state;
    const struct catalog_field words = {.type = FIELD_CODE}, number = {.type = FIELD_IDENTIFIER},
                               certificate = {
                                   .type = FIELD_IDENTIFIER, .class = CLASS_SENSITIVE, .sealed = true};
    assert_text(catalog_mask_refused(&memory, &words, TEXT("见419922197309260017号")),
                "见419***********0017号");
    assert_text(catalog_mask_refused(&memory, &words, TEXT("13812345678,2019030512")),
                "138****5678,2019030512");
    assert_text(catalog_mask_refused(&memory, &words, TEXT("男女")), "男女");
    assert_text(catalog_mask_refused(&memory, &number, TEXT("4116221042050001")), "4116221042050001");
    assert_text(catalog_mask_refused(&memory, &number, TEXT("411622104205000101")), "411622104205000101");
    assert_text(catalog_mask_refused(&memory, &number, TEXT("419922197503040172")), "419***********0172");
    assert_text(catalog_mask_refused(&memory, &number, TEXT("419922194607080028")), "419***********0028");
    assert_text(catalog_mask_refused(&memory, &certificate, TEXT("#REF!")), "#REF!");
    assert_text(catalog_mask_refused(&memory, &certificate, TEXT("41992219800101001X")),
                "419922********001X");
}

static void the_line_of_the_smallest_area_in_force_wins(void **state)
{
    (void)state;
    const struct catalog *c =
        load_ok("lines:\n"
                "- {kind: exit, area: '41', to: 2020-01-01, amount: 3747}\n"
                "- {kind: exit, area: '4116', from: 2019-01-01, to: 2020-01-01, amount: 3800.50}\n"
                "- {kind: exit, area: '41', from: 2020-01-01, amount: UNSET, who: 省}\n");
    static const struct {
        const char *area, *on;
        fen amount; /* 0: UNSET; -1: none */
    } cases[] = {{"411622104201", "2018-12-31", 374700},
                 {"411622104201", "2019-06-30", 380050},
                 {"410000000000", "2019-06-30", 374700},
                 {"411622104201", "2020-01-01", 0},
                 {"420000000000", "2019-06-30", -1}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct catalog_line *line =
            catalog_line(c, TEXT("exit"), text_of(cases[i].area), on(cases[i].on));
        assert_int_equal(line == NULL ? -1 : line->amount, cases[i].amount);
        assert_true(line == NULL || line->is_set == (cases[i].amount > 0));
    }
    assert_null(catalog_line(c, TEXT("other"), TEXT("41"), on("2019-01-01")));
    catalog_clear(c);
}

static void a_parameter_has_its_value_of_the_day(void **state)
{
    (void)state;
    const struct catalog *c =
        load_ok("parameters:\n- {id: loan, value: 50000, " L ", to: 2026-03-01}\n"
                "- {id: loan, value: 100000, " L ", from: 2026-03-01}\n- {id: rate, value: 0.5, " L "}\n"
                "- {id: word, value: '12', " L "}\n- {id: open, value: UNSET, who: 省, " L "}\n");
    assert_int_equal(catalog_parameter(c, TEXT("loan"), on("2026-02-28"))->value.i, 50000);
    assert_int_equal(catalog_parameter(c, TEXT("loan"), on("2026-03-01"))->value.i, 100000);
    assert_int_equal(catalog_parameter(c, TEXT("rate"), 0)->value.kind, CEL_DOUBLE);
    assert_int_equal(catalog_parameter(c, TEXT("word"), 0)->value.kind, CEL_STRING);
    assert_false(catalog_parameter(c, TEXT("open"), 0)->is_set);
    assert_text(catalog_parameter(c, TEXT("open"), 0)->who, "省");
    assert_null(catalog_parameter(c, TEXT("none"), 0));
    assert_int_equal(c->param.field_count, 4);
    catalog_clear(c);
}

static void computed_values_stand_behind_what_they_use(void **state)
{
    static const char *const order[] = {"c", "b", "a"};
    (void)state;
    const struct catalog *c = load_ok(
        "selections:\n- {id: a, on: household, " L ", where: 'household.b && household.lifted_year > 0'}\n"
        "- {id: b, on: household, " L ", where: 'household.persons.all(p, p.c)'}\n"
        "- {id: c, on: person, " L ", where: 'person.insured'}\n");
    assert_int_equal(c->computed_count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct catalog_computed *computed = &c->computed[i];
        assert_text(computed->id, order[i]);
        assert_int_equal(computed->on->members[computed->class_field].kind, MEMBER_COMPUTED);
        assert_int_equal(computed->on->members[computed->class_field].index, i);
        assert_int_equal(computed->shown.class_field, computed->class_field);
    }
    catalog_clear(c);
}

#define RULE(level, when, zh)                                                                                \
    "rules:\n- {id: person.x, v: [V1, V2], on: person, level: " level                                        \
    ", title: {zh: 甲, en: A}, when: '" when "', message: {zh: " zh                                          \
    ", en: '{{{sex}}}'}, show: [sex, birth], needs: [household.income]}\n"

static void a_rule_has_another_version_when_it_decides_otherwise(void **state)
{
    static const char *const packs[] = {
        RULE("error", "person.insured", "甲"), RULE("warning", "person.insured", "甲"),
        RULE("error", "!person.insured", "甲"), RULE("error", "person.insured", "乙")};
    char versions[COUNT_OF(packs)][17];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(packs); i++) {
        const struct catalog *c = load_ok(packs[i]);
        const struct catalog_rule *rule = catalog_rule(c, TEXT("person.x"));
        assert_int_equal(strlen(rule->version), 16);
        assert_int_equal(rule->v_count, 2);
        assert_int_equal(rule->show_count, 2);
        assert_text(rule->needs[0].field->id, "income");
        memcpy(versions[i], rule->version, sizeof versions[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(versions[k], versions[i]);
        catalog_clear(c);
    }
    const struct catalog *again = load_ok(packs[0]);
    assert_string_equal(catalog_rule(again, TEXT("person.x"))->version, versions[0]);
    assert_null(catalog_rule(again, TEXT("person.y")));
    catalog_clear(again);
}

static void a_formula_is_given_what_it_uses(void **state)
{
    (void)state;
    const struct catalog *c = load_ok(
        "indicators:\n- {id: a.one, " L ", on: person}\n- {id: a.two, " L ", on: household, rows: village}\n"
        "- {id: a.three, " L ", type: money, on: household, value: sum, of: household.income}\n"
        "- {id: a.mean, " L ", type: money, formula: 'div(a.three, a.one)'}\n");
    const struct catalog_indicator *mean = catalog_indicator(c, TEXT("a.mean"));
    assert_int_equal(mean->value, INDICATOR_FORMULA);
    assert_int_equal(mean->use_count, 2);
    assert_int_equal(mean->uses[0], 0);
    assert_int_equal(mean->uses[1], 2);
    assert_text(catalog_indicator(c, TEXT("a.two"))->rows->id, "village");
    const struct cel_value variables[] = {{.kind = CEL_INT, .i = 3}, {.kind = CEL_INT, .i = 1000}};
    struct cel_run run = {.arena = &memory, .variables = variables};
    struct cel_value out;
    struct err e = {0};
    assert_int_equal(cel_eval(mean->of, &run, &out, &e), CEL_DONE);
    assert_int_equal(out.i, 333);
    catalog_clear(c);
}

static void the_digest_changes_with_name_and_content(void **state)
{
    static const struct catalog_reader reader;
    char first[65];
    (void)state;
    const struct catalog *c = NULL;
    struct err e = {0};
    assert_true(pack_load("x.yaml", "lines: []\n", &reader, &memory, &c, &e));
    memcpy(first, c->digest, sizeof first);
    assert_int_equal(strlen(first), 64);
    assert_true(pack_load("x.yaml", "lines: []\n", &reader, &memory, &c, &e));
    assert_string_equal(first, c->digest);
    assert_true(pack_load("y.yaml", "lines: []\n", &reader, &memory, &c, &e));
    assert_string_not_equal(first, c->digest);
    assert_true(pack_load("x.yaml", "lines: [ ]\n", &reader, &memory, &c, &e));
    assert_string_not_equal(first, c->digest);
}

static void a_smaller_place_replaces_items_of_the_larger_one(void **state)
{
    static const struct catalog_reader reader;
    static const char nation[] = "id: nation\nlabel: {zh: 全国, en: Nation}\narea: '00'\n";
    static const char place[] = "id: place\nlabel: {zh: 地方, en: Place}\narea: '41'\nextends: nation\n";
    static const char lines[] = "lines:\n- {kind: exit, area: '41', to: 2019-01-01, amount: 1000}\n- {kind: "
                                "exit, area: '41', from: 2019-01-01, amount: 2000}\n"
                                "- {kind: exit, area: '42', amount: 3000}\n";
    static const char own[] = "lines: [{kind: exit, area: '41', amount: 5000}]\n";
    const struct catalog_file files[] = {
        {TEXT("catalog/own.yaml"), {own, sizeof own - 1}},
        {TEXT("../nation/lines.yaml"), {lines, sizeof lines - 1}},
        {TEXT("pack.yaml"), {place, sizeof place - 1}},
        {TEXT("../nation/pack.yaml"), {nation, sizeof nation - 1}},
        {TEXT("../nation/catalog/a.yaml"), text_of(pack_entities)},
    };
    const struct catalog *c = NULL;
    struct err e = {0};
    (void)state;
    assert_true(catalog_load(files, COUNT_OF(files), &reader, &memory, &c, &e));
    assert_text(c->id, "place");
    assert_text(c->area, "41");
    assert_int_equal(c->line_count, 2);
    assert_int_equal(catalog_line(c, TEXT("exit"), TEXT("41"), on("2018-01-01"))->amount, 500000);
    assert_int_equal(catalog_line(c, TEXT("exit"), TEXT("42"), on("2018-01-01"))->amount, 300000);
    assert_non_null(catalog_entity(c, TEXT("person")));
    assert_string_equal(c->files[0].name.at, "../nation/catalog/a.yaml");
}

static void a_pack_that_leads_back_to_itself_is_refused(void **state)
{
    static const struct catalog_reader reader;
    static const char a[] = "id: a\nlabel: {zh: 甲, en: A}\narea: '41'\nextends: b\n",
                      b[] = "id: b\nlabel: {zh: 乙, en: B}\narea: '41'\nextends: b\n",
                      none[] = "id: a\nlabel: {zh: 甲, en: A}\narea: '41'\nextends: c\n";
    const struct catalog_file circle[] = {{TEXT("pack.yaml"), {a, sizeof a - 1}},
                                          {TEXT("../b/pack.yaml"), {b, sizeof b - 1}}};
    const struct catalog_file missing[] = {{TEXT("pack.yaml"), {none, sizeof none - 1}}};
    const struct catalog *c = NULL;
    struct err e = {0};
    (void)state;
    assert_false(catalog_load(circle, 2, &reader, &memory, &c, &e));
    assert_ptr_equal(e.kind, &CATALOG_EXTENDS);
    err_clear(&e);
    assert_false(catalog_load(missing, 1, &reader, &memory, &c, &e));
    assert_ptr_equal(e.kind, &CATALOG_EXTENDS);
    err_clear(&e);
    assert_false(catalog_load(missing, 0, &reader, &memory, &c, &e));
    assert_ptr_equal(e.kind, &CATALOG_FOLDER);
}

static void divisions_are_kept_with_twelve_digits(void **state)
{
    static const struct {
        const char *csv;
        const struct err_kind *kind;
        int line;
    } cases[] = {
        {"\xEF\xBB\xBF"
         "code,name\r\n411622104201,\"红花集村\"\r\n41,河南省\r\n",
         NULL, 0},
        {"code,name\n41\n", &CATALOG_DIVISIONS, 2},
        {"41,河南省\nx,y\n", &CATALOG_DIVISIONS, 2},
        {"41,\n", &CATALOG_DIVISIONS, 1},
        {"41,a\n410000000000,b\n", &CATALOG_DIVISIONS, 1},
        {"41,\xff\n", &CATALOG_DIVISIONS, 1},
    };
    static const struct catalog_reader reader;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct catalog_file files[] = {
            {TEXT("pack.yaml"), TEXT("id: a\nlabel: {zh: 甲, en: A}\narea: '41'\ndivisions: d.csv\n")},
            {TEXT("d.csv"), text_of(cases[i].csv)},
        };
        const struct catalog *c = NULL;
        struct err e = {0};
        assert_int_equal(catalog_load(files, 2, &reader, &memory, &c, &e), cases[i].kind == NULL);
        assert_ptr_equal(e.kind, cases[i].kind);
        if (e.kind != NULL)
            continue;
        assert_text(catalog_division(c, TEXT("410000000000"))->name, "河南省");
        assert_text(catalog_division(c, TEXT("411622104201"))->name, "红花集村");
    }
    struct err e = {0};
    const struct catalog *c = NULL;
    const struct catalog_file lone[] = {
        {TEXT("pack.yaml"), TEXT("id: a\nlabel: {zh: 甲, en: A}\narea: '41'\ndivisions: d.csv\n")}};
    assert_false(catalog_load(lone, 1, &reader, &memory, &c, &e));
    assert_ptr_equal(e.kind, &CATALOG_UNKNOWN_FILE);
}

static void a_small_arena_is_an_error_not_a_crash(void **state)
{
    static const struct catalog_reader reader;
    (void)state;
    for (size_t ceiling = 1; ceiling < (4u << 20); ceiling += ceiling / 3 + 1000) {
        struct arena a;
        struct err e = {0};
        const struct catalog *c = NULL;
        struct catalog_file files[3] = {{TEXT("pack.yaml"), text_of(pack_head)},
                                        {TEXT("catalog/a.yaml"), text_of(pack_entities)},
                                        {TEXT("x.yaml"), TEXT(RULE("error", "person.insured", "甲"))}};
        arena_init(&a, ceiling);
        if (catalog_load(files, 3, &reader, &a, &c, &e))
            catalog_clear(c);
        else if (strcmp(e.kind->code, "OUT_OF_MEMORY") != 0)
            fail_msg("ceiling %zu: %s", ceiling, e.kind->code);
        arena_clear(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_know_their_column_and_their_place_in_the_class),
        cmocka_unit_test(lists_hang_below_their_parent_and_their_village),
        cmocka_unit_test(codes_are_read_as_written),
        cmocka_unit_test(headers_are_folded),
        cmocka_unit_test(a_sealed_value_never_shows_whole),
        cmocka_unit_test(a_refusal_quotes_no_number_of_a_person_whatever_the_column),
        cmocka_unit_test(the_line_of_the_smallest_area_in_force_wins),
        cmocka_unit_test(a_parameter_has_its_value_of_the_day),
        cmocka_unit_test(computed_values_stand_behind_what_they_use),
        cmocka_unit_test(a_rule_has_another_version_when_it_decides_otherwise),
        cmocka_unit_test(a_formula_is_given_what_it_uses),
        cmocka_unit_test(the_digest_changes_with_name_and_content),
        cmocka_unit_test(a_smaller_place_replaces_items_of_the_larger_one),
        cmocka_unit_test(a_pack_that_leads_back_to_itself_is_refused),
        cmocka_unit_test(divisions_are_kept_with_twelve_digits),
        cmocka_unit_test(a_small_arena_is_an_error_not_a_crash),
    };
    return cmocka_run_group_tests_name("engine/catalog/load", tests, open_memory, close_memory);
}
