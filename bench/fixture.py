"""The big file of the yardsticks: a month of agent x day x queue rows, the same for every seed and machine.

Shape: 1,000,000 rows x 14 columns = 31 days, 14 sites, 10 queues, 5,000 agents; one row in twenty has hours with
17 digits, as spreadsheets print them after a division. Written as Excel writes: shared strings, cell addresses,
a date style.
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

HEADERS = (
    "vendor",
    "site",
    "queue",
    "language",
    "day",
    "agent_id",
    "decisions",
    "billable_decisions",
    "handle_seconds",
    "production_hours",
    "due_items",
    "in_sla_items",
    "escalated_items",
    "rework_items",
)
DAYS, SITES, QUEUES, AGENTS = 31, 14, 10, 5_000
LANGUAGES = ("en", "es", "de", "fr", "pt", "pl", "id", "ja")
LONG_FLOATS = 0.05
EPOCH = date(1899, 12, 30)
Row = tuple[str, str, str, str, date, str, int, int, int, float, int, int, int, int]


def rows(count: int, first: date = date(2026, 10, 1), seed: int = 7, vendor: str = "BIGV") -> Iterator[Row]:
    """The rows in file order: by day, agent, queue."""
    rng = random.Random(seed)  # noqa: S311 - a fixture, no secret
    each = max(1, round(count / DAYS / AGENTS * 1.05 + 0.5))
    left = count
    for day in (first + timedelta(days=n) for n in range(DAYS)):
        for agent in range(AGENTS):
            for queue in sorted(rng.sample(range(QUEUES), min(each, QUEUES))):
                if left == 0:
                    return
                left -= 1
                decisions = rng.randrange(5, 120)
                hours = rng.randrange(1, 400) / 100
                if rng.random() < LONG_FLOATS:
                    hours = hours / 3
                due = rng.randrange(decisions // 2, decisions + 1)
                yield (
                    vendor,
                    f"S{agent % SITES:02d}",
                    f"Q{queue}",
                    LANGUAGES[agent % len(LANGUAGES)],
                    day,
                    f"emp-{agent:05d}",
                    decisions,
                    decisions - rng.randrange(3),
                    decisions * rng.randrange(20, 90),
                    hours,
                    due,
                    due - rng.randrange(min(due, 4) + 1),
                    rng.randrange(4),
                    rng.randrange(3),
                )


def write_setup(path: Path, vendor: str = "BIGV") -> None:
    """The master data that the file's names need."""
    lines = [f'[[vendor]]\ncode = "{vendor}"\nname = "Big Vendor"\n']
    lines += [f'[[site]]\nvendor = "{vendor}"\ncode = "S{n:02d}"\nname = "Site {n}"\ntimezone = "UTC"\n' for n in range(SITES)]
    lines += [f'[[queue]]\ncode = "Q{n}"\nname = "Queue {n}"\n' for n in range(QUEUES)]
    path.write_text("\n".join(lines), encoding="utf-8")


def write_csv(path: Path, count: int, **options: object) -> None:
    """The file as csv."""
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(",".join(HEADERS) + "\n")
        for row in rows(count, **options):  # type: ignore[arg-type]
            out.write(",".join(map(str, row)) + "\n")


def write_xlsx(path: Path, count: int, **options: object) -> None:
    """The file as xlsx."""
    strings: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for name, text in PARTS.items():
            package.writestr(name, text)
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out:
            out.write(_sheet_head(count).encode())
            out.write(_row_xml(1, HEADERS, strings).encode())
            chunk: list[str] = []
            for number, row in enumerate(rows(count, **options), start=2):  # type: ignore[arg-type]
                chunk.append(_row_xml(number, row, strings))
                if len(chunk) == 5_000:
                    out.write("".join(chunk).encode())
                    chunk.clear()
            out.write("".join(chunk).encode())
            out.write(b"</sheetData></worksheet>")
        items = "".join(f"<si><t>{text}</t></si>" for text in strings)
        package.writestr(
            "xl/sharedStrings.xml",
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><sst xmlns="{MAIN}" uniqueCount="{len(strings)}">{items}</sst>',
        )


def _sheet_head(count: int) -> str:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{MAIN}"><dimension ref="A1:N{count + 1}"/><sheetData>'


def _row_xml(number: int, row: tuple[object, ...], strings: dict[str, int]) -> str:
    cells = []
    for letter, value in zip("ABCDEFGHIJKLMN", row, strict=True):
        if isinstance(value, str):
            cells.append(f'<c r="{letter}{number}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>')
        elif isinstance(value, date):
            cells.append(f'<c r="{letter}{number}" s="1"><v>{(value - EPOCH).days}</v></c>')
        else:
            cells.append(f'<c r="{letter}{number}"><v>{value!r}</v></c>')
    return f'<row r="{number}" spans="1:14">{"".join(cells)}</row>'


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
PARTS = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Daily" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
