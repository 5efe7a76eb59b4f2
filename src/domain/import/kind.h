/* Which kind of sheet a header belongs to. Part of layout.h. */
#ifndef DOMAIN_IMPORT_KIND_H
#define DOMAIN_IMPORT_KIND_H
#include "domain/import/candidate.h"

/* How well a header fits one kind. */
struct kind_fit {
    size_t fields;                       /* different fields that it has */
    size_t facts;                        /* those beyond key, names and other shown columns */
    size_t combined;                     /* found through a group's header */
    size_t units;                        /* of the fields: those whose header names a unit */
    size_t also;                         /* of the fields: those that only the entity riding along has */
    const struct catalog_field *missing; /* first key column that it lacks; NULL: the key is there */
};
MUST_USE bool kind_fit(const struct heading_kind *kind, const struct candidate *c, struct arena *a,
                       struct kind_fit *out, struct err *e);

struct kind_words {
    struct text sheet, title, file; /* folded */
};
/* The kind among all that fits best; NULL: none. *by_prefix_out: only the records' numbers can tell, `body`
 * is the position in the head of the first record. *nearly_out: the kind that lacks nothing but a key.
 * OUT_OF_MEMORY. */
MUST_USE bool kind_choose(const struct headings *h, const struct candidate *c, const struct head *head,
                          size_t body, const struct kind_words *words, struct arena *a,
                          const struct heading_kind **out, bool *by_prefix_out,
                          const struct heading_kind **nearly_out, struct err *e);

/* A record's number has the kind's prefix; a kind without one has none. */
bool kind_has_prefix(const struct heading_kind *kind, struct text number);

/* The field of a kind that must not be empty for a row to have a key: required ones of the key and
 * its village, or, where the pack says nothing, the first. */
bool kind_needs_key(const struct catalog_entity *entity, size_t key_index);

#endif
