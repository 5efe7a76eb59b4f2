/* The registry's operations. */
#include "domain/registry/parts.h"

static const struct op *const all[] = {&op_init,           &op_policy_show,     &op_policy_load,
                                       &op_catalog,        &op_list_records,    &op_get,
                                       &op_reveal,         &op_browse,          &op_create,
                                       &op_change,         &op_judge,           &op_search,
                                       &op_member_join,    &op_member_leave,    &op_household_head,
                                       &op_household_move, &op_household_split, &op_household_merge,
                                       &op_journal_list,   &op_journal_verify,  &op_copy,
                                       &op_grant};
const struct op_list registry_ops = {all, COUNT_OF(all)};
