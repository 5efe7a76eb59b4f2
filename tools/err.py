#!/usr/bin/env python3
"""Makes C from a module's .err file, where each error stands once.

    err.py kinds MODULE.err OUT.h OUT.c   the module's kinds: `extern const struct err_kind CODE;`
    err.py all OUT.c MODULE.err...        err_kinds[] of base/err.h, in the order of the files

A .err file:

    # a comment
    LEDGER_EARMARK_OVERDRAWN  http 409  exit 1
      zh  专项“{earmark}”结余{left:yuan}元。请调减金额。
      en  Earmark "{earmark}" has {left:yuan} left. Lower the amount.

{name} stands for a value of the error, {name:yuan} for fen as yuan, {name:date} for a day. A sentence may go on in
a further line that is indented deeper. Refused: a code twice, a missing language, values that differ between the
languages, an unknown format, more values than struct err holds.
"""
import pathlib
import re
import sys

FIELD_MAX = 8  # ERR_FIELD_MAX of base/err.h
HEAD = re.compile(r"([A-Z][A-Z0-9_]*)\s+http ([1-5]\d\d)\s+exit ([0-3])$")
LINE = re.compile(r"  (zh|en)  (\S.*)$")
MORE = re.compile(r"      (\S.*)$")
FIELD = re.compile(r"\{([a-z][a-z0-9_]*)(?::(yuan|date))?\}")


class Kind:
    def __init__(self, code, http, exit_code, place):
        self.code, self.http, self.exit_code, self.place = code, http, exit_code, place
        self.sentence = {}


def refuse(place, why):
    sys.exit(f"{place}: {why}")


def fields_of(sentence, place):
    """The values that a sentence names; refuses braces that are no value."""
    if "{" in FIELD.sub("", sentence) or "}" in FIELD.sub("", sentence):
        refuse(place, f"a brace that names no value: {sentence}")
    return {m.group(1) for m in FIELD.finditer(sentence)}


def check(kind):
    for lang in ("zh", "en"):
        if lang not in kind.sentence:
            refuse(kind.place, f"{kind.code} has no sentence in {lang}")
    zh, en = (fields_of(kind.sentence[lang], kind.place) for lang in ("zh", "en"))
    if zh != en:
        refuse(kind.place, f"{kind.code} names {sorted(zh ^ en)} in one language only")
    if len(zh) > FIELD_MAX:
        refuse(kind.place, f"{kind.code} names more than {FIELD_MAX} values")


def read(path):
    kinds, lang = [], None
    for number, line in enumerate(pathlib.Path(path).read_text(encoding="utf-8").splitlines(), 1):
        place = f"{path}:{number}"
        if not line.strip() or line.startswith("#"):
            continue
        if m := HEAD.match(line):
            kinds.append(Kind(m.group(1), m.group(2), m.group(3), place))
            lang = None
        elif (m := LINE.match(line)) and kinds:
            lang = m.group(1)
            if lang in kinds[-1].sentence:
                refuse(place, f"a second sentence in {lang}")
            kinds[-1].sentence[lang] = m.group(2).rstrip()
        elif (m := MORE.match(line)) and lang:
            glue = "" if lang == "zh" else " "
            kinds[-1].sentence[lang] += glue + m.group(1).rstrip()
        else:
            refuse(place, "neither `CODE  http NNN  exit N` nor `  zh  …` nor `  en  …`")
    seen = set()
    for kind in kinds:
        check(kind)
        if kind.code in seen:
            refuse(kind.place, f"{kind.code} stands twice")
        seen.add(kind.code)
    return kinds


def quoted(sentence):
    return '"' + sentence.replace("\\", "\\\\").replace('"', '\\"') + '"'


def module_of(path):
    """src/engine/cel/cel.err -> engine/cel/cel, the include path that the house uses."""
    parts = pathlib.Path(path).resolve().parts
    for index in range(len(parts) - 1, -1, -1):
        if parts[index] == "src":
            return "/".join(parts[index + 1:-1] + (pathlib.Path(path).stem,))
    return pathlib.Path(path).stem


def write_kinds(source, header, body):
    kinds, name = read(source), module_of(source)
    guard = re.sub(r"[^A-Z0-9]", "_", name.upper()) + "_ERR_H"
    with open(header, "w", encoding="utf-8") as out:
        out.write(f"/* Made by tools/err.py from {name}.err. */\n#ifndef {guard}\n#define {guard}\n")
        out.write('#include "base/err.h"\n\n')
        out.writelines(f"extern const struct err_kind {k.code};\n" for k in kinds)
        out.write("\n#endif\n")
    with open(body, "w", encoding="utf-8") as out:
        out.write(f'/* Made by tools/err.py from {name}.err. */\n#include "{name}.err.h"\n')
        for k in kinds:
            out.write(f"\nconst struct err_kind {k.code} = {{\n    .code = \"{k.code}\",\n    .http = {k.http},\n"
                      f"    .exit_code = {k.exit_code},\n    .zh = {quoted(k.sentence['zh'])},\n"
                      f"    .en = {quoted(k.sentence['en'])},\n}};\n")


def write_all(body, sources):
    kinds = []
    for source in sources:
        kinds += read(source)
    seen = {}
    for k in kinds:
        if k.code in seen:
            refuse(k.place, f"{k.code} stands in {seen[k.code]}, too")
        seen[k.code] = k.place
    with open(body, "w", encoding="utf-8") as out:
        out.write('/* Made by tools/err.py from every .err file. */\n#include "base/err.h"\n\n')
        out.writelines(f"extern const struct err_kind {k.code};\n" for k in kinds)
        out.write("\nconst struct err_kind *const err_kinds[] = {\n")
        out.writelines(f"    &{k.code},\n" for k in kinds)
        out.write("};\nconst size_t err_kind_count = sizeof err_kinds / sizeof err_kinds[0];\n")


def main(words):
    if len(words) == 4 and words[0] == "kinds":
        write_kinds(*words[1:])
    elif len(words) >= 2 and words[0] == "all":
        write_all(words[1], words[2:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
