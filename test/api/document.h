/* JSON read back: what writes it and what reads it have names in common, so the reader is behind this. */
#ifndef TEST_API_DOCUMENT_H
#define TEST_API_DOCUMENT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One JSON value; NULL: it is none. */
void *document_read(const char *at, size_t size);
void document_free(void *v);
/* A member of an object (or, named by a digit, of an array); NULL: there is none. Borrowed. */
void *document_at(void *v, const char *name);
const char *document_text(void *v, const char *member); /* NULL: no text */
int64_t document_int(void *v, const char *member);      /* INT64_MIN: no number */
size_t document_count(void *v);                         /* of an array */

#endif
