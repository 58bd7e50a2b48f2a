"""The manifest believes nothing that contradicts itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kernel.errors import Invalid
from web.archive.manifest import GENESIS_HEAD, Manifest, Part, StoredFile, StoredTable, parse_manifest, part_name

SHA = "0" * 64
SOUND = Manifest(
    format=1,
    schema_version="0002",
    version="0.1.0",
    created_at="2026-11-06T09:30:00+00:00",
    database="sqlite",
    audit=GENESIS_HEAD,
    secret_mark="",
    tables={"vendor": StoredTable(rows=3, parts=(Part(name=part_name("vendor", 0), rows=3, size=10, sha256=SHA),))},
    files=(StoredFile(name=f"files/{SHA}", size=5, sha256=SHA), StoredFile(name="evidence/3.parquet", size=7, sha256=SHA)),
)


def test_a_manifest_reads_as_it_was_written() -> None:
    found = parse_manifest(SOUND.model_dump_json().encode())
    assert found == SOUND
    assert found.sizes() == {"tables/vendor-0.parquet": 10, f"files/{SHA}": 5, "evidence/3.parquet": 7}
    assert (found.rows, found.has_secret) == (3, False)


def _file(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda told: told["files"].append({"name": name, "size": 1, "sha256": SHA})


FAULTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a file that leads out of the folder": _file("files/../../../etc/passwd"),
    "a file in another folder": _file(f"scripts/{SHA}"),
    "an absolute file": _file("/etc/passwd"),
    "a file with a line after its name": _file(f"files/{SHA}\n"),
    "a file twice": _file(f"files/{SHA}"),
    "a negative size": lambda told: told["files"][0].update(size=-1),
    "a size as text": lambda told: told["files"][0].update(size="5"),
    "no hash": lambda told: told["files"][0].update(sha256=""),
    "a part of another table": lambda told: told["tables"]["vendor"]["parts"][0].update(name="tables/invoice-0.parquet"),
    "a part that leads out": lambda told: told["tables"]["vendor"]["parts"][0].update(name="tables/../vendor-0.parquet"),
    "rows that are not those of the parts": lambda told: told["tables"]["vendor"].update(rows=4),
    "more rows than a part may have": lambda told: told["tables"]["vendor"]["parts"][0].update(rows=10**9),
    "an unknown entry": lambda told: told.update(run="this"),
    "no tables": lambda told: told.pop("tables"),
    "a schema that is no number": lambda told: told.update(schema_version="head"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_manifest_that_cannot_be_is_refused_in_one_sentence(name: str) -> None:
    told = json.loads(SOUND.model_dump_json())
    FAULTS[name](told)
    with pytest.raises(Invalid) as refused:
        parse_manifest(json.dumps(told).encode())
    assert refused.value.code == "ARCHIVE_DAMAGED"
    assert refused.value.message.startswith("the archive is damaged or was changed: ")
    assert "\n" not in refused.value.message


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b'{"format": 1}'])
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="is no manifest"):
        parse_manifest(content)


@pytest.mark.parametrize("more", [{}, {"spreadsheets": []}])
def test_a_later_format_names_the_version_that_reads_it(more: dict[str, object]) -> None:
    told = json.loads(SOUND.model_dump_json()) | {"format": 2, "version": "9.1.0"} | more
    with pytest.raises(Invalid, match=r"9\.1\.0.*restore it with that version") as refused:
        parse_manifest(json.dumps(told).encode())
    assert refused.value.code == "ARCHIVE_NEW"
