"""A file is what its content says."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from importers.intake import Format, sniff
from kernel.errors import Problem

CONTENT = b"vendor,decisions\nNOVA,5\n"
MB = 1_000_000
MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def packed(folder: Path, name: str, parts: dict[str, bytes]) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for part, content in parts.items():
            package.writestr(part, content)
    return path


def workbook(folder: Path, name: str = "book.xlsx", *, kind: str = MAIN, more: dict[str, bytes] | None = None) -> Path:
    parts = {"[Content_Types].xml": f'<Types><Override ContentType="{kind}"/></Types>'.encode(), "xl/workbook.xml": b"<workbook/>"}
    return packed(folder, name, parts | (more or {}))


def told(path: Path, name: str = "") -> Problem:
    problem = sniff(path, name)
    assert isinstance(problem, Problem)
    return problem


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", CONTENT, Format.CSV),
        ("a.txt", CONTENT, Format.CSV),
        ("a", CONTENT, Format.CSV),
        ("a.csv", CONTENT.decode().encode("utf-16"), Format.CSV),
        ("a.csv", b"\xef\xbb\xbf" + CONTENT, Format.CSV),
        ("a.csv", "Größe;Köln\n1;2\n".encode("cp1252"), Format.CSV),
        ("c.toml", b'vendor = "NOVA"\n', Format.TOML),
        ("c", b'# terms\nvendor = "NOVA"\n', Format.TOML),
        ("c.txt", b"[[vendor]]\ncode = 'X'\n", Format.TOML),
        ("c.txt", b"a = b\n", Format.CSV),
        ("c.txt", b"a = 'x'\nb\n", Format.CSV),
        ("c.txt", b"# only\n", Format.CSV),
        ("c.txt", "a = 'ö'\n".encode("cp1252"), Format.CSV),
        ("json.csv", b"[[1]]\n", Format.CSV),
    ],
)
def test_text_is_recognised(tmp_path: Path, name: str, content: bytes, expected: Format) -> None:
    assert sniff(written(tmp_path, name, content)) is expected


def test_a_workbook_is_recognised_under_its_hash(tmp_path: Path) -> None:
    assert sniff(workbook(tmp_path, "abc"), "report.xlsx") is Format.XLSX


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("a.csv", b"", "EMPTY_FILE", "is empty"),
        ("a.csv", b" \n\n", "EMPTY_FILE", "is empty"),
        ("a.pdf", b"%PDF-1.7", "PDF", "is a PDF"),
        ("a.gz", b"\x1f\x8b\x08", "ARCHIVE", "unpack it"),
        ("a.png", b"\x89PNG\r\n", "IMAGE", "is a picture"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "Workbook".encode("utf-16-le"), "OLD_FORMAT", "Save As"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "PASSWORD", "is password protected"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64, "NOT_A_TABLE", "no workbook"),
        ("a.xls", b"\x09\x08\x10\x00\x00\x06", "OLD_FORMAT", "old Excel"),
        ("a.xls", b"<html><table></table></html>", "HTML", "web page"),
        ("a.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "OLD_FORMAT", "2003"),
        ("a.xml", b'<?xml version="1.0"?><Invoice/>', "XML", "XML document"),
        ("a.json", b'{"a": 1}', "JSON", "JSON"),
        ("a.json", b'[{"a": 1}]', "JSON", "JSON"),
        ("a.xlsx", CONTENT, "WRONG_EXTENSION", "plain text though its name ends in .xlsx"),
        ("a.exe", CONTENT, "WRONG_EXTENSION", "ends in .exe"),
        ("a.csv", CONTENT + b"x\x00y\n", "NUL", "zero byte in line 3"),
        ("a.csv", CONTENT.decode().encode("utf-16-le"), "ENCODING", "UTF-16"),
        ("a.csv", b"\xff\xfe\x00\x00" + CONTENT, "ENCODING", "UTF-32"),
        ("a.bin", bytes(range(256)) * 4, "NOT_A_TABLE", "no table"),
        ("a.xlsx", b"PK\x03\x04 cut off", "DAMAGED", "cut off or damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(tmp_path: Path, name: str, content: bytes, code: str, words: str) -> None:
    problem = told(written(tmp_path, name, content))
    assert problem.code == code
    assert words in problem.message
    assert problem.message.startswith(name)
    assert problem.message.endswith(".")


@pytest.mark.parametrize(
    ("parts", "code", "words"),
    [
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "OPEN_DOCUMENT", ".ods"),
        ({"Index/Document.iwa": b""}, "NUMBERS", "Apple Numbers"),
        ({"data.csv": CONTENT, "mimetype": b"text"}, "ARCHIVE", "unpack it"),
    ],
)
def test_other_packages_are_named(tmp_path: Path, parts: dict[str, bytes], code: str, words: str) -> None:
    problem = told(packed(tmp_path, "a.xlsx", parts))
    assert problem.code == code
    assert words in problem.message


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", "MACROS"),
        ("application/vnd.ms-excel.sheet.binary.macroEnabled.main", "OLD_FORMAT"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml", "OLD_FORMAT"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", "NOT_A_TABLE"),
    ],
)
def test_other_office_files_are_named(tmp_path: Path, kind: str, code: str) -> None:
    assert told(workbook(tmp_path, kind=kind)).code == code


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("xl/vbaProject.bin", "MACROS"),
        ("xl/externalLinks/externalLink1.xml", "EXTERNAL_LINKS"),
        ("xl/embeddings/oleObject1.bin", "EMBEDDED"),
    ],
)
def test_active_parts_are_listed(tmp_path: Path, part: str, code: str) -> None:
    problem = told(workbook(tmp_path, more={part: b"x"}))
    assert problem.code == code
    assert part in problem.message


def test_many_active_parts_are_counted(tmp_path: Path) -> None:
    parts = {f"xl/externalLinks/externalLink{number}.xml": b"x" for number in range(1, 6)}
    assert "and 2 more" in told(workbook(tmp_path, more=parts)).message


def test_a_workbook_under_another_name_is_named(tmp_path: Path) -> None:
    assert told(workbook(tmp_path, "book.csv")).code == "WRONG_EXTENSION"


def test_a_zip_bomb_is_refused_from_its_directory_alone(tmp_path: Path) -> None:
    problem = told(workbook(tmp_path, more={"xl/bomb": b"0" * 60_000_000}))
    assert problem.code == "ZIP_BOMB"
    assert "60 MB" in problem.message
    many = told(workbook(tmp_path, "many.xlsx", more={f"p{number}": b"" for number in range(10_001)}))
    assert many.code == "ZIP_BOMB"
    contents = packed(tmp_path, "types.xlsx", {"[Content_Types].xml": os.urandom(1 << 19).hex().encode() + b"0" * 10})
    assert told(contents).code == "ZIP_BOMB"


def test_parts_of_the_same_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("xl/workbook.xml", b"a")
        with pytest.warns(UserWarning, match="Duplicate"):
            package.writestr("xl/workbook.xml", b"b")
    assert told(path).code == "DAMAGED"


def test_an_encrypted_part_is_a_password(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    content = bytearray(path.read_bytes())
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    assert told(written(tmp_path, "locked.xlsx", bytes(content))).code == "PASSWORD"


def test_a_package_that_does_not_begin_like_one_is_refused(tmp_path: Path) -> None:
    assert told(written(tmp_path, "shifted.xlsx", b"PKxx" + workbook(tmp_path).read_bytes())).code == "DAMAGED"


def test_a_hostile_name_is_shown_harmlessly(tmp_path: Path) -> None:
    problem = told(written(tmp_path, "x", b"%PDF"), "../../" + "a" * 300 + "\u202e\n.pdf")
    assert "\u202e" not in problem.message
    assert len(problem.message) < 160
    assert problem.message.startswith("aaa")
