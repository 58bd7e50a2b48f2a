"""What a file is, by its content.

Owns: `sniff` and the guards that need no inflating. Must not know: what stands in the cells, nor what becomes of an upload.
"""

from __future__ import annotations

import mmap
import re
import tomllib
import zipfile
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from kernel.errors import Problem

MEGABYTE = 1_000_000
HEAD_BYTES = 1 << 16
MOST_ENTRIES = 10_000
"""Parts in one workbook; a workbook of 250 sheets with charts has about 2,000."""
MOST_INFLATED = 4_000_000_000
"""Bytes; a million rows of 14 columns inflate to 500 MB."""
SMALL_INFLATED = 50_000_000
"""Bytes below which the ratio does not matter: repeated cells compress well."""
MOST_RATIO = 100
"""Inflated to packed; sheets of one repeated number reach about 40."""
MOST_CONTENT_TYPES = 1 << 20
TEXT_ENDINGS = frozenset(["", "csv", "txt", "tsv", "tab", "psv", "dat"])
SAVE_AS = "open it, choose Save As 'Excel Workbook (.xlsx)' and upload that file"


@dataclass(frozen=True, slots=True)
class Original:
    """An upload as it came: its SHA-256, size in bytes and place in DATA/files; known: whether it had come before."""

    sha256: str
    size: int
    path: Path
    known: bool = False


class Format(StrEnum):
    """What the product reads."""

    XLSX = "xlsx"
    CSV = "csv"
    TOML = "toml"


def sniff(path: Path, file_name: str = "") -> Format | Problem:
    """What a file is, by its content; the name only confirms it. A Problem says in one sentence what to do instead."""
    name = file_name or path.name
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        if not head.strip():
            return _refuse("EMPTY_FILE", "is empty; export it again and upload the new file", name)
        if head.startswith(b"PK"):
            return _sniff_zip(path, name)
        known = _foreign(head, stream)
        if known:
            return _refuse(*known, name)
        return _sniff_text(path, head, name)


def _refuse(code: str, what: str, name: str) -> Problem:
    return Problem("error", code, f"{_printable(name)} {what}.")


def _printable(name: str) -> str:
    """A file name fit for a sentence: no control or direction characters, at most 80 characters."""
    shown = "".join(letter for letter in Path(name).name if letter.isprintable())
    return shown if len(shown) <= 80 else shown[:76] + "..."  # noqa: PLR2004 - what fits one line


def _ending(name: str) -> str:
    return Path(name).suffix.lower().lstrip(".")


_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "PDF", "is a PDF; ask for the table behind it as xlsx or csv"),
    (b"\x1f\x8b", "ARCHIVE", "is a gzip archive; unpack it and upload the file in it"),
    (b"BZh", "ARCHIVE", "is a bzip2 archive; unpack it and upload the file in it"),
    (b"\xfd7zXZ", "ARCHIVE", "is an xz archive; unpack it and upload the file in it"),
    (b"7z\xbc\xaf", "ARCHIVE", "is a 7-Zip archive; unpack it and upload the files in it"),
    (b"Rar!", "ARCHIVE", "is a RAR archive; unpack it and upload the files in it"),
    (b"\x89PNG", "IMAGE", "is a picture; ask for the table itself as xlsx or csv"),
    (b"\xff\xd8\xff", "IMAGE", "is a picture; ask for the table itself as xlsx or csv"),
    (b"GIF8", "IMAGE", "is a picture; ask for the table itself as xlsx or csv"),
    (b"II*\x00", "IMAGE", "is a picture; ask for the table itself as xlsx or csv"),
    (b"MM\x00*", "IMAGE", "is a picture; ask for the table itself as xlsx or csv"),
    (b"PAR1", "NOT_A_TABLE", "is a Parquet file; upload it as xlsx or csv"),
    (b"SQLite format 3", "NOT_A_TABLE", "is a database; export the table as xlsx or csv"),
    (b"{\\rtf", "NOT_A_TABLE", "is a text document; copy the table into a workbook and upload it as xlsx"),
    (b"ID;P", "OLD_FORMAT", f"is a SYLK file; {SAVE_AS}"),
    (b"TABLE\r\n0,1", "OLD_FORMAT", f"is a DIF file; {SAVE_AS}"),
    (b"TABLE\n0,1", "OLD_FORMAT", f"is a DIF file; {SAVE_AS}"),
    (b"\xff\xfe\x00\x00", "ENCODING", "is UTF-32 text; save it as 'CSV UTF-8' and upload that file"),
    (b"\x00\x00\xfe\xff", "ENCODING", "is UTF-32 text; save it as 'CSV UTF-8' and upload that file"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x08\x10\x00", b"\x09\x08\x08\x00", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00", b"\x09\x00\x04\x00")


def _foreign(head: bytes, stream: BinaryIO) -> tuple[str, str] | None:
    for signature, code, what in _SIGNATURES:
        if head.startswith(signature):
            return code, what
    if head.startswith(_OLE):
        return _sniff_ole(stream)
    if head.startswith(_OLD_EXCEL):
        return "OLD_FORMAT", f"is an old Excel workbook (.xls); {SAVE_AS}"
    return _markup(head)


def _sniff_ole(stream: BinaryIO) -> tuple[str, str]:
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            return "PASSWORD", "is password protected; remove the password (File > Info > Protect Workbook) and upload it again"
        books = [word.encode("utf-16-le") for word in ("Workbook", "WORKBOOK", "Book", "BOOK")]
        if any(content.find(book) >= 0 for book in books):
            return "OLD_FORMAT", f"is an old Excel workbook (.xls); {SAVE_AS}"
    return "NOT_A_TABLE", "is an Office document but no workbook; copy the table into a workbook and upload it as xlsx"


def _markup(head: bytes) -> tuple[str, str] | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:4096].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<style", b"<meta", b"<div")):
        return "HTML", f"is a web page, not a workbook; {SAVE_AS}"
    if start.startswith((b"<?xml", b"<")) and b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return "OLD_FORMAT", f"is an XML spreadsheet of 2003; {SAVE_AS}"
    if start.startswith((b"<?xml", b"<!doctype", b"<!--")):
        return "XML", "is an XML document; upload the table as xlsx or csv"
    if re.match(rb"[\[{]\s*[\"{\[]|\{\s*\}", start) and not start.startswith(b"[["):
        return "JSON", "is JSON; upload the table as xlsx or csv"
    return None


# --- workbooks -----------------------------------------------------------------------------------------------------


def _sniff_zip(path: Path, name: str) -> Format | Problem:
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as package:
            if stream.seek(0) == 0 and stream.read(4) != b"PK\x03\x04":
                return _refuse("DAMAGED", "is damaged or no workbook; save it again as xlsx and upload the new file", name)
            return _zip_fault(package, path, name) or _sniff_package(package, name)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, RuntimeError, UnicodeError):
        return _refuse("DAMAGED", "is cut off or damaged; save it again as xlsx and upload the new file", name)


def _zip_fault(package: zipfile.ZipFile, path: Path, name: str) -> Problem | None:
    """What forbids to inflate the package, from its directory alone."""
    parts = package.infolist()
    if any(part.flag_bits & 1 for part in parts):
        return _refuse("PASSWORD", "is password protected; remove the password and upload it again", name)
    inflated = sum(part.file_size for part in parts)
    packed = path.stat().st_size
    if len(parts) > MOST_ENTRIES:
        return _refuse("ZIP_BOMB", f"holds {len(parts)} parts, more than {MOST_ENTRIES}; save only the sheets that are needed", name)
    if inflated > MOST_INFLATED or (inflated > SMALL_INFLATED and inflated > MOST_RATIO * packed):
        grown = f"{inflated // MEGABYTE} MB out of {max(1, packed // MEGABYTE)} MB"
        return _refuse("ZIP_BOMB", f"would unpack to {grown}, which no table does; copy the data into a new workbook", name)
    doubles = [part for part, count in Counter(part.filename.lower() for part in parts).items() if count > 1]
    overlapping = sum(part.compress_size for part in parts) > packed
    if doubles or overlapping:
        return _refuse("DAMAGED", "has parts that overlap; save it again as xlsx and upload the new file", name)
    return None


def _sniff_package(package: zipfile.ZipFile, name: str) -> Format | Problem:
    names = package.namelist()
    if "[Content_Types].xml" not in names:
        return _other_zip(package, names, name)
    if package.getinfo("[Content_Types].xml").file_size > MOST_CONTENT_TYPES:
        return _refuse("ZIP_BOMB", "has an impossible table of contents; copy the data into a new workbook", name)
    types = package.read("[Content_Types].xml")
    if b"spreadsheetml.sheet.main+xml" not in types:
        return _other_office(types, name)
    active = _active_parts(names)
    if active:
        return _refuse(*active, name)
    if _ending(name) not in {"", "xlsx"}:
        return _refuse("WRONG_EXTENSION", f"is a workbook though its name ends in .{_ending(name)}; rename it to .xlsx", name)
    return Format.XLSX


def _other_office(types: bytes, name: str) -> Problem:
    if b"sheet.binary" in types:
        return _refuse("OLD_FORMAT", f"is a binary workbook (.xlsb); {SAVE_AS}", name)
    if b"macroEnabled" in types:
        return _refuse("MACROS", f"may contain macros (.xlsm); {SAVE_AS}", name)
    if b"spreadsheetml.template" in types:
        return _refuse("OLD_FORMAT", f"is a workbook template (.xltx); {SAVE_AS}", name)
    return _refuse("NOT_A_TABLE", "is an Office document but no workbook; copy the table into a workbook and upload it as xlsx", name)


def _other_zip(package: zipfile.ZipFile, names: list[str], name: str) -> Problem:
    if "mimetype" in names and package.getinfo("mimetype").file_size < MOST_CONTENT_TYPES:
        kind = package.read("mimetype")
        if b"opendocument.spreadsheet" in kind:
            return _refuse("OPEN_DOCUMENT", f"is an OpenDocument spreadsheet (.ods); {SAVE_AS}", name)
    if any(part.endswith((".iwa", "Index.zip", "index.apxl")) for part in names):
        return _refuse("NUMBERS", "is an Apple Numbers document; choose File > Export To > Excel and upload the .xlsx", name)
    return _refuse("ARCHIVE", "is a zip archive; unpack it and upload the files in it", name)


_ACTIVE = (
    (re.compile(r"vbaProject|macrosheets/|vbaData", re.IGNORECASE), "MACROS", f"contains macros ({{}}); {SAVE_AS}"),
    (
        re.compile(r"externalLinks/externalLink[^/]*\.xml$", re.IGNORECASE),
        "EXTERNAL_LINKS",
        "takes values from other workbooks ({}); choose Data > Edit Links > Break Link, save and upload it again",
    ),
    (
        re.compile(r"embeddings/|activeX/|ctrlProps/.*\.bin$|oleObject", re.IGNORECASE),
        "EMBEDDED",
        "contains embedded objects ({}); delete them, or copy the table into a new workbook, and upload that",
    ),
)


def _active_parts(names: list[str]) -> tuple[str, str] | None:
    for pattern, code, what in _ACTIVE:
        found = sorted(part for part in names if pattern.search(part))
        if found:
            shown = ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")  # noqa: PLR2004 - fits one line
            return code, what.format(shown)
    return None


# --- text ----------------------------------------------------------------------------------------------------------

_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_TOML_START = re.compile(r"^(\[\[?[\w.\- ]+\]\]?|[\w\-]+\s*=\s*[\"'\d\[{tf].*)\s*(#.*)?$")


def _sniff_text(path: Path, head: bytes, name: str) -> Format | Problem:
    if not head.startswith(_WIDE_BOMS):
        controls = sum(head.count(byte) for byte in (*range(1, 9), *range(14, 27), *range(28, 32)))
        if controls * 100 > len(head):
            return _refuse("NOT_A_TABLE", "is no table that can be read; upload it as xlsx or csv", name)
        fault = _zero_bytes(path, head, name)
        if fault:
            return fault
    ending = _ending(name)
    if _is_toml(path, head, ending):
        return Format.TOML
    if ending in {"xls", "xlsx", "xlsm", "xlsb"}:
        what = f"is plain text though its name ends in .{ending}; rename it to .csv, or open it and save it as xlsx"
        return _refuse("WRONG_EXTENSION", what, name)
    if ending not in TEXT_ENDINGS:
        return _refuse("WRONG_EXTENSION", f"is plain text though its name ends in .{ending}; upload it as xlsx or csv", name)
    return Format.CSV


FEWEST_ZEROS = 4
"""Fewer in a short file are zero bytes by accident, not every second byte of UTF-16."""


def _zero_bytes(path: Path, head: bytes, name: str) -> Problem | None:
    zeros = max(head[0::2].count(0), head[1::2].count(0))
    if zeros >= FEWEST_ZEROS and zeros * 10 > len(head) // 2 * 3:
        return _refuse("ENCODING", "looks like UTF-16 without its mark; save it as 'CSV UTF-8' and upload that file", name)
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        place = content.find(b"\x00")
        if place < 0:
            return None
        line = content[:place].count(b"\n") + 1
    return Problem(
        "error",
        "NUL",
        f"{_printable(name)} holds a zero byte in line {line}; export it again as 'CSV UTF-8' and upload that file.",
        row=line,
    )


def toml_document(text: str) -> dict[str, Any]:
    """The values of a TOML document, numbers with a point as Decimal. Raises TOMLDecodeError for what is none."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except RecursionError:
        message = "it is nested too deeply"
        raise tomllib.TOMLDecodeError(message) from None


def _is_toml(path: Path, head: bytes, ending: str) -> bool:
    if ending == "toml":
        return True
    if ending in {"csv", "tsv"} or len(head) >= HEAD_BYTES:
        return False
    try:
        text = path.read_bytes().decode("utf-8-sig")
        first = next(line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
        if not _TOML_START.match(first):
            return False
        toml_document(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, StopIteration):
        return False
    return True
