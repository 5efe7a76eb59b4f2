/* Rules and grades over a run; which rules cannot be judged, and why.
 *
 * Never silent: a rule that needs what no import has ever given, or a line or parameter that nobody has set,
 * is told as not judged, with the reason.
 */
#include "base/base.err.h"
#include "engine/select/run.h"
#include "engine/select/select.err.h"

static bool set_why(struct run_rule *out, struct text zh, struct text en, struct err *e)
{
    out->why = (struct label){zh, en};
    return (zh.at != NULL && en.at != NULL) || err_fail(e, &OUT_OF_MEMORY);
}

/* NULL with an error. */
static const uint64_t *given_of(struct run *run, const struct catalog_entity *entity, struct err *e)
{
    uint64_t **kept = &run->given[entity->index];
    if (*kept != NULL)
        return *kept;
    uint64_t *given = arena_take_many(&run->arena, 4, sizeof *given);
    if (given == NULL)
        err_fail(e, &OUT_OF_MEMORY);
    else if (record_given(run->records, entity, given, e))
        *kept = given;
    return *kept;
}

static bool is_given(const uint64_t given[4], const struct catalog_field *field)
{
    if (field->column >= CATALOG_FIELD_MAX)
        return field->derived_from == NULL || is_given(given, field->derived_from);
    return (given[field->column >> 6] >> (field->column & 63) & 1) != 0;
}

static bool has_any(const uint64_t given[4]) { return (given[0] | given[1] | given[2] | given[3]) != 0; }

static bool say_no_field(struct run *run, const struct catalog_entity *entity,
                         const struct catalog_field *field, struct run_rule *out, struct err *e)
{
    out->judged = false;
    return set_why(out,
                   text_format(&run->arena, "“%.*s”表的“%.*s”从未录入数据，无法核查。",
                               TEXT_ARG(entity->label.zh), TEXT_ARG(field->label.zh)),
                   text_format(&run->arena, "No import has ever given a value for \"%.*s\" of \"%.*s\".",
                               TEXT_ARG(field->label.en), TEXT_ARG(entity->label.en)),
                   e);
}

static bool say_no_records(struct run *run, const struct catalog_entity *entity, struct run_rule *out,
                           struct err *e)
{
    out->judged = false;
    return set_why(
        out, text_format(&run->arena, "从未导入“%.*s”数据，无法核查。", TEXT_ARG(entity->label.zh)),
        text_format(&run->arena, "No record of \"%.*s\" has ever been imported.", TEXT_ARG(entity->label.en)),
        e);
}

static bool need_records(struct run *run, const struct catalog_entity *entity, struct run_rule *out,
                         struct err *e)
{
    const uint64_t *given = given_of(run, entity, e);
    if (given == NULL)
        return false;
    return has_any(given) || say_no_records(run, entity, out, e);
}

static bool needs_hold(struct run *run, struct run_rule *out, struct err *e)
{
    for (size_t i = 0; i < out->rule->need_count && out->judged; i++) {
        const struct catalog_need *need = &out->rule->needs[i];
        const uint64_t *given = given_of(run, need->entity, e);
        if (given == NULL)
            return false;
        if (!is_given(given, need->field) && !say_no_field(run, need->entity, need->field, out, e))
            return false;
    }
    return true;
}

/* Lists of records of a kind that was never imported: "nobody", found in an empty register, says nothing. */
static bool lists_hold(struct run *run, const struct cel_program *program, struct run_rule *out,
                       struct err *e)
{
    size_t count = 0;
    const struct cel_use *uses = program != NULL ? cel_program_uses(program, &count) : NULL;
    for (size_t i = 0; i < count && out->judged; i++) {
        const struct catalog_entity *entity = frame_entity_of(run->c, uses[i].of);
        if (entity == NULL)
            continue;
        const struct catalog_member *member = &entity->members[uses[i].field];
        bool held = true;
        if (member->kind == MEMBER_CHILDREN)
            held = need_records(run, member->entity, out, e);
        else if (member->kind == MEMBER_COMPUTED)
            held = lists_hold(run, run->c->computed[member->index].program, out, e);
        if (!held)
            return false;
    }
    return true;
}

void run_bits_unset(const struct run *run, const struct cel_program *program, struct run_bits *bits)
{
    size_t count = 0;
    const struct cel_use *uses = program != NULL ? cel_program_uses(program, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        const struct catalog_entity *entity = frame_entity_of(run->c, uses[i].of);
        const struct catalog_member *member = entity != NULL ? &entity->members[uses[i].field] : NULL;
        if (member == NULL || member->kind != MEMBER_COMPUTED)
            continue;
        const struct run_bits *its = &run->computed[member->index];
        if (bits->unset_what.at == NULL && its->unset_what.at != NULL) {
            bits->unset_what = its->unset_what;
            bits->unset_who = its->unset_who;
        }
        if (bits->missing_count == 0 && its->missing_count > 0) {
            bits->missing_count = its->missing_count;
            bits->missing_what = its->missing_what;
        }
        run_bits_unset(run, run->c->computed[member->index].program, bits);
    }
}

static bool say_unset(struct run *run, struct run_rule *out, struct err *e)
{
    struct text what = out->bits.unset_what, who = out->bits.unset_who;
    out->judged = false;
    return set_why(out,
                   text_format(&run->arena, "规则包中“%.*s”尚未设定（由%.*s确定），设定后才能核查。",
                               TEXT_ARG(what), TEXT_ARG(who)),
                   text_format(&run->arena, "\"%.*s\" has not been set in the pack yet (by %.*s).",
                               TEXT_ARG(what), TEXT_ARG(who)),
                   e);
}

static bool say_missing(struct run *run, struct run_rule *out, struct err *e)
{
    unsigned long long count = out->bits.missing_count;
    return set_why(out,
                   text_format(&run->arena, "有%llu条记录所在日期没有“%.*s”的标准，这些记录未核查。", count,
                               TEXT_ARG(out->bits.missing_what)),
                   text_format(&run->arena,
                               "%llu records were not judged: the pack has no \"%.*s\" for their day.", count,
                               TEXT_ARG(out->bits.missing_what)),
                   e);
}

/* It fired nowhere, and what it wanted to read was never given to any record. */
static bool absent_holds(struct run *run, struct run_rule *out, struct err *e)
{
    const struct catalog_entity *entity =
        out->bits.absent_class != NULL ? frame_entity_of(run->c, out->bits.absent_class) : NULL;
    if (entity == NULL || out->bits.yes_count > 0 || out->bits.absent_count == 0)
        return true;
    const struct catalog_member *member = &entity->members[out->bits.absent_field];
    if (member->kind != MEMBER_FIELD)
        return true;
    const uint64_t *given = given_of(run, entity, e);
    if (given == NULL)
        return false;
    const struct catalog_field *field = &entity->fields[member->index];
    return is_given(given, field) || say_no_field(run, entity, field, out, e);
}

static bool judge(struct run *run, struct run_rule *out, struct err *e)
{
    const struct catalog_rule *rule = out->rule;
    out->judged = true;
    if (!needs_hold(run, out, e) || (out->judged && !need_records(run, rule->on, out, e))
        || (out->judged && !lists_hold(run, rule->when, out, e)))
        return false;
    if (!out->judged)
        return true;
    if (!run_select(run, rule->on, rule->when, &out->bits, e))
        return false;
    run_bits_unset(run, rule->when, &out->bits);
    if (out->bits.unset_what.at != NULL)
        return say_unset(run, out, e);
    if (!absent_holds(run, out, e))
        return false;
    return !out->judged || out->bits.missing_count == 0 || say_missing(run, out, e);
}

bool run_rules(struct run *run, const struct run_rule **out, size_t *count_out, struct err *e)
{
    struct run_rule *rules = arena_take_many(&run->arena, run->rule_count + 1, sizeof *rules);
    if (rules == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < run->rule_count; i++) {
        rules[i].rule = run->rules[i];
        if (!judge(run, &rules[i], e))
            return false;
        if (!rules[i].judged)
            rules[i].bits = (struct run_bits){0};
    }
    *out = rules;
    *count_out = run->rule_count;
    return true;
}

bool run_expression_failed(const struct run *run, const struct catalog_entity *on,
                           const struct run_bits *bits, struct text what, struct err *e)
{
    struct buf detail;
    buf_init(&detail, 4096);
    err_sentence(&bits->first_failure, LANG_EN, &detail);
    err_fail_text(e, &RUN_EXPRESSION, "what", what);
    err_add(e, "record", frame_id(run->frame, on, bits->first_failed_row));
    for (size_t i = 0; i < bits->first_failure.count; i++)
        if (strncmp(bits->first_failure.field[i].name, "detail", 6) == 0)
            err_add(e, bits->first_failure.field[i].name,
                    (struct text){bits->first_failure.field[i].s, bits->first_failure.field[i].size});
    err_add(e, "detail", buf_text(&detail));
    buf_clear(&detail);
    return false;
}

static bool grade_reasons(struct run *run, struct run_grades *g, struct err *e)
{
    const struct catalog *c = run->c;
    size_t most = 0;
    for (size_t i = 0; i < c->grade_count; i++)
        most += c->grades[i].reason_count;
    struct run_reason *reasons = arena_take_many(&run->arena, most + 1, sizeof *reasons);
    if (reasons == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    g->reasons = reasons;
    for (size_t i = 0; i < c->grade_count; i++)
        for (size_t j = 0; j < c->grades[i].reason_count; j++) {
            const struct catalog_reason *reason = &c->grades[i].reasons[j];
            if (!dates_hold(reason->dates, run->as_of))
                continue;
            struct run_reason *at = &reasons[g->reason_count++];
            *at = (struct run_reason){.reason = reason, .grade = (uint8_t)i};
            if (!run_select(run, c->grades_on, reason->when, &at->bits, e))
                return false;
            if (at->bits.failed_count > 0)
                return run_expression_failed(run, c->grades_on, &at->bits, reason->id, e);
        }
    return true;
}

static bool is_graded(const struct run *run, uint32_t row)
{
    const struct catalog_computed *who = run->c->grades_who;
    return who == NULL || frame_value(run->frame, run->c->grades_on, &who->shown, row).n != 0;
}

bool run_grades(struct run *run, struct run_grades *out, struct err *e)
{
    const struct catalog *c = run->c;
    *out = (struct run_grades){0};
    if (c->grades_on == NULL)
        return true;
    out->rows = frame_rows(run->frame, c->grades_on);
    uint8_t *grade = arena_take_many(&run->arena, (size_t)out->rows + 1, sizeof *grade);
    if (grade == NULL)
        return err_fail(e, &OUT_OF_MEMORY);
    if (!grade_reasons(run, out, e))
        return false;
    for (uint32_t row = 0; row < out->rows; row++) {
        grade[row] = RUN_NO_GRADE;
        for (size_t i = 0; i < out->reason_count && grade[row] == RUN_NO_GRADE && is_graded(run, row); i++)
            if (run_bit(&out->reasons[i].bits, row))
                grade[row] = out->reasons[i].grade;
    }
    out->grade = grade;
    return true;
}
