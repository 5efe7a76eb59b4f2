/* JSON written as a stream: an answer needs no tree. Reading is jansson's work.
 *
 * The writer places commas and quotes itself; text that is not UTF-8 is written with U+FFFD in the place of each
 * bad byte. It remembers its first failure (also that of the sink), which json_end tells.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H
#include "base/value.h"

#define JSON_DEPTH_MAX 256

/* Takes `size` bytes; false when they could not be taken (the writer then stays failed). */
typedef bool json_sink(void *to, const char *at, size_t size);
struct json {
    json_sink *sink;
    void *to;
    struct buf out;      /* flushed to the sink at 64 KiB */
    int depth;
    bool failed, after_key;
    unsigned char has_member[JSON_DEPTH_MAX];
};
void json_open(struct json *j, json_sink *sink, void *to);
bool json_end(struct json *j); /* flushes and frees; false when anything failed */
bool json_to_file(void *file, const char *at, size_t size); /* a sink; to is a FILE * */
bool json_to_buf(void *buf, const char *at, size_t size);   /* a sink; to is a struct buf * */

/* jansson has functions of three of these names; to the linker ours are others, so that no call can go astray. */
void json_object(struct json *j) __asm__("honghua_json_object");
void json_object_end(struct json *j);
void json_array(struct json *j) __asm__("honghua_json_array");
void json_array_end(struct json *j);
void json_key(struct json *j, const char *key);
void json_key_text(struct json *j, struct text key);
void json_text(struct json *j, struct text t); /* TEXT_NONE: null */
void json_z(struct json *j, const char *z);
void json_int(struct json *j, int64_t n);
void json_bool(struct json *j, bool b);
void json_null(struct json *j) __asm__("honghua_json_null");
void json_double(struct json *j, double d);    /* shortest that reads back; not finite: null */
void json_raw(struct json *j, struct text t);  /* bytes that are one JSON value already */
void json_members(struct json *j, struct text t); /* "key":value,… of the open object, already written */
void json_fen(struct json *j, fen n);          /* "2000.00" */
void json_day(struct json *j, day d);          /* "2019-12-31" */

#endif
