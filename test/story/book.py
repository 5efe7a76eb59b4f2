"""Workbooks and CSV made and mended in the stories, by zipfile and text alone: no library of the program's own."""
import re
import zipfile
from xml.sax.saxutils import escape, unescape

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = (f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
         'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
         '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>')


def letter(column):
    """0: A, 25: Z, 26: AA."""
    return (letter(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def cell(reference, value):
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return f'<c r="{reference}"><v>{value}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def write(path, sheet, rows):
    """A workbook of one sheet; texts as text, numbers as numbers, None as nothing."""
    body = "".join(f'<row r="{n}">' + "".join(cell(f"{letter(c)}{n}", v) for c, v in enumerate(row)) + "</row>"
                   for n, row in enumerate(rows, 1))
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="{escape(sheet)}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def rows_of(dump_sheet):
    """Rows of one sheet of `sheet dump`, as lists; absent cells are None."""
    rows = {}
    for reference, _, value in dump_sheet["cells"]:
        column, row = re.fullmatch(r"([A-Z]+)(\d+)", reference).groups()
        index = 0
        for character in column:
            index = index * 26 + ord(character) - ord("A") + 1
        rows.setdefault(int(row), {})[index - 1] = value
    return {number: [cells.get(i) for i in range(max(cells) + 1)] for number, cells in rows.items()}


def mend(source, target, values):
    """Copies a workbook with cells of its first sheet replaced as a clerk types them: {reference: text}.

    The cell keeps its style; whatever else the workbook holds (comments, colours) is kept byte by byte.
    """
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = _typed(data.decode(), values).encode()
            new.writestr(name, data)
    return target


def _typed(xml, values):
    for reference, value in values.items():
        pattern = re.compile(rf'<c r="{reference}"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)', re.S)
        put = rf'<c r="{reference}"\1 t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        xml, count = pattern.subn(put, xml, count=1)
        if count != 1:
            raise ValueError(f"the sheet has no cell {reference}")
    return xml


def texts(path, part):
    """All texts of one XML part, for a look at comments."""
    with zipfile.ZipFile(path) as archive:
        return [unescape(t) for t in re.findall(r"<t[^>]*>(.*?)</t>", archive.read(part).decode(), re.S)]
