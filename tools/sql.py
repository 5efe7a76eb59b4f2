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

A statement without `in` takes no struct. Rows of `:many` borrow their texts until the next one.
"""
import pathlib
import re
import sys

HEAD = re.compile(r"-- ([a-z][a-z0-9_]*) :(exec|one|maybe|many)(?:\s+(.*))?$")
LIST = re.compile(r"--   (in|out): (.*)$")
ITEM = re.compile(r"([a-z][a-z0-9_]*) (text|bytes|int|day|bool)(\??)$")
NAME = re.compile(r"(?<![:\w]):([a-z][a-z0-9_]*)")
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
    used, declared = set(NAME.findall(s.sql)), [name for name, _, _ in s.lists["in"]]
    if used != set(declared) or len(declared) != len(set(declared)):
        refuse(s.place, f"`in` and the statement differ about {sorted(used ^ set(declared))}")
    if (s.kind == "exec") != (not s.lists["out"]):
        refuse(s.place, "`out` is needed, but not of :exec")


def numbered(s):
    order = [name for name, _, _ in s.lists["in"]]
    return NAME.sub(lambda m: f"?{order.index(m.group(1)) + 1}", s.sql)


def member(item):
    name, kind, maybe = item
    return f"    {'struct value' if maybe and kind not in ('text', 'bytes') else C_TYPE[kind]} {name};\n"


def value_of(item):
    name, kind, maybe = item
    at = f"in->{name}"
    if kind in ("text", "bytes"):
        return f"{at}.at == NULL ? value_none() : value_{'text' if kind == 'text' else 'bytes'}({at})"
    return at if maybe else f"value_int({at})"


def taken(item, index, copy):
    name, kind, maybe = item
    column = f"statement_column(s, {index})"
    if kind in ("text", "bytes"):
        return f"    row->{name} = {'text_copy(a, ' if copy else ''}{column}.s{')' if copy else ''};\n"
    if maybe:
        return f"    row->{name} = {column};\n"
    cast = {"int": "", "day": "(day)", "bool": "0 != "}[kind]
    return f"    row->{name} = {cast}{column}.n;\n"


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
        out += f"struct {s.name} {{\n    struct statement *s;\n}};\n"
    return out + "".join(f"{'' if p.startswith('void') else 'MUST_USE '}{p};\n" for p in parameters(s))


def body_of(s):
    given = ", in" if s.lists["in"] else ""
    out = f"\nstatic struct statement *{s.name}_bound(struct store *db{', const struct ' + s.name + '_in *in' if given else ''}, struct err *e)\n{{\n"
    out += f"    struct statement *s = statement_open(db, TEXT(\"{numbered(s)}\"), e);\n    if (s == NULL)\n        return NULL;\n"
    for index, item in enumerate(s.lists["in"], 1):
        out += f"    statement_bind(s, {index}, {value_of(item)});\n"
    out += "    return s;\n}\n"
    if s.lists["out"]:
        copy = s.kind != "many"
        out += f"\nstatic void {s.name}_take(struct statement *s, {'struct arena *a, ' if copy else ''}struct {s.name}_row *row)\n{{\n"
        out += "    (void)a;\n" if copy else ""
        out += "".join(taken(item, i, copy) for i, item in enumerate(s.lists["out"])) + "}\n"
    bound = f"    struct statement *s = {s.name}_bound(db{given}, e);\n    if (s == NULL)\n        return false;\n"
    declared = parameters(s)
    if s.kind == "exec":
        out += f"\n{declared[0]}\n{{\n{bound}    bool done = statement_run(s, e);\n    statement_close(s);\n    return done;\n}}\n"
    elif s.kind == "many":
        out += f"\n{declared[0]}\n{{\n    rows->s = {s.name}_bound(db{given}, e);\n    return rows->s != NULL;\n}}\n"
        out += f"\n{declared[1]}\n{{\n    if (statement_step(rows->s, e) != STEP_ROW)\n        return false;\n    {s.name}_take(rows->s, row);\n    return true;\n}}\n"
        out += f"\n{declared[2]}\n{{\n    statement_close(rows->s);\n    rows->s = NULL;\n}}\n"
    else:
        none = "*found_out = step == STEP_ROW;" if s.kind == "maybe" else None
        out += f"\n{declared[0]}\n{{\n{bound}    enum step step = statement_step(s, e);\n"
        out += f"    if (step == STEP_ROW)\n        {s.name}_take(s, a, row);\n    statement_close(s);\n"
        out += f"    {none}\n    return step != STEP_FAILED;\n}}\n" if none else "    return step == STEP_ROW;\n}\n"
    return out


def main(words):
    if len(words) != 3:
        sys.exit(__doc__)
    source, header, body = words
    statements, name = read(source), pathlib.Path(source).stem
    parts = pathlib.Path(source).resolve().parts
    module = "/".join(parts[len(parts) - parts[::-1].index("src"):-1] + (name,))
    guard = re.sub(r"[^A-Z0-9]", "_", module.upper()) + "_SQL_H"
    with open(header, "w", encoding="utf-8") as out:
        out.write(f"/* Made by tools/sql.py from {module}.sql. */\n#ifndef {guard}\n#define {guard}\n#include \"store/store.h\"\n")
        out.writelines(map(header_of, statements))
        out.write("\n#endif\n")
    with open(body, "w", encoding="utf-8") as out:
        out.write(f"/* Made by tools/sql.py from {module}.sql. */\n#include \"{module}.sql.h\"\n")
        out.writelines(map(body_of, statements))


main(sys.argv[1:])
