/* Where a new password comes from: a file, or whoever sits at the terminal. */
#include "base/base.err.h"
#include "base/system.h"
#include "domain/account/account.err.h"
#include "domain/account/parts.h"
#include <sodium.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#define LINE_ROOM (ACCOUNT_PASSWORD_MAX + 2)

static struct text without_line_break(struct text t)
{
    if (text_ends_with(t, TEXT("\n")))
        t.size--;
    if (text_ends_with(t, TEXT("\r")))
        t.size--;
    return t;
}

static bool read_file(const char *path, struct arena *a, struct text *out, struct err *e)
{
    if (!file_read(path, LINE_ROOM, a, out, e)) {
        if (!err_is(e, &FILE_TOO_LARGE))
            return false;
        err_clear(e);
        return err_fail_int(e, &ACCOUNT_PASSWORD_LONG, "most", ACCOUNT_PASSWORD_MAX);
    }
    *out = without_line_break(*out);
    return true;
}

/* One line, not shown as it is typed. */
static bool read_line(const char *prompt, char line[LINE_ROOM])
{
    struct termios shown, hidden;
    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return false;
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    fputs(prompt, stderr);
    fflush(stderr);
    bool good = tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 && fgets(line, LINE_ROOM, stdin) != NULL;
    good = tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown) == 0 && good;
    fputc('\n', stderr);
    return good;
}

static bool read_terminal(struct arena *a, enum lang lang, struct text *out, struct err *e)
{
    char first[LINE_ROOM] = "", second[LINE_ROOM] = "";
    if (isatty(STDIN_FILENO) != 1 || !read_line(lang == LANG_ZH ? "新密码：" : "New password: ", first)
        || !read_line(lang == LANG_ZH ? "再输入一次：" : "Once more: ", second))
        return err_fail(e, &ACCOUNT_NO_TERMINAL);
    bool same = strcmp(first, second) == 0;
    *out = same ? text_copy(a, without_line_break(text_of(first))) : TEXT_NONE;
    sodium_memzero(first, sizeof first);
    sodium_memzero(second, sizeof second);
    if (!same)
        return err_fail(e, &ACCOUNT_PASSWORD_TWICE);
    return out->at != NULL || err_fail(e, &OUT_OF_MEMORY);
}

bool password_ask(const struct op_value *file, struct arena *a, enum lang lang, struct text *out,
                  struct err *e)
{
    return file->given ? read_file(file->s.at, a, out, e) : read_terminal(a, lang, out, e);
}
