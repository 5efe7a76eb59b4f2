/* Every mistake that a pack can hold is refused with file, line, column and what to do. */
#include "format/yaml/yaml.err.h"
#include "pack.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define L "label: {zh: 甲, en: A}"
#define RULE                                                                                                 \
    "rules:\n- {id: person.x, on: person, level: error, title: {zh: 甲, en: A}, message: {zh: 甲, en: A}, "

struct mistake {
    const struct err_kind *kind;
    const char *extra; /* § stands before the place */
    const char *says;  /* in the English sentence */
};

static const struct mistake mistakes[] = {
    /* the form of files */
    {&YAML_SYNTAX, "codes: [a: b§: c]\n", "malformed"},
    {&CATALOG_UNKNOWN_KEY, "§ruls: []\n", "ruls"},
    {&CATALOG_SHAPE, "rules: §{}\n", "rules"},
    {&CATALOG_SHAPE, "rules: [ §1 ]\n", "rules"},
    {&CATALOG_SHAPE, "§- 1\n", "file"},
    {&CATALOG_MISSING_KEY, "codes:\n- §{" L "}\n", "id"},
    {&CATALOG_ID, "codes:\n- {id: §Sex, " L "}\n", "Sex"},
    {&CATALOG_ID, "codes:\n- {id: §a.b, " L "}\n", "a.b"},
    {&CATALOG_ID, "rules:\n- {id: §a..b}\n", "a..b"},
    {&CATALOG_ID, "codes:\n- {id: §in, " L "}\n", "in"},
    {&CATALOG_DUPLICATE, "codes:\n- §{id: sex, " L ", items: [{zh: 甲, en: a}]}\n", "catalog/base.yaml"},
    {&CATALOG_LABEL, "codes:\n- {id: many, label: §{zh: 甲}, items: [{zh: 甲, en: a}]}\n", "label"},
    {&CATALOG_LABEL, "codes:\n- {id: many, label: §{zh: 甲, en: ''}, items: []}\n", "label"},
    {&CATALOG_UNKNOWN_KEY, "codes:\n- {id: many, label: {zh: 甲，乙, §fr: b}, items: []}\n", "fr"},
    /* codes */
    {&CATALOG_MISSING_KEY, "codes:\n- §{id: many, " L "}\n", "items"},
    {&CATALOG_LIMIT, "codes:\n- {id: many, label: {zh: 甲, en: A}, items: §[]}\n", "items"},
    {&CATALOG_MISSING_KEY, "codes:\n- {id: many, label: {zh: 甲, en: A}, items: [§{zh: 甲}]}\n", "en"},
    {&CATALOG_DUPLICATE,
     "codes:\n- id: many\n  " L "\n  items:\n  - {zh: 乙, en: b, also: [丙]}\n  - §{zh: （丙）, en: c}\n",
     "丙"},
    {&CATALOG_DUPLICATE,
     "codes:\n- id: many\n  " L
     "\n  items:\n  - {code: '1', zh: 乙, en: b}\n  - §{code: '１', zh: 丙, en: c}\n",
     "line 5"},
    {&CATALOG_ID, "codes:\n- id: many\n  " L "\n  items:\n  - {code: §'a,b', zh: 乙, en: b}\n", "a,b"},
    /* entities and fields */
    {&CATALOG_WORD, "entities:\n- {id: thing, kind: §person, " L "}\n", "thing yearly event tenure"},
    {&CATALOG_MISSING_KEY, "entities:\n- §{id: thing, kind: thing, " L "}\n", "fields"},
    {&CATALOG_MISSING_KEY,
     "entities:\n- §{id: thing, kind: thing, " L ", fields: [{id: a, " L ", type: text}]}\n", "key"},
    {&CATALOG_LIMIT, "entities:\n- {id: thing, kind: thing, label: {zh: 甲, en: A}, fields: §[]}\n",
     "fields"},
    {&CATALOG_ID, "entities:\n- {id: §a_past, kind: thing, " L "}\n", "a_past"},
    {&CATALOG_UNKNOWN_FIELD,
     "entities:\n- id: thing\n  kind: thing\n  " L "\n  key: [§b]\n  fields: [{id: a, " L ", type: text}]\n",
     "thing"},
    {&CATALOG_WORD,
     "entities:\n- id: thing\n  kind: thing\n  " L
     "\n  fields: [{id: a, label: {zh: 甲, en: A}, type: §txt}]\n  key: [a]\n",
     "txt"},
    {&CATALOG_MISSING_KEY,
     "entities:\n- id: thing\n  kind: thing\n  " L "\n  fields: [§{id: a, " L ", type: code}]\n  key: [a]\n",
     "codes"},
    {&CATALOG_UNKNOWN_CODES,
     "entities:\n- id: thing\n  kind: thing\n  " L
     "\n  fields: [{id: a, label: {zh: 甲, en: A}, type: code, codes: §x}]\n  key: [a]\n",
     "\"x\""},
    {&CATALOG_FIELD,
     "entities:\n- id: thing\n  kind: thing\n  " L
     "\n  fields: [{id: a, label: {zh: 甲, en: A}, type: text, codes: §sex}]\n  key: [a]\n",
     "thing.a"},
    {&CATALOG_UNKNOWN_ENTITY,
     "entities:\n- id: thing\n  kind: thing\n  " L
     "\n  fields: [{id: a, label: {zh: 甲, en: A}, type: ref, entity: §x}]\n  key: [a]\n",
     "\"x\""},
    {&CATALOG_MISSING_KEY,
     "entities:\n- id: thing\n  kind: thing\n  " L "\n  fields: [§{id: a, " L
     ", type: decimal}]\n  key: [a]\n",
     "digits"},
    {&CATALOG_NUMBER,
     "entities:\n- id: thing\n  kind: thing\n  " L
     "\n  fields: [{id: a, label: {zh: 甲, en: A}, type: decimal, digits: §12}]\n  key: [a]\n",
     "0 … 9"},
    {&CATALOG_WORD,
     "entities:\n- id: thing\n  kind: thing\n  " L
     "\n  fields: [{id: a, label: {zh: 甲, en: A}, type: text, required: §1}]\n  key: [a]\n",
     "true false"},
    {&CATALOG_FIELD,
     "entities:\n- id: thing\n  kind: thing\n  " L "\n  fields: [{id: a, label: {zh: 甲, en: A}, type: text, "
     "derive: §[{id: b, is: length}]}]\n  key: [a]\n",
     "not sealed"},
    {&CATALOG_FIELD,
     "entities:\n- id: thing\n  kind: thing\n  " L
     "\n  fields: [{id: a, label: {zh: 甲, en: A}, type: int, sealed: §true}]\n  key: [a]\n",
     "sealed"},
    {&CATALOG_DUPLICATE,
     "entities:\n- id: thing\n  kind: thing\n  " L "\n  fields: [{id: a, " L ", type: text}, {id: §a, " L
     ", type: int}]\n  key: [a]\n",
     "\"a\""},
    {&CATALOG_ID,
     "entities:\n- id: thing\n  kind: thing\n  " L "\n  fields: [{id: §rev, " L
     ", type: text}]\n  key: [rev]\n",
     "rev"},
    {&CATALOG_ID,
     "entities:\n- id: thing\n  kind: thing\n  " L "\n  fields: [{id: §a_hash, " L
     ", type: text}]\n  key: [a_hash]\n",
     "a_hash"},
    {&CATALOG_FIELD,
     "entities:\n- id: thing\n  kind: thing\n  " L "\n  fields: [§{id: village, " L
     ", type: text}]\n  key: [village]\n",
     "village"},
    {&CATALOG_FIELD,
     "entities:\n- id: thing\n  kind: thing\n  " L "\n  fields: §[{id: a, " L ", type: text}, {id: b, " L
     ", names: a}]\n  key: [a]\n",
     "names"},
    {&CATALOG_ENTITY,
     "entities:\n- §id: thing\n  kind: yearly\n  " L "\n  fields: [{id: a, " L ", type: text}]\n  key: [a]\n",
     "yearly"},
    {&CATALOG_ENTITY,
     "entities:\n- §id: thing\n  kind: tenure\n  " L "\n  fields: [{id: a, " L ", type: text}]\n  key: [a]\n",
     "tenure"},
    {&CATALOG_UNKNOWN_FIELD,
     "entities:\n- id: thing\n  kind: yearly\n  " L "\n  fields: [{id: a, " L
     ", type: text}]\n  key: [a]\n  dated: {year: §a}\n",
     "\"a\""},
    {&CATALOG_UNKNOWN_FIELD,
     "entities:\n- id: thing\n  kind: thing\n  " L "\n  fields: [{id: a, " L
     ", type: text}]\n  key: [a]\n  parent: §a\n",
     "\"a\""},
    {&CATALOG_ENTITY,
     "entities:\n- §id: thing\n  kind: thing\n  " L "\n  fields: [{id: a, " L
     ", type: text}]\n  key: [a]\n  children: things\n",
     "parent"},
    {&CATALOG_ENTITY,
     "entities:\n- id: thing\n  kind: thing\n  " L "\n  fields: [{id: a, " L
     ", type: text}]\n  key: [a]\n  lists: §things\n",
     "village"},
    {&CATALOG_CIRCLE,
     "entities:\n- §id: thing\n  kind: thing\n  " L "\n  fields: [{id: a, " L
     ", type: ref, entity: thing}]\n  key: [a]\n  parent: a\n",
     "thing"},
    {&CATALOG_DUPLICATE,
     "entities:\n- §id: thing\n  kind: thing\n  " L "\n  fields: [{id: h, " L
     ", type: ref, entity: household}]\n  key: [h]\n  parent: h\n  children: income\n",
     "\"income\""},
    /* imports */
    {&CATALOG_UNKNOWN_ENTITY, "imports:\n- {id: a, entity: §x}\n", "\"x\""},
    {&CATALOG_UNKNOWN_FIELD, "imports:\n- {id: a, entity: person, set: {§sexx: 男}}\n", "sexx"},
    {&CATALOG_UNKNOWN_CODE, "imports:\n- {id: a, entity: person, set: {sex: §雄}}\n", "\"sex\""},
    {&CATALOG_UNKNOWN_FIELD, "imports:\n- {id: a, entity: person, headers: {性別: §sexx}}\n", "sexx"},
    /* lines and parameters */
    {&CATALOG_DATE, "lines:\n- {kind: exit, area: '41', from: §2019-1-1, amount: 3000}\n", "2019-1-1"},
    {&CATALOG_DATE, "lines:\n- {kind: exit, area: '41', from: 2019-01-01, to: §2019-01-01, amount: 3000}\n",
     "after"},
    {&CATALOG_NUMBER, "lines:\n- {kind: exit, area: '41', amount: §viel}\n", "viel"},
    {&CATALOG_NUMBER, "lines:\n- {kind: exit, area: '41', amount: §0}\n", "3747"},
    {&CATALOG_UNSET_WHO, "lines:\n- {kind: exit, area: '41', amount: §UNSET}\n", "who"},
    {&CATALOG_ID, "lines:\n- {kind: exit, area: §'411', amount: 3000}\n", "411"},
    {&CATALOG_DUPLICATE,
     "lines:\n- {kind: exit, area: '41', amount: 3000}\n- §{kind: exit, area: '41', from: 2019-01-01, "
     "amount: 4000}\n",
     "exit 41"},
    {&CATALOG_UNSET_WHO, "parameters:\n- {id: a, value: §UNSET, " L "}\n", "who"},
    {&CATALOG_DUPLICATE, "parameters:\n- {id: a, value: 1, " L "}\n- §{id: a, value: 2, " L "}\n", "\"a\""},
    {&CATALOG_SHAPE,
     "parameters:\n- {id: a, value: 1, " L ", to: 2019-01-01}\n- {id: a, value: §2.5, " L
     ", from: 2019-01-01}\n",
     "type"},
    /* expressions */
    {&CATALOG_EXPRESSION, RULE "\n  when: 'person.§sexx == ''男'''}\n", "sexx"},
    {&CATALOG_EXPRESSION, RULE "\n  when: '§houshold.income > 1'}\n", "houshold"},
    {&CATALOG_EXPRESSION, RULE "\n  when: 'person.§'}\n", "CEL_SYNTAX"},
    {&CATALOG_EXPRESSION, RULE "\n  when: 'person.birth §> 3'}\n", "CEL_TYPE_MISMATCH"},
    {&CATALOG_EXPRESSION, RULE "\n  when: '§agee(person.birth, as_of) > 3'}\n", "agee"},
    {&CATALOG_EXPRESSION, RULE "\n  when: 'param.§nothing > 3'}\n", "nothing"},
    {&CATALOG_EXPRESSION, RULE "\n  when: 'person.§certificate == ''1'''}\n", "certificate"},
    {&CATALOG_EXPRESSION_TYPE, RULE "\n  when: §'person.sex'}\n", "string"},
    {&CATALOG_EXPRESSION_TYPE, RULE "\n  when: 'true', year: §'person.birth'}\n", "int"},
    {&CATALOG_UNKNOWN_CODE, RULE "\n  when: 'person.sex == §''雄'''}\n", "雄"},
    {&CATALOG_UNKNOWN_CODE, RULE "\n  when: \"person.sex in ['男', §'女性']\"}\n", "女性"},
    {&CATALOG_UNKNOWN_CODE, RULE "\n  when: \"§'残废' in person.health\"}\n", "残废"},
    {&CATALOG_UNKNOWN_CODE, RULE "\n  when: \"person.health.exists(h, h == §'残废')\"}\n", "残废"},
    {&CATALOG_UNKNOWN_CODE, RULE "\n  when: \"person.household.persons.exists(p, p.sex == §'雄')\"}\n", "雄"},
    {&CATALOG_UNKNOWN_CODE, RULE "\n  when: \"§'1' == person.sex\"}\n", "\"1\""},
    {&CATALOG_UNKNOWN_LINE,
     RULE "\n  when: §\"person.household.income < line('exot', person.village, as_of)\"}\n", "exot"},
    /* computed values and selections */
    {&CATALOG_UNKNOWN_ENTITY, "selections:\n- {id: a, on: §x, " L ", where: 'true'}\n", "\"x\""},
    {&CATALOG_MISSING_KEY, "selections:\n- §{id: a, on: person, " L "}\n", "where"},
    {&CATALOG_WORD, "computed:\n- {id: a, on: person, type: §string, " L ", value: 'true'}\n", "string"},
    {&CATALOG_EXPRESSION_TYPE,
     "computed:\n- {id: a, on: person, type: int, label: {zh: 甲, en: A}, value: §'true'}\n", "bool"},
    {&CATALOG_DUPLICATE, "computed:\n- §{id: sex, on: person, type: int, " L ", value: '1'}\n", "\"sex\""},
    {&CATALOG_DUPLICATE,
     "computed:\n- {id: a, on: person, type: int, " L ", value: '1'}\nselections:\n- §{id: a, on: person, " L
     ", where: 'true'}\n",
     "\"a\""},
    {&CATALOG_CIRCLE,
     "selections:\n- §{id: a, on: person, " L ", where: person.b}\n- {id: b, on: person, " L
     ", where: person.household.c}\n- {id: c, on: household, " L
     ", where: 'household.persons.all(p, p.a)'}\n",
     "person.a → person.b → household.c → person.a"},
    {&CATALOG_CIRCLE, "computed:\n- §{id: a, on: person, type: int, " L ", value: person.a + 1}\n",
     "person.a → person.a"},
    /* rules */
    {&CATALOG_WORD, "rules:\n- {id: person.x, on: person, level: §fatal, title: {zh: 甲, en: A}}\n",
     "error warning"},
    {&CATALOG_PLACEHOLDER,
     "rules:\n- {id: person.x, on: person, level: error, title: {zh: 甲, en: A}, when: 'true',\n   message: "
     "{zh: §'甲{sexx}', en: A}}\n",
     "sexx"},
    {&CATALOG_PLACEHOLDER,
     "rules:\n- {id: person.x, on: person, level: error, title: {zh: 甲, en: A}, when: 'true',\n   message: "
     "{zh: '{{甲}}{sex}', en: §'A}'}}\n",
     "person"},
    {&CATALOG_PLACEHOLDER,
     "rules:\n- {id: person.x, on: person, level: error, title: {zh: 甲, en: A}, when: 'true',\n   message: "
     "{zh: 甲, en: §'A{sex'}}\n",
     "{sex"},
    {&CATALOG_DUPLICATE, RULE "\n  when: 'true'}\n- §{id: person.x, on: person}\n", "person.x"},
    {&CATALOG_UNKNOWN_FIELD, RULE "\n  show: [§sexx], when: 'true'}\n", "sexx"},
    {&CATALOG_UNKNOWN_FIELD, RULE "\n  needs: [§person.sexx], when: 'true'}\n", "sexx"},
    {&CATALOG_UNKNOWN_ENTITY, RULE "\n  needs: [§persoon.sex], when: 'true'}\n", "persoon"},
    /* roles: nothing that could open what comes later */
    {&CATALOG_UNKNOWN_KEY, "roles:\n- {id: clerk, " L ", §may: [list]}\n", "may"},
    {&CATALOG_LABEL, "roles:\n- {id: clerk, label: §{zh: 甲}}\n", "label"},
    {&CATALOG_SHAPE, "roles:\n- {id: clerk, " L ", does: §all}\n", "does"},
    {&CATALOG_SHAPE, "roles:\n- {id: clerk, " L ", does: [list, §'*']}\n", "*"},
    {&CATALOG_MISSING_KEY, "roles:\n- {id: clerk, " L ", does: [§'']}\n", "does"},
    {&CATALOG_DUPLICATE, "roles:\n- {id: clerk, " L ", does: [list, §list]}\n", "list"},
    {&CATALOG_UNKNOWN_ENTITY, "roles:\n- {id: clerk, " L ", reads: [household, §house]}\n", "house"},
    {&CATALOG_UNKNOWN_ENTITY, "roles:\n- {id: clerk, " L ", writes: [§all]}\n", "all"},
    {&CATALOG_SHAPE, "roles:\n- {id: clerk, " L ", reads: §household}\n", "reads"},
    {&CATALOG_UNKNOWN_KEY, "roles:\n- {id: clerk, " L ", shows: {§secret: full}}\n", "secret"},
    {&CATALOG_WORD, "roles:\n- {id: clerk, " L ", shows: {public: §yes}}\n", "none masked reason full"},
    {&CATALOG_WORD, "roles:\n- {id: clerk, " L ", shows: {sensitive: §full}}\n", "none masked reason"},
    {&CATALOG_DUPLICATE, "roles:\n- {id: clerk, " L "}\n- §{id: clerk, " L "}\n", "clerk"},
    /* grades */
    {&CATALOG_UNKNOWN_SELECTION, "grades: {on: household, who:    §nobody, classes: []}\n", "nobody"},
    {&CATALOG_MISSING_KEY,
     "selections: [{id: all, on: household, " L ", where: 'true'}]\ngrades:\n  §{on: household, who: all}\n",
     "classes"},
    {&CATALOG_EXPRESSION,
     "selections: [{id: all, on: household, " L
     ", where: 'true'}]\ngrades: {on: household, who: all, classes: [\n  {id: a, " L
     ", reasons: [\n    {id: a.b, label: {zh: 甲, en: A}, when: '§person.insured'}]}]}\n",
     "person"},
    /* indicators */
    {&CATALOG_UNKNOWN_ENTITY, "indicators:\n- {id: a, on: §x, " L "}\n", "\"x\""},
    {&CATALOG_MISSING_KEY, "indicators:\n- §{id: a, on: person, " L ", value: sum}\n", "of"},
    {&CATALOG_EXPRESSION_TYPE,
     "indicators:\n- {id: a, on: person, label: {zh: 甲, en: A}, value: sum, of: §'person.sex'}\n", "string"},
    {&CATALOG_UNKNOWN_ENTITY,
     "indicators:\n- {id: a, on: household, label: {zh: 甲, en: A}, rows: §person}\n", "person"},
    {&CATALOG_EXPRESSION, "indicators:\n- {id: a, label: {zh: 甲, en: A}, formula: '§b.c + 1'}\n", "b"},
    {&CATALOG_SHAPE, "indicators:\n- {id: a, on: §person, " L ", formula: '1'}\n", "\"on\""},
    {&CATALOG_CIRCLE,
     "indicators:\n- {id: a, label: {zh: 甲, en: A}, formula: §'b + 1'}\n- {id: b, label: {zh: 甲, en: A}, "
     "formula: 'c.d + 1'}\n- {id: c.d, label: {zh: 甲, en: A}, formula: 'a'}\n",
     "a → b → c.d → a"},
};

/* The text without its mark, and where that stood. */
static const char *unmark(const char *marked, struct arena *a, int *line, int *column)
{
    const char *mark = strstr(marked, "§");
    assert_non_null(mark);
    *line = *column = 1;
    for (size_t at = 0; at < (size_t)(mark - marked);) {
        bool is_break = marked[at] == '\n';
        (void)text_next(text_of(marked), &at);
        *line += is_break ? 1 : 0;
        *column = is_break ? 1 : *column + 1;
    }
    return text_format(a, "%.*s%s", (int)(mark - marked), marked, mark + strlen("§")).at;
}

/* Tells what is wrong with the refusal; true: nothing. */
static bool refused_as_told(const struct mistake *m, size_t index, struct arena *a)
{
    static const struct catalog_reader reader;
    const struct catalog *c = NULL;
    struct err e = {0};
    struct buf s;
    char place[64];
    int line = 0, column = 0;
    const char *extra = unmark(m->extra, a, &line, &column);
    buf_init(&s, 8192);
    bool loaded = pack_load("x.yaml", extra, &reader, a, &c, &e);
    if (loaded)
        catalog_clear(c);
    else
        err_sentence(&e, LANG_EN, &s);
    buf_add_char(&s, '\0');
    snprintf(place, sizeof place, "line %d, column %d", line, column);
    bool right = !loaded && e.kind == m->kind && strstr(s.at, place) != NULL && strstr(s.at, "x.yaml") != NULL
                 && strstr(s.at, m->says) != NULL;
    if (!right)
        print_error("case %zu, wanted %s at %s: %s: %s\n", index, m->kind->code, place,
                    loaded ? "loaded" : e.kind->code, s.at);
    buf_clear(&s);
    return right;
}

static void each_mistake_is_refused_at_its_place(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        struct arena a;
        arena_init(&a, 64u << 20);
        wrong += refused_as_told(&mistakes[i], i, &a) ? 0 : 1;
        arena_clear(&a);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_refused_at_its_place),
    };
    return cmocka_run_group_tests_name("engine/catalog/mistake", tests, NULL, NULL);
}
