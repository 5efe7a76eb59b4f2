/* What reading a workbook costs at least.
 *
 *     sheet_floor inflate FILE.xlsx    unpacks the sheets and the shared strings, looks at nothing
 *     sheet_floor expat FILE.xlsx      parses them by expat and takes each cell's value; no formats, no
 * dates, no merged ranges, no guard against attacks
 */
#include <expat.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#define CHUNK 65536

struct strings { /* shared strings, one after another */
    char *bytes;
    size_t size, room;
    size_t *begin;
    size_t count, begin_room;
};
struct floor {
    struct strings strings;
    bool shared_part, in_value, in_item;
    bool is_shared, is_text;
    char value[32768];
    size_t value_size;
    uint64_t cells, text_bytes;
    double sum;
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "sheet_floor: %s\n", what);
    exit(3);
}

static void *grow(void *at, size_t *room, size_t need, size_t each)
{
    if (need <= *room)
        return at;
    *room = need + need / 2 + 64;
    at = realloc(at, *room * each);
    if (at == NULL)
        die("no memory");
    return at;
}

static void string_begin(struct strings *s)
{
    s->begin = grow(s->begin, &s->begin_room, s->count + 1, sizeof *s->begin);
    s->begin[s->count++] = s->size;
}

static void string_add(struct strings *s, const char *at, size_t size)
{
    s->bytes = grow(s->bytes, &s->room, s->size + size, 1);
    memcpy(s->bytes + s->size, at, size);
    s->size += size;
}

static void XMLCALL on_start(void *user, const char *name, const char **attributes)
{
    struct floor *f = user;
    if (f->shared_part) {
        if (strcmp(name, "si") == 0)
            string_begin(&f->strings);
        f->in_value = f->in_value || strcmp(name, "t") == 0;
    } else if (strcmp(name, "c") == 0) {
        f->is_shared = f->is_text = false;
        f->value_size = 0;
        for (; attributes[0] != NULL; attributes += 2)
            if (strcmp(attributes[0], "t") == 0) {
                f->is_shared = strcmp(attributes[1], "s") == 0;
                f->is_text = attributes[1][0] != 'n';
            }
    } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        f->in_value = true;
    }
}

static size_t shared_size(const struct strings *s, const char *number)
{
    size_t index = strtoul(number, NULL, 10);
    if (index >= s->count)
        die("no such shared string");
    return (index + 1 < s->count ? s->begin[index + 1] : s->size) - s->begin[index];
}

static void take_cell(struct floor *f)
{
    if (f->value_size == 0)
        return;
    f->value[f->value_size] = 0;
    f->cells++;
    if (f->is_shared)
        f->text_bytes += shared_size(&f->strings, f->value);
    else if (f->is_text)
        f->text_bytes += f->value_size;
    else
        f->sum += strtod(f->value, NULL);
}

static void XMLCALL on_end(void *user, const char *name)
{
    struct floor *f = user;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        f->in_value = false;
    else if (!f->shared_part && strcmp(name, "c") == 0)
        take_cell(f);
}

static void XMLCALL on_text(void *user, const char *at, int size)
{
    struct floor *f = user;
    size_t n = (size_t)size;
    if (!f->in_value)
        return;
    if (f->shared_part) {
        string_add(&f->strings, at, n);
    } else if (f->value_size + n < sizeof f->value) {
        memcpy(f->value + f->value_size, at, n);
        f->value_size += n;
    }
}

static void parse(XML_Parser parser, const char *at, size_t size, bool last)
{
    if (parser != NULL && XML_Parse(parser, at, (int)size, last) != XML_STATUS_OK)
        die("broken XML");
}

static uint64_t read_part(zip_t *zip, zip_uint64_t index, struct floor *f, bool expat)
{
    static char chunk[CHUNK];
    uint64_t bytes = 0;
    zip_int64_t got;
    zip_file_t *file = zip_fopen_index(zip, index, 0);
    XML_Parser parser = expat ? XML_ParserCreate(NULL) : NULL;
    if (file == NULL || (expat && parser == NULL))
        die("a part cannot be opened");
    if (expat) {
        XML_SetUserData(parser, f);
        XML_SetElementHandler(parser, on_start, on_end);
        XML_SetCharacterDataHandler(parser, on_text);
    }
    while ((got = zip_fread(file, chunk, CHUNK)) > 0) {
        parse(parser, chunk, (size_t)got, false);
        bytes += (uint64_t)got;
    }
    if (got < 0)
        die("a part is broken");
    parse(parser, chunk, 0, true);
    XML_ParserFree(parser);
    zip_fclose(file);
    return bytes;
}

/* The shared strings first: cells name them. */
static uint64_t read_all(zip_t *zip, struct floor *f, bool expat)
{
    uint64_t bytes = 0;
    for (int pass = 0; pass < 2; pass++) {
        f->shared_part = pass == 0;
        for (zip_int64_t i = 0; i < zip_get_num_entries(zip, 0); i++) {
            const char *name = zip_get_name(zip, (zip_uint64_t)i, 0);
            bool shared = name != NULL && strcmp(name, "xl/sharedStrings.xml") == 0;
            bool sheet = name != NULL && strncmp(name, "xl/worksheets/sheet", 19) == 0;
            if (pass == 0 ? shared : sheet)
                bytes += read_part(zip, (zip_uint64_t)i, f, expat);
        }
    }
    return bytes;
}

int main(int argc, char **argv)
{
    static struct floor f;
    if (argc != 3)
        die("inflate|expat FILE.xlsx");
    zip_t *zip = zip_open(argv[2], ZIP_RDONLY, NULL);
    if (zip == NULL)
        die("not a workbook");
    uint64_t bytes = read_all(zip, &f, strcmp(argv[1], "expat") == 0);
    zip_close(zip);
    printf("{\"bytes\": %llu, \"cells\": %llu, \"text_bytes\": %llu, \"sum\": %.2f}\n",
           (unsigned long long)bytes, (unsigned long long)f.cells, (unsigned long long)f.text_bytes, f.sum);
    free(f.strings.bytes);
    free(f.strings.begin);
    return 0;
}
