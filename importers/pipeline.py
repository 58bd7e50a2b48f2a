"""From an original to everything that would be stored: recognise, parse, check, gather.

Owns: the order of these steps, and what must be remembered to take them again. Must not know: batches, transactions.
The same original, options and names give the same result; the self-check relies on it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from importers.intake import Format, Original
from importers.kinds import Context, Kind, KindResult, Source
from importers.kinds.counts import FIRST_DAY, PLAN_AHEAD, Counts
from importers.kinds.registry import KINDS
from importers.mapping import Assignment, SheetMapping
from importers.reader_process import Begun
from importers.reading import Limits, RawSheet, Reading, read_tables
from importers.recognise import ChosenSheet, Recognised, Told, month_named, recognise
from importers.tables import Built, Wanted, build_table, rows_of
from kernel.errors import Problem
from kernel.faults import reached
from kernel.period import Period
from vendors.aliases import QUEUE, SITE, VENDOR, Names, match_key

LONG_AGO_SECONDS = 3600
"""After so long no reading is under way any more."""
DOCUMENT_KINDS = {Format.TOML: "contract"}


@dataclass(frozen=True)
class Gathered:
    """What a file comes to. read = accepted + rejected + skipped holds for the rows of an accepted file.

    problems: all, without places' prefixes. acceptable: no problem stands in the way, bad rows left out if that was
    told. scales: sheet and field -> how shares are written. good: the rows that could be accepted without the bad ones; 0 when
    leaving rows out would not mend the file.
    """

    recognised: Recognised
    result: KindResult
    problems: tuple[Problem, ...]
    read: int
    accepted: int
    rejected: int
    skipped: int
    acceptable: bool
    scales: Mapping[str, str] = field(default_factory=dict)
    good: int = 0

    @property
    def mapping(self) -> list[dict[str, Any]]:
        """The columns of every sheet as JSON."""
        return [
            column | {"scale": self.scales.get(f"{mapping.sheet}/{column['field']}", "")}
            for mapping in self.recognised.mappings
            for column in mapping.json()
        ]


def refusal(problems: Sequence[Problem], recognised: Recognised | None = None, read: int = 0) -> Gathered:
    """A file of which nothing is gathered."""
    found = recognised or Recognised()
    return Gathered(found, KindResult(), tuple(problems), read, 0, read, 0, acceptable=False)


def open_file(original: Original, file_name: str, form: Format, limits: Limits, scratch: Path, begun: Begun | None = None) -> Reading:
    """The tables of an original; documents have none. begun: the same reading, when it was begun before."""
    if form == Format.TOML:
        return Reading()
    scratch.mkdir(parents=True, exist_ok=True)
    sweep(scratch, max(LONG_AGO_SECONDS, 2 * limits.wall_seconds))
    return read_tables(original, file_name, form, limits, scratch, begun)


def sweep(scratch: Path, older_than: int) -> None:
    """Remove what readings that died left behind; younger than so many seconds, it may be of one under way."""
    scratch.touch()  # the file system's clock is the one that dated the others
    latest = scratch.stat().st_mtime - older_than
    for folder in scratch.iterdir():
        with suppress(FileNotFoundError):  # another process sweeps too
            if folder.stat().st_mtime < latest:
                shutil.rmtree(folder, ignore_errors=True)


def recognised_in(reading: Reading, form: Format, told: Told, names: Names) -> Recognised:
    """What the file is; documents are recognised by their format."""
    if form == Format.TOML:
        if told.kind and told.kind != DOCUMENT_KINDS[form]:
            message = f"a TOML document holds a contract, and --as says {told.kind}: leave --as out, or take the other file."
            return Recognised(problems=(Problem("error", "KIND_MISMATCH", message),))
        return Recognised(kind=DOCUMENT_KINDS[form], vendor=told.vendor)
    if told.kind in DOCUMENT_KINDS.values():
        message = f"a {told.kind} is a TOML document, not a table: write one with `template {told.kind}`."
        return Recognised(problems=(Problem("error", "KIND_MISMATCH", message),))
    return recognise(reading.sheets, told, KINDS, names)


def gather(original: Original, form: Format, reading: Reading, recognised: Recognised, context: Context) -> Gathered:
    """Parse, check and gather. context: vendor, side and period as recognised."""
    before = [*reading.problems, *recognised.problems]
    read = 1 if form == Format.TOML else rows_of([chosen.raw for chosen in recognised.sheets])
    if any(problem.severity == "error" for problem in before):
        return refusal(before, recognised, read or rows_of(reading.sheets))
    kind = KINDS[recognised.kind]
    if form == Format.TOML:
        try:
            text = original.path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            line = original.path.read_bytes()[: error.start].count(b"\n") + 1
            message = "the line is not UTF-8 text: save the document as UTF-8 and import it again."
            return refusal([*before, Problem("error", "ENCODING", message, row=line)], recognised, read)
        result = kind.read(Source(text=text), context)
        return _judged(recognised, kind, result, before, [], read, context)
    built = built_tables(recognised, context)
    reached("import.parsed")
    result = kind.read(Source(tables=tuple(one.table for one in built)), context)
    return _judged(recognised, kind, result, before, built, read, context)


def built_tables(recognised: Recognised, context: Context) -> list[Built]:
    """The parsed tables of a recognised file, sheet by sheet."""
    return [build_table(_wanted(chosen, KINDS[recognised.kind], context)) for chosen in recognised.sheets]


def _judged(
    recognised: Recognised, kind: Kind, result: KindResult, before: Sequence[Problem], built: Sequence[Built], read: int, context: Context
) -> Gathered:
    del kind
    cells = [problem for one in built for problem in one.problems]
    columns = [problem for one in built for problem in one.blocking]
    problems = (*before, *columns, *cells, *result.problems)
    scales = {f"{one.table.sheet}/{name}": scale for one in built for name, scale in one.scales.items()}
    rejected = result.rejected + sum(one.rejected for one in built)
    skipped = result.skipped + sum(one.skipped for one in built)
    faulty = any(problem.severity == "error" for problem in problems)
    mends = not columns and result.accepted > 0 and (result.rows_mend or not _errors(result.problems))
    good = read - rejected - skipped if mends or not faulty else 0
    if faulty and not (mends and context.without_bad_rows):
        return Gathered(recognised, result, problems, read, 0, read - skipped, skipped, acceptable=False, scales=scales, good=good)
    return Gathered(recognised, result, problems, read, good, rejected, skipped, acceptable=True, scales=scales, good=good)


def _errors(problems: Sequence[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _wanted(chosen: ChosenSheet, kind: Kind, context: Context) -> Wanted:
    ahead = kind.ahead if isinstance(kind, Counts) else PLAN_AHEAD
    return Wanted(
        raw=chosen.raw,
        mapping=chosen.mapping,
        specs=kind.fields,
        window=window(context.received_on, ahead),
        is_name=lambda name, text: is_name(context.names, name, text),
        constants=chosen.constants,
        month=context.period or month_named(chosen.raw, context.file_name),
    )


def window(received_on: date, ahead: timedelta) -> tuple[date, date]:
    """The days that are believed in a file received on a day."""
    return FIRST_DAY, received_on + ahead


def is_name(names: Names, name: str, text: str) -> bool:
    """Whether a text is a vendor's, site's or queue's name in a column of such names."""
    if name not in {VENDOR, SITE, QUEUE}:
        return False
    key = match_key(text)
    return any(known.kind == name and match_key(known.text) == key for known in names.names)


def options_of(gathered: Gathered, context: Context, told: Mapping[str, object]) -> str:
    """JSON of everything that is needed to read the original again the same way."""
    recognised = gathered.recognised
    return json.dumps(
        {
            **told,
            "resolved": {
                "vendor": context.vendor,
                "side": context.side,
                "period": str(context.period) if context.period else "",
                "sheets": {chosen.raw.name: dict(chosen.constants) for chosen in recognised.sheets},
            },
        },
        sort_keys=True,
        ensure_ascii=False,
    )


def recognised_again(sheets: Sequence[RawSheet], kind: str, mapping: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> Recognised:
    """The recognition of an earlier import, from what its batch keeps."""
    resolved = options["resolved"]
    constants: Mapping[str, Mapping[str, str]] = resolved["sheets"]
    chosen = []
    for raw in sheets:
        if raw.name not in constants:
            continue
        columns = tuple(
            Assignment(row["letter"], row["header"], row["field"], row["confidence"], row["why"], row["unit"])
            for row in mapping
            if row["sheet"] == raw.name
        )
        chosen.append(ChosenSheet(raw, SheetMapping(raw.name, raw.header_row, columns), constants[raw.name]))
    period = Period.parse(resolved["period"]) if resolved["period"] else None
    return Recognised(kind, resolved["vendor"], resolved["side"], period, tuple(chosen), tuple(one.mapping for one in chosen))


def in_file(problem: Problem, file_name: str) -> Problem:
    """The problem with a sentence that stands by itself: file, sheet and cell before what is wrong."""
    if file_name in problem.message:
        return problem
    places = [file_name]
    if problem.sheet and f"'{problem.sheet}'" not in problem.message and f'"{problem.sheet}"' not in problem.message:
        places.append(f"sheet {problem.sheet}")
    message = problem.message
    if problem.cell:
        places.append(problem.cell)
        message = message.removeprefix(f"{problem.cell}: ")  # those of a document name their key themselves
    elif problem.row is not None:
        places.append(f"row {problem.row}")
    return replace(problem, message=f"{', '.join(places)}: {message}")
