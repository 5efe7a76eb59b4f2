/* Relationships of a package's part: which other parts it leads to, and as what. */
#ifndef FORMAT_SHEET_RELATIONS_H
#define FORMAT_SHEET_RELATIONS_H
#include "format/sheet/package.h"

struct relation {
    struct text id;
    struct text type; /* the last word of the type's URI: "worksheet" */
    struct text part; /* from the package's root, without a leading slash */
};
struct relations {
    struct relation *item;
    size_t count, room;
};

/* Those of `part` ("" is the package itself). None when the package holds no such list. All lives in `a`. */
MUST_USE bool relations_read(struct package *p, struct text part, struct arena *a, struct relations *out,
                             struct err *e);
const struct relation *relations_by_type(const struct relations *r, struct text type);
const struct relation *relations_by_id(const struct relations *r, struct text id);
/* The folder of a part with its slash: "xl/" of "xl/workbook.xml". */
struct text relations_folder(struct text part);

#endif
