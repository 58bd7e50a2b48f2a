"""The values a review is made of, and those that rooms above hand down to it.

Owns: their shape. Must not know: how they are read, arranged or drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from scorecards.scoring import Scored

Row = Mapping[str, Any]
"""An object of an answer's JSON."""


@dataclass(frozen=True, slots=True)
class UploadProblem:
    """One problem of an upload: severity error, warning or info; count: how many places it stands for."""

    severity: str
    code: str
    message: str
    count: int


@dataclass(frozen=True, slots=True)
class UploadSeen:
    """An upload of the vendor's month with what was wrong in it, as the importers tell it.

    state: accepted, refused, superseded, undone, preview, ... rows: read, accepted, rejected, skipped.
    """

    batch: int
    file: str
    kind: str
    side: str
    state: str
    rows: Mapping[str, int]
    problems: tuple[UploadProblem, ...]


@dataclass(frozen=True, slots=True)
class NoteSeen:
    """A note that stands on a figure, an invoice or a finding and is no internal one; subject: what it is about, in words."""

    subject: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FileSeen:
    """An upload that the revision rests on. file, sha256: '' where they are not the reader's to know."""

    batch: int
    file: str
    kind: str
    side: str
    sha256: str
    received_on: date | None


@dataclass(frozen=True, slots=True)
class MonthLine:
    """What of a line is this month's.

    treated: counted, held, passed_through or estimated. amount: in its currency; rate: reporting currency per unit,
    None = missing. first_day, last_day: service days, both included.
    """

    document: str
    text: str
    site: str
    queue: str
    language: str
    first_day: date
    last_day: date
    amount: Decimal
    currency: str
    rate: Decimal | None
    treated: str


@dataclass(frozen=True, slots=True)
class PastMonth:
    """A vendor's month as its newest revision has it. vendor: its object of `rank`, None where it is not in it."""

    period: str
    revision: int
    status: str
    vendor: Row | None
    contributions: Row
    cost: Row | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a review of one vendor's month shows, read at one instant.

    card: the JSON of `scorecard`, like for like; raw: the vendor object of `rank --raw`. exact: the same figures,
    unrounded. level: the network's cost per decision on equal work, None without one. history: months up to this
    one, oldest first. invoices: the JSON of `invoice show` of every claim that touches the month, as the revision
    saw them. price: the JSON of `contract price`, None without a contract. rates:
    reporting currency per unit. pending: what has changed since the revision. at: when the revision was computed.
    ranked: how many vendors are ranked.
    """

    card: Row
    raw: Row
    exact: Mapping[str, Scored]
    history: tuple[PastMonth, ...]
    invoices: tuple[Row, ...]
    lines: tuple[MonthLine, ...]
    price: Row | None
    currency: str
    rates: Mapping[str, Decimal]
    files: tuple[FileSeen, ...]
    uploads: tuple[UploadSeen, ...]
    notes: tuple[NoteSeen, ...]
    pending: tuple[str, ...]
    at: datetime
    formula_version: int
    ranked: int
