/* The files that an import is to read: those that are named, and the workbooks of named folders. */
#ifndef DOMAIN_IMPORT_PATH_H
#define DOMAIN_IMPORT_PATH_H
#include "base/err.h"

#define PATH_FILES_MAX 10000

struct import_file {
    struct text path; /* with a NUL behind it */
    struct text name; /* without its folders */
    bool named;       /* not found in a folder */
};
/* In the order of the paths, those of a folder by their names; what lies in sub-folders is not looked at. Of
 * a folder other kinds of file and those of an open Excel or WPS (~$, .~) are skipped. `lang` only words
 * limits. IMPORT_OTHER_KIND     a named file whose name is neither a workbook's nor a CSV's (old kinds are
 * left to the reader) IMPORT_NO_FILES       nothing to read in all of the paths FILE_ABSENT, FILE_FORBIDDEN,
 * FILE_READ, LIMIT, OUT_OF_MEMORY */
MUST_USE bool path_list(const struct text *paths, size_t count, struct arena *a,
                        const struct import_file **out, size_t *count_out, struct err *e);
/* "05-项目" of "05-项目.xlsx". */
struct text path_stem(struct text name);
bool path_is_csv(struct text name);

#endif
