"""Kinds of files: what a kind's columns are called, how it is read, and what it leaves behind.

Owns: the values that pass between the import and a kind, and the protocol of a kind. `registry` lists the kinds.
Must not know: how a file is opened, how a header was matched, when a batch is committed.

The import hands a kind tables whose cells are parsed: rows with a cell that could not be read are already out of
them and counted as rejected, total rows and blank rows are out and counted as skipped. A kind checks what is left,
resolves names, and returns everything it would store; `promote` writes that in the import's one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import polars as pl
    from sqlmodel import Session

    from contracts.claims import InvoiceValue
    from importers.columns import Table
    from importers.scopes import ScopeRow
    from kernel.errors import Problem
    from kernel.period import Period
    from kernel.scope import Scope
    from vendors.aliases import Names

TEXT, DAY, PERIOD, MOMENT = "text", "day", "period", "moment"
"""Parsed as: text without noise; a calendar day; a month `2026-10`; a local date and time without zone."""
NUMBER, MONEY, SHARE, SECONDS, HOURS = "number", "money", "share", "seconds", "hours"
"""Parsed as Int64 of: 10^-9 units; 10^-6 currency units; 10^-9 of a share 0..1; 10^-9 seconds; 10^-9 hours."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field that a column can be mapped to.

    parse: one of the constants above. signed: whether negative values are lawful. key: whether it says what a row
    is about (and not how much). person: whether it names a person, so that it is stored as a pseudonym only.
    """

    name: str
    parse: str
    signed: bool = False
    key: bool = False
    person: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What a kind may know beside the tables.

    vendor, side: as told by the person, '' = not told. period: None = not told. received_on: calendar day of
    receipt, reporting zone. zone_of: (vendor, site) -> IANA zone, None = no such site. date_rule_of: (vendor, day)
    -> event_day or shift_start_day. currency_of: vendor -> ISO code. claims_of: vendor -> its claims that count.
    pseudonym: agent id -> keyed pseudonym.
    """

    file_name: str
    received_on: date
    names: Names
    vendor: str = ""
    side: str = ""
    period: Period | None = None
    without_bad_rows: bool = False
    zone_of: Callable[[str, str], str | None] = field(default=lambda vendor, site: None)  # noqa: ARG005 - a default that asks nobody
    date_rule_of: Callable[[str, date], str] = field(default=lambda vendor, day: "event_day")  # noqa: ARG005 - a default that asks nobody
    currency_of: Callable[[str], str] = field(default=lambda vendor: "USD")  # noqa: ARG005 - a default that asks nobody
    claims_of: Callable[[str], Sequence[InvoiceValue]] = field(default=lambda vendor: ())  # noqa: ARG005 - a default that asks nobody
    pseudonym: Callable[[str], str] = field(default=lambda text: "a_" + "0" * 16)  # noqa: ARG005 - a default that asks nobody


@dataclass(frozen=True, slots=True)
class Source:
    """A file as far as it is read: tables, or for kinds that are a document (contract) its text."""

    tables: tuple[Table, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class KindResult:
    """Everything that a file of a kind comes to.

    accepted, rejected, skipped: rows of the tables handed over (1 for a document). rows_mend: every error stands in a
    rejected row, so that the file is whole without those rows. coverage: (vendor, month as text, site or ''). control:
    field -> sum over the accepted rows, decimal text. side: of the batch, '' = none or several. scope: what a batch of
    counts owns. evidence, tallies: frames of counts (importers.evidence), None for kinds that store rows of their own
    in `values`.
    """

    problems: tuple[Problem, ...] = ()
    accepted: int = 0
    rejected: int = 0
    skipped: int = 0
    rows_mend: bool = False
    vendors: frozenset[str] = frozenset()
    side: str = ""
    coverage: frozenset[tuple[str, str, str]] = frozenset()
    control: Mapping[str, str] = field(default_factory=dict)
    scope: tuple[ScopeRow, ...] = ()
    evidence: pl.DataFrame | None = None
    tallies: pl.DataFrame | None = None
    values: object = None


@dataclass(frozen=True, slots=True)
class Succession:
    """How a new upload stands to the earlier ones: which batches it takes out, and why it may not."""

    supersedes: frozenset[int] = frozenset()
    problems: tuple[Problem, ...] = ()


class Kind(Protocol):
    """One kind of file."""

    @property
    def name(self) -> str:
        """Its name in the interface, e.g. `performance`."""
        ...

    @property
    def fields(self) -> Mapping[str, FieldSpec]:
        """Every field that its columns can be mapped to; empty for a document."""
        ...

    @property
    def needed(self) -> tuple[tuple[str, ...], ...]:
        """Groups of fields: of each group at least one column must be there."""
        ...

    def evidence_for(self, mapped: Collection[str]) -> int:
        """How many of a sheet's mapped fields speak for this kind and for no other; 0 = it is not this kind."""
        ...

    def read(self, source: Source, context: Context) -> KindResult:
        """Check and gather everything that would be stored. Pure: no database, no clock."""
        ...

    def succession(self, session: Session, result: KindResult, *, supersede: int | None, add: bool) -> Succession | None:
        """Which earlier batches this one replaces; None = the import compares scopes (`KindResult.scope`).

        supersede: the batch that the person named with --supersede; add: --add was given.
        """
        ...

    def promote(self, session: Session, scope: Scope, batch: int, result: KindResult, at: datetime) -> None:
        """Store what is the kind's own in the import's transaction; counts are stored by the import itself."""
        ...

    def set_live(self, session: Session, batch: int, *, live: bool) -> None:
        """Take the kind's own rows out of, or back into, force; for rows whose liveness no Delivery tells (fx)."""
        ...


def errors_of(problems: Sequence[Problem]) -> list[Problem]:
    """Those of the problems that stand in the way of accepting a file."""
    return [problem for problem in problems if problem.severity == "error"]
