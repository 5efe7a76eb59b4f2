#!/usr/bin/env python3
"""Makes the workbooks of this folder: one for each thing that offices do to a table (test/domain/import/quirk_test.c
says what an import makes of each). Run it again after a change; the files are committed, so tests need no Python.

A sheet is a list of rows, a row a list of cells: text, a number, True or False, None for no cell, or
date(serial), formula(text, cached value or None), error("#N/A"), inline(text), rich(runs), styled(number, format).
"""
import io
import pathlib
import zipfile
from xml.sax.saxutils import escape

HERE = pathlib.Path(__file__).parent
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TIME = (2019, 12, 31, 0, 0, 0)


class Raw(str):
    """The inside of a cell element, with its attributes before a |."""


def date(serial):
    return Raw(f's="1"|<v>{serial}</v>')


def formula(text, cached):
    value = "" if cached is None else f"<v>{escape(str(cached))}</v>"
    kind = 't="str"' if isinstance(cached, str) else ""
    return Raw(f"{kind}|<f>{escape(text)}</f>{value}")


def error(code):
    return Raw(f't="e"|<v>{code}</v>')


def inline(text):
    return Raw(f't="inlineStr"|<is><t xml:space="preserve">{escape(text)}</t></is>')


def rich(*runs, phonetic=""):
    body = "".join(f"<r><rPr><b/></rPr><t>{escape(r)}</t></r>" for r in runs)
    spoken = f'<rPh sb="0" eb="1"><t>{phonetic}</t></rPh>' if phonetic else ""
    return Raw(f't="inlineStr"|<is>{body}{spoken}</is>')


def number(spelling):
    return Raw(f"|<v>{spelling}</v>")


def name_of(column):
    return chr(65 + column) if column < 26 else chr(64 + column // 26) + chr(65 + column % 26)


class Book:
    def __init__(self, date1904=False):
        self.sheets, self.strings, self.date1904 = [], [], date1904

    def sheet(self, name, rows, merges=(), state=None, hidden=()):
        body = []
        for r, cells in enumerate(rows, 1):
            made = "".join(self.cell(f"{name_of(c)}{r}", v) for c, v in enumerate(cells) if v is not None)
            mark = ' hidden="1"' if r in hidden else ""
            body.append(f'<row r="{r}"{mark}>{made}</row>' if made else "")
        ranges = "".join(f'<mergeCell ref="{m}"/>' for m in merges)
        after = f'<mergeCells count="{len(merges)}">{ranges}</mergeCells>' if merges else ""
        self.sheets.append((name, state, "".join(body), after))
        return self

    def cell(self, ref, value):
        if isinstance(value, Raw):
            attributes, inside = value.split("|", 1)
            return f'<c r="{ref}" {attributes}>{inside}</c>'
        if isinstance(value, bool):
            return f'<c r="{ref}" t="b"><v>{int(value)}</v></c>'
        if isinstance(value, (int, float)):
            return f'<c r="{ref}"><v>{value!r}</v></c>'
        if value not in self.strings:
            self.strings.append(value)
        return f'<c r="{ref}" t="s"><v>{self.strings.index(value)}</v></c>'

    def save(self, name):
        sheets = "".join(
            f'<sheet name="{escape(n)}" sheetId="{i}"' + (f' state="{s}"' if s else "") + f' r:id="rId{i}"/>'
            for i, (n, s, _, _) in enumerate(self.sheets, 1))
        strings = "".join(f'<si><t xml:space="preserve">{escape(s)}</t></si>' for s in self.strings)
        links = "".join(f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
                        for i in range(1, len(self.sheets) + 1))
        types = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{CONTENT}.worksheet+xml"/>'
                        for i in range(1, len(self.sheets) + 1))
        parts = [
            ("[Content_Types].xml",
             f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
             f'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
             f'PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>{types}</Types>'),
            ("_rels/.rels", f'{XML}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
                            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
            ("xl/workbook.xml",
             f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(self.date1904)}"/>'
             f"<sheets>{sheets}</sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels",
             f'{XML}<Relationships xmlns="{PACKAGE}">{links}<Relationship Id="rS" Type="{OFFICE}/sharedStrings" '
             f'Target="sharedStrings.xml"/><Relationship Id="rT" Type="{OFFICE}/styles" Target="styles.xml"/>'
             f"</Relationships>"),
            ("xl/sharedStrings.xml", f'{XML}<sst xmlns="{MAIN}">{strings}</sst>'),
            ("xl/styles.xml",
             f'{XML}<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
             f"</styleSheet>"),
        ]
        for i, (_, _, body, after) in enumerate(self.sheets, 1):
            parts.append((f"xl/worksheets/sheet{i}.xml",
                          f'{XML}<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>{after}</worksheet>'))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            for part, content in parts:
                info = zipfile.ZipInfo(part, TIME)
                info.compress_type = zipfile.ZIP_DEFLATED
                z.writestr(info, content)
        (HERE / f"{name}.xlsx").write_bytes(out.getvalue())


V = "411622104205"
HEAD = ["村编码", "户编号", "户主姓名", "耕地面积(亩)", "脱贫年度", "是否通生活用电", "首次识别时间", "联系电话"]


def h(n, *more):
    """A household: number n and what stands behind its head's name."""
    return [V, f"4116221042050{n:03}", f"户主{n}", *more]


def one(name, rows, sheet="户信息", **how):
    Book(how.pop("date1904", False)).sheet(sheet, rows, **how).save(name)


def make():
    one("title_rows", [["西华县红花集镇户信息表（截至2019年12月31日）"], [], ["填表单位：红花集镇", None, None, "单位：亩"], HEAD, h(1, 4.2),
                       h(2, 3)], merges=["A1:H1"])
    one("two_row_header", [["村编码", "户编号", "户主", None, "土地情况", None], [None, None, "姓名", "联系电话", "耕地面积", "林地面积"],
                           [V, "4116221042050001", "刘兰", "13800000000", 4.2, 1]],
        merges=["A1:A2", "B1:B2", "C1:D1", "E1:F1"])
    one("column_order", [["联系电话", "耕地面积(亩)", "户主姓名", "户编号", "村编码"], ["13800000000", 4.2, "刘兰", "4116221042050001", V]])
    one("unknown_column", [HEAD[:3] + ["幸运数字", "耕地面积(亩)"], h(1, 7, 4.2)])
    one("spaced_header", [[" 村 编码", "户\n编号", "户主　姓名", "耕地面积（亩）*"], h(1, 4.2)])
    one("synonym_header", [["行政村编码", "户编码", "户主", "耕地面积"], h(1, 4.2)])
    one("merged_cells", [["户编号", "人编号", "姓名", "性别"], ["4116221042050001", "1", "王一", "男"], [None, "2", "王二", "女"],
                         [None, "3", "王三", "女"]], sheet="人口信息", merges=["A2:A4"])
    one("hidden_rows", [HEAD, h(1, 4.2), h(2, 3)], hidden=[3])
    Book().sheet("户信息", [HEAD, h(1, 4.2)]).sheet("旧数据", [HEAD, h(2, 3)], state="hidden").sheet(
        "底稿", [HEAD, h(3, 3)], state="veryHidden").sheet("说明", [["填表说明"], ["请如实填写"]]).save("hidden_sheets")
    one("formula", [HEAD, h(1, formula("2+2.2", 4.2)), h(2, formula("B9", None)),
                    [V, formula('"411622104205"&"0003"', "4116221042050003"), "户主3", 1]])
    one("error_cell", [HEAD, h(1, error("#N/A")), h(2, 3)])
    one("numbers_as_text", [HEAD, h(1, "4.2", "2016", "是"), h(2, " １，２３４．５ ", "２０１６年", "否")])
    one("text_as_numbers", [HEAD, [411622104205, "4116221042050001", "户主1", 4.2, 2016, 1, None, 13800000000]])
    one("inline_strings", [[inline(x) for x in HEAD[:4]], [inline(V), inline("4116221042050001"), inline("刘兰"), 4.2]])
    one("rich_text", [HEAD[:3], [V, "4116221042050001", rich("刘", "兰")]])
    one("phonetic", [HEAD[:3], [V, "4116221042050001", rich("刘兰", phonetic="liu lan")]])
    one("rounded_number", [HEAD, [V, number("4116221042050001"), "户主1", 4.2], [V, number("4.11622104205E+15"), "户主2", 3],
                           [V, "4.11622E+15", "户主3", 3], h(4, 3)])
    one("apostrophe", [HEAD, [f"'{V}", "'4116221042050001", "户主1", "4.2"], [V, '="4116221042050002"', "户主2", 3]])
    one("full_width_digits", [HEAD, ["４１１６２２１０４２０５", "４１１６２２１０４２０５０００１", "户主1", "４．２"],
                              [V, " 4116221042050002\t", "户主2", 3]])
    one("date_serial", [HEAD, h(1, 4.2, 2016, "是", date(41703)), h(2, 4.2, 2016, "是", 41703)])
    one("date_serial_1904", [HEAD, h(1, 4.2, 2016, "是", date(40241))], date1904=True)
    one("date_texts", [HEAD] + [h(n, 1, 2016, "是", t) for n, t in enumerate(
        ["2014.3.5", "2014/3/5", "20140305", "2014年3月5日", "2014-03-05", "2014-3-5"], 1)] + [h(7, 1, 2016, "是", "去年三月")])
    one("yes_and_no", [HEAD] + [h(n, 1, 2016, t) for n, t in enumerate(["是", "有", "√", "1", 1, True], 1)] + [
        h(n, 1, 2016, t) for n, t in enumerate(["否", "无", "0", 0, False, "×"], 7)] + [h(13, 1, 2016, "大概")])
    one("unit_in_header", [["户编号", "年度", "工资性收入（万元）", "财产性收入（元）"], ["4116221042050001", 2019, 1.5, 100],
                           ["4116221042050001", 2018, "0.12345", 100.005]], sheet="年度收入")
    one("blank_rows", [HEAD, [], h(1, 4.2), [None, " "], [], h(2, 3), []])
    one("totals", [HEAD, h(1, 4.2), h(2, 3), ["小计", None, None, 7.2], ["合　计", None, None, 7.2], [None, "总计", None, 7.2]])
    one("notes_below", [HEAD, h(1, 4.2), ["注：1、本表一式两份。2、面积按确权数填写。"], ["填表人：张三", None, "审核人：李四", None, "填表日期：2020年1月5日"],
                        [], ["单位负责人（签字）："]], merges=["A3:H3"])
    one("repeated_header", [HEAD, h(1, 4.2), HEAD, h(2, 3)])
    Book().sheet("户信息", [HEAD, h(1, 4.2)]).sheet("户信息 (2)", [HEAD, h(1, 4.2)]).save("same_sheet_twice")
    Book().sheet("一组", [HEAD, h(1, 4.2)]).sheet("二组", [HEAD, h(1, 5.2), h(2, 1)]).save("two_values_of_one_key")
    one("key_missing", [HEAD, h(1, 4.2), [V, None, "没有编号", 3], h(3, 3)])
    one("many_faults", [HEAD, h(1, "很多", "前年", "大概", "去年"), h(2, 4.2)])
    one("village_unknown", [HEAD, ["999999999999", "4116221042050001", "户主1", 4.2], h(2, 3)])
    one("village_by_name", [["行政村", "户编号", "户主姓名"], ["寺后刘村民委员会", "4116221042050001", "户主1"],
                            ["火星村", "4116221042050002", "户主2"]])
    one("household_unknown", [["户编号", "人编号", "姓名"], ["4116221042059999", "P1", "王一"]], sheet="人口信息")
    Book().sheet("项目", [["项目编号", "名称", "村编码"], ["JD01", "绿垠基地", V], ["GF01", "光伏一号", V]]).save("kinds_by_prefix")
    Book().sheet("已脱贫人口名单", [
        ["已脱贫人口名单"],
        ["序号", "数据日期", "县", "乡", "村", "自然村", "户编号", "人编号", "姓名", "证件号码", "人数", "与户主关系", "民族", "文化程度", "在校生状况",
         "健康状况", "劳动技能", "务工时间", "大病保险", "致贫原因1", "危房户", "安全饮用水", "人均纯收入", "户电话", "人电话", "首次识别时间",
         "人员识别时间", "户类型", "监测类型", "风险是否消除", "风险识别时间", "风险消除时间"],
        [1, "2019-12-31", "西华县", "红花集镇", "寺后刘村", "一组", "4116221042050001", "411622104205000101", "刘兰",
         "419922194607080028", 2, "户主", "汉族", "小学", "非在校生", "健康", "无劳动力", 0, "是", "缺技术", "否", "是", 3831.5,
         "13800000001", "13800000002", "2014-03-05", "2014-03-05", "脱贫户", None, None, None, None],
        [2, "2019-12-31", "西华县", "红花集镇", "寺后刘村", "一组", "4116221042050001", "411622104205000102", "刘桂巧",
         "41992220071009002X", 2, "之孙女", "汉族", "小学", "小学", "健康", "无劳动力", 0, "是", "缺技术", "否", "是", 3831.5,
         "13800000001", None, "2014-03-05", "2014-03-05", "脱贫户", None, None, None, None]]).save("national_list")
    one("refused_rows", [["户信息表（截至2019年12月31日）"], HEAD, h(1, 4.2, 2016, "是", date(41703), "13800000001"),
                         h(2, "很多", 2016, "大概", date(41703), "13800000002"), h(3, 1, date(41703), "是", "2014.3.5", "13800000003"),
                         [V, None, "没有编号", 3]])
    (HERE / "plain.csv").write_text("﻿村编码,户编号,户主姓名,耕地面积\r\n" + f'{V},="4116221042050001",户主1,4.2\r\n'
                                    + f"{V},4116221042050002,户主2,x\r\n", encoding="utf-8")
    (HERE / "gb18030.csv").write_bytes(f"村编码;户编号;户主姓名\n{V};4116221042050001;户主1\n".encode("gb18030"))


make()
