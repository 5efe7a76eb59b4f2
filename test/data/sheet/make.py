#!/usr/bin/env python3
"""Makes the workbooks of this folder: one for each thing that offices, programs or attackers do to a file.

    make.py            writes NAME.xlsx or NAME.csv, and beside it NAME.json (what `sheet dump` shows, byte by byte)
                       or NAME.err (the code that it is refused with)

What is expected stands here, written by hand beside each file's XML. Run it again after a change; the files are
committed, so tests need no Python.
"""
import io
import json
import pathlib
import struct
import zipfile

HERE = pathlib.Path(__file__).parent
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TIME = (2019, 12, 31, 0, 0, 0)


def pack(parts, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as z:
        for name, content in parts:
            info = zipfile.ZipInfo(name, TIME)
            info.compress_type = compression
            z.writestr(info, content)
    return out.getvalue()


def rels(*items, office=OFFICE):
    body = "".join(f'<Relationship Id="{i}" Type="{office}/{t}" Target="{to}"/>' for i, t, to in items)
    return f'{XML}<Relationships xmlns="{PACKAGE}">{body}</Relationships>'


def sheet(data, after="", before="", main=MAIN):
    return f'{XML}<worksheet xmlns="{main}" xmlns:r="{OFFICE}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def row(number, *cells):
    return f'<row r="{number}">{"".join(cells)}</row>'


def c(ref, value, t=None, s=None, f=None):
    attributes = f' r="{ref}"' + (f' s="{s}"' if s is not None else "") + (f' t="{t}"' if t else "")
    formula = f"<f>{f}</f>" if f is not None else ""
    return f"<c{attributes}>{formula}<v>{value}</v></c>"


def styles(formats=(), xfs=(0,), before="", after=""):
    custom = "".join(f'<numFmt numFmtId="{i}" formatCode="{code}"/>' for i, code in formats)
    cells = "".join(f'<xf numFmtId="{i}" fontId="0" fillId="0" borderId="0" xfId="0"/>' for i in xfs)
    return (f'{XML}<styleSheet xmlns="{MAIN}">{before}<numFmts count="{len(formats)}">{custom}</numFmts>'
            f'<cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs><cellXfs count="{len(xfs)}">{cells}</cellXfs>'
            f"{after}</styleSheet>")


def strings(*items, main=MAIN):
    return f'{XML}<sst xmlns="{main}" count="{len(items)}" uniqueCount="{len(items)}">{"".join(items)}</sst>'


def si(text):
    return f"<si><t>{text}</t></si>"


def workbook(sheets=("Sheet1",), pr="", main=MAIN, office=OFFICE):
    listed = "".join(f'<sheet name="{s if isinstance(s, str) else s[0]}" sheetId="{i}" r:id="rId{i}"'
                     f'{"" if isinstance(s, str) else " state=" + chr(34) + s[1] + chr(34)}/>'
                     for i, s in enumerate(sheets, 1))
    return f'{XML}<workbook xmlns="{main}" xmlns:r="{office}">{pr}<sheets>{listed}</sheets></workbook>'


def book(*sheets, names=None, sst=None, style=None, pr="", main=MAIN, office=OFFICE):
    """The parts of a plain workbook."""
    names = names or [f"Sheet{i}" for i in range(1, len(sheets) + 1)]
    links = [(f"rId{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)]
    parts = [("[Content_Types].xml", XML + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
             ("_rels/.rels", rels(("rId1", "officeDocument", "xl/workbook.xml"), office=office)),
             ("xl/workbook.xml", workbook(names, pr, main, office))]
    if sst is not None:
        links.append(("rId98", "sharedStrings", "sharedStrings.xml"))
        parts.append(("xl/sharedStrings.xml", sst))
    if style is not None:
        links.append(("rId99", "styles", "styles.xml"))
        parts.append(("xl/styles.xml", style))
    parts.append(("xl/_rels/workbook.xml.rels", rels(*links, office=office)))
    parts += [(f"xl/worksheets/sheet{i}.xml", s) for i, s in enumerate(sheets, 1)]
    return parts


def write(name, content):
    (HERE / name).write_bytes(content)


def shows(name, content, *sheets, date1904=False):
    """Each sheet: (name, state, cells)."""
    write(name, content)
    value = {"date1904": date1904, "sheets": [{"name": n, "state": s, "cells": cells} for n, s, cells in sheets]}
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    write(name + ".json", text.encode())


def one(name, content, cells, **more):
    shows(name, content, ("Sheet1", "visible", cells), **more)


def refused(name, content, code):
    write(name, content)
    write(name + ".err", code.encode())


def replaced(parts, name, content):
    return [(n, content if n == name else body) for n, body in parts]


# ---- what must be read ----------------------------------------------------------------------------------------------

def kinds():
    data = row(1, c("A1", 0, "s"), c("B1", 12.5), c("C1", 43529, s=1), c("D1", 1, "b"), c("E1", "#N/A", "e")) \
        + row(2, c("A2", "甲乙", "str", f="A1&amp;B1"), c("B2", 3, f="1+2"), c("C2", 0, "b"), c("D2", "true", "b"))
    one("kinds.xlsx", pack(book(sheet(data), sst=strings(si("text")), style=styles(xfs=(0, 14)))),
        [["A1", "s", "text"], ["B1", "n", 12.5], ["C1", "d", "2019-03-05"], ["D1", "b", True], ["E1", "e", "#N/A"],
         ["A2", "s", "甲乙"], ["B2", "n", 3], ["C2", "b", False], ["D2", "b", True]])


def inline_strings():
    def inline(ref, body):
        return f'<c r="{ref}" t="inlineStr"><is>{body}</is></c>'
    data = row(1, inline("A1", "<t>户主</t>"), inline("B1", "<r><rPr><b/></rPr><t>红</t></r><r><t>花</t></r>"),
               inline("C1", '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>'),
               inline("D1", '<t xml:space="preserve">  两端 </t>'), inline("E1", "<t></t>"), inline("F1", "<t/>"))
    one("inline_strings.xlsx", pack(book(sheet(data))),
        [["A1", "s", "户主"], ["B1", "s", "红花"], ["C1", "s", "東京"], ["D1", "s", "  两端 "]])


def rich_strings():
    items = ("<si><r><rPr><sz val=\"11\"/></rPr><t>合</t></r><r><t xml:space=\"preserve\"> 计</t></r></si>",
             '<si><t>漢字</t><rPh sb="0" eb="2"><t>カンジ</t></rPh><phoneticPr fontId="1" type="noConversion"/></si>',
             "<si/>", "<si><t/></si>", si("后"))
    data = row(1, *(c(f"{col}1", i, "s") for i, col in enumerate("ABCDE")))
    one("rich_strings.xlsx", pack(book(sheet(data), sst=strings(*items))),
        [["A1", "s", "合 计"], ["B1", "s", "漢字"], ["E1", "s", "后"]])


def escapes():
    items = (si("a_x000D_\nb"), si("_x005F_x0041_"), si("_xD83D__xDE00_"), si("_xD83D_!"), si("_x00g1_ _X0041_ _x41_"),
             si("&lt;&amp;&gt;&quot;&apos;&#10;&#x4E2D;&#25991;"), si("a\r\nb"), si("_x0041__x0042_"))
    data = row(1, *(c(f"{col}1", i, "s") for i, col in enumerate("ABCDEFGH"))) \
        + row(2, c("A2", "x_x0009_y", "str"), '<c r="B2" t="inlineStr"><is><t>&amp;_x0041_</t></is></c>')
    one("escapes.xlsx", pack(book(sheet(data), sst=strings(*items))),
        [["A1", "s", "a\r\nb"], ["B1", "s", "_x0041_"], ["C1", "s", "😀"], ["D1", "s", "\ufffd!"],
         ["E1", "s", "_x00g1_ _X0041_ _x41_"], ["F1", "s", "<&>\"'\n中文"], ["G1", "s", "a\nb"], ["H1", "s", "AB"],
         ["A2", "s", "x\ty"], ["B2", "s", "&A"]])


def prefixes():
    def x(text):
        import re
        return re.sub(r"<(/?)(\w)", r"<\1x:\2", text)
    data = row(1, c("A1", 0, "s"), c("B1", 7, s=1))
    body = f'{XML}<x:worksheet xmlns:x="{MAIN}">{x("<sheetData>" + data + "</sheetData>")}{x(merge("B1:C1"))}</x:worksheet>'
    sst = f'{XML}<q:sst xmlns:q="{MAIN}"><q:si><q:t>前缀</q:t></q:si></q:sst>'
    wb = (f'{XML}<y:workbook xmlns:y="{MAIN}" xmlns:rel="{OFFICE}"><y:sheets>'
          '<y:sheet name="Sheet1" sheetId="1" rel:id="rId1"/></y:sheets></y:workbook>')
    parts = replaced(book(body, sst=sst, style=styles(xfs=(0, 14))), "xl/workbook.xml", wb)
    one("prefixes.xlsx", pack(parts), [["A1", "s", "前缀"], ["B1", "d", "1900-01-07"]])


def strict():
    data = row(1, c("A1", "2019-03-05T00:00:00.000Z", "d"), c("B1", "2019-03-05T08:30:15.250", "d"),
               c("C1", "10:59:59.9999999999984025", "d"), c("D1", "1899-12-30", "d"), c("E1", "PT36H0M0.000S", "d"),
               c("F1", 0, "s"), c("G1", "2019-03-05", "d"), c("H1", "2019-12-31T23:59:59.9999", "d"))
    parts = book(sheet(data, main=STRICT_MAIN), sst=strings(si("严格"), main=STRICT_MAIN), main=STRICT_MAIN,
                 office=STRICT_OFFICE)
    one("strict.xlsx", pack(parts),
        [["A1", "d", "2019-03-05"], ["B1", "d", "2019-03-05T08:30:15.250"], ["C1", "d", "11:00:00"],
         ["D1", "d", "1899-12-30"], ["E1", "n", 1.5], ["F1", "s", "严格"], ["G1", "d", "2019-03-05"],
         ["H1", "d", "2020-01-01"]])


def draft():
    """A namespace of Excel 2007's drafts."""
    old = "http://schemas.microsoft.com/office/excel/2006/2"
    parts = book(sheet(row(1, c("A1", 0, "s"), c("B1", 1)), main=old), sst=strings(si("草案"), main=old), main=old)
    one("draft.xlsx", pack(parts), [["A1", "s", "草案"], ["B1", "n", 1]])


def no_references():
    data = ("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row><c><v>4</v></c></row>"
            '<row r="7"><c><v>5</v></c><c r="D7"><v>6</v></c><c><v>7</v></c></row><row><c><v>8</v></c></row>'
            '<row r="x"><c r=""><v>9</v></c></row>')
    one("no_references.xlsx", pack(book(sheet(data))),
        [["A1", "n", 1], ["C1", "n", 3], ["A3", "n", 4], ["A7", "n", 5], ["D7", "n", 6], ["E7", "n", 7],
         ["A8", "n", 8], ["A9", "n", 9]])


def encodings():
    data = sheet(row(1, c("A1", 0, "s"), c("B1", 2), '<c r="C1" t="inlineStr"><is><t>宽</t></is></c>'), merge("A1:A2"))
    data = data.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    sst = strings(si("字"), si("符")).replace('encoding="UTF-8"', 'encoding="UTF-16"')
    sst = b"\xfe\xff" + sst.encode("utf-16-be")
    parts = replaced(book(data, sst=sst), "xl/workbook.xml", b"\xef\xbb\xbf" + workbook().encode())
    one("encodings.xlsx", pack(parts), [["A1", "s", "字"], ["B1", "n", 2], ["C1", "s", "宽"]])
    latin = sheet(row(1, c("A1", "\xe9", "str"), c("B1", 1)))
    latin = latin.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').encode("latin-1")
    one("latin1.xlsx", pack(book(latin)), [["A1", "s", "é"], ["B1", "n", 1]])


def places():
    """Sheets in another order than their parts; targets absolute, relative, climbing, with backslashes; odd names."""
    def s(text):
        return sheet(row(1, c("A1", text, "str")))
    wb = (f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="三" sheetId="3" r:id="c"/>'
          '<sheet name="一" sheetId="1" r:id="a"/><sheet name="二" sheetId="2" r:id="b"/>'
          '<sheet name="四" sheetId="9" r:id="d"/></sheets></workbook>')
    links = rels(("a", "worksheet", "/xl/worksheets/first.xml"), ("b", "worksheet", "../xl/./worksheets/Second.XML"),
                 ("c", "worksheet", "worksheets\\third.xml"), ("d", "worksheet", "/deep/sheet.xml"))
    parts = [("_rels/.rels", rels(("r", "officeDocument", "/xl/workbook.xml"))), ("xl\\workbook.xml", wb),
             ("xl/_rels/workbook.xml.rels", links), ("/xl/worksheets/first.xml", s("甲")),
             ("xl/worksheets/second.xml", s("乙")), ("xl\\worksheets\\third.xml", s("丙")), ("deep/sheet.xml", s("丁"))]
    shows("places.xlsx", pack(parts), ("三", "visible", [["A1", "s", "丙"]]), ("一", "visible", [["A1", "s", "甲"]]),
          ("二", "visible", [["A1", "s", "乙"]]), ("四", "visible", [["A1", "s", "丁"]]))


def sheet_kinds():
    wb = workbook(["看得见", ("隐藏", "hidden"), ("深藏", "veryHidden"), "图表", "对话框", "宏表", "没有部件的"])
    links = rels(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet2.xml"),
                 ("rId3", "worksheet", "worksheets/sheet3.xml"), ("rId4", "chartsheet", "chartsheets/sheet1.xml"),
                 ("rId5", "dialogsheet", "dialogsheets/sheet1.xml"), ("rId6", "xlMacrosheet", "macrosheets/sheet1.xml"))
    parts = [("_rels/.rels", rels(("r", "officeDocument", "xl/workbook.xml"))), ("xl/workbook.xml", wb),
             ("xl/_rels/workbook.xml.rels", links)]
    parts += [(f"xl/worksheets/sheet{i}.xml", sheet(row(1, c("A1", i)))) for i in (1, 2, 3)]
    parts += [(f"xl/{kind}/sheet1.xml", sheet(row(1, c("A1", 99)))) for kind in ("chartsheets", "dialogsheets", "macrosheets")]
    shows("sheet_kinds.xlsm", pack(parts), ("看得见", "visible", [["A1", "n", 1]]), ("隐藏", "hidden", [["A1", "n", 2]]),
          ("深藏", "veryHidden", [["A1", "n", 3]]))


def dates():
    formats = [(164, "yyyy/m/d"), (165, "[h]:mm:ss"), (166, "0.00&quot;days&quot;"), (167, "\\d0"), (168, "[Red]0;yyyy"),
               (169, "[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"), (170, "0_d"), (171, "*y0"), (172, "[ss].0"),
               (15, "0.0"), (173, "YYYY-MM-DD HH:MM:SS.000"), (174, "General"), (175, "[mm]:ss"), (176, "上午/下午h&quot;时&quot;"),
               (177, "#,##0.00;[Red]-#,##0.00")]
    xfs = [0, 14, 22, 27, 45, 46, 47, 50, 58, 59, 26, 37] + [i for i, _ in formats]
    at = {f: i for i, f in enumerate(xfs)}
    dxfs = '<dxfs count="1"><dxf><numFmt numFmtId="2" formatCode="yyyy"/></dxf></dxfs>'
    cells, expected, n = [], [], 0

    def add(value, number_format, *shown):
        nonlocal n
        n += 1
        cells.append(row(n, c(f"A{n}", value, s=at[number_format])))
        expected.append([f"A{n}", *shown])
    for f in (14, 22, 27, 50, 58, 164, 169, 173):
        add(43529, f, "d", "2019-03-05")
    for f in (0, 59, 26, 37, 165, 46, 166, 167, 168, 170, 171, 172, 15, 174, 175, 177):
        add(43529, f, "n", 43529)
    add("43529.5", 45, "d", "2019-03-05T12:00:00")
    add("43529.354340277778", 173, "d", "2019-03-05T08:30:15")
    add("43529.35434317", 173, "d", "2019-03-05T08:30:15.250")
    add("0.5", 47, "d", "12:00:00")
    add("0.354340277778", 176, "d", "08:30:15")
    add(0, 14, "d", "00:00:00")
    add("0.999999999999", 14, "d", "1900-01-01")
    add(1, 14, "d", "1900-01-01")
    add(59, 14, "d", "1900-02-28")
    add(60, 14, "d", "1900-02-29")
    add(61, 14, "d", "1900-03-01")
    add(2958465, 14, "d", "9999-12-31")
    add("2958465.5", 14, "n", 2958465.5)
    add(2958466, 14, "n", 2958466)
    add(-1, 14, "n", -1)
    one("dates.xlsx", pack(book(sheet("".join(cells)), style=styles(formats, xfs, after=dxfs))), expected)
    data = row(1, c("A1", 0, s=1), c("B1", 1, s=1), c("C1", 42067, s=1), c("D1", "0.25", s=1), c("E1", "1.25", s=1))
    one("dates_1904.xlsx", pack(book(sheet(data), style=styles(xfs=(0, 14)), pr='<workbookPr date1904="1"/>')),
        [["A1", "d", "00:00:00"], ["B1", "d", "1904-01-02"], ["C1", "d", "2019-03-05"], ["D1", "d", "06:00:00"],
         ["E1", "d", "1904-01-02T06:00:00"]], date1904=True)


def merge(*ranges):
    return f'<mergeCells count="{len(ranges)}">{"".join(f"<mergeCell ref={chr(34)}{r}{chr(34)}/>" for r in ranges)}</mergeCells>'


def merges():
    data = row(1, c("A1", "甲", "str"), c("B1", 1), c("C1", 2)) + row(2, c("A2", "盖住", "str"), c("B2", 3)) \
        + row(3, c("A3", 4), c("B3", 5), c("C3", 6)) + row(4, c("B4", 7), c("E4", 8), c("F4", 9))
    one("merges.xlsx", pack(book(sheet(data, merge("A1:A2", "B3:C4", "E4:E4", "F:G", "坏")))),
        [["A1", "s", "甲"], ["B1", "n", 1], ["C1", "n", 2], ["B2", "n", 3], ["A3", "n", 4], ["B3", "n", 5], ["E4", "n", 8]])


def formulas():
    data = row(1, '<c r="A1"><f>1+1</f></c>', '<c r="B1"><f>1+1</f><v></v></c>', '<c r="C1" t="str"><f>""</f><v></v></c>',
               '<c r="D1"><f t="shared" ref="D1:D2" si="0">A1*2</f><v>4</v></c>', '<c r="E1"><f t="array" ref="E1">SUM(1)</f><v>1</v></c>',
               '<c r="F1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', '<c r="G1" t="b"><f>TRUE</f><v>1</v></c>') \
        + row(2, '<c r="D2"><f t="shared" si="0"/><v>6</v></c>', '<c r="E2" t="s"/>', '<c r="F2" t="b"><v/></c>',
              '<c r="G2" t="str"><f>&quot;&lt;&quot;&amp;1</f><v>&lt;1</v></c>')
    one("formulas.xlsx", pack(book(sheet(data))),
        [["D1", "n", 4], ["E1", "n", 1], ["F1", "e", "#DIV/0!"], ["G1", "b", True], ["D2", "n", 6], ["G2", "s", "<1"]])


def foreign():
    """Elements of other namespaces, alternatives, comments, CDATA, instructions."""
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    data = ('<!-- <row r="9"><c r="A9"><v>9</v></c></row> -->' + row(1, '<c r="A1"><!-- </row> --><v>1<!--x-->2</v></c>',
            '<c r="B1" t="str"><v><![CDATA[<b>&amp;]]></v></c>', '<c r="C1"><v>3</v><extLst><ext uri="x"><v>4</v></ext></extLst></c>')
            + '<?pi </sheetData>?>' + row(2, c("A2", 2))
            + f'<mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="z" xmlns:z="urn:z">{row(3, c("A3", 30))}</mc:Choice>'
            + f'<mc:Fallback>{row(3, c("A3", 3))}</mc:Fallback></mc:AlternateContent>'
            + f'<z:row xmlns:z="urn:z" r="4"><c r="A4"><v>4</v></c></z:row>' + row(5, c("A5", 5))
            + f'<row r="6" xmlns="urn:z"><c r="A6"><v>6</v></c></row>' + row(7, c("A7", 7)))
    wb = (f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}" xmlns:mc="{mc}" mc:Ignorable="x15" xmlns:x15="urn:x15">'
          '<mc:AlternateContent><mc:Choice Requires="x15"><x15:absPath url="C:\\"/></mc:Choice></mc:AlternateContent>'
          '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>')
    parts = replaced(book(sheet(data)), "xl/workbook.xml", wb)
    one("foreign.xlsx", pack(parts), [["A1", "n", 12], ["B1", "s", "<b>&amp;"], ["C1", "n", 3], ["A2", "n", 2],
                                      ["A3", "n", 3], ["A5", "n", 5], ["A7", "n", 7]])


def numbers():
    spelled = ["0.1", "1E-3", "4.19933E+17", "419933198001011000", "1.7976931348623157E+308", "5E-324", "0.30000000000000004",
               " 12 ", "007", "+5", "1.50", "123456789012345", "1e2", "100000000000000000000", "0.1000000000000000055511151231257827"]
    data = "".join(row(i, c(f"A{i}", v)) for i, v in enumerate(spelled, 1))
    data += row(90, c("A90", "1.2.3"), c("B90", "NaN"), c("C90", "0x10"))
    expected = "".join(f'["A{i}","n",{v}],' for i, v in enumerate(
        ["0.1", "0.001", "4.19933e+17", "4.19933198001011e+17", "1.7976931348623157e+308", "5e-324", "0.30000000000000004",
         "12", "7", "5", "1.5", "123456789012345", "100", "1e+20", "0.1"], 1))
    expected += '["A90","s","1.2.3"],["B90","s","NaN"],["C90","s","0x10"]'
    write("numbers.xlsx", pack(book(sheet(data))))
    write("numbers.xlsx.json", ('{"date1904":false,"sheets":[{"name":"Sheet1","state":"visible","cells":[' + expected + "]}]}").encode())


def odd_places():
    data = row(0, c("A0", 1)) + row(5, c("C5", 2), c("A5", 3)) + row(3, c("A3", 4)) \
        + row(1048576, c("XFD1048576", 5))
    one("odd_places.xlsx", pack(book(sheet(data))),
        [["A0", "n", 1], ["C5", "n", 2], ["A5", "n", 3], ["A3", "n", 4], ["XFD1048576", "n", 5]])


def spaces():
    data = row(1, c("A1", " ", "str"), c("B1", "\n两行\n字 ", "str"), c("C1", "　全角　", "str"), c("D1", "\t", "str"))
    data = data.replace("><c", ">\n  <c").replace("</row>", "\n</row>\n")
    one("spaces.xlsx", pack(book(sheet(data))),
        [["A1", "s", " "], ["B1", "s", "\n两行\n字 "], ["C1", "s", "　全角　"], ["D1", "s", "\t"]])


def hidden_rows():
    data = "".join(f'<row r="{i}"{more}>{c(f"A{i}", i)}</row>'
                   for i, more in enumerate(["", ' hidden="1"', ' ht="0" hidden="true" x="&amp;"', ' hidden="0"'], 1))
    one("hidden_rows.xlsx", pack(book(sheet(data))), [[f"A{i}", "n", i] for i in range(1, 5)])


def packings():
    parts = book(sheet(row(1, c("A1", 1))))
    one("stored.xlsx", pack(parts, zipfile.ZIP_STORED), [["A1", "n", 1]])

    class Pipe(io.RawIOBase):  # a stream that cannot go back gets data descriptors
        def __init__(self):
            self.parts = []

        def writable(self):
            return True

        def write(self, b):
            self.parts.append(bytes(b))
            return len(b)
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in parts:
            info = zipfile.ZipInfo(name, TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, content)
    one("descriptors.xlsx", b"".join(pipe.parts), [["A1", "n", 1]])
    one("under_another_name.csv", pack(parts), [["A1", "n", 1]])
    with_comment = bytearray(pack(parts))
    with_comment[-2:] = struct.pack("<H", 5)
    one("zip_comment.xlsx", bytes(with_comment) + b"hello", [["A1", "n", 1]])


def bare():
    """No relationships but the root's, no strings part though its relationship is there, no styles."""
    parts = [("xl/workbook.xml", workbook()), ("xl/_rels/workbook.xml.rels",
             rels(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "sharedStrings", "gone.xml"))),
             ("xl/worksheets/sheet1.xml", sheet(row(1, c("A1", 5, s=3))))]
    one("bare.xlsx", pack(parts), [["A1", "n", 5]])
    nothing = f'{XML}<worksheet xmlns="{MAIN}"/>'
    shows("no_cells.xlsx", pack(book(nothing, sheet(""), f'{XML}<worksheet xmlns="{MAIN}"><sheetData/></worksheet>')),
          ("Sheet1", "visible", []), ("Sheet2", "visible", []), ("Sheet3", "visible", []))


def long_rows():
    """A row that is longer than any buffer, and rows that lie across the ends of buffers."""
    def name(i):
        s = ""
        i += 1
        while i:
            s, i = chr(65 + (i - 1) % 26) + s, (i - 1) // 26
        return s
    cells, expected = [], []
    for i in range(8000):
        cells.append(c(f"{name(i)}1", i % 7))
        expected.append([f"{name(i)}1", "n", i % 7])
    data = row(1, *cells)
    for r in range(2, 1200):
        data += row(r, c(f"A{r}", r), c(f"B{r}", f"第{r}行&amp;", "str"), c(f"C{r}", 0, "s"))
        expected += [[f"A{r}", "n", r], [f"B{r}", "s", f"第{r}行&"], [f"C{r}", "s", "同"]]
    one("long_rows.xlsx", pack(book(sheet(data), sst=strings(si("同")))), expected)


def delimited():
    table = "户编号,户主,金额\r\n001,张三,12.5\r\n002,\"李\"\"四\",\"1,000\"\r\n\r\n003,\"两\n行\",\r\n"
    cells = [["A1", "s", "户编号"], ["B1", "s", "户主"], ["C1", "s", "金额"], ["A2", "s", "001"], ["B2", "s", "张三"],
             ["C2", "s", "12.5"], ["A3", "s", "002"], ["B3", "s", "李\"四"], ["C3", "s", "1,000"], ["A5", "s", "003"],
             ["B5", "s", "两\n行"]]

    def csv(name, content, expected):
        shows(name, content, ("", "visible", expected))
    csv("utf8.csv", table.encode(), cells)
    csv("utf8_bom.csv", b"\xef\xbb\xbf" + table.encode(), cells)
    csv("utf16le.csv", b"\xff\xfe" + table.encode("utf-16-le"), cells)
    csv("utf16be.csv", b"\xfe\xff" + table.encode("utf-16-be"), cells)
    csv("utf16_without_mark.csv", table.encode("utf-16-le"), cells)
    csv("gb18030.csv", table.encode("gb18030"), cells)
    four = "姓名,村\n𠮷田,〇村\n㐂,€\n"
    csv("gb18030_four_bytes.csv", four.encode("gb18030"),
        [["A1", "s", "姓名"], ["B1", "s", "村"], ["A2", "s", "𠮷田"], ["B2", "s", "〇村"], ["A3", "s", "㐂"], ["B3", "s", "€"]])
    csv("semicolon.csv", "a;b;c\n1,5;2,5;3,5\n1;\"x;y\";3\n".encode(),
        [["A1", "s", "a"], ["B1", "s", "b"], ["C1", "s", "c"], ["A2", "s", "1,5"], ["B2", "s", "2,5"], ["C2", "s", "3,5"],
         ["A3", "s", "1"], ["B3", "s", "x;y"], ["C3", "s", "3"]])
    csv("tab.csv", "表名\n甲\t乙,丙\n1\t2,3\n".encode(),
        [["A1", "s", "表名"], ["A2", "s", "甲"], ["B2", "s", "乙,丙"], ["A3", "s", "1"], ["B3", "s", "2,3"]])
    csv("old_mac.csv", b"a,b\r1,2\r", [["A1", "s", "a"], ["B1", "s", "b"], ["A2", "s", "1"], ["B2", "s", "2"]])
    csv("sep.csv", b"sep=;\r\na;b,c\r\n", [["A2", "s", "a"], ["B2", "s", "b,c"]])
    csv("quotes.csv", 'a"b,"c"d,"e\n='.encode(), [["A1", "s", 'a"b'], ["B1", "s", "cd"], ["C1", "s", "e\n="]])
    csv("apostrophe.csv", "'001,=\"002\",　三\n".encode(), [["A1", "s", "'001"], ["B1", "s", '="002"'], ["C1", "s", "　三"]])
    csv("one_cell.csv", "一".encode(), [["A1", "s", "一"]])
    csv("blank.csv", b"\n\n", [])


# ---- what must be refused -------------------------------------------------------------------------------------------

def compound(names):
    """A compound file with one directory sector: the shell of .xls, .et and of encrypted workbooks."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<III", 1, 0, 0) + struct.pack("<IIIII", 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head = head.ljust(512, b"\xff")
    directory = b"".join(n.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for n in names)
    return head + directory.ljust(512, b"\0") + bytes(512)


def patch_size(content, name, size):
    """Lies about an entry's unpacked size in the directory."""
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(name.encode()))
    return content[:at + 24] + struct.pack("<I", size) + content[at + 28:]


def refusals():
    good = book(sheet(row(1, c("A1", 1))))
    packed = pack(good)
    refused("empty.xlsx", b"", "SHEET_EMPTY")
    refused("empty.csv", b"", "SHEET_EMPTY")
    refused("text.xlsx", b"hello, this is no workbook\n", "SHEET_NOT_WORKBOOK")
    refused("cut_off.xlsx", packed[:len(packed) * 2 // 3], "SHEET_TRUNCATED")
    refused("cut_end.xlsx", packed[:-10], "SHEET_TRUNCATED")
    refused("cut_head.xlsx", b"PK\x03\x04", "SHEET_TRUNCATED")
    broken = bytearray(pack(book(sheet("".join(row(i, c(f"A{i}", i * 7919 % 104729)) for i in range(1, 400))))))
    at = broken.index(b"xl/worksheets/sheet1.xml") + 400
    broken[at] ^= 0xFF
    refused("wrong_bytes.xlsx", bytes(broken), "SHEET_DAMAGED")
    refused("old.xls", compound(["Root Entry", "Workbook"]), "SHEET_OLD_FORMAT")
    refused("old_renamed.xlsx", compound(["Root Entry", "Workbook"]), "SHEET_OLD_FORMAT")
    refused("old.et", compound(["Root Entry", "Book"]), "SHEET_OLD_FORMAT")
    refused("encrypted.xlsx", compound(["Root Entry", "EncryptedPackage"]), "SHEET_ENCRYPTED")
    locked = bytearray(packed)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.index(mark)
        while at >= 0:
            locked[at + offset] |= 1
            at = locked.find(mark, at + 4)
    refused("encrypted_entries.xlsx", bytes(locked), "SHEET_ENCRYPTED")
    refused("page.xls", "<html><body><table><tr><td>户主</td></tr></table></body></html>".encode(), "SHEET_OTHER_FORMAT")
    refused("paper.csv", b"%PDF-1.7\n...", "SHEET_OTHER_FORMAT")
    refused("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(20), "SHEET_OTHER_FORMAT")
    refused("letter.xlsx", pack([("_rels/.rels", rels(("r", "officeDocument", "word/document.xml"))),
                                 ("word/document.xml", "<w/>")]), "SHEET_OTHER_FORMAT")
    refused("open.xlsx", pack([("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<x/>")]),
            "SHEET_OTHER_FORMAT")
    refused("binary.xlsx", pack([("_rels/.rels", rels(("r", "officeDocument", "xl/workbook.bin"))), ("xl/workbook.bin", "x")]),
            "SHEET_OTHER_FORMAT")
    refused("archive.xlsx", pack([("readme.txt", "hello")]), "SHEET_NOT_WORKBOOK")
    entity = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    laughs = sheet(row(1, c("A1", "&b;", "str"))).replace(XML, XML + entity)
    refused("laughs.xlsx", pack(book(laughs)), "SHEET_DOCTYPE")
    external = '<!DOCTYPE x SYSTEM "file:///etc/passwd">'
    refused("external.xlsx", pack(book(sheet("<row/>"), sst=strings(si("x")).replace(XML, XML + external))), "SHEET_DOCTYPE")
    refused("doctype_in_workbook.xlsx", pack(replaced(good, "xl/workbook.xml", workbook().replace(XML, XML + "<!DOCTYPE x>"))),
            "SHEET_DOCTYPE")
    refused("unknown_entity.xlsx", pack(book(sheet(row(1, c("A1", "&nbsp;", "str"))))), "SHEET_DAMAGED")
    refused("climbing.xlsx", pack(good + [("../../etc/cron.d/x", "x")]), "SHEET_UNSAFE")
    refused("twice.xlsx", pack(good + [("XL/worksheets/sheet1.xml", sheet(row(1, c("A1", 2))))]), "SHEET_UNSAFE")
    two = bytearray(pack([("a.xml", b"x" * 200), ("b.xml", b"x" * 200)] + good))
    second = two.index(b"PK\x01\x02", two.index(b"PK\x01\x02") + 4)
    two[second + 42:second + 46] = struct.pack("<I", 0)
    refused("overlapping.xlsx", bytes(two), "SHEET_UNSAFE")
    refused("huge.xlsx", patch_size(packed, "xl/worksheets/sheet1.xml", 0xFFFFFFF0), "SHEET_TOO_LARGE")
    refused("larger_than_told.xlsx", patch_size(packed, "xl/worksheets/sheet1.xml", 100), "SHEET_DAMAGED")
    refused("deep.xlsx", pack(book(sheet(row(1, '<c r="A1"><is>' + "<r>" * 40 + "</r>" * 40 + "</is></c>")))), "SHEET_UNSAFE")
    refused("wide.xlsx", pack(book(sheet(row(1, c("XFE1", 1))))), "SHEET_TOO_MANY_COLUMNS")
    refused("tall.xlsx", pack(book(sheet(row(1048577, c("A1048577", 1))))), "SHEET_TOO_MANY_ROWS")
    refused("long_cell.xlsx", pack(book(sheet(row(1, c("A1", "a" * 1048577, "str"))))), "SHEET_CELL_TOO_LONG")
    refused("long_error.xlsx", pack(book(sheet(row(1, c("A1", "a" * 1048577, "e"))))), "SHEET_CELL_TOO_LONG")
    refused("long_string.xlsx", pack(book(sheet("<row/>"), sst=strings(si("a" * 1048577)))), "SHEET_CELL_TOO_LONG")
    refused("long_attribute.xlsx", pack(book(sheet(f'<row r="1" spans="{"1" * 20000000}"/>'))), "SHEET_UNSAFE")
    refused("repeated.xlsx", pack(book(sheet("".join(row(i, *(c(f"{k}{i}", 0, "s") for k in "ABCD")) for i in range(1, 80))),
                                       sst=strings(si("b" * 1048576)))), "SHEET_TEXT_TOO_LARGE")
    refused("no_such_string.xlsx", pack(book(sheet(row(1, c("A1", 5, "s"))), sst=strings(si("x")))), "SHEET_DAMAGED")
    refused("not_closed.xlsx", pack(book(sheet(row(1, c("A1", 1))).replace("</sheetData>", ""))), "SHEET_DAMAGED")
    refused("not_closed_row.xlsx", pack(book(sheet('<row r="1"><c r="A1"><v>1</c></row>'))), "SHEET_DAMAGED")
    refused("attribute_twice.xlsx", pack(book(sheet('<row r="1"><c r="A1" r="B1"><v>1</v></c></row>'))), "SHEET_DAMAGED")
    refused("not_utf8.xlsx", pack(book(sheet(row(1, c("A1", "x", "str"))).encode().replace(b">x<", b">\xff<"))), "SHEET_DAMAGED")
    refused("control.xlsx", pack(book(sheet(row(1, c("A1", "\x01", "str"))))), "SHEET_DAMAGED")
    refused("no_part.xlsx", pack(good[:-1]), "SHEET_DAMAGED")
    refused("no_encoding.csv", "户主".encode("gb18030") + b"\xff\xff\n,\x80\x20\n", "SHEET_NOT_TEXT")
    refused("cut_character.csv", "户主,金额\n张三,一百元".encode()[:-1], "SHEET_TRUNCATED")
    refused("zeros.csv", b"a,b\0\0\0c\n", "SHEET_NOT_WORKBOOK")


for make in (kinds, inline_strings, rich_strings, escapes, prefixes, strict, draft, no_references, encodings, places, sheet_kinds,
             dates, merges, formulas, foreign, numbers, odd_places, spaces, hidden_rows, packings, bare, long_rows, delimited, refusals):
    make()
