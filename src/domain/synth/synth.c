/* `synth`: an invented register of any size. */
#include "domain/synth/synth.h"
#include "base/base.err.h"
#include "domain/synth/sink.h"
#include "domain/synth/synth.err.h"
#include "engine/frame/frame.h"
#include "engine/record/names.h"

#define HOUSEHOLDS_MAX 200000000
#define AREA_TOWN_HOUSEHOLDS                                                                                 \
    20000 /* up to here the sample's town, up to the next its county, then the province */
#define AREA_COUNTY_HOUSEHOLDS 200000

static const struct op_parameter parameters[] = {
    {.name = "households",
     .type = OP_INT,
     .required = true,
     .value = "N",
     .zh = "户数",
     .en = "number of households"},
    {.name = "seed",
     .type = OP_INT,
     .value = "S",
     .zh = "种子，同一种子生成同样的数据，默认 1",
     .en = "the same seed makes the same register, default 1"},
    {.name = "area",
     .type = OP_AREA,
     .value = "CODE",
     .zh = "放在哪个区划的村里",
     .en = "the area whose villages are used"},
    {.name = "out",
     .type = OP_OUT_PATH,
     .value = "DIR",
     .zh = "写成十个工作簿放进文件夹；不写则写入 --db 的数据库",
     .en = "write ten workbooks into a folder; else the register goes into the database of --db"},
};

struct synth {
    struct plan plan;
    struct synth_counts counts;
    struct session own; /* with --out no database is needed: the pack is read from its folder */
};

static bool take_villages(struct op_call *call, const struct catalog *c, struct text area, struct plan *plan,
                          struct err *e)
{
    struct area range;
    if (!area_of(area, &range, e))
        return false;
    struct made_village *villages = arena_take_many(call->arena, c->division_count + 1, sizeof *villages);
    if (villages == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < c->division_count; i++) {
        const struct catalog_division *d = &c->divisions[i];
        if (area_holds(&range, d->code) && !text_ends_with(d->code, TEXT("000")))
            villages[plan->village_count++] = (struct made_village){d->code, names_short(d->name)};
    }
    plan->villages = villages;
    return plan->village_count > 0 ? true : err_fail_text(e, &SYNTH_AREA, "area", area);
}

static struct text area_name(const struct catalog *c, struct text area)
{
    char full[AREA_CODE_SIZE] = "000000000000";
    memcpy(full, area.at, area.size < AREA_CODE_SIZE ? area.size : AREA_CODE_SIZE);
    const struct catalog_division *division = catalog_division(c, (struct text){full, AREA_CODE_SIZE});
    return division == NULL ? TEXT("") : division->name;
}

static bool make_plan(struct op_call *call, const struct catalog *c, struct plan *plan, struct err *e)
{
    const struct op_value *seed = op_value(call, "seed"), *area = op_value(call, "area");
    plan->households = (uint64_t)op_value(call, "households")->n;
    plan->seed = seed->given ? (uint64_t)seed->n : 1;
    if (plan->households == 0 || plan->households > HOUSEHOLDS_MAX) {
        err_fail_int(e, &SYNTH_HOUSEHOLDS, "households", (int64_t)plan->households);
        err_add_int(e, "max", HOUSEHOLDS_MAX);
        return false;
    }
    struct text where = area->given                                  ? area->s
                        : plan->households <= AREA_TOWN_HOUSEHOLDS   ? TEXT("411622104")
                        : plan->households <= AREA_COUNTY_HOUSEHOLDS ? TEXT("411622")
                                                                     : TEXT("41");
    plan->area_name = area_name(c, where);
    return take_villages(call, c, where, plan, e);
}

/* The pack whose labels head the workbooks. */
static bool read_pack(struct op_call *call, const struct catalog **out, struct err *e)
{
    struct text folder;
    struct catalog_file *files;
    size_t count;
    return file_find_data("policy/henan", call->arena, &folder, e)
           && catalog_read(folder.at, call->arena, &files, &count, e)
           && catalog_load(files, count, &frame_reader, call->arena, out, e);
}

static bool run_synth(struct op_call *call, struct err *e)
{
    const struct op_value *out = op_value(call, "out");
    const struct catalog *c;
    struct synth *s = arena_take(call->arena, sizeof *s);
    if (s == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    call->result = s;
    if (out->given) {
        if (!read_pack(call, &c, e))
            return false;
        bool good = make_plan(call, c, &s->plan, e) && sink_books(call, &s->plan, c, out->s, &s->counts, e);
        catalog_clear(c);
        return good;
    }
    const struct session_options options = {
        .db = call->session->db, .key_file = call->session->key_file, .write = true, .need_key = true};
    bool good = session_open(&s->own, &options, e);
    call->session = &s->own;
    good =
        good && make_plan(call, s->own.catalog, &s->plan, e) && sink_database(call, &s->plan, &s->counts, e);
    session_close(&s->own);
    return good;
}

static bool json_synth(struct op_call *call, struct json *out, struct err *e)
{
    const struct synth *s = call->result;
    (void)e;
    json_object(out);
    for (enum made kind = 0; kind < MADE_COUNT; kind++) {
        json_key(out, made_kinds[kind].sheet);
        json_int(out, (int64_t)s->counts.rows[kind]);
    }
    json_object_end(out);
    return true;
}

static bool show_synth(struct op_call *call, struct print *p, struct err *e)
{
    const struct synth *s = call->result;
    struct print_table *table = print_table_new(call->arena, 2);
    (void)e;
    print_table_right(table, 1);
    for (enum made kind = 0; kind < MADE_COUNT; kind++)
        print_table_row(
            table, PRINT_PLAIN,
            (struct text[]){text_of(made_kinds[kind].sheet),
                            text_format(call->arena, "%llu", (unsigned long long)s->counts.rows[kind])});
    print_table_end(table, p);
    print_line(
        p, PRINT_GOOD, "%s",
        print_say(p, "都是虚构的数据，不对应任何真实的人。", "All of it is invented; nobody in it is real."));
    print_next(p, "honghua check 核查，或 honghua import 导入这些工作簿",
               "honghua check, or honghua import for the workbooks");
    return true;
}

static const struct op op_synth = {
    .name = "synth",
    .zh = "生成虚构的登记册，供压力测试和测速",
    .en = "make a register of invented households",
    .parameters = parameters,
    .count = COUNT_OF(parameters),
    .needs = OP_NEEDS_ABSENT,
    .writes = true,
    .run = run_synth,
    .json = json_synth,
    .show = show_synth,
};
static const struct op *const all[] = {&op_synth};
const struct op_list synth_ops = {all, COUNT_OF(all)};
