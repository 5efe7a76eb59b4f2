/* The operations on accounts. */
#include "domain/account/parts.h"

static const struct op *const all[] = {&account_add_op,     &account_list_op,  &account_password_op,
                                       &account_disable_op, &account_token_op, &account_totp_op,
                                       &account_notice_op};
const struct op_list account_ops = {all, COUNT_OF(all)};
