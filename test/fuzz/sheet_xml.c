/* The bytes of a worksheet, a strings or a styles part, packed into a workbook here: the fuzzer does not have
 * to get a zip archive's checksums right. The first byte says which part; the others are its content. The two
 * ways of reading must agree as in sheet.c.
 */
#include "format/sheet/book.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zip.h>

#define OUTPUT_MAX ((size_t)64 << 20)
#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELS "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    const char *name, *content;
} fixed[] = {
    {"_rels/.rels", RELS "<Relationship Id=\"r\" Type=\"" OFFICE
                         "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
    {"xl/workbook.xml", "<workbook " MAIN " xmlns:r=\"" OFFICE
                        "\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"a\"/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels",
     RELS "<Relationship Id=\"a\" Type=\"" OFFICE "/worksheet\" Target=\"sheet.xml\"/></Relationships>"},
    {"xl/sharedStrings.xml", "<sst " MAIN "><si><t>a_x0041_</t></si><si><r><t>b</t></r></si></sst>"},
    {"xl/styles.xml",
     "<styleSheet " MAIN "><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"},
    {"xl/sheet.xml",
     "<worksheet " MAIN "><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c>"
     "<c s=\"1\"><v>2</v></c></row></sheetData></worksheet>"},
};

static void add(zip_t *z, const char *name, const void *content, size_t size)
{
    zip_source_t *s = zip_source_buffer(z, content, size, 0);
    zip_int64_t at = s == NULL ? -1 : zip_file_add(z, name, s, 0);
    if (at < 0 || zip_set_file_compression(z, (zip_uint64_t)at, ZIP_CM_STORE, 0) != 0)
        abort();
}

static void make(const char *path, const uint8_t *data, size_t size)
{
    size_t chosen = size > 0 ? data[0] % COUNT_OF(fixed) : 0;
    int why = 0;
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &why);
    if (z == NULL)
        abort();
    for (size_t i = 0; i < COUNT_OF(fixed); i++) {
        if (i == chosen && size > 0)
            add(z, fixed[i].name, data + 1, size - 1);
        else
            add(z, fixed[i].name, fixed[i].content, strlen(fixed[i].content));
    }
    if (zip_close(z) != 0)
        abort();
}

static bool dump(const char *path, bool plain, struct buf *out)
{
    struct sheet_options how = {
        .cell_chars_max = SHEET_IMPORT_CHARS_MAX, .merging = SHEET_MERGE_FILL, .plain = plain};
    struct err e = {0};
    struct json j;
    buf_init(out, OUTPUT_MAX);
    json_open(&j, json_to_buf, out);
    bool good = book_dump(path, &how, &j, &e);
    return json_end(&j) && good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct buf fast, plain;
    snprintf(path, sizeof(path), "/dev/shm/honghua-fuzz-%d", (int)getpid());
    make(path, data, size);
    bool fast_good = dump(path, false, &fast);
    bool plain_good = dump(path, true, &plain);
    if (plain_good && (!fast_good || !text_equal(buf_text(&fast), buf_text(&plain))))
        abort();
    buf_clear(&fast);
    buf_clear(&plain);
    unlink(path);
    return 0;
}
