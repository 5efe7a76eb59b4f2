/* One import: what its three steps (run, json, show) share. For this folder only. */
#ifndef DOMAIN_IMPORT_RUN_H
#define DOMAIN_IMPORT_RUN_H
#include "domain/import/helper.h"
#include "domain/import/import.h"
#include "domain/import/reader.h"
#include "engine/session/session.h"
#include "format/sheet/sheet_write.h"

struct import_run {
    struct op_call *call;
    const struct import_file *files;
    size_t file_count;
    struct headings headings;
    struct problems *problems;
    struct belt *belt;
    struct reader reader;
    struct teller teller; /* of this thread */
    struct helpers helpers;
    struct batch_events events;
    struct batch *batch;
    struct sheet_writer *writer; /* of the refused rows, or NULL */
    struct batch_counts *counts; /* by sheet */
    struct uuid id;              /* all zero: nothing was written */
    bool dry_run, cancelled;
    struct text town, other_town; /* nine digits; where the office's area is not known yet */
    struct text errors_path;      /* where the refused rows lie; TEXT_NONE: nowhere */
    struct text errors_failure;   /* why they could not be written, or TEXT_NONE */
    uint64_t refused_rows;
};

/* operation.c: the work. */
bool import_run(struct op_call *call, struct err *e);
/* answer.c */
bool import_json(struct op_call *call, struct json *out, struct err *e);
bool import_show(struct op_call *call, struct print *out, struct err *e);
/* The answer is given: gives back what it held. */
void import_release(struct import_run *run);
/* refused.c: writes the refused rows of all sheets into a workbook, ready to be mended and imported again.
 * Reads the files once more; `problems` is sorted. SHEET_…, FILE_READ, OUT_OF_MEMORY. */
MUST_USE bool refused_write(struct import_run *run, struct sheet_writer *w, struct err *e);
/* The file's or sheet's name as answers give it; the sheet of a CSV is named "". */
const struct import_sheet *run_sheet(struct import_run *run, uint32_t number);

#endif
