/* Runs one command: parse, open, run, answer. Always holds: an error is shown once, on standard error, and
 * nothing stands on standard output unless the operation succeeded. */
#include "cli/cli.h"
#include "base/system.h"
#include "cli/cli.err.h"
#include "cli/help.h"
#include "api/api.h"
#include "cli/parse.h"
#include "cli/progress.h"
#include "domain/account/account.h"
#include "engine/access/access.err.h"
#include "engine/session/session.h"
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CLI_ARENA_MAX ((size_t)8 << 30)

struct cli {
    struct arena arena;
    struct cli_command command;
    struct session session;
    struct actor actor; /* of --as */
    struct progress progress;
    struct op_call call;
    struct err err;
};

static struct print print_to(FILE *to, enum lang lang)
{
    struct print p = {.to = to, .lang = lang};
    struct winsize size;
    const char *term = getenv("TERM");
    if (isatty(fileno(to)) != 1)
        return p;
    p.colour = getenv("NO_COLOR") == NULL && term != NULL && strcmp(term, "dumb") != 0;
    p.width = ioctl(fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
    return p;
}

static int show_error(const struct err *e, enum lang lang)
{
    struct buf sentence;
    struct print p = print_to(stderr, lang);
    buf_init(&sentence, 65536);
    err_sentence(e, lang, &sentence);
    struct text t = buf_text(&sentence);
    print_line(&p, PRINT_BAD, "%s%.*s", lang == LANG_ZH ? "未完成：" : "Not done: ", TEXT_ARG(t));
    buf_clear(&sentence);
    return e->kind != NULL ? e->kind->exit_code : 3;
}

/* Who acts when nobody is named: the owner of the database, as the machine knows him. */
static struct text owner(struct arena *a)
{
    const struct passwd *user = getpwuid(getuid());
    return user == NULL ? text_format(a, "owner:%lu", (unsigned long)getuid())
                        : text_format(a, "owner:%s", user->pw_name);
}

/* Whether this call writes: its operation does, or a value that makes it so is given. */
static bool call_writes(const struct cli *c)
{
    const struct op *op = c->command.op;
    for (size_t i = 0; i < op->count; i++)
        if (op->parameters[i].writes && c->command.values[i].given)
            return true;
    return op->writes;
}

static bool open_session(struct cli *c)
{
    const struct op *of = c->command.op;
    bool writes = call_writes(c);
    const struct cli_global *g = &c->command.global;
    const struct session_options options = {.db = g->db,
                                            .key_file = g->key_file,
                                            .write = writes,
                                            .need_key = of->needs == OP_NEEDS_KEY || (writes && !of->writes),
                                            .policy_version = g->policy_version};
    if (of->needs == OP_NEEDS_NOTHING)
        return true;
    c->call.session = &c->session;
    if (of->needs != OP_NEEDS_ABSENT)
        return session_open(&c->session, &options, &c->err);
    c->session.db = g->db;
    c->session.key_file = g->key_file;
    return true;
}

/* --as: from here on everything is that account's. What needs no database, or makes one, is nobody's but the
 * owner's. */
static bool act_as(struct cli *c)
{
    struct text name = c->command.global.as, words = text_of(c->command.op->name);
    if (name.at == NULL)
        return true;
    if (c->command.op->needs == OP_NEEDS_NOTHING || c->command.op->needs == OP_NEEDS_ABSENT)
        return err_fail_text(&c->err, &ACCESS_FORBIDDEN, "what", words);
    if (!account_named(&c->session, name, &c->arena, &c->actor, &c->err)
        || !access_may(&c->actor, words, &c->err) || !session_act_for(&c->session, &c->actor, &c->err))
        return false;
    c->call.by = c->actor.account;
    return true;
}

static void prepare_call(struct cli *c)
{
    const struct cli_global *g = &c->command.global;
    c->call = (struct op_call){
        .op = c->command.op, .values = c->command.values, .arena = &c->arena, .lang = g->lang};
    c->call.by = owner(&c->arena);
    c->progress = (struct progress){.lang = g->lang, .terminal = isatty(STDERR_FILENO) == 1};
    if (c->progress.terminal || g->progress) {
        c->call.progress = progress_show;
        c->call.progress_user = &c->progress;
    }
}

static bool answer(struct cli *c)
{
    const struct op *op = c->command.op;
    if (!c->command.global.json && op->show != NULL) {
        struct print p = print_to(stdout, c->command.global.lang);
        if (!op->show(&c->call, &p, &c->err))
            return false;
    } else if (op->json != NULL) {
        struct json out;
        json_open(&out, json_to_file, stdout);
        bool good = op->json(&c->call, &out, &c->err);
        good = json_end(&out) && good;
        if (!good)
            return err_fail(&c->err, &CLI_OUTPUT);
        fputc('\n', stdout);
    }
    if (fflush(stdout) != 0 || ferror(stdout))
        return err_fail(&c->err, &CLI_OUTPUT);
    return true;
}

static int help(struct cli *c)
{
    struct print p = print_to(stdout, c->command.global.lang);
    help_print(api_ops(), &c->command, &c->arena, &p);
    return 0;
}

static int run_command(struct cli *c, bool good)
{
    if (good) {
        prepare_call(c);
        good = open_session(c) && act_as(c) && c->command.op->run(&c->call, &c->err);
        progress_end(&c->progress);
        good = good && answer(c);
    }
    if (!good)
        return show_error(&c->err, c->command.global.lang);
    return c->call.found ? 1 : 0;
}

int cli_main(int argc, char **argv)
{
    static struct cli c; /* large, and there is one command a process */
    int code;
    /* A closed pipe or a full quota is an answer of the call that meets it, not the end of the program. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    arena_init(&c.arena, CLI_ARENA_MAX);
    bool good = cli_parse(api_ops(), argc, argv, &c.arena, &c.command, &c.err);
    code = good && c.command.global.help ? help(&c) : run_command(&c, good);
    session_close(&c.session);
    arena_clear(&c.arena);
    return code;
}
