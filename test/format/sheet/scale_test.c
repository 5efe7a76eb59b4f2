/* Large files and bombs: memory stays flat, measured as the peak of a process of its own that reads the file.
 */
#include "base/json.h"
#include "format/sheet/sheet.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zip.h>

#include <cmocka.h>

/* Sanitizers keep freed memory aside and shadow all of it. */
#ifdef HONGHUA_SLOW_ASSERT
#define PEAK_KB_MAX (400 * 1024)
#else
#define PEAK_KB_MAX (32 * 1024)
#endif

#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELS "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"

/* A part that is `head`, `unit` many times, `tail`. */
struct part {
    const char *name, *head, *unit, *tail;
    uint64_t count;
    uint64_t at; /* bytes given */
};

static uint64_t part_bytes(const struct part *p)
{
    return strlen(p->head) + strlen(p->unit) * p->count + strlen(p->tail);
}

/* The bytes from `at` on that lie together. */
static struct text part_stretch(const struct part *p, uint64_t at)
{
    size_t head = strlen(p->head), unit = strlen(p->unit), tail = strlen(p->tail);
    if (at < head)
        return (struct text){p->head + at, head - (size_t)at};
    at -= head;
    if (at < unit * p->count)
        return (struct text){p->unit + at % unit, unit - (size_t)(at % unit)};
    at -= unit * p->count;
    return (struct text){p->tail + at, tail - (size_t)at};
}

static uint64_t part_read(struct part *p, char *to, uint64_t size)
{
    uint64_t done = 0;
    while (done < size) {
        struct text t = text_slice(part_stretch(p, p->at), 0, (size_t)(size - done));
        if (t.size == 0)
            break;
        memcpy(to + done, t.at, t.size);
        done += t.size;
        p->at += t.size;
    }
    return done;
}

static zip_int64_t give(void *user, void *data, zip_uint64_t size, zip_source_cmd_t cmd)
{
    struct part *p = user;
    zip_stat_t *st = data;
    switch (cmd) {
    case ZIP_SOURCE_OPEN:
        p->at = 0;
        return 0;
    case ZIP_SOURCE_READ:
        return (zip_int64_t)part_read(p, data, size);
    case ZIP_SOURCE_STAT:
        zip_stat_init(st);
        st->valid = ZIP_STAT_SIZE;
        st->size = part_bytes(p);
        return sizeof(*st);
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
        return 0;
    case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_STAT,
                                              ZIP_SOURCE_CLOSE, ZIP_SOURCE_FREE, -1);
    default:
        return -1;
    }
}

static void add_part(zip_t *z, struct part *p)
{
    zip_int64_t at = zip_file_add(z, p->name, zip_source_function(z, give, p), 0);
    assert_true(at >= 0);
    assert_int_equal(zip_set_file_compression(z, (zip_uint64_t)at, ZIP_CM_DEFLATE, 1), 0);
}

static void make_workbook(const char *path, struct part sheet, struct part strings)
{
    int why = 0;
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &why);
    assert_non_null(z);
    struct part parts[] = {
        {"_rels/.rels",
         RELS "<Relationship Id=\"r\" Type=\"" OFFICE
              "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
         "", "", 0, 0},
        {"xl/workbook.xml",
         "<workbook " MAIN " xmlns:r=\"" OFFICE
         "\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"a\"/></sheets></workbook>",
         "", "", 0, 0},
        {"xl/_rels/workbook.xml.rels",
         RELS "<Relationship Id=\"a\" Type=\"" OFFICE
              "/worksheet\" Target=\"sheet.xml\"/><Relationship Id=\"b\" Type=\"" OFFICE
              "/sharedStrings\" Target=\"strings.xml\"/></Relationships>",
         "", "", 0, 0},
    };
    sheet.name = "xl/sheet.xml";
    strings.name = "xl/strings.xml";
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        add_part(z, &parts[i]);
    add_part(z, &sheet);
    if (strings.head != NULL)
        add_part(z, &strings);
    assert_int_equal(zip_close(z), 0);
}

static bool count_bytes(void *to, const char *at, size_t size)
{
    (void)at;
    *(uint64_t *)to += size;
    return true;
}

/* Dumps the file in a process of its own: its exit code is 0 or 3, its peak memory goes to *peak_kb. */
static int dump_apart(const char *path, const struct err_kind *expected, long *peak_kb)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct json j;
        struct err e = {0};
        uint64_t size = 0;
        json_open(&j, count_bytes, &size);
        bool good = sheet_dump(path, &j, &e);
        (void)json_end(&j);
        _exit(good ? 0 : expected == NULL || e.kind == expected ? 3 : 4);
    }
    int status = 0;
    struct rusage usage = {0};
    assert_int_equal(wait4(child, &status, 0, &usage), child);
    assert_true(WIFEXITED(status));
    *peak_kb = usage.ru_maxrss;
    return WEXITSTATUS(status);
}

static char path[] = "/tmp/honghua-scale-XXXXXX";

static int claim_path(void **state)
{
    (void)state;
    int file = mkstemp(path);
    if (file >= 0)
        close(file);
    return file < 0 ? -1 : 0;
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static void assert_flat(int exit_code, const struct err_kind *expected)
{
    long peak = 0;
    assert_int_equal(dump_apart(path, expected, &peak), exit_code);
    if (peak > PEAK_KB_MAX)
        fail_msg("%ld KB", peak);
}

static void four_million_shared_strings_stay_outside_memory(void **state)
{
    (void)state;
    make_workbook(
        path,
        (struct part){
            .head = "<worksheet " MAIN "><sheetData>",
            .unit = "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>3999999</v></c><c t=\"s\"><v>2000000</v></c>"
                    "<c t=\"s\"><v>700001</v></c></row>",
            .count = 20000,
            .tail = "</sheetData></worksheet>"},
        (struct part){.head = "<sst " MAIN ">",
                      .unit = "<si><t>红花集镇</t></si>",
                      .count = 4000000,
                      .tail = "</sst>"});
    assert_flat(0, NULL);
}

static void a_million_rows_stay_outside_memory(void **state)
{
    (void)state;
    make_workbook(
        path,
        (struct part){.head = "<worksheet " MAIN "><sheetData>",
                      .unit = "<row><c><v>12.5</v></c><c t=\"inlineStr\"><is><t>红花</t></is></c></row>",
                      .count = 1000000,
                      .tail = "</sheetData></worksheet>"},
        (struct part){0});
    assert_flat(0, NULL);
}

static void one_row_too_many_is_refused(void **state)
{
    (void)state;
    make_workbook(path,
                  (struct part){.head = "<worksheet " MAIN "><sheetData>",
                                .unit = "<row/>",
                                .count = SHEET_ROWS_MAX + 1,
                                .tail = "</sheetData></worksheet>"},
                  (struct part){0});
    assert_flat(3, &SHEET_TOO_MANY_ROWS);
}

static void a_bomb_in_one_cell_is_refused(void **state)
{
    (void)state;
    make_workbook(path,
                  (struct part){.head = "<worksheet " MAIN "><sheetData><row><c t=\"inlineStr\"><is><t>",
                                .unit = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                .count = UINT64_C(40) << 16,
                                .tail = "</t></is></c></row></sheetData></worksheet>"},
                  (struct part){0});
    assert_flat(3, &SHEET_CELL_TOO_LONG);
}

static void a_bomb_of_elements_is_refused(void **state)
{
    (void)state;
    make_workbook(path,
                  (struct part){.head = "<worksheet " MAIN "><sheetData>",
                                .unit = "<a>",
                                .count = 10000000,
                                .tail = "</sheetData></worksheet>"},
                  (struct part){0});
    assert_flat(3, &SHEET_UNSAFE);
}

static void a_bomb_of_merged_ranges_is_refused(void **state)
{
    (void)state;
    make_workbook(path,
                  (struct part){.head = "<worksheet " MAIN "><sheetData/><mergeCells>",
                                .unit = "<mergeCell ref=\"A1:B2\"/>",
                                .count = SHEET_MERGES_MAX + 1,
                                .tail = "</mergeCells></worksheet>"},
                  (struct part){0});
    assert_flat(3, &SHEET_TOO_MANY_PARTS);
}

static void a_field_that_never_ends_is_refused(void **state)
{
    (void)state;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("a,b\n1,\"", file);
    for (int i = 0; i < 100000; i++)
        fputs("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
              "456789",
              file);
    assert_int_equal(fclose(file), 0);
    assert_flat(3, &SHEET_CELL_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_million_shared_strings_stay_outside_memory),
        cmocka_unit_test(a_million_rows_stay_outside_memory),
        cmocka_unit_test(one_row_too_many_is_refused),
        cmocka_unit_test(a_bomb_in_one_cell_is_refused),
        cmocka_unit_test(a_bomb_of_elements_is_refused),
        cmocka_unit_test(a_bomb_of_merged_ranges_is_refused),
        cmocka_unit_test(a_field_that_never_ends_is_refused),
    };
    return cmocka_run_group_tests(tests, claim_path, remove_path);
}
