"""The steps of an import: what a file comes to, and how that is kept, refused or made to count.

Owns: each step, so that a death at any point leaves nothing that counts by half. Must not know: in which order a command
or a job takes them (importers.importing).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import polars as pl
from sqlalchemy import Engine
from sqlmodel import Session

from importers import batches, store
from importers.asked import ImportOptions, told
from importers.batches import Order, Outcome
from importers.checks import capped
from importers.differences import differences
from importers.evidence import compared, path_of, write_evidence
from importers.intake import Format, Original, sniff
from importers.kinds.registry import COUNTS
from importers.pipeline import Gathered, gather, in_file, open_file, options_of, recognised_in, refusal
from importers.reader_process import Begun
from importers.reading import Limits, Reading
from importers.recognise import Told
from importers.remembered import layouts_of, remember, scale_changes
from importers.surroundings import context_for, usable_names
from kernel.clock import Clock
from kernel.db import reading, unit_of_work
from kernel.errors import Problem
from kernel.faults import reached
from kernel.scope import Scope
from kernel.settings import Settings

Result = TypeVar("Result")
View = tuple[str, dict[str, Any]]
"""Token and body of what a person is shown (importers.showing)."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What an import needs from outside."""

    engine: Engine
    settings: Settings
    scope: Scope
    clock: Clock


class Overtaken(Exception):
    """A person put the upload aside, or said more of it, while it was read: this reading comes to nothing."""


class Steps:
    """One file on its way. number: of its upload, 0 before it has one."""

    def __init__(self, environment: Environment, original: Original, name: str, options: ImportOptions, number: int = 0) -> None:
        self.environment, self.original, self.name, self.options, self.number = environment, original, name, options, number
        self.at: datetime = environment.clock.now()
        self.received_on = options.received_on or environment.clock.today(environment.settings.timezone)
        self.order = Order(options.supersede, options.add)
        self.tables: Reading = Reading()
        self.begun: Begun | None = None
        """The reading of the original, when it was begun before."""
        self.taken: str | None = None
        """The options with which a job took the upload; None for a command."""

    def _hold(self, session: Session) -> None:
        """Raise Overtaken when the upload is no longer as this reading took it."""
        row = store.batch(session, self.number)
        if self.taken is not None and (row is None or (row.state, row.options) != ("reading", self.taken)):
            raise Overtaken

    def write(self, work: Callable[[Session], Result]) -> Result:
        """One transaction."""
        return unit_of_work(self.environment.engine, work)

    def gathered(self) -> tuple[Gathered, dict[str, object]]:
        """What the file comes to, and the columns of the upload that tell of it."""
        gathered, options = self._gather()
        reached("import.gathered")
        return gathered, self._values(gathered, options)

    def _gather(self) -> tuple[Gathered, str]:
        settings = self.environment.settings
        form = sniff(self.original.path, self.name)
        if isinstance(form, Problem):
            return refusal([form]), json.dumps(told(self.options))
        self.tables = open_file(self.original, self.name, form, Limits.of(settings), settings.data / "scratch", self.begun)
        reached("import.read")
        if self.tables.refused:
            return refusal(self.tables.problems), json.dumps(told(self.options))
        with reading(self.environment.engine) as session:
            return self._gather_tables(session, form, self.tables)

    def _gather_tables(self, session: Session, form: Format, tables: Reading) -> tuple[Gathered, str]:
        options = self.options
        names = usable_names(session, self.environment.scope)
        sheets = () if form == Format.TOML else tables.sheets
        layouts = layouts_of(session, sheets, options.kind, options.vendor)
        asked = Told(self.name, options.vendor, options.kind, options.side, options.period, options.map, layouts)
        recognised = recognised_in(tables, form, asked, names)
        if recognised.vendor and not options.vendor:  # a title names the vendor: its own layout is the better one
            own = layouts_of(session, sheets, options.kind, recognised.vendor)
            if own != layouts:
                recognised = recognised_in(tables, form, replace(asked, layouts=own), names)
        context = context_for(
            session, self.environment.settings, self.name, self.received_on, names, recognised, without_bad_rows=options.without_bad_rows
        )
        gathered = gather(self.original, form, tables, recognised, context)
        remarks = scale_changes(session, gathered, self.number) if gathered.acceptable else []
        gathered = replace(gathered, problems=(*gathered.problems, *remarks))
        return gathered, options_of(gathered, context, {**told(options), "file_name": self.name, "format": form.value})

    def _values(self, gathered: Gathered, options: str) -> dict[str, object]:
        """The columns of the batch that tell of this reading."""
        result, recognised = gathered.result, gathered.recognised
        vendors = result.vendors
        problems = [in_file(problem, self.name).json() for problem in capped(gathered.problems)]
        return {
            "kind": recognised.kind,
            "vendor": next(iter(vendors)) if len(vendors) == 1 else recognised.vendor if not vendors else "",
            "side": result.side or recognised.side,
            "rows_read": gathered.read,
            "rows_accepted": gathered.accepted,
            "rows_rejected": gathered.rejected,
            "rows_skipped": gathered.skipped,
            "periods": json.dumps(sorted({period for _, period, _ in result.coverage})),
            "mapping": json.dumps(gathered.mapping, ensure_ascii=False),
            "problems": json.dumps(problems, ensure_ascii=False),
            "control": json.dumps(dict(result.control) if gathered.acceptable else {}),
            "options": options,
            "supersedes": "[]",
            "evidence_sha256": "",
        }

    def _older(self, gathered: Gathered) -> dict[int, pl.DataFrame]:
        """The rows of the uploads that hold some of the same, by upload; none for kinds that are no counts."""
        result, kind = gathered.result, gathered.recognised.kind
        if result.evidence is None or kind not in COUNTS:
            return {}
        with reading(self.environment.engine) as session:
            older = batches.partly_covered(session, kind, result)
        if self.order.supersede is not None:
            older = sorted({*older, self.order.supersede})
        files = {number: path_of(self.environment.settings.evidence, number) for number in older}
        return {number: pl.read_parquet(file) for number, file in files.items() if file.exists()}

    def changes(self, gathered: Gathered) -> dict[str, object] | None:
        """Rows new, changed and gone against the uploads that hold some of the same; None when there is none."""
        older = self._older(gathered)
        if not older or gathered.result.evidence is None:
            return None
        return {**compared(gathered.result.evidence, list(older.values())), "against": list(older)}

    def differences(self, gathered: Gathered) -> dict[str, Any] | None:
        """The same with the values that change, for a person to look at."""
        older = self._older(gathered)
        if not older or gathered.result.evidence is None:
            return None
        return {**differences(gathered.result.evidence, list(older.values())), "against": list(older)}

    def refuse(self, gathered: Gathered, values: Mapping[str, object], problems: Sequence[Problem], body: dict[str, Any]) -> None:
        """Keep that the file was refused, why, and what a person is shown of it."""
        listed = [in_file(problem, self.name).json() for problem in capped(problems)]
        rows = {"rows_accepted": 0, "rows_rejected": gathered.read - gathered.skipped, "rows_skipped": gathered.skipped}
        kept = {**values, **rows, "problems": json.dumps(listed, ensure_ascii=False), "control": "{}", "evidence_sha256": ""}

        def keep(session: Session) -> None:
            self._hold(session)
            store.put_view(session, self.number, "", json.dumps(body, ensure_ascii=False), gathered.good)
            batches.refuse(session, self.environment.scope, self.number, kept, self.at)

        self.write(keep)

    def show(self, gathered: Gathered, values: Mapping[str, object], view: View, *, looked: bool) -> None:
        """Keep the reading for a person to look at; looked: somebody has already, and is told what is otherwise now."""
        token, body = view

        def keep(session: Session) -> None:
            self._hold(session)
            old = store.view(session, self.number)
            body["meanwhile"] = batches.meanwhile(session, json.loads(old.body), body) if looked and old is not None else []
            store.put_view(session, self.number, token, json.dumps(body, ensure_ascii=False), gathered.good)
            batches.preview(session, self.environment.scope, self.number, values, self.at)

        self.write(keep)
        reached("upload.shown")

    def accept(self, gathered: Gathered, values: dict[str, object], view: View | None = None) -> Outcome:
        """Place the rows, then let them count; rows that come to count nowhere are taken away again.

        view: what a person saw; then only the uploads named in it are replaced, else the outcome is `changed`.
        """
        try:
            with ThreadPoolExecutor(1) as pool:  # the rows are placed while the counts are written, before either counts
                placing = pool.submit(self._place, gathered)
                outcome = self.write(lambda session: self._accept(session, gathered, values, view, placing.result))
        except Overtaken:
            self._take_away_rows()
            raise
        reached("import.committed")
        if outcome.state != "accepted":
            path_of(self.environment.settings.evidence, self.number).unlink(missing_ok=True)
        return outcome

    def _place(self, gathered: Gathered) -> str:
        """Put the rows where they stand for good; returns their SHA-256, '' for a kind without."""
        if gathered.result.evidence is None:
            return ""
        sha256 = write_evidence(self.environment.settings.evidence, self.number, gathered.result.evidence)
        reached("import.evidence_placed")
        return sha256

    def _take_away_rows(self) -> None:
        """Remove the rows that were placed, unless a worker on another machine has let the same ones count."""
        with reading(self.environment.engine) as session:
            row = store.batch(session, self.number)
        if row is None or row.state != "accepted":
            path_of(self.environment.settings.evidence, self.number).unlink(missing_ok=True)

    def _accept(
        self, session: Session, gathered: Gathered, values: Mapping[str, object], view: View | None, placed: Callable[[], str]
    ) -> Outcome:
        self._hold(session)
        scope, kind = self.environment.scope, gathered.recognised.kind
        agreed = None if view is None else view[1]["supersedes"]
        outcome = batches.accept(session, scope, self.number, kind, gathered.result, self.order, values, placed, self.at, agreed)
        if outcome.state == "accepted" and self.options.save_map:
            remember(session, scope, gathered, str(values["vendor"]), self.options.save_map, self.at)
        if outcome.state == "accepted" and view is not None:
            store.put_view(session, self.number, view[0], json.dumps(view[1], ensure_ascii=False), gathered.good)
        return outcome
