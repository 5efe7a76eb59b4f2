/* What a workbook's own parts say: which worksheets there are, in order, and where their parts lie. */
#ifndef FORMAT_SHEET_WORKBOOK_H
#define FORMAT_SHEET_WORKBOOK_H
#include "format/sheet/package.h"

struct workbook_sheet {
    struct sheet_info info;
    struct text part;
    uint64_t entry;
};
struct workbook_part {
    bool found;
    struct text part;
    uint64_t entry;
};
struct workbook {
    bool date1904;
    struct workbook_sheet *sheet;
    size_t count;
    struct workbook_part strings, styles;
};

/* All of it lives in `a`. SHEET_OTHER_FORMAT, SHEET_NOT_WORKBOOK, SHEET_DAMAGED, SHEET_TOO_MANY_PARTS … */
MUST_USE bool workbook_read(struct package *p, struct arena *a, struct workbook *out, struct err *e);

#endif
