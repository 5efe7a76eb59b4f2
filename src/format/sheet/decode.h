/* A text file as UTF-8, whatever it is written in: UTF-8 (with or without BOM), UTF-16, or GB18030. */
#ifndef FORMAT_SHEET_DECODE_H
#define FORMAT_SHEET_DECODE_H
#include "format/sheet/sheet.h"
#include <iconv.h>

#define DECODE_RAW_BYTES 65536
#define DECODE_TEXT_BYTES (DECODE_RAW_BYTES * 2 + 16) /* GB18030's two bytes may become three */

struct decode {
    int file;
    iconv_t converter;   /* (iconv_t)-1: the file is UTF-8 */
    uint64_t read, size; /* bytes of the file */
    size_t raw_size;     /* bytes of a character that the block before cut */
    char raw[DECODE_RAW_BYTES], text[DECODE_TEXT_BYTES];
};

/* Looks through the whole file for its encoding. SHEET_NOT_TEXT, SHEET_NOT_WORKBOOK (it holds NUL bytes),
 * SHEET_TRUNCATED (ends within a character), SHEET_UNREADABLE, SHEET_NO_MEMORY. */
MUST_USE bool decode_open(const char *path, struct decode **out, struct err *e);
void decode_close(struct decode *d); /* accepts NULL */
/* The next stretch, whole characters, without a BOM; empty at the end. Lives until the next call. */
MUST_USE bool decode_next(struct decode *d, struct text *out, struct err *e);
/* Starts again from the file's beginning. */
MUST_USE bool decode_rewind(struct decode *d, struct err *e);

#endif
