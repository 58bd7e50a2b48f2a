"""Files of counts: one row per key and day, any facts (interface 5 and 6).

Owns: what every kind of counts has in common: from tables to checked rows, tallies, scope and coverage. Must not
know: how a file is opened or stored, nor what a count is worth to a scorecard. Works on columns throughout.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl
from sqlmodel import Session

from importers.checks import Findings, amount_text
from importers.columns import Table
from importers.evidence import evidence_of, facts_in, row_key, tallies_of
from importers.kinds import Context, FieldSpec, KindResult, Source, Succession
from importers.kinds.amounts import amounts_of
from importers.kinds.dimensions import Coded, Resolver, coded_texts, translated
from importers.kinds.fields import DIMENSIONS, FIELDS, KEYS, SIDES, SPEAKS_FOR
from importers.kinds.grain import counted_once, finest_first
from importers.kinds.plausible import check_amounts
from importers.kinds.shifts import split_shifts
from importers.scopes import ScopeKey, ScopeRow, day_bit, whole_month
from kernel.errors import Problem
from kernel.period import Period
from kernel.scope import Scope

FIRST_DAY = date(2000, 1, 1)
"""No work is older."""
WORK_AHEAD, PLAN_AHEAD = timedelta(days=1), timedelta(days=400)
"""How far after its receipt a file may name days: work by a time zone's difference, plans by a year."""
DATED = ("day", "period", "shift_start")
"""One of these must say when."""


@dataclass(frozen=True)
class Counts:
    """A kind of counts. sides: whose counts it may hold. ahead: how far after receipt its days may lie."""

    name: str
    sides: tuple[str, ...] = SIDES
    ahead: timedelta = WORK_AHEAD
    needed: tuple[tuple[str, ...], ...] = (DATED,)

    @property
    def fields(self) -> Mapping[str, FieldSpec]:
        """Keys, facts and rates."""
        return FIELDS

    def evidence_for(self, mapped: Collection[str]) -> int:
        """How many of the mapped fields belong to this kind."""
        return sum(SPEAKS_FOR.get(field) == self.name for field in mapped)

    def read(self, source: Source, context: Context) -> KindResult:
        """Check the rows and gather evidence, counts, scope and coverage."""
        findings = Findings(source.tables, persons=frozenset(name for name, spec in FIELDS.items() if spec.person))
        frame, problems = self._rows(source.tables, context, findings)
        total = frame.height
        frame = split_shifts(_without(frame, findings), context, findings)
        facts = facts_in(frame)
        frame = _without(frame, findings)
        frame = counted_once(frame, facts, findings)
        frame = _without(finest_first(frame, facts, findings), findings)
        bearing = _bearing(frame, facts)
        accepted = bearing["at"].n_unique() if bearing.height > total else bearing.height
        evidence = evidence_of(frame, source.tables)
        with ThreadPoolExecutor() as pool:  # none of the three waits for another
            scoping, summing = pool.submit(scope_of, bearing, self.name), pool.submit(_control, bearing, facts)
            tallies, mixed = tallies_of(evidence)
        scope, coverage = scoping.result()
        sides = bearing["side"].unique().to_list()
        return KindResult(
            problems=(*problems, *mixed, *findings.problems),
            accepted=accepted,
            rejected=len(findings.rejected),
            skipped=total - accepted - len(findings.rejected),
            rows_mend=not problems and not mixed,
            vendors=frozenset(bearing["vendor"].unique().to_list()),
            side=sides[0] if len(sides) == 1 else "",
            coverage=coverage,
            control=summing.result(),
            scope=scope,
            evidence=evidence,
            tallies=tallies,
        )

    def succession(self, session: Session, result: KindResult, *, supersede: int | None, add: bool) -> Succession | None:
        """The import compares scopes."""
        del session, result, supersede, add
        return None

    def promote(self, session: Session, scope: Scope, batch: int, result: KindResult, at: datetime) -> None:
        """Nothing beside the counts, which the import stores."""

    def set_live(self, session: Session, batch: int, *, live: bool) -> None:
        """Deliveries tell whether counts are live."""

    def _rows(self, tables: tuple[Table, ...], context: Context, findings: Findings) -> tuple[pl.DataFrame, list[Problem]]:
        """All rows with resolved keys and checked amounts, and problems of the whole file."""
        raw = pl.concat([_raw(index, table) for index, table in enumerate(tables)], how="diagonal", rechunk=False)
        raw = raw.with_columns(at=pl.Series(range(raw.height), dtype=pl.Int64))
        frame = _with_days(raw)
        self._check_days(frame, context, findings)
        check_amounts(frame, findings)
        default = context.side or ("vendor" if context.vendor else "")
        coded = _dimensions(frame, Resolver(context, findings, frame["day"]), default)
        problems = self._check_sides(coded["side"], context, frame, findings)
        keys = {name: column.series(name) for name, column in coded.items()}
        agents = _agents(frame, context).series("agent")
        frame = frame.drop(name for name in (*DIMENSIONS, "agent_id") if name in frame.columns)
        return frame.with_columns(*keys.values(), agents), problems

    def _check_days(self, frame: pl.DataFrame, context: Context, findings: Findings) -> None:
        name = "day" if any("day" in table.columns for table in findings.tables) else "period"
        shift = frame["shift_start"].is_not_null() if "shift_start" in frame.columns else pl.Series([False]).new_from_index(0, frame.height)
        findings.add("error", "MISSING_DAY", f"the {name} is missing: fill the cell.", name, frame["day"].is_null() & ~shift)
        latest = context.received_on + self.ahead
        message = f"{{value}} lies before {FIRST_DAY}: correct the day."
        findings.add("error", "DAY_TOO_EARLY", message, name, frame["day"] < FIRST_DAY)
        message = f"{{value}} lies after {latest}, the last day that a file received on {context.received_on} can hold: correct the day."
        findings.add("error", "DAY_TOO_LATE", message, name, frame["day"] > latest)
        if context.period is not None:
            outside = (frame["day"] < context.period.first) | (frame["day"] >= context.period.end)
            message = f"{{value}} lies outside {context.period}, the month that was told: the row counts in its own month."
            findings.add("warning", "DAY_OUTSIDE_PERIOD", message, name, outside)

    def _check_sides(self, side: Coded, context: Context, frame: pl.DataFrame, findings: Findings) -> list[Problem]:
        """Sides this kind cannot have; a side that nobody told is a problem of the whole file."""
        allowed = " or ".join(self.sides)
        if side.among({""}).any():
            message = (
                f"nothing tells whose counts these are: add --side {self.sides[0]} (or {', '.join(self.sides[1:])}), or a column side."
            )
            return [Problem("error", "SIDE_UNKNOWN", message)]
        message = f"a {self.name} file holds counts of the {allowed}, not of the {{value}}: correct the side."
        wrong = ~side.among(self.sides)
        findings.add(
            "error", "SIDE_NOT_ALLOWED", message.replace("{value}", context.side) if "side" not in frame.columns else message, "side", wrong
        )
        if context.side and "side" in frame.columns:
            message = f'"{{value}}" is not {context.side}, the side that --side names: leave --side out, or correct the column.'
            findings.add("error", "OTHER_SIDE", message, "side", ~side.among({context.side}))
        return []


def _without(frame: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """The rows that are not rejected."""
    return frame.filter(~frame["at"].is_in(sorted(findings.rejected))) if findings.rejected else frame


def _bearing(frame: pl.DataFrame, facts: Sequence[str]) -> pl.DataFrame:
    """The rows with an amount."""
    if any(not frame[fact].null_count() for fact in facts):
        return frame
    return frame.filter(pl.any_horizontal(pl.col(fact).is_not_null() for fact in facts)) if facts else frame.clear()


def _control(bearing: pl.DataFrame, facts: Sequence[str]) -> dict[str, str]:
    """The sum of each fact that the rows hold, in plain digits."""
    held = [fact for fact in facts if bearing[fact].count()]
    sums = bearing.select(pl.col(fact).cast(pl.Int128).sum() for fact in held).row(0) if held else ()
    return {fact: amount_text(total) for fact, total in zip(held, sums, strict=True)}


def _raw(index: int, table: Table) -> pl.DataFrame:
    """One table's key texts, days and amounts as a frame."""
    amounts = amounts_of(table)
    keys = {name: column.values for name, column in table.columns.items() if name in KEYS}
    height = len(table.rows)
    flags = {f"{name}__off": mask for name, mask in amounts.disagreeing.items()}
    sheet = pl.Series([index], dtype=pl.UInt16).new_from_index(0, height)
    return pl.DataFrame({"sheet": sheet, "row": table.rows, **keys, **amounts.columns, **flags})


def _with_days(frame: pl.DataFrame) -> pl.DataFrame:
    """One day per row: the day, else the shift's first day, else the first of the period (then month is True)."""
    empty = pl.lit(None, pl.Date)
    day = pl.col("day") if "day" in frame.columns else empty
    shift = pl.col("shift_start").dt.date() if "shift_start" in frame.columns else empty
    period = pl.col("period").dt.month_start() if "period" in frame.columns else empty
    found = pl.coalesce(day, shift)
    return frame.with_columns(
        day=pl.coalesce(found, period), month=(found.is_null() & period.is_not_null()) if "period" in frame.columns else pl.lit(value=False)
    ).drop("period", strict=False)


def _dimensions(frame: pl.DataFrame, resolver: Resolver, side: str) -> dict[str, Coded]:
    def texts(name: str) -> pl.Series | None:
        return frame[name] if name in frame.columns else None

    height = frame.height
    vendor = resolver.vendor(texts("vendor"), height)
    return {
        "vendor": vendor,
        "site": resolver.site(texts("site"), vendor, height),
        "queue": resolver.queue(texts("queue"), height),
        "language": resolver.language(texts("language"), height),
        "role": resolver.plain(texts("role"), height),
        "side": resolver.side(texts("side"), height, side),
        "sample": resolver.sample(texts("sample"), height),
    }


def _agents(frame: pl.DataFrame, context: Context) -> Coded:
    """Pseudonyms, one per distinct id; '' where a row names nobody."""
    if "agent_id" not in frame.columns:
        return Coded.constant("", frame.height)
    return translated([coded_texts(frame["agent_id"])], lambda text: context.pseudonym(text) if text else "")


def scope_of(rows: pl.DataFrame, kind: str) -> tuple[tuple[ScopeRow, ...], frozenset[tuple[str, str, str]]]:
    """What the rows own, and which (vendor, month, site) they cover."""
    keys = ("vendor", "side", "sample", "site", "queue")
    found: dict[ScopeKey, int] = {}
    distinct = rows.select(*keys, "day", "month").filter(row_key(rows, (*keys, "day", "month")).is_first_distinct())
    for vendor, side, sample, site, queue, day, month in distinct.iter_rows():
        period = Period.of(day)
        key = ScopeKey(vendor, str(period), kind, side, sample, site, queue)
        found[key] = found.get(key, 0) | (whole_month(period) if month else day_bit(day))
    coverage = frozenset((key.vendor, key.period, key.site) for key in found)
    return tuple(ScopeRow(key, days) for key, days in sorted(found.items())), coverage
