/* What the two halves of the package share and nobody else sees: libzip's handle. */
#ifndef FORMAT_SHEET_PACKAGE_ZIP_H
#define FORMAT_SHEET_PACKAGE_ZIP_H
#include <zip.h>

struct package;
zip_t *package_zip(struct package *p);

#endif
