/* The register seen as records: making a database, the pack, the catalogue, lists, single records, the
 * journal.
 *
 * Operations: init, policy show, policy load, catalog, list, get, journal list, journal verify.
 */
#ifndef DOMAIN_REGISTRY_REGISTRY_H
#define DOMAIN_REGISTRY_REGISTRY_H
#include "engine/op/op.h"

extern const struct op_list registry_ops;

#endif
