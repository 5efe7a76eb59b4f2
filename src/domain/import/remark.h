/* Texts in a table that are no data: totals, and what stands under a table. */
#ifndef DOMAIN_IMPORT_REMARK_H
#define DOMAIN_IMPORT_REMARK_H
#include "base/text.h"

/* 合计, 总计, 小计 and their kin, blanks and width aside. */
bool remark_is_total(struct text t);
/* 注：…, 填表人：…, 审核人, 说明 and other texts that stand under tables. */
bool remark_is_note(struct text t);
/* Has a Chinese character in it: no number of anything has one. */
bool remark_has_word(struct text t);

#endif
