/* Who may do what: decided by role and area, closed where nothing is named. */
#include "engine/access/access.err.h"
#include "engine/access/access.h"
#include "test.h"

#define T(z)                                                                                                 \
    {                                                                                                        \
        (z), sizeof(z) - 1                                                                                   \
    } /* where a constant is wanted */
static const struct text does[] = {T("list"), T("finding list")};
static const bool reads[] = {true, false}, writes[] = {false, false};
static const struct catalog_entity household = {.id = T("household"), .index = 0},
                                   fund = {.id = T("fund"), .index = 1};
static const struct catalog_role role = {.id = T("clerk"),
                                         .does = does,
                                         .does_count = 2,
                                         .reads = reads,
                                         .writes = writes,
                                         .shows = {[ROLE_PUBLIC] = ROLE_SHOWS_FULL,
                                                   [ROLE_OFFICE] = ROLE_SHOWS_MASKED,
                                                   [ROLE_SEALED] = ROLE_SHOWS_REASON}};
static const struct actor clerk = {.account = T("li"),
                                   .role = &role,
                                   .area_code = T("411622104"),
                                   .area = {.lo = "411622104000", .hi = "411622105000"}};
static const struct area all = {.lo = ""};

static void what_is_not_named_is_forbidden(void **state)
{
    struct err e = {0};
    (void)state;
    assert_done(access_may(&clerk, TEXT("list"), &e), &e);
    assert_done(access_may(&clerk, TEXT("finding list"), &e), &e);
    assert_refused(access_may(&clerk, TEXT("finding"), &e), &e, ACCESS_FORBIDDEN);
    assert_refused(access_may(&clerk, TEXT("reveal"), &e), &e, ACCESS_FORBIDDEN);
    assert_refused(access_may(&clerk, TEXT(""), &e), &e, ACCESS_FORBIDDEN);
    assert_done(access_reads(&clerk, &household, &e), &e);
    assert_refused(access_reads(&clerk, &fund, &e), &e, ACCESS_FORBIDDEN);
    assert_refused(access_writes(&clerk, &household, &e), &e, ACCESS_FORBIDDEN);
    assert_int_equal(ACCESS_FORBIDDEN.http, 403);
}

static void the_owner_may_all_and_sees_sealed_values_masked(void **state)
{
    const struct catalog_field sealed = {.class = CLASS_SENSITIVE, .sealed = true},
                               health = {.class = CLASS_SENSITIVE};
    struct err e = {0};
    struct area met;
    (void)state;
    assert_done(access_may(NULL, TEXT("grant"), &e) && access_reads(NULL, &fund, &e)
                    && access_writes(NULL, &fund, &e) && access_filters(NULL, &sealed, &e)
                    && access_asks(NULL, NULL, NULL, &e),
                &e);
    assert_int_equal(access_shows(NULL, &sealed), ACCESS_MASKED);
    assert_int_equal(access_shows(NULL, &health), ACCESS_FULL);
    assert_int_equal(access_reveals(NULL, &sealed), ACCESS_FULL);
    assert_true(access_meets(NULL, &all, &met) && met.lo[0] == 0);
    assert_true(access_covers(NULL, &all) && access_holds(NULL, TEXT("990000000000")));
}

static void a_field_shows_as_its_class_does(void **state)
{
    static const struct {
        struct catalog_field field;
        enum access_show shows, reveals;
        bool filters;
    } cases[] = {
        {{.id = T("a"), .class = CLASS_PUBLIC}, ACCESS_FULL, ACCESS_FULL, true},
        {{.id = T("b"), .class = CLASS_OFFICE}, ACCESS_MASKED, ACCESS_MASKED, false},
        {{.id = T("c"), .class = CLASS_PERSONAL}, ACCESS_HIDDEN, ACCESS_HIDDEN, false},
        {{.id = T("d"), .class = CLASS_SENSITIVE, .sealed = true}, ACCESS_MASKED, ACCESS_FULL, false},
        {{.id = T("e"), .class = CLASS_SENSITIVE}, ACCESS_HIDDEN, ACCESS_HIDDEN, false},
        /* what comes from a masked one tells of it */
        {{.id = T("f"), .class = CLASS_PUBLIC, .derived_from = &cases[3].field},
         ACCESS_FULL,
         ACCESS_FULL,
         false},
        {{.id = T("g"), .class = CLASS_PUBLIC, .derived_from = &cases[0].field},
         ACCESS_FULL,
         ACCESS_FULL,
         true},
    };
    struct err e = {0};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(access_shows(&clerk, &cases[i].field), cases[i].shows);
        assert_int_equal(access_reveals(&clerk, &cases[i].field), cases[i].reveals);
        if (cases[i].filters)
            assert_done(access_filters(&clerk, &cases[i].field, &e), &e);
        else
            assert_refused(access_filters(&clerk, &cases[i].field, &e), &e, ACCESS_FIELD);
    }
}

/* Even a role that was made by hand to show them in full. */
static void a_sealed_field_is_masked_at_best(void **state)
{
    const struct catalog_role open = {.shows = {[ROLE_SEALED] = ROLE_SHOWS_FULL}};
    const struct actor actor = {.role = &open};
    const struct catalog_field sealed = {.id = TEXT("d"), .class = CLASS_SENSITIVE, .sealed = true};
    struct err e = {0};
    (void)state;
    assert_int_equal(access_shows(&actor, &sealed), ACCESS_MASKED);
    assert_refused(access_filters(&actor, &sealed, &e), &e, ACCESS_FIELD);
}

static void areas_meet_in_what_both_hold(void **state)
{
    static const struct {
        struct area asked;
        bool any;
        const char *lo, *hi;
        bool covered;
    } cases[] = {
        {{"", ""}, true, "411622104000", "411622105000", false},
        {{"411622104000", "411622105000"}, true, "411622104000", "411622105000", true},
        {{"411622104205", "411622104206"}, true, "411622104205", "411622104206", true},
        {{"411622000000", "411623000000"}, true, "411622104000", "411622105000", false},
        {{"411622105000", "411622106000"}, false, ":", ":", false},
        {{"411622103000", "411622104000"}, false, ":", ":", false},
        {{"411622103000", "411622104300"}, true, "411622104000", "411622104300", false},
        {{"411622104900", "411622105300"}, true, "411622104900", "411622105000", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct area met;
        assert_int_equal(access_meets(&clerk, &cases[i].asked, &met), cases[i].any);
        assert_string_equal(met.lo, cases[i].lo);
        assert_string_equal(met.hi, cases[i].hi);
        assert_int_equal(access_covers(&clerk, &cases[i].asked), cases[i].covered);
    }
}

static void a_village_lies_in_the_area_or_not(void **state)
{
    (void)state;
    assert_true(access_holds(&clerk, TEXT("411622104000")));
    assert_true(access_holds(&clerk, TEXT("411622104999")));
    assert_false(access_holds(&clerk, TEXT("411622105000")));
    assert_false(access_holds(&clerk, TEXT("411622103999")));
    assert_false(access_holds(&clerk, TEXT("")));
    assert_false(access_holds(&clerk, TEXT_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_named_is_forbidden),
        cmocka_unit_test(the_owner_may_all_and_sees_sealed_values_masked),
        cmocka_unit_test(a_field_shows_as_its_class_does),
        cmocka_unit_test(a_sealed_field_is_masked_at_best),
        cmocka_unit_test(areas_meet_in_what_both_hold),
        cmocka_unit_test(a_village_lies_in_the_area_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
