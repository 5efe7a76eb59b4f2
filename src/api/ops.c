/* Gathers the operations. Always holds: the list is complete before the first command is parsed. */
#include "api/api.h"
#include "domain/account/account.h"
#include "domain/backup/backup.h"
#include "domain/check/check.h"
#include "domain/import/import.h"
#include "domain/registry/registry.h"
#include "domain/report/report.h"
#include "domain/synth/synth.h"
#include "domain/tool/tool.h"
#include <assert.h>

#define OPS_MAX 128

const struct op_list *api_ops(void)
{
    static const struct op *all[OPS_MAX];
    static struct op_list list;
    const struct op_list *const modules[] = {&registry_ops, &import_ops, &check_ops,   &report_ops,
                                             &synth_ops,    &tool_ops,   &account_ops, &backup_ops};
    if (list.at != NULL)
        return &list;
    for (size_t m = 0; m < COUNT_OF(modules); m++)
        for (size_t i = 0; i < modules[m]->count; i++) {
            assert(list.count + 1 < OPS_MAX);
            all[list.count++] = modules[m]->at[i];
        }
    all[list.count++] = &op_serve;
    list.at = all;
    return &list;
}
