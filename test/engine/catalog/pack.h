/* A small pack for tests: a village, its households, their persons; and one more file that a test writes. */
#ifndef TEST_ENGINE_CATALOG_PACK_H
#define TEST_ENGINE_CATALOG_PACK_H
#include "engine/catalog/catalog.h"

static const char pack_head[] = "id: test\nlabel: {zh: 试, en: Test}\narea: '41'\n";
static const char pack_entities[] =
    "codes:\n"
    "- id: sex\n  label: {zh: 性别, en: Sex}\n  items:\n"
    "  - {code: '1', zh: 男, en: male, also: [男性]}\n"
    "  - {code: '2', zh: 女, en: female}\n"
    "- id: health\n  label: {zh: 健康状况, en: Health}\n  items:\n"
    "  - {zh: 健康, en: healthy}\n"
    "  - {zh: 残疾, en: disabled}\n"
    "entities:\n"
    "- id: village\n  kind: thing\n  label: {zh: 行政村, en: Village}\n  key: [code]\n  fields:\n"
    "  - {id: code, label: {zh: 村编码, en: Code}, type: identifier}\n"
    "  - {id: name, label: {zh: 村名, en: Name}, type: text}\n"
    "- id: household\n  kind: thing\n  label: {zh: 户, en: Household}\n  key: [number]\n  lists: "
    "households\n  fields:\n"
    "  - {id: number, label: {zh: 户编号, en: Number}, type: identifier}\n"
    "  - {id: village, label: {zh: 村编码, en: Village}, type: village}\n"
    "  - {id: village_name, label: {zh: 行政村, en: Village}, names: village}\n"
    "  - {id: town, label: {zh: 镇, en: Town}, shows: town}\n"
    "  - {id: lifted_year, label: {zh: 脱贫年度, en: Lifted}, type: year}\n"
    "  - {id: income, label: {zh: 纯收入, en: Income}, type: money}\n"
    "  - {id: farmland, label: {zh: 耕地面积, en: Farmland}, type: decimal, digits: 1, unit: 亩}\n"
    "- id: person\n  kind: thing\n  label: {zh: 人口, en: Person}\n  key: [number]\n  parent: household\n  "
    "children: persons\n"
    "  fields:\n"
    "  - {id: number, label: {zh: 人编号, en: Number}, type: identifier}\n"
    "  - {id: household, label: {zh: 户编号, en: Household}, type: ref, entity: household}\n"
    "  - {id: village, label: {zh: 村编码, en: Village}, type: village}\n"
    "  - {id: sex, label: {zh: 性别, en: Sex}, type: code, codes: sex}\n"
    "  - {id: health, label: {zh: 健康状况, en: Health}, type: codes, codes: health}\n"
    "  - {id: birth, label: {zh: 出生日期, en: Birth}, type: date}\n"
    "  - {id: insured, label: {zh: 是否参保, en: Insured}, type: bool}\n"
    "  - id: certificate\n    label: {zh: 证件号码, en: Certificate}\n    type: identifier\n    class: "
    "sensitive\n    derive:\n"
    "    - {id: certificate_valid, is: id_valid}\n"
    "    - {id: certificate_sex, is: id_sex}\n"
    "    - {id: certificate_uses, is: uses}\n";

/* `extra` under the name `name`; NULL: none. Everything lives in `a`. */
static inline bool pack_load(const char *name, const char *extra, const struct catalog_reader *reader,
                             struct arena *a, const struct catalog **out, struct err *e)
{
    struct catalog_file *files = arena_take_many(a, 3, sizeof *files);
    if (files == NULL)
        return false;
    files[0] = (struct catalog_file){text_of("pack.yaml"), text_of(pack_head)};
    files[1] = (struct catalog_file){text_of("catalog/base.yaml"), text_of(pack_entities)};
    files[2] = (struct catalog_file){text_of(name), text_of(extra)};
    return catalog_load(files, extra != NULL ? 3 : 2, reader, a, out, e);
}

#endif
