/* Roles as a pack writes them down: what is named is open, all else is closed. */
#include "pack.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char roles[] =
    "roles:\n"
    "- {id: clerk, label: {zh: 经办人, en: Clerk}, does: [list, finding list], reads: all,\n"
    "   writes: [household], shows: {public: full, office: masked, sensitive: reason}}\n"
    "- {id: nobody, label: {zh: 无, en: Nobody}}\n";

struct loaded {
    struct arena a;
    const struct catalog *c;
};

static void load(struct loaded *l)
{
    struct err e = {.kind = NULL};
    arena_init(&l->a, 64u << 20);
    assert_true(pack_load("roles.yaml", roles, NULL, &l->a, &l->c, &e));
}

static void unload(struct loaded *l)
{
    catalog_clear(l->c);
    arena_clear(&l->a);
}

static void a_role_does_what_it_names(void **state)
{
    struct loaded l;
    (void)state;
    load(&l);
    const struct catalog_role *clerk = catalog_role(l.c, TEXT("clerk"));
    assert_non_null(clerk);
    assert_true(catalog_role_does(clerk, TEXT("list")));
    assert_true(catalog_role_does(clerk, TEXT("finding list")));
    assert_false(catalog_role_does(clerk, TEXT("finding")));
    assert_false(catalog_role_does(clerk, TEXT("finding explain")));
    assert_false(catalog_role_does(clerk, TEXT("")));
    for (size_t i = 0; i < l.c->entity_count; i++) {
        assert_true(clerk->reads[i]);
        assert_int_equal(clerk->writes[i], text_equal(l.c->entities[i].id, TEXT("household")));
    }
    unload(&l);
}

static void what_a_role_leaves_out_stays_closed(void **state)
{
    struct loaded l;
    (void)state;
    load(&l);
    const struct catalog_role *nobody = catalog_role(l.c, TEXT("nobody")),
                              *clerk = catalog_role(l.c, TEXT("clerk"));
    assert_non_null(nobody);
    assert_null(catalog_role(l.c, TEXT("Clerk")));
    assert_int_equal(nobody->does_count, 0);
    for (size_t i = 0; i < l.c->entity_count; i++)
        assert_false(nobody->reads[i] || nobody->writes[i]);
    for (size_t i = 0; i < ROLE_CLASS_COUNT; i++)
        assert_int_equal(nobody->shows[i], ROLE_SHOWS_NONE);
    assert_int_equal(clerk->shows[ROLE_OFFICE], ROLE_SHOWS_MASKED);
    assert_int_equal(clerk->shows[ROLE_SEALED], ROLE_SHOWS_REASON);
    assert_int_equal(clerk->shows[ROLE_PERSONAL], ROLE_SHOWS_NONE);
    assert_int_equal(clerk->shows[ROLE_HEALTH], ROLE_SHOWS_NONE);
    unload(&l);
}

static void sealed_and_open_sensitive_fields_are_two_classes(void **state)
{
    static const struct catalog_field fields[] = {{.class = CLASS_PUBLIC},
                                                  {.class = CLASS_OFFICE},
                                                  {.class = CLASS_PERSONAL},
                                                  {.class = CLASS_SENSITIVE, .sealed = true},
                                                  {.class = CLASS_SENSITIVE}};
    static const enum role_class classes[] = {ROLE_PUBLIC, ROLE_OFFICE, ROLE_PERSONAL, ROLE_SEALED,
                                              ROLE_HEALTH};
    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        assert_int_equal(catalog_role_class(&fields[i]), classes[i]);
}

static void a_computed_value_is_of_the_most_sensitive_class_that_it_reads(void **state)
{
    static const char computed[] =
        "entities:\n- id: note\n  kind: thing\n  label: {zh: 注, en: Note}\n  key: [number]\n  fields:\n"
        "  - {id: number, label: {zh: 号, en: Number}, type: identifier, class: public}\n"
        "  - {id: ill, label: {zh: 病, en: Ill}, type: bool, class: sensitive, sealed: false}\n"
        "selections:\n"
        "- {id: again, on: note, label: {zh: 乙, en: B}, where: 'note.sick'}\n"
        "- {id: sick, on: note, label: {zh: 甲, en: A}, where: 'note.ill'}\n"
        "- {id: first, on: note, label: {zh: 丙, en: C}, where: \"note.number == '1'\"}\n";
    struct err e = {.kind = NULL};
    struct arena a;
    const struct catalog *c;
    size_t seen = 0;
    (void)state;
    arena_init(&a, 64u << 20);
    assert_true(pack_load("note.yaml", computed, NULL, &a, &c, &e));
    for (size_t i = 0; i < c->computed_count; i++) {
        bool first = text_equal(c->computed[i].id, TEXT("first"));
        assert_int_equal(c->computed[i].shown.class, first ? CLASS_PUBLIC : CLASS_SENSITIVE);
        seen++;
    }
    assert_int_equal(seen, 3);
    catalog_clear(c);
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_does_what_it_names),
        cmocka_unit_test(what_a_role_leaves_out_stays_closed),
        cmocka_unit_test(sealed_and_open_sensitive_fields_are_two_classes),
        cmocka_unit_test(a_computed_value_is_of_the_most_sensitive_class_that_it_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
