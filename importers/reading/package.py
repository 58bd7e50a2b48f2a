"""The parts of a workbook beside its cells: sheets, styles, shared strings, and what forbids to read it.

Owns: `guard_parts`, `read_book`, `strings_at`. Must not know: what stands in the sheets.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from xml.parsers import expat

from importers.reading.markup import DocumentType, local, new_parser, tree_of
from importers.reading.sheet import Refused

BLOCK = 1 << 20
MOST_SMALL_PART = 64 * BLOCK
"""Bytes of a part that is read whole (workbook, styles, relations)."""
_DECLARATIONS = tuple(word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be"))
_PERCENT_BUILT_IN = frozenset([9, 10])
_DATE_BUILT_IN = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of the workbook: its name, the part that holds it, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Book:
    """What the workbook says about all its sheets. percent, dates: ids of cell styles with such a number format."""

    sheets: tuple[SheetPart, ...]
    epoch_1904: bool
    percent: frozenset[int]
    dates: frozenset[int]
    strings: str | None
    """Part of the shared strings; None when there are none."""
    epoch_misread: bool = False
    """The dense read takes 1904 for 1900: the last element named workbookPr overrules the right one there."""


def guard_parts(package: zipfile.ZipFile) -> None:
    """Refuse a workbook with document types, entities or XML in an encoding that Excel never writes.

    Reads every XML part but the sheets, which the scan watches; real bytes are counted by the checksum.
    """
    for info in package.infolist():
        name = info.filename.lower()
        if name.endswith((".xml", ".rels", ".vml")) and "/worksheets/sheet" not in name:
            try:
                _guard_part(package, info, read_by_us=not name.startswith(("customxml/", "docprops/")))
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
                raise Refused("DAMAGED", f"is damaged ({info.filename}); open it in Excel, save it as xlsx and upload that") from error


def _guard_part(package: zipfile.ZipFile, info: zipfile.ZipInfo, *, read_by_us: bool) -> None:
    tail = b""
    with package.open(info) as stream:
        start = stream.read(BLOCK)
        if read_by_us:
            guard_encoding(start, info.filename)
        block = start
        while block:
            seen = tail + block
            if any(word in seen for word in _DECLARATIONS):
                raise doctype_refused(info.filename)
            tail = block[-32:]
            block = stream.read(BLOCK)


def guard_encoding(start: bytes, part: str) -> None:
    """Refuse a part that is not UTF-8: in UTF-16 a document type would hide from a search for it."""
    declared = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([^\"']+)", start.removeprefix(b"\xef\xbb\xbf"))
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in start[:64]
    if wide or (declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1"}):
        raise Refused("UNREADABLE", f"has a part that is not UTF-8 ({part}); open it in Excel, save it as xlsx and upload that")


def doctype_refused(part: str) -> Refused:
    """The refusal of a part with a document type."""
    return Refused("DOCTYPE", f"contains a DOCTYPE ({part}); open it in Excel, save it as xlsx and upload that")


def read_book(package: zipfile.ZipFile) -> Book:
    """The workbook's own parts. Raises Refused when they cannot be read."""
    try:
        return _read_book(package)
    except DocumentType as error:
        raise doctype_refused("xl/workbook.xml") from error
    except (KeyError, expat.ExpatError, ValueError, zipfile.BadZipFile) as error:
        raise Refused("DAMAGED", "is damaged (its table of contents); open it in Excel, save it as xlsx and upload that") from error


def _read_book(package: zipfile.ZipFile) -> Book:
    names = {name.lower(): name for name in package.namelist()}

    def part(path: str) -> str:
        return names[path.lstrip("/").replace("\\", "/").lower()]

    roots = _relations(package, names, "") if "_rels/.rels" in names else {}
    main = next((target for kind, target in roots.values() if kind == "officeDocument"), "xl/workbook.xml")
    relations = _relations(package, names, main)
    tree = tree_of(_small(package, part(main)))
    settings = tree.find("workbookPr")
    sheets = []
    for sheet in tree.iter("sheet"):
        kind, target = relations.get(sheet.get("id", ""), ("", ""))
        if kind == "worksheet" and target.lower() in names:
            sheets.append(SheetPart(sheet.get("name", ""), part(target), sheet.get("state", "visible") != "visible"))
    styles = next((target for kind, target in relations.values() if kind == "styles" and target.lower() in names), None)
    strings = next((target for kind, target in relations.values() if kind == "sharedStrings" and target.lower() in names), None)
    percent, dates = _formats(_small(package, part(styles))) if styles else (frozenset(), frozenset())
    epochs = [_is_true(item.get("date1904")) for item in (settings, *tree.iter("workbookPr")) if item is not None]
    epoch_1904 = settings is not None and epochs[0]
    return Book(tuple(sheets), epoch_1904, percent, dates, part(strings) if strings else None, epoch_1904 and not epochs[-1])


def _is_true(attribute: str | None) -> bool:
    return (attribute or "").lower() in {"1", "true", "on"}


def _small(package: zipfile.ZipFile, name: str) -> bytes:
    if package.getinfo(name).file_size > MOST_SMALL_PART:
        raise Refused("ZIP_BOMB", f"has an impossibly large part ({name}); copy the data into a new workbook and upload that")
    return package.read(name)


def _relations(package: zipfile.ZipFile, names: dict[str, str], of: str) -> dict[str, tuple[str, str]]:
    """Relation id -> (last word of its type, path of the target part)."""
    folder, _, file = of.rpartition("/")
    path = posixpath.join(folder, "_rels", f"{file}.rels").lower()
    relations = {}
    for item in tree_of(_small(package, names[path])).iter("Relationship"):
        target = item.get("Target", "").replace("\\", "/")
        absolute = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        relations[item.get("Id", "")] = (item.get("Type", "").rpartition("/")[2], absolute)
    return relations


def _formats(content: bytes) -> tuple[frozenset[int], frozenset[int]]:
    tree = tree_of(content)
    codes = {int(item.get("numFmtId", "0")): item.get("formatCode", "") for item in tree.iter("numFmt")}
    cell_styles = tree.find("cellXfs")
    percent, dates = set(), set()
    for style, item in enumerate(cell_styles if cell_styles is not None else ()):
        number_format = int(item.get("numFmtId", "0"))
        code = codes.get(number_format)
        if is_percent(code) if code is not None else number_format in _PERCENT_BUILT_IN:
            percent.add(style)
        if is_date(code) if code is not None else number_format in _DATE_BUILT_IN:
            dates.add(style)
    return frozenset(percent), frozenset(dates)


def is_percent(code: str) -> bool:
    """Whether a number format shows a percentage.

    >>> is_percent("0.0%"), is_percent('0.0"%"'), is_percent("0.00")
    (True, False, False)
    """
    return "%" in _NOT_CODE.sub("", code.split(";", maxsplit=1)[0])


def is_date(code: str) -> bool:
    """Whether a number format shows a date or a time.

    >>> is_date("dd/mm/yyyy"), is_date("[h]:mm"), is_date('0 "days"'), is_date("General")
    (True, True, False, False)
    """
    first = code.split(";", maxsplit=1)[0]
    if re.search(r"\[(h+|m+|s+)\]", first, re.IGNORECASE):
        return True
    bare = _NOT_CODE.sub("", first).lower()
    return "general" not in bare and re.search(r"[dmyhs]", bare) is not None


class _Enough(Exception):
    """All wanted strings were seen."""


class _Strings:
    """Handlers that keep the wanted shared strings and stop at the last of them."""

    def __init__(self, wanted: set[int]) -> None:
        self.found: dict[int, str] = {}
        self._wanted = wanted
        self._last = max(wanted)
        self._number = -1
        self._inside = False
        self._phonetic = 0
        self._pieces: list[str] = []

    def start(self, name: str, _: dict[str, str]) -> None:
        """A new string, a run of text, or a phonetic hint, which is no part of the text."""
        tag = local(name)
        if tag == "si":
            self._number += 1
            self._pieces.clear()
        elif tag == "rPh":
            self._phonetic += 1
        elif tag == "t":
            self._inside = not self._phonetic

    def end(self, name: str) -> None:
        """The end of a run or of a string."""
        tag = local(name)
        if tag == "t":
            self._inside = False
        elif tag == "rPh":
            self._phonetic -= 1
        elif tag == "si":
            if self._number in self._wanted:
                self.found[self._number] = unescape("".join(self._pieces))
            if self._number >= self._last:
                raise _Enough

    def text(self, data: str) -> None:
        """A piece of a run."""
        if self._inside:
            self._pieces.append(data)


def strings_at(package: zipfile.ZipFile, book: Book, wanted: set[int]) -> dict[int, str]:
    """The shared strings with the wanted numbers; the part is read no further than the last of them."""
    if book.strings is None or not wanted:
        return {}
    strings = _Strings(wanted)
    parser = new_parser()
    parser.StartElementHandler = strings.start
    parser.EndElementHandler = strings.end
    parser.CharacterDataHandler = strings.text
    try:
        with package.open(book.strings) as stream:
            while block := stream.read(BLOCK):
                parser.Parse(block)
    except _Enough:
        pass
    except DocumentType as error:
        raise doctype_refused(book.strings) from error
    except (expat.ExpatError, zipfile.BadZipFile) as error:
        raise Refused("DAMAGED", "is damaged (its texts); open it in Excel, save it as xlsx and upload that") from error
    return strings.found


def unescape(text: str) -> str:
    r"""A text with Excel's own escapes resolved.

    >>> unescape("a_x000A_b")
    'a\nb'
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
