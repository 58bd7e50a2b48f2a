"""The manifest: what an archive says it holds, checked as strictly as if a stranger had written it.

Owns: its shape, the names of the parts, the bounds. Must not know: how parts are written or read.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kernel.audit import GENESIS
from kernel.errors import Invalid

FORMAT = 1
"""Of the archive itself; rises only when an older program could not read it."""
MANIFEST = "manifest.json"
SECRET = "secret.key"  # noqa: S105 - a file's name
NOTE = "as_of.txt"
LARGEST_MANIFEST = 256_000_000
"""Bytes; a million files need about 200 MB."""
LARGEST_PART = 1_000_000_000
"""Bytes of one part of a table."""
MOST_PART_ROWS = 200_000
FILE_NAME = re.compile(r"files/[0-9a-f]{64}|evidence/[0-9]{1,18}\.parquet|as_of\.txt|secret\.key")
"""The only files that an archive may hold, so that no name can lead anywhere else."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, lt=1 << 62)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Part(_Strict):
    """One Parquet file with rows of a table. size: bytes."""

    name: str = Field(pattern=r"^tables/[a-z][a-z0-9_]{0,62}-[0-9]{1,6}\.parquet$")
    rows: int = Field(ge=0, le=MOST_PART_ROWS)
    size: int = Field(gt=0, le=LARGEST_PART)
    sha256: Sha256


class StoredTable(_Strict):
    """One table: its rows, in parts."""

    rows: Count
    parts: tuple[Part, ...]


class StoredFile(_Strict):
    """One file of the data folder. size: bytes."""

    name: str = Field(pattern=f"^(?:{FILE_NAME.pattern})$")
    size: Count
    sha256: Sha256


class Head(_Strict):
    """The end of the audit log: its last number (0 when it is empty) and hash."""

    seq: Count
    hash: Sha256


GENESIS_HEAD = Head(seq=0, hash=GENESIS)
"""The head of an empty log."""


class Manifest(_Strict):
    """What an archive holds.

    version: of the program that wrote it. created_at: instant, ISO, UTC. database: the kind it was read from.
    secret_mark: tells whether a key of the pseudonyms is the one that was used, without telling it; '' when there is none.
    """

    format: int
    schema_version: str = Field(pattern=r"^[0-9]{4}$")
    version: str = Field(max_length=40)
    created_at: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$")
    database: str = Field(pattern=r"^[a-z]{1,20}$")
    audit: Head
    secret_mark: str = Field(pattern=r"^[0-9a-f]{0,64}$")
    tables: dict[str, StoredTable]
    files: tuple[StoredFile, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables.values())

    @property
    def has_secret(self) -> bool:
        """Whether the key of the pseudonyms is in it."""
        return any(file.name == SECRET for file in self.files)

    def sizes(self) -> dict[str, int]:
        """Every part by its name in the archive, with its bytes."""
        parts = {part.name: part.size for table in self.tables.values() for part in table.parts}
        return parts | {file.name: file.size for file in self.files}


def parse_manifest(content: bytes) -> Manifest:
    """The manifest of these bytes.

    Raises Invalid: ARCHIVE_NEW when a later version of the program wrote it, ARCHIVE_DAMAGED when it is no manifest or
    contradicts itself.
    """
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        written = _newer_format(content)
        if written:
            raise Invalid("ARCHIVE_NEW", f"the archive was written by a later version ({written}); restore it with that version") from None
        where = ".".join(map(str, error.errors()[0]["loc"])) or "its text"
        damaged("its manifest", f"is no manifest ({where})")
    if manifest.format != FORMAT:
        raise Invalid("ARCHIVE_NEW", f"the archive was written by a later version ({manifest.version}); restore it with that version")
    for name, table in manifest.tables.items():
        if [part.name for part in table.parts] != [part_name(name, number) for number in range(len(table.parts))]:
            damaged(f"the table {name[:60]}", "has parts that are not numbered as they must be")
        if table.rows != sum(part.rows for part in table.parts):
            damaged(f"the table {name[:60]}", "has other rows than its parts")
    if len({file.name for file in manifest.files}) != len(manifest.files):
        damaged("its manifest", "names a file twice")
    return manifest


def part_name(table: str, number: int) -> str:
    """The name of a table's part."""
    return f"tables/{table}-{number}.parquet"


def damaged(part: str, what: str) -> NoReturn:
    """Refuse an archive that is not what it says, naming which part of it, and what is wrong with that."""
    shown = "".join(letter for letter in part if letter.isprintable())[:90]
    raise Invalid("ARCHIVE_DAMAGED", f"the archive is damaged or was changed: {shown} {what}; take another backup")


def _newer_format(content: bytes) -> str:
    """The version that wrote a manifest of a later format; '' when that is not what is wrong with it."""
    try:
        told: Any = Told.model_validate_json(content)
    except ValidationError:
        return ""
    return told.version if told.format > FORMAT else ""


class Told(BaseModel):
    """What every manifest tells, whatever its format."""

    format: int
    version: str = Field(max_length=40)
