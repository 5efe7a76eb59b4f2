#!/usr/bin/env python3
"""Makes C from a module's .sql file: a bound function and a row struct for each statement.

    sql.py MODULE.sql OUT.h OUT.c

A .sql file:

    -- payment_insert :exec  one payment; the caller has posted its transfer
    --   in: county text, id text, amount int, note text?
    INSERT INTO payment (county, id, amount, note) VALUES (:county, :id, :amount, :note);

    -- payment_list :many  a village's payments, by id
    --   in: village text
    --   out: id text, amount int
    SELECT id, amount FROM payment WHERE village = :village ORDER BY id;

Kinds: `:exec` no rows; `:one` exactly one row; `:maybe` one row or none; `:many` rows one at a time. Types: text, bytes
(struct text), int, day (int64_t, day), bool; `?` may be NULL: text and bytes then have `at == NULL`, the others come as
struct value. Parameters are written by name and bound by position. Every parameter of the statement stands in `in`, and
the other way round; what a column is called in `out` is the struct's member.

Made for `payment_list`: struct payment_list_in, struct payment_list_row, struct payment_list (the open rows) and

    :exec   bool NAME(struct store *, const struct NAME_in *, struct err *)
    :one    bool NAME(struct store *, const struct NAME_in *, struct arena *, struct NAME_row *, struct err *)
    :maybe  … , struct arena *, struct NAME_row *, bool *found_out, struct err *)
    :many   bool NAME_open(struct store *, const struct NAME_in *, struct NAME *, struct err *)
            bool NAME_next(struct NAME *, struct NAME_row *, struct err *)   false at the end, or with an error
            void NAME_close(struct NAME *)

A statement without `in` takes no struct. Rows of `:many` borrow their texts until the next one, and the values of `in`
until the close; rows of :one and :maybe live in the arena. No row where :one wants one, a NULL where none may be or a
value of another type is STORE_FAILED. The text stands in the program twice, with ?N for SQLite and $N for PostgreSQL.

A statement that scans a table which grows says so in its comment, with the reason: `scan: the whole log is read`; a test
reads the query plans.
"""
import pathlib
import re
import sys

HEAD = re.compile(r"-- ([a-z][a-z0-9_]*) :(exec|one|maybe|many)(?:\s+(.*))?$")
LIST = re.compile(r"--   (in|out): (.*)$")
ITEM = re.compile(r"([a-z][a-z0-9_]*) (text|bytes|int|day|bool)(\??)$")
NAME = re.compile(r"'(?:[^']|'')*'|(?<![:\w]):([a-z][a-z0-9_]*)")  # a quoted text, or a parameter
C_TYPE = {"text": "struct text", "bytes": "struct text", "int": "int64_t", "day": "day", "bool": "bool"}


class Statement:
    def __init__(self, name, kind, comment, place):
        self.name, self.kind, self.comment, self.place = name, kind, comment or "", place
        self.lists = {"in": [], "out": []}
        self.sql = ""


def refuse(place, why):
    sys.exit(f"{place}: {why}")


def items(text, place):
    found = []
    for part in text.split(","):
        m = ITEM.match(part.strip())
        if not m:
            refuse(place, f"`{part.strip()}` is no `name type`")
        found.append((m.group(1), m.group(2), m.group(3) == "?"))
    return found


def read(path):
    statements = []
    for number, line in enumerate(pathlib.Path(path).read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path}:{number}"
        if m := HEAD.match(line):
            statements.append(Statement(m.group(1), m.group(2), m.group(3), place))
        elif (m := LIST.match(line)) and statements and not statements[-1].sql:
            statements[-1].lists[m.group(1)] += items(m.group(2), place)
        elif line.startswith("--") or not line.strip():
            continue
        elif not statements:
            refuse(place, "a statement without a name")
        else:
            statements[-1].sql += (" " if statements[-1].sql else "") + line.strip()
    for s in statements:
        check(s)
    return statements


def check(s):
    if not s.sql.endswith(";") or ";" in s.sql[:-1]:
        refuse(s.place, "one statement, ended by a semicolon, is needed")
    s.sql = s.sql[:-1]
    used, declared = set(filter(None, NAME.findall(s.sql))), [name for name, _, _ in s.lists["in"]]
    if used != set(declared) or len(declared) != len(set(declared)):
        refuse(s.place, f"`in` and the statement differ about {sorted(used ^ set(declared))}")
    if (s.kind == "exec") != (not s.lists["out"]):
        refuse(s.place, "`out` is needed, but not of :exec")


def numbered(s, mark):
    """The statement as a C string, its parameters numbered by their place in `in`."""
    order = [name for name, _, _ in s.lists["in"]]
    text = NAME.sub(lambda m: f"{mark}{order.index(m.group(1)) + 1}" if m.group(1) else m.group(0), s.sql)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def member(item):
    name, kind, maybe = item
    return f"    {'struct value' if maybe and kind not in ('text', 'bytes') else C_TYPE[kind]} {name};\n"


def value_of(item):
    name, kind, maybe = item
    at = f"in->{name}"
    if kind in ("text", "bytes"):
        return f"{at}.at == NULL ? value_none() : value_{'text' if kind == 'text' else 'bytes'}({at})"
    return at if maybe else f"value_int({at})"


KIND_OF = {"text": "VALUE_TEXT", "bytes": "VALUE_BYTES", "int": "VALUE_INT", "day": "VALUE_INT", "bool": "VALUE_INT"}


def taken(item, index, copy):
    """C that checks a column's type and moves it into the row."""
    name, kind, maybe = item
    at = f"{name}_value"
    out = f"    struct value {at} = statement_column(s, {index});\n"
    allowed = f"{at}.kind == {KIND_OF[kind]}" + (f" || {at}.kind == VALUE_NONE" if maybe else "")
    out += f"    if (!({allowed}))\n        return shape_fail(db, \"{name}\", e);\n"
    if kind in ("text", "bytes"):
        out += f"    row->{name} = {at}.kind == VALUE_NONE ? TEXT_NONE : "
        out += f"text_copy(a, {at}.s);\n" if copy else f"{at}.s;\n"
        if copy:
            out += f"    if (row->{name}.at == NULL && {at}.kind != VALUE_NONE)\n        return err_fail(e, &OUT_OF_MEMORY);\n"
        return out
    if maybe:
        return out + f"    row->{name} = {at};\n"
    cast = {"int": "", "day": "(day)", "bool": "0 != "}[kind]
    return out + f"    row->{name} = {cast}{at}.n;\n"


def parameters(s):
    given = f"const struct {s.name}_in *in, " if s.lists["in"] else ""
    row = f"struct {s.name}_row *row"
    return {
        "exec": [f"bool {s.name}(struct store *db, {given}struct err *e)"],
        "one": [f"bool {s.name}(struct store *db, {given}struct arena *a, {row}, struct err *e)"],
        "maybe": [f"bool {s.name}(struct store *db, {given}struct arena *a, {row}, bool *found_out, struct err *e)"],
        "many": [f"bool {s.name}_open(struct store *db, {given}struct {s.name} *rows, struct err *e)",
                 f"bool {s.name}_next(struct {s.name} *rows, {row}, struct err *e)",
                 f"void {s.name}_close(struct {s.name} *rows)"],
    }[s.kind]


def header_of(s):
    out = f"\n/* {s.comment} */\n" if s.comment else "\n"
    for which, suffix in (("in", "_in"), ("out", "_row")):
        if s.lists[which]:
            out += f"struct {s.name}{suffix} {{\n{''.join(map(member, s.lists[which]))}}};\n"
    if s.kind == "many":
        out += f"struct {s.name} {{ /* zeroed: not open */\n    struct store *db;\n    struct statement *s;\n}};\n"
    return out + "".join(f"{'' if p.startswith('void') else 'MUST_USE '}{p};\n" for p in parameters(s))


SHAPE = """
/* A row that does not look as the .sql file says: the table is another one than we think. */
static bool shape_fail(const struct store *db, const char *column, struct err *e)
{
    err_fail_text(e, &STORE_FAILED, "file", text_of(store_path(db)));
    err_add(e, "reason", text_of(column));
    return false;
}
"""


def bound_of(s):
    """The statement, opened and with its values."""
    given = f", const struct {s.name}_in *in" if s.lists["in"] else ""
    out = f"\nstatic struct statement *{s.name}_bound(struct store *db{given}, struct err *e)\n{{\n"
    out += f"    static const char *const sql[] = {{\n        [STORE_SQLITE] = {numbered(s, '?')},\n"
    out += f"        [STORE_POSTGRES] = {numbered(s, '$')},\n    }};\n"
    out += "    struct statement *s = statement_open(db, text_of(sql[store_engine(db)]), e);\n"
    out += "    if (s == NULL)\n        return NULL;\n"
    for index, item in enumerate(s.lists["in"], 1):
        out += f"    statement_bind(s, {index}, {value_of(item)});\n"
    return out + "    return s;\n}\n"


def take_of(s):
    """The row out of the statement's columns."""
    copy = s.kind != "many"
    arena = "struct arena *a, " if copy else ""
    out = f"\nstatic bool {s.name}_take(struct store *db, struct statement *s, {arena}struct {s.name}_row *row, struct err *e)\n{{\n"
    out += "    (void)a;\n" if copy else ""
    return out + "".join(taken(item, i, copy) for i, item in enumerate(s.lists["out"])) + "    return true;\n}\n"


def exec_of(s, opened):
    return (f"\n{parameters(s)[0]}\n{{\n{opened}    bool done = statement_run(s, e);\n"
            "    statement_close(s);\n    return done;\n}\n")


def single_of(s, opened):
    """:one and :maybe; a second row would be a mistake in the statement, but costs a step to see, and is passed over."""
    out = f"\n{parameters(s)[0]}\n{{\n{opened}    enum step step = statement_step(s, e);\n"
    out += f"    bool done = step == STEP_ROW ? {s.name}_take(db, s, a, row, e) : step == STEP_DONE;\n"
    out += "    statement_close(s);\n"
    if s.kind == "maybe":
        return out + "    if (done)\n        *found_out = step == STEP_ROW;\n    return done;\n}\n"
    return out + f'    return done && (step == STEP_ROW || shape_fail(db, "{s.name}", e));\n}}\n'


def many_of(s, given):
    opening, stepping, closing = parameters(s)
    return (f"\n{opening}\n{{\n    rows->db = db;\n    rows->s = {s.name}_bound(db{given}, e);\n"
            "    if (rows->s != NULL)\n        statement_many(rows->s);\n    return rows->s != NULL;\n}\n"
            f"\n{stepping}\n{{\n    return statement_step(rows->s, e) == STEP_ROW && {s.name}_take(rows->db, rows->s, row, e);\n}}\n"
            f"\n{closing}\n{{\n    statement_close(rows->s);\n    rows->s = NULL;\n}}\n")


def body_of(s):
    given = ", in" if s.lists["in"] else ""
    opened = f"    struct statement *s = {s.name}_bound(db{given}, e);\n    if (s == NULL)\n        return false;\n"
    out = bound_of(s) + (take_of(s) if s.lists["out"] else "")
    if s.kind == "exec":
        return out + exec_of(s, opened)
    return out + (many_of(s, given) if s.kind == "many" else single_of(s, opened))


def main(words):
    if len(words) != 3:
        sys.exit(__doc__)
    source, header, body = words
    statements, name = read(source), pathlib.Path(source).stem
    parts = pathlib.Path(source).resolve().parts
    root = "src" if "src" in parts else "test"
    module = "/".join(parts[len(parts) - parts[::-1].index(root):-1] + (name,))
    guard = re.sub(r"[^A-Z0-9]", "_", module.upper()) + "_SQL_H"
    with open(header, "w", encoding="utf-8") as out:
        out.write(f"/* Made by tools/sql.py from {module}.sql. */\n#ifndef {guard}\n#define {guard}\n#include \"store/store.h\"\n")
        out.writelines(map(header_of, statements))
        out.write("\n#endif\n")
    with open(body, "w", encoding="utf-8") as out:
        out.write(f"/* Made by tools/sql.py from {module}.sql. */\n#include \"{module}.sql.h\"\n")
        out.write('#include "base/base.err.h"\n#include "store/store.err.h"\n')
        out.writelines([SHAPE] if any(s.lists["out"] for s in statements) else [])
        out.writelines(map(body_of, statements))


if __name__ == "__main__":
    main(sys.argv[1:])
