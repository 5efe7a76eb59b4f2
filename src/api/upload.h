/* Files on their way in: parts of a multipart body, written to a folder of their own as they arrive, so that
 * memory does not grow with them. */
#ifndef API_UPLOAD_H
#define API_UPLOAD_H
#include "api/url.h"

#define UPLOAD_FILE_MAX 200                 /* parts named "file" */
#define UPLOAD_FIELD_MAX 16                 /* other parts */
#define UPLOAD_FIELD_SIZE_MAX 4096          /* bytes of one of them */
#define UPLOAD_SIZE_MAX ((uint64_t)4 << 30) /* bytes of all files */

struct MHD_Connection;
struct upload;
/* Begins; `folder` is the server's own for uploads. NULL with an error: API_FILES_BAD (no multipart), FILE_*.
 */
struct upload *upload_open(struct MHD_Connection *connection, struct text folder, struct err *e);
/* The next bytes. A failure is kept and told at the end. */
void upload_feed(struct upload *u, const char *at, size_t size);
/* After the last byte: API_FILES_BAD where the end is missing, API_FILES_LARGE, API_FILES_MANY, FILE_FULL, …
 */
MUST_USE bool upload_end(struct upload *u, struct err *e);
/* Paths of the files, in order; each keeps its own name. */
const struct text *upload_paths(const struct upload *u, size_t *count_out);
size_t upload_field_count(const struct upload *u);
struct url_pair upload_field(const struct upload *u, size_t index);
/* 32 bytes that differ where names or contents do; after upload_end. */
struct text upload_digest(const struct upload *u);
/* Where what comes back for the files may be written; it goes with them. TEXT_NONE: out of memory. */
struct text upload_result(struct upload *u);
/* Removes the files. NULL allowed. */
void upload_close(struct upload *u);

#endif
