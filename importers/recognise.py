"""Recognition: which kind of file this is, whose, for which month, and which sheets of it are read.

Owns: these decisions, taken only when there is one answer. Must not know: cells, the database. Whatever is not certain
becomes a problem with the option that settles it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from importers.checks import shown
from importers.kinds import Kind
from importers.kinds.counts import DATED, Counts
from importers.kinds.dimensions import language_tag, unknown_name
from importers.kinds.fields import COUNTED, RATES
from importers.mapping import IGNORE, SheetMapping, date_headers, fold_header, map_sheet, signature
from importers.reading.sheet import RawSheet
from kernel.errors import Problem
from kernel.period import Period
from vendors.aliases import SITE, VENDOR, Names

MOST_WORDS = 5
"""Longest run of words in a title or file name that is looked up as a vendor's name."""
SHORTEST_NAME = 3
MOST_COLUMNS = 16_384
"""Of a table, as of a workbook's sheet: each header is looked up for each kind of file."""
WIDE = 3
"""So many headers that are dates make a sheet with a column per day."""
MONTHS = "january february march april may june july august september october november december".split()
_ISO_MONTH = re.compile(r"(?<!\d)(20\d\d)[-_](0[1-9]|1[0-2])(?![\d])")
_NAMED_MONTH = re.compile(r"\b(" + "|".join(name[:3] + "(?:" + name[3:] + ")?" for name in MONTHS) + r")[ ,_-]*(20\d\d)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """What the person said. map: header -> field or `ignore`. layouts: signature -> (kind, folded header -> field)."""

    file_name: str
    vendor: str = ""
    kind: str = ""
    side: str = ""
    period: Period | None = None
    map: Mapping[str, str] = field(default_factory=dict)
    layouts: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class ChosenSheet:
    """A sheet that is read. constants: field -> text that holds for all its rows."""

    raw: RawSheet
    mapping: SheetMapping
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Recognised:
    """What a file is. mappings: of every visible sheet, in order. problems: errors stop the import."""

    kind: str = ""
    vendor: str = ""
    side: str = ""
    period: Period | None = None
    sheets: tuple[ChosenSheet, ...] = ()
    mappings: tuple[SheetMapping, ...] = ()
    problems: tuple[Problem, ...] = ()
    remembered: bool = False


def recognise(sheets: Sequence[RawSheet], told: Told, kinds: Mapping[str, Kind], names: Names) -> Recognised:
    """Find out what a file of tables is."""
    too_wide = [raw for raw in sheets if len(raw.headers) > MOST_COLUMNS]
    if too_wide:
        return Recognised(problems=tuple(_too_wide(raw) for raw in too_wide))
    layouts = {raw.name: told.layouts[mark] for raw in sheets if (mark := signature(raw.headers)) in told.layouts}
    remembered = {kind for kind, _ in layouts.values()}
    name = told.kind or (next(iter(remembered)) if len(remembered) == 1 else "")
    if not name:
        name, problem = _kind_of(sheets, told, kinds)
        if problem is not None:
            return Recognised(problems=(problem,), mappings=_all_mapped(sheets, told, kinds))
    kind = kinds[name]
    fields = {raw.name: fields for raw in sheets if (found := layouts.get(raw.name)) and found[0] == name for fields in [found[1]]}
    mappings = tuple(_map(raw, told, kind, fields.get(raw.name)) for raw in sheets)
    return _chosen(sheets, mappings, told, kind, names, remembered=bool(fields))


def _too_wide(raw: RawSheet) -> Problem:
    message = f"the table has {len(raw.headers):,} columns, more than a workbook can have ({MOST_COLUMNS:,}): send those that are needed."
    return Problem("error", "TOO_WIDE", message, raw.name)


def _map(raw: RawSheet, told: Told, kind: Kind, remembered: Mapping[str, str] | None = None) -> SheetMapping:
    chosen = {fold_header(header).key: meaning for header, meaning in told.map.items()}
    keys = {name for name, spec in kind.fields.items() if spec.key}
    columns = list(zip(raw.letters, raw.headers, strict=True))
    return map_sheet(raw.name, raw.header_row, columns, fields=set(kind.fields), keys=keys, told=chosen, remembered=remembered)


def _all_mapped(sheets: Sequence[RawSheet], told: Told, kinds: Mapping[str, Kind]) -> tuple[SheetMapping, ...]:
    """How the headers would be understood by the kind that understands most of them, to be shown."""
    best: tuple[SheetMapping, ...] = ()
    for kind in kinds.values():
        if kind.fields:
            mappings = tuple(_map(raw, told, kind) for raw in sheets)
            best = max(best, mappings, key=lambda one: sum(len(mapping.fields) for mapping in one))
    return best


def _kind_of(sheets: Sequence[RawSheet], told: Told, kinds: Mapping[str, Kind]) -> tuple[str, Problem | None]:
    """The one kind that the headers speak for most; else the problem that asks."""
    scores: dict[str, int] = {}
    for name, kind in kinds.items():
        if kind.fields:
            mappings = [_map(raw, told, kind) for raw in sheets]
            scores[name] = sum(kind.evidence_for({*mapping.fields, *mapping.doubled}) for mapping in mappings)
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] == 0:
        headers = ", ".join(f'"{shown(header.strip())}"' for raw in sheets[:1] for header in raw.headers[:8] if header.strip())
        message = f"no header tells what this file holds ({headers}): say it with --as KIND, and what its columns mean with --map."
        return "", Problem("error", "KIND_UNKNOWN", message)
    if len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
        likely = [name for name, score in ranked if score == ranked[0][1]]
        message = f"the headers fit {' and '.join(likely)} alike: say which it is with --as {' or --as '.join(likely)}."
        return "", Problem("error", "KIND_AMBIGUOUS", message)
    return ranked[0][0], None


def _chosen(
    sheets: Sequence[RawSheet], mappings: tuple[SheetMapping, ...], told: Told, kind: Kind, names: Names, *, remembered: bool
) -> Recognised:
    problems: list[Problem] = []
    base = Recognised(kind=kind.name, side=told.side, mappings=mappings, remembered=remembered)
    problems += _unknown_told(sheets, told, kind)
    usable = [(raw, mapping) for raw, mapping in zip(sheets, mappings, strict=True) if not _missing(mapping, kind, told)]
    if told.period is None and isinstance(kind, Counts):
        usable, found = _with_period(usable, sheets, mappings, told, kind)
    else:
        found = told.period
    if not usable:
        return replace(base, problems=(*problems, *_why_not(sheets, mappings, kind, told)))
    used = {raw.name for raw, _ in usable}
    for raw, mapping in zip(sheets, mappings, strict=True):
        problems += mapping.problems if raw.name in used else _left_out(raw, mapping, kind, told)
    vendor, vendor_problems = _vendor(usable, told, kind, names)
    chosen, constant_problems = _constants(usable, vendor, kind, names)
    if found is not None:
        first = found.first.isoformat()
        undated = {raw.name for raw, mapping in usable if not set(DATED) & set(mapping.fields)}
        chosen = [
            replace(one, constants={**one.constants, "period": first}) if one.raw.name in undated and "period" in kind.fields else one
            for one in chosen
        ]
    if not any(len(raw.rows) for raw, _ in usable):
        problems.append(
            Problem("error", "NO_ROWS", "there are headers and no rows under them: export the file again with its data.", usable[0][0].name)
        )
    problems += [*vendor_problems, *constant_problems]
    if isinstance(kind, Counts):
        problems += _side_problem(usable, told, kind, recognised=vendor != told.vendor)
    return replace(base, vendor=vendor, period=found, sheets=tuple(chosen), problems=tuple(problems))


def _missing(mapping: SheetMapping, kind: Kind, told: Told) -> list[tuple[str, ...]]:
    """The groups of needed fields of which a sheet has none."""
    missing = [group for group in kind.needed if not set(group) & {*mapping.fields, *mapping.doubled}]
    if told.period is not None and DATED in missing:
        missing.remove(DATED)
    if isinstance(kind, Counts) and not _counts(mapping):
        missing.append(("decisions",) if kind.name == "performance" else ("a count",))
    return missing


def _counts(mapping: SheetMapping) -> bool:
    return any(name in COUNTED or name in RATES or name == "shift_end" for name in (*mapping.fields, *mapping.doubled))


def _with_period(
    usable: list[tuple[RawSheet, SheetMapping]], sheets: Sequence[RawSheet], mappings: Sequence[SheetMapping], told: Told, kind: Kind
) -> tuple[list[tuple[RawSheet, SheetMapping]], Period | None]:
    """Where no sheet has a day, the one month that titles, sheet names and file name agree on stands in."""
    if usable:
        return usable, None
    undated = [(raw, mapping) for raw, mapping in zip(sheets, mappings, strict=True) if _missing(mapping, kind, told) == [DATED]]
    texts = [told.file_name, *(text for raw, _ in undated for text in (*raw.title_texts, raw.name))]
    months = {month for text in texts for month in months_in(text)}
    return (undated, months.pop()) if undated and len(months) == 1 else ([], None)


def months_in(text: str) -> set[Period]:
    """The months that a text names.

    >>> sorted(str(month) for month in months_in("Scorecard October 2026 (prepared 2026-11)"))
    ['2026-10', '2026-11']
    """
    found = {Period(int(year), int(month)) for year, month in _ISO_MONTH.findall(text)}
    for name, year in _NAMED_MONTH.findall(text):
        number = next(index for index, month in enumerate(MONTHS, start=1) if month.startswith(name[:3].lower()))
        found.add(Period(int(year), number))
    return found


def month_named(raw: RawSheet, file_name: str) -> Period | None:
    """The one month that a sheet's titles, its name and the file's name agree on; None when they name none or several."""
    months = {month for text in (file_name, raw.name, *raw.title_texts) for month in months_in(text)}
    return months.pop() if len(months) == 1 else None


def _unknown_told(sheets: Sequence[RawSheet], told: Told, kind: Kind) -> list[Problem]:
    """--map must name a header of the file and a field of the kind."""
    known = {fold_header(header).key for raw in sheets for header in raw.headers}
    problems = []
    for header, meaning in told.map.items():
        if fold_header(header).key not in known:
            message = f'--map names the header "{shown(header)}", and no sheet has it: write it as it stands in the file.'
            problems.append(Problem("error", "MAP_HEADER", message, value=shown(header)))
        if meaning not in kind.fields and meaning != IGNORE:
            message = (
                f'--map says "{shown(meaning)}", and that is no field of {kind.name}: `template {kind.name}` lists the fields, '
                f"{IGNORE} leaves a column out."
            )
            problems.append(Problem("error", "MAP_FIELD", message, value=shown(meaning)))
    return problems


def _why_not(sheets: Sequence[RawSheet], mappings: Sequence[SheetMapping], kind: Kind, told: Told) -> list[Problem]:
    """Why no sheet can be read: of the sheet that fits best, what is missing."""
    if not sheets:
        return [Problem("error", "NO_TABLE", "there is no table in the file: put the headers in one row and the data under it.")]
    raw, mapping = max(zip(sheets, mappings, strict=True), key=lambda pair: len(pair[1].fields))
    wide = date_headers(raw.headers)
    if len(wide) >= WIDE:
        message = f"the days stand side by side ({wide[0]}, {wide[1]} ...): give each day a row of its own, with a column day."
        return [*mapping.problems, Problem("error", "WIDE_LAYOUT", message, raw.name, raw.header_row)]
    problems = [problem for problem in mapping.problems if problem.severity == "error"]
    unknown = [shown(column.header.strip()) for column in mapping.columns if column.field is None and column.header.strip()]
    for group in _missing(mapping, kind, told):
        name = " or ".join(group)
        example = (
            f' If one of the columns is it, say so, e.g. --map "{unknown[0]}={group[0]}".' if unknown and group[0] in kind.fields else ""
        )
        month = " For counts of a whole month --period 2026-10 does." if group == DATED else ""
        message = f"there is no column for {name}: add it, headed {group[0]}.{example}{month}"
        problems.append(Problem("error", "MISSING_COLUMN", message, raw.name, raw.header_row, value=name))
    return problems


def _left_out(raw: RawSheet, mapping: SheetMapping, kind: Kind, told: Told) -> list[Problem]:
    """A remark on a sheet that is not read: a warning when it holds something countable."""
    missing = " and ".join(" or ".join(group) for group in _missing(mapping, kind, told))
    serious = kind.evidence_for(mapping.fields) > 0
    message = f"the sheet was not read: it has no column for {missing}."
    return [Problem("warning" if serious else "info", "SHEET_LEFT_OUT", message, raw.name)]


def _vendor(usable: Sequence[tuple[RawSheet, SheetMapping]], told: Told, kind: Kind, names: Names) -> tuple[str, list[Problem]]:
    """The vendor told, else the one that titles, sheets or the file's name carry; '' where columns or sites tell."""
    if told.vendor:
        found = names.vendor(told.vendor)
        if found.code is None:
            code, message = unknown_name(names, VENDOR, told.vendor)
            return "", [Problem("error", code, message, value=shown(told.vendor))]
        return found.code, []
    if "vendor" not in kind.fields or all("vendor" in mapping.fields for _, mapping in usable):
        return "", []
    texts = [told.file_name.rpartition(".")[0], *(text for raw, _ in usable for text in (*raw.title_texts, raw.name))]
    codes = {code for text in texts for code in vendors_in(text, names)}
    if len(codes) == 1:
        return codes.pop(), []
    if not isinstance(kind, Counts):
        return "", []  # a row's site may still tell
    message = "no column and no title names the vendor: add --vendor CODE, or a column vendor."
    return "", [Problem("error", "VENDOR_UNKNOWN", message, usable[0][0].name, usable[0][0].header_row)]


def vendors_in(text: str, names: Names) -> set[str]:
    """The vendors whose code or name stands in a text as whole words."""
    words = [word for word in re.split(r"[^\w&]+|_", text) if word]
    found = set()
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + MOST_WORDS) + 1):
            run = " ".join(words[start:end])
            code = names.vendor(run).code if len(run) >= SHORTEST_NAME else None
            if code is not None:
                found.add(code)
    return found


def _constants(
    usable: Sequence[tuple[RawSheet, SheetMapping]], vendor: str, kind: Kind, names: Names
) -> tuple[list[ChosenSheet], list[Problem]]:
    """What the names of equal sheets stand for: a site each, a queue each, or a language each."""
    plain = [ChosenSheet(raw, mapping) for raw, mapping in usable]
    if not isinstance(kind, Counts) or (len(usable) > 1 and len({signature(raw.headers) for raw, _ in usable}) > 1):
        return plain, []
    free = [name for name in ("site", "queue", "language") if all(name not in mapping.fields for _, mapping in usable)]
    answers: dict[str, dict[str, str]] = {name: {} for name in free}
    for raw, _ in usable:
        meant = {"site": names.site(vendor, raw.name).code if vendor else None, "queue": names.queue(raw.name).code}
        meant["language"] = language_tag(raw.name) if len(raw.name) > SHORTEST_NAME or raw.name.islower() else None
        for name in free:
            code = meant[name]
            if code:
                answers[name][raw.name] = code
    for name in free:
        if len(answers[name]) == len(usable):
            return [replace(one, constants={name: answers[name][one.raw.name]}) for one in plain], []
    if len(usable) > 1 and answers.get("site"):
        unknown = [raw.name for raw, _ in usable if raw.name not in answers["site"]]
        return plain, [Problem("error", *unknown_name(names, SITE, sheet, vendor), sheet=sheet, value=shown(sheet)) for sheet in unknown]
    return plain, []


def _side_problem(usable: Sequence[tuple[RawSheet, SheetMapping]], told: Told, kind: Counts, *, recognised: bool) -> list[Problem]:
    """Reviews in a file that merely names a vendor may be the client's or the vendor's: that is asked."""
    if told.side or all("side" in mapping.fields for _, mapping in usable) or not (recognised and kind.name == "quality"):
        return []
    message = "nothing tells whose reviews these are: add --side client or --side vendor, or a column side."
    return [Problem("error", "SIDE_UNKNOWN", message, usable[0][0].name)]
