/* Parses the command line. Always holds: options may stand before or after the command, so whether an option
 * takes a value is looked up over all operations; a test holds that operations agree about it. */
#include "cli/parse.h"
#include "base/base.err.h"
#include "base/system.h"
#include "cli/cli.err.h"
#include "cli/cli.h"
#include <stdlib.h>

struct option {
    struct text name; /* without the dashes */
    struct text value;
    bool has_value;
};
struct words {
    struct text *word; /* what is no option, in order */
    size_t word_count;
    struct option *option;
    size_t option_count;
};
struct parser {
    const struct op_list *ops;
    struct arena *arena;
    struct words words;
    struct cli_command *out;
    struct err *e;
};

static const struct {
    const char *name, *value;
} global_options[] = {{"db", "FILE"}, {"key-file", "FILE"}, {"lang", "zh|en"}, {"policy-version", "DIGEST"}, {"as", "ACCOUNT"},
                      {"json", NULL}, {"help", NULL},       {"progress", NULL}};

/* How the value of an option is named; NULL: it takes none. false: no operation has such an option. */
static bool option_value_name(const struct parser *p, struct text name, const char **value_out)
{
    for (size_t i = 0; i < COUNT_OF(global_options); i++)
        if (text_equal(name, text_of(global_options[i].name))) {
            *value_out = global_options[i].value;
            return true;
        }
    for (size_t i = 0; i < p->ops->count; i++)
        for (size_t k = 0; k < p->ops->at[i]->count; k++) {
            const struct op_parameter *parameter = &p->ops->at[i]->parameters[k];
            if (!parameter->positional && text_equal(name, text_of(parameter->name))) {
                *value_out = parameter->type == OP_FLAG ? NULL : parameter->value;
                return true;
            }
        }
    return false;
}

static bool unknown_option(struct parser *p, struct text option)
{
    err_fail_text(p->e, &CLI_OPTION_UNKNOWN, "option", option);
    err_add(p->e, "command", /* and a blank */
            p->out->op == NULL ? TEXT("") : text_format(p->arena, "%s ", p->out->op->name));
    return false;
}

/* A word that should have stood behind --db: of an address no more than what it is. */
static struct text without_password(struct text word)
{
    size_t end = text_find(word, TEXT("://"), 0);
    return end == SIZE_MAX ? word : text_slice(word, 0, end + 3);
}

/* Takes argv[*i], an option, and its value. */
static bool take_option(struct parser *p, int argc, char **argv, int *i)
{
    struct text whole = text_of(argv[*i]), name = text_slice(whole, 2, whole.size);
    struct option *o = &p->words.option[p->words.option_count];
    size_t equals = text_find(name, TEXT("="), 0);
    if (equals != SIZE_MAX)
        *o = (struct option){text_slice(name, 0, equals), text_slice(name, equals + 1, name.size), true};
    else
        *o = (struct option){.name = name};
    const char *value_name;
    whole =
        text_slice(whole, 0, equals == SIZE_MAX ? whole.size : equals + 2); /* a value may hold a password */
    if (!option_value_name(p, o->name, &value_name))
        return unknown_option(p, whole);
    for (size_t k = 0; k < p->words.option_count; k++)
        if (text_equal(p->words.option[k].name, o->name))
            return err_fail_text(p->e, &CLI_OPTION_TWICE, "option", whole);
    if (value_name == NULL && o->has_value)
        return err_fail_text(p->e, &CLI_OPTION_FLAG, "option", whole);
    if (value_name != NULL && !o->has_value) {
        if (*i + 1 >= argc) {
            err_fail_text(p->e, &CLI_OPTION_VALUE, "option", whole);
            err_add(p->e, "value", text_of(value_name));
            return false;
        }
        o->value = text_of(argv[++*i]);
        o->has_value = true;
    }
    p->words.option_count++;
    return true;
}

static bool split(struct parser *p, int argc, char **argv)
{
    bool options_end = false;
    for (int i = 1; i < argc; i++) {
        struct text word = text_of(argv[i]);
        if (!options_end && text_equal(word, TEXT("--")))
            options_end = true;
        else if (!options_end && (text_equal(word, TEXT("-h")) || text_equal(word, TEXT("-?"))))
            p->out->global.help = true;
        else if (!options_end && word.size > 2 && text_starts_with(word, TEXT("--"))) {
            if (!take_option(p, argc, argv, &i))
                return false;
        } else
            p->words.word[p->words.word_count++] = word;
    }
    return true;
}

static enum lang environment_lang(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return strncmp(value, "zh", 2) == 0 ? LANG_ZH : LANG_EN;
    }
    return LANG_EN;
}

static bool take_globals(struct parser *p)
{
    struct cli_global *g = &p->out->global;
    for (size_t i = 0; i < p->words.option_count; i++) {
        const struct option *o = &p->words.option[i];
        if (text_equal(o->name, TEXT("db")))
            g->db = o->value;
        else if (text_equal(o->name, TEXT("key-file")))
            g->key_file = o->value;
        else if (text_equal(o->name, TEXT("policy-version")))
            g->policy_version = o->value;
        else if (text_equal(o->name, TEXT("as")))
            g->as = o->value;
        else if (text_equal(o->name, TEXT("json")))
            g->json = true;
        else if (text_equal(o->name, TEXT("progress")))
            g->progress = true;
        else if (text_equal(o->name, TEXT("help")))
            g->help = true;
        else if (text_equal(o->name, TEXT("lang"))) {
            g->lang = text_equal(o->value, TEXT("zh")) ? LANG_ZH : LANG_EN;
            if (!text_equal(o->value, TEXT("zh")) && !text_equal(o->value, TEXT("en")))
                return op_value_bad(p->e, "--lang", o->value, "zh, en");
        }
    }
    return true;
}

/* How many of the words are the operation's name; 0: not this one. */
static size_t name_matches(const struct op *op, const struct words *words)
{
    struct text name = text_of(op->name);
    size_t at = 0, used = 0;
    while (at < name.size) {
        size_t end = text_find(name, TEXT(" "), at);
        struct text part = text_slice(name, at, (end == SIZE_MAX ? name.size : end) - at);
        if (used == words->word_count || !text_equal(words->word[used], part))
            return 0;
        used++;
        at = end == SIZE_MAX ? name.size : end + 1;
    }
    return used;
}

static bool is_group(const struct op_list *ops, struct text word)
{
    for (size_t i = 0; i < ops->count; i++) {
        struct text name = text_of(ops->at[i]->name);
        if (name.size > word.size && text_starts_with(name, word) && name.at[word.size] == ' ')
            return true;
    }
    return false;
}

/* Finds the operation with the longest name that the words begin with. */
static bool find_op(struct parser *p, size_t *used_out)
{
    size_t best = 0;
    for (size_t i = 0; i < p->ops->count; i++) {
        size_t used = name_matches(p->ops->at[i], &p->words);
        if (used > best) {
            best = used;
            p->out->op = p->ops->at[i];
        }
    }
    *used_out = best;
    if (best > 0)
        return true;
    bool group = p->words.word_count > 0 && is_group(p->ops, p->words.word[0]);
    if (p->out->global.help && (group || p->words.word_count == 0)) {
        p->out->group = group ? p->words.word[0] : TEXT_NONE;
        return true;
    }
    if (p->words.word_count == 0)
        return err_fail(p->e, &CLI_COMMAND_MISSING);
    struct text word = p->words.word[0];
    if (group && p->words.word_count > 1)
        word = text_format(p->arena, "%.*s %.*s", TEXT_ARG(word), TEXT_ARG(p->words.word[1]));
    return err_fail_text(p->e, &CLI_COMMAND_UNKNOWN, "word", without_password(word));
}

static bool take_options(struct parser *p)
{
    const struct op *op = p->out->op;
    const char *ignored;
    struct parser globals = {.ops = &(struct op_list){NULL, 0}};
    for (size_t i = 0; i < p->words.option_count; i++) {
        const struct option *o = &p->words.option[i];
        if (option_value_name(&globals, o->name, &ignored))
            continue;
        size_t k = 0;
        while (k < op->count
               && (op->parameters[k].positional || !text_equal(o->name, text_of(op->parameters[k].name))))
            k++;
        if (k == op->count)
            return unknown_option(p, text_format(p->arena, "--%.*s", TEXT_ARG(o->name)));
        if (!op_read(&op->parameters[k], o->has_value ? o->value : TEXT("1"), &p->out->values[k], p->e))
            return false;
    }
    return true;
}

/* FIELD=VALUE, each of the words from `used` on. */
static bool take_fields(struct parser *p, size_t used, struct op_value *value)
{
    struct op_field *fields = arena_take_many(p->arena, p->words.word_count, sizeof *fields);
    if (fields == NULL)
        return err_fail(p->e, &OUT_OF_MEMORY);
    for (size_t i = 0; i < value->many_count; i++) {
        struct text word = p->words.word[used + i];
        size_t equals = text_find(word, TEXT("="), 0);
        if (equals == SIZE_MAX || equals == 0 || !text_is_utf8(word))
            return op_value_bad(p->e, "FIELD=VALUE", word, "FIELD=VALUE");
        fields[i] = (struct op_field){.name = text_slice(word, 0, equals),
                                      .value = text_slice(word, equals + 1, word.size)};
    }
    value->given = true;
    value->fields = fields;
    value->field_count = value->many_count;
    return true;
}

static bool take_word(struct parser *p, const struct op_parameter *parameter, size_t used,
                      struct op_value *value)
{
    value->many = &p->words.word[used];
    value->many_count = parameter->many ? p->words.word_count - used : 1;
    return parameter->type == OP_FIELDS ? take_fields(p, used, value)
                                        : op_read(parameter, p->words.word[used], value, p->e);
}

/* Gives the words behind the command's name to its positional parameters. */
static bool take_words(struct parser *p, size_t used)
{
    const struct op *op = p->out->op;
    for (size_t k = 0; k < op->count; k++) {
        const struct op_parameter *parameter = &op->parameters[k];
        struct op_value *value = &p->out->values[k];
        if (!parameter->positional)
            continue;
        if (used < p->words.word_count) {
            if (!take_word(p, parameter, used, value))
                return false;
            used += value->many_count;
        } else if (parameter->required) {
            err_fail_text(p->e, &CLI_WORD_MISSING, "word", text_of(parameter->value));
            err_add(p->e, "command", text_of(op->name));
            return false;
        }
    }
    if (used == p->words.word_count)
        return true;
    err_fail_text(p->e, &CLI_WORD_EXTRA, "word", without_password(p->words.word[used]));
    err_add(p->e, "command", text_of(op->name));
    return false;
}

static bool require_options(struct parser *p)
{
    const struct op *op = p->out->op;
    for (size_t k = 0; k < op->count; k++)
        if (op->parameters[k].required && !p->out->values[k].given) {
            err_fail_text(p->e, &CLI_WORD_MISSING, "word",
                          text_format(p->arena, "--%s", op->parameters[k].name));
            err_add(p->e, "command", text_of(op->name));
            return false;
        }
    return true;
}

bool cli_parse(const struct op_list *ops, int argc, char **argv, struct arena *a, struct cli_command *out,
               struct err *e)
{
    struct parser p = {.ops = ops, .arena = a, .out = out, .e = e};
    size_t room = (size_t)(argc < 0 ? 0 : argc) + 1, used;
    *out = (struct cli_command){.global = {.db = TEXT("honghua.db"), .lang = environment_lang()}};
    p.words.word = arena_take_many(a, room, sizeof *p.words.word);
    p.words.option = arena_take_many(a, room, sizeof *p.words.option);
    if (p.words.word == NULL || p.words.option == NULL || argc > CLI_WORD_MAX)
        return err_fail(e, &CLI_COMMAND_MISSING);
    bool splits = split(&p, argc, argv);
    if (!take_globals(&p) || !splits)
        goto refused;
    if (!find_op(&p, &used))
        return false;
    if (out->op == NULL || out->global.help)
        return true;
    out->values = arena_take_many(a, out->op->count + 1, sizeof *out->values);
    return out->values != NULL && take_options(&p) && take_words(&p, used) && require_options(&p);

refused: /* before a command was found */
    err_add(e, "command", TEXT("honghua"));
    return false;
}
