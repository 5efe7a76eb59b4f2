/* What the registry's operations share. For this folder only. */
#ifndef DOMAIN_REGISTRY_PARTS_H
#define DOMAIN_REGISTRY_PARTS_H
#include "domain/registry/registry.h"
#include "engine/record/page.h"
#include "engine/session/session.h"

extern const struct op op_init, op_policy_show, op_policy_load, op_catalog, op_list_records, op_get,
    op_browse, op_search, op_member_join, op_member_leave, op_household_head, op_household_move,
    op_household_split, op_household_merge, op_reveal, op_change, op_create, op_judge, op_journal_list,
    op_journal_verify, op_copy, op_grant;

struct view;
/* The entity that a call names. REGISTRY_ENTITY_UNKNOWN lists those that there are. */
MUST_USE bool entity_named(const struct op_call *call, struct text id, const struct catalog_entity **out,
                           struct err *e);

/* The same, and the caller may read it: ACCESS_FORBIDDEN. */
MUST_USE bool entity_readable(const struct op_call *call, struct text id, const struct catalog_entity **out,
                              struct err *e);
/* A field by its id or its Chinese label; NULL: none. */
const struct catalog_field *field_named(const struct catalog_entity *entity, struct text name);

/* Lists. The filters of an OP_FIELDS parameter: REGISTRY_FILTER_UNKNOWN, _VALUE, _MASKED, _MANY. */
MUST_USE bool filters_read(const struct op_call *call, const struct catalog_entity *entity,
                           const char *parameter, struct record_page *page, struct err *e);
/* Sort, limit, cursor and offset of the call; `page` becomes the query's. OP_VALUE_BAD,
 * REGISTRY_CURSOR_OFFSET, RECORD_CURSOR. */
MUST_USE bool page_read(const struct op_call *call, struct record_query *q, struct record_page *page,
                        struct err *e);

/* How a record is shown: its ordinary fields in the pack's order, the shown ones (village's and division's
 * names) among them. The villages' names are read once; `beside`, or NULL, is another view of the call that
 * has them already. */
MUST_USE bool view_open(const struct op_call *call, const struct catalog_entity *entity, bool reveal,
                        const struct view *beside, struct view **out, struct err *e);
/* The same for records that all lie in one area: no more names are read than that has villages. NULL:
 * for few records from anywhere, each name when it is wanted. */
MUST_USE bool view_open_in(const struct op_call *call, const struct catalog_entity *entity, bool reveal,
                           const struct view *beside, const struct area *area, struct view **out,
                           struct err *e);
/* Leaves the record's key and the fields that `columns` names (not given: all), in the pack's order: what is
 * not asked for is not read. REGISTRY_COLUMN_UNKNOWN: there is no such field, or the caller does not see it.
 */
MUST_USE bool view_narrow(const struct op_call *call, struct view *view, const struct op_value *columns,
                          struct err *e);
/* The stored fields to ask a scan for, in its order. */
const struct catalog_field *const *view_fields(const struct view *view, size_t *count_out);
/* All columns of the view. */
size_t view_count(const struct view *view);
const struct catalog_field *view_column(const struct view *view, size_t index);
void view_json(const struct view *view, const struct record_row *row,
               struct json *out); /* {LABEL: VALUE}, or by field ids (call->by_id); open: no braces */
/* A row as an object of its own; `user` is a struct view_rows. */
struct view_rows {
    const struct view *view;
    struct json *out;
};
void view_row_json(void *user, const struct record_row *row);
struct text view_text(const struct view *view, const struct record_row *row, size_t index, struct arena *a,
                      enum lang lang);

/* A member {"zh": …, "en": …} under `key`. */
void json_label(struct json *out, const char *key, struct label label);

/* A record as it stands, for whoever looks. */
struct present {
    const struct catalog_entity *entity;
    struct text id, village;
    day fact_day;
    int64_t rev;
    const struct value *values; /* by stored field; of a sealed one the hash. NULL: not asked for */
};
/* By its key as people give it. REGISTRY_RECORD_ABSENT: none, or not in the caller's area. */
MUST_USE bool present_find(const struct op_call *call, const struct catalog_entity *entity, struct text key,
                           bool with_values, struct present *out, struct err *e);
/* Its version, as an entity tag with its quotes. TEXT_NONE: memory is out. */
struct text present_etag(const struct op_call *call, const struct present *p);

/* An account reveals one record at a time and with a reason, by the operation of that name: the flag is the
 * owner's. ACCESS_FORBIDDEN. */
MUST_USE bool reveal_permit(const struct op_call *call, struct err *e);
/* Journals that sensitive fields were shown in full: `what` is the entity, `record` one record or "*". */
MUST_USE bool reveal_journal(const struct op_call *call, struct text entity, struct text record,
                             struct text why, struct err *e);

#endif
