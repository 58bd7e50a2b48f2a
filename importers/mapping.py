"""Mapping: which field a column header means.

Owns: the folding of headers, the units in them, exact and remembered matches, proposals. Must not know: cells, kinds'
rules, the database. A header is mapped when it is the field's own name, a known word for exactly one field, part of a
layout that a person confirmed, or told with --map. What merely looks alike is proposed, never taken.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from importers.synonyms import ABBREVIATIONS, NOT_STORED, SYNONYMS, USER_CONTENT, words_of
from kernel.errors import Problem

IGNORE = "ignore"
"""Told instead of a field: the column is not wanted."""
LIKENESS = 0.9
"""From this ratio of equal characters a field is proposed."""
TOLD, OWN_NAME, REMEMBERED, SYNONYM = 1.0, 1.0, 1.0, 0.95
"""Confidence of a match, by how it was made."""
MOST_PROPOSALS = 300
"""For so many unknown headers of a sheet a field that looks alike is looked for; a table of people has no more columns."""
WIDE = 3
"""So many headers that are dates make a sheet with a column per day."""

_COPY = re.compile(r"\s*\(copy\)\s*$", re.IGNORECASE)
_BRACKET = re.compile(r"[(\[]\s*([^)\]]*?)\s*[)\]]\s*$")
_PUNCTUATION = re.compile(r"[^\w%#/]+|_")
_DATE_HEADER = re.compile(
    r"\d{4}-\d{2}-\d{2}( 00:00(:00)?)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
    r"|\d{1,2}[- ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*([- ]\d{2,4})?",
    re.IGNORECASE,
)
_UNITS = {
    "s": "seconds", "sec": "seconds", "secs": "seconds", "second": "seconds", "seconds": "seconds",
    "m": "minutes", "min": "minutes", "mins": "minutes", "minute": "minutes", "minutes": "minutes",
    "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours", "hours": "hours",
    "mm:ss": "mm:ss", "h:mm": "h:mm", "hh:mm": "h:mm", "h:mm:ss": "h:mm:ss", "hh:mm:ss": "h:mm:ss",
    "%": "percent", "k": "thousand", "'000": "thousand", "000": "thousand", "000s": "thousand", "thousands": "thousand",
    "thousand": "thousand", "mn": "million", "millions": "million", "million": "million",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folded:
    """A header made comparable: key with its unit's words, bare without, unit '' = none told."""

    key: str
    bare: str
    unit: str


@lru_cache(maxsize=4096)
def fold_header(text: str) -> Folded:
    """Fold a header for comparison and read the unit in it.

    >>> fold_header("AHT (sec)"), fold_header("Site ")
    (Folded(key='aht sec', bare='aht', unit='seconds'), Folded(key='site', bare='site', unit=''))
    >>> fold_header("% in SLA").key == fold_header("%in sla").key, fold_header("Hrs (k)").unit
    (True, 'thousand')
    """
    plain = _COPY.sub("", unicodedata.normalize("NFKC", text)).strip()
    bracket = _BRACKET.search(plain)
    unit, bare = "", plain
    if bracket and bracket[1].casefold().lstrip("\u2019") in _UNITS:
        unit, bare = _UNITS[bracket[1].casefold().lstrip("\u2019")], plain[: bracket.start()]
    else:
        words = plain.split()
        last = words[-1].casefold() if len(words) > 1 else ""
        if last in {"sec", "secs", "min", "mins", "%"}:
            unit, bare = _UNITS[last], " ".join(words[:-1])
    return Folded(_key(plain), _key(bare), unit)


def _key(text: str) -> str:
    words = _PUNCTUATION.sub(" ", text.casefold()).replace("%", " % ").split()
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)


@lru_cache(maxsize=1)
def _dictionary() -> Mapping[str, tuple[str, ...]]:
    """Folded word -> the fields and the things not stored (in angle brackets) that it means."""
    meanings: dict[str, set[str]] = {}
    for field, words in SYNONYMS.items():
        for word in (field, *words_of(words)):
            meanings.setdefault(fold_header(word).key, set()).add(field)
    for thing, words in NOT_STORED.items():
        for word in words_of(words):
            meanings.setdefault(fold_header(word).key, set()).add(f"<{thing}>")
    return {word: tuple(sorted(fields)) for word, fields in meanings.items()}


@lru_cache(maxsize=1)
def _own_names() -> Mapping[str, str]:
    return {fold_header(field).key: field for field in SYNONYMS}


def meanings_of(header: str, fields: Collection[str] | None = None) -> tuple[str, ...]:
    """The fields (of those allowed; None = of any kind) and things not stored that a header's words mean.

    A field's own name means that field alone.

    >>> meanings_of("Handled"), meanings_of("Workflow")
    (('decisions',), ('<line of business>', 'queue'))
    """
    folded = fold_header(header)
    own = _own_names().get(folded.key) or _own_names().get(folded.bare)
    if own is not None and (fields is None or own in fields):
        return (own,)
    found = _dictionary().get(folded.key) or _dictionary().get(folded.bare) or ()
    return tuple(meaning for meaning in found if fields is None or meaning in fields or meaning.startswith("<"))


@dataclass(frozen=True, slots=True)
class Assignment:
    """What one column means: field None = not stored, why says so. unit as the header tells it, '' = it does not."""

    letter: str
    header: str
    field: str | None
    confidence: float
    why: str
    unit: str = ""

    def json(self) -> dict[str, object]:
        """The JSON of interface section 2, with what is needed to read the column again."""
        return {
            "header": self.header,
            "field": self.field,
            "confidence": self.confidence,
            "why": self.why,
            "letter": self.letter,
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """The columns of one sheet in order, and what must be asked about them."""

    sheet: str
    header_row: int
    columns: tuple[Assignment, ...]
    problems: tuple[Problem, ...] = ()
    doubled: frozenset[str] = frozenset()
    """Fields that two columns fit, so that neither is read."""

    @property
    def fields(self) -> dict[str, Assignment]:
        """The mapped columns by field."""
        return {column.field: column for column in self.columns if column.field is not None}

    def json(self) -> list[dict[str, object]]:
        """The columns as JSON, with sheet and header row."""
        return [column.json() | {"sheet": self.sheet, "header_row": self.header_row} for column in self.columns]


def signature(headers: Iterable[str]) -> str:
    """What a remembered layout is known by: SHA-256 over the folded headers, whatever their order."""
    folded = sorted(fold_header(header).key for header in headers if header.strip())
    return hashlib.sha256(json.dumps(folded, ensure_ascii=False).encode()).hexdigest()


def map_sheet(
    sheet: str,
    header_row: int,
    columns: Sequence[tuple[str, str]],
    *,
    fields: Collection[str],
    keys: Collection[str],
    told: Mapping[str, str],
    remembered: Mapping[str, str] | None = None,
) -> SheetMapping:
    """Map a sheet's columns, given as (letters, header), to the fields of a kind.

    keys: those of the fields that say what a row is about: a header that may be one of them must be told by a person.
    told: folded header -> field or `ignore`. remembered: folded header -> field of a confirmed layout, or `ignore`.
    """
    matcher = _Matcher(fields, keys, told, remembered or {})
    found: list[Assignment] = []
    problems: list[Problem] = []
    unknown = 0
    for letter, header in columns:
        answer = matcher.known(letter, header)
        if answer is None:
            unknown += 1
            answer = matcher.proposed(letter, header) if unknown <= MOST_PROPOSALS else _unknown(letter, header)
        assignment, question = answer
        found.append(assignment)
        if question is not None:
            problems.append(_problem(*question, sheet, header_row, letter, header))
    return _without_doubles(sheet, header_row, found, problems)


class _Question(NamedTuple):
    """What must be said about a column."""

    severity: str
    code: str
    message: str


class _Answer(NamedTuple):
    """What a column means, and what must be said about it."""

    assignment: Assignment
    question: _Question | None = None


@dataclass(frozen=True, slots=True)
class _Matcher:
    """How headers of one sheet are matched; see map_sheet for the arguments."""

    fields: Collection[str]
    keys: Collection[str]
    told: Mapping[str, str]
    remembered: Mapping[str, str]

    def known(self, letter: str, header: str) -> _Answer | None:
        """The first of: told or remembered; known words. None for a header that nobody knows."""
        return self._decided(letter, header) or self._by_words(letter, header)

    def _decided(self, letter: str, header: str) -> _Answer | None:
        folded = fold_header(header)
        if not header.strip() or re.fullmatch(r"unnamed( \d+)*", folded.key):
            return _Answer(Assignment(letter, header, None, 0.0, "the column has no header"))
        for fields, confidence, why in ((self.told, TOLD, "told with --map"), (self.remembered, REMEMBERED, "remembered layout")):
            field = fields.get(folded.key)
            if field == IGNORE:
                return _Answer(Assignment(letter, header, None, confidence, f"to be ignored: {why}"))
            if field is not None:
                return _Answer(Assignment(letter, header, field, confidence, why, folded.unit))
        return None

    def _by_words(self, letter: str, header: str) -> _Answer | None:
        folded = fold_header(header)
        meanings = meanings_of(header, self.fields)
        choices = [meaning for meaning in meanings if not meaning.startswith("<")]
        if len(meanings) > 1 and choices:
            return self._ambiguous(letter, header, meanings, choices)
        if choices:
            own = fold_header(choices[0]).key == folded.key
            confidence, why = (OWN_NAME, "the field's name") if own else (SYNONYM, "a known word for it")
            return _Answer(Assignment(letter, header, choices[0], confidence, why, folded.unit))
        if meanings:
            return _Answer(Assignment(letter, header, None, 0.0, f"{meanings[0].strip('<>')}: not stored"))
        if folded.key in USER_CONTENT or folded.bare in USER_CONTENT:
            return _Answer(Assignment(letter, header, None, 0.0, "looks like user content: neither stored nor shown"))
        return None

    def _ambiguous(self, letter: str, header: str, meanings: Sequence[str], choices: Sequence[str]) -> _Answer:
        words = " or ".join(meaning.strip("<>").replace("_", " ") for meaning in meanings)
        options = " or ".join(f'--map "{header.strip()}={choice}"' for choice in (*choices, IGNORE))
        severity = "error" if any(choice in self.keys for choice in choices) else "warning"
        left_out = "" if severity == "error" else " It was left out."
        message = f'the header "{header.strip()}" can mean {words}.{left_out} Say which: {options}.'
        return _Answer(Assignment(letter, header, None, 0.0, f"can mean {words}"), _Question(severity, "AMBIGUOUS_HEADER", message))

    def proposed(self, letter: str, header: str) -> _Answer:
        """What an unknown header looks like, if anything."""
        field, likeness = closest_field(header, self.fields)
        if not field:
            return _unknown(letter, header)
        text = header.strip()
        message = f'the header "{text}" looks like {field} but was not taken for it: add --map "{text}={field}" if it is.'
        assignment = Assignment(letter, header, None, round(likeness, 4), f"looks like {field}: confirm it")
        return _Answer(assignment, _Question("warning", "LIKELY_HEADER", message))


def closest_field(header: str, fields: Collection[str]) -> tuple[str, float]:
    """The field whose words are most like a header, and how alike they are (LIKENESS to 1); ('', 0) for none. Only to propose.

    >>> closest_field("Decisons", {"decisions", "audits"})[0], closest_field("zzz", {"decisions"})
    ('decisions', ('', 0.0))
    """
    return _closest(fold_header(header).key, frozenset(fields))


@lru_cache(maxsize=4096)
def _closest(key: str, fields: frozenset[str]) -> tuple[str, float]:
    signs = Counter(key)
    best, likeness = "", 0.0
    for word, field, counts in _proposable(fields):
        longest = len(key) + len(word)
        if 2 * min(len(key), len(word)) < LIKENESS * longest or 2 * (signs & counts).total() < LIKENESS * longest:
            continue  # it can be no more alike than the signs they share
        ratio = SequenceMatcher(None, key, word).ratio()
        if ratio >= LIKENESS and (ratio, best) > (likeness, field):
            best, likeness = field, ratio
    return best, likeness


@lru_cache(maxsize=32)
def _proposable(fields: frozenset[str]) -> tuple[tuple[str, str, Counter[str]], ...]:
    """The words that mean exactly one of the fields, with it and how often each sign is in them."""
    words = ((word, [meaning for meaning in meanings if meaning in fields]) for word, meanings in _dictionary().items())
    return tuple((word, allowed[0], Counter(word)) for word, allowed in words if len(allowed) == 1)


def _unknown(letter: str, header: str) -> _Answer:
    return _Answer(Assignment(letter, header, None, 0.0, "no field is known by this header"))


def _without_doubles(sheet: str, header_row: int, found: list[Assignment], problems: list[Problem]) -> SheetMapping:
    by_field: dict[str, list[Assignment]] = {}
    for assignment in found:
        if assignment.field is not None:
            by_field.setdefault(assignment.field, []).append(assignment)
    dropped: dict[str, str] = {}
    doubled: set[str] = set()
    for field, group in by_field.items():
        if len(group) == 1:
            continue
        sure = [assignment for assignment in group if assignment.confidence == TOLD]
        if len(sure) == 1:
            dropped |= {a.letter: f"{field} is already read from {sure[0].header.strip()!r}" for a in group if a is not sure[0]}
            continue
        names = " and ".join(f'"{a.header.strip()}" ({a.letter})' for a in group)
        first = group[0].header.strip()
        message = f'the columns {names} both fit {field}. Say which counts, e.g. --map "{first}={field}", and rename or ignore the other.'
        doubled.add(field)
        problems.append(_problem("error", "DOUBLE_FIELD", message, sheet, header_row, group[1].letter, group[1].header))
        dropped |= {a.letter: f"another column fits {field} too" for a in group}
    columns = tuple(Assignment(a.letter, a.header, None, a.confidence, dropped[a.letter]) if a.letter in dropped else a for a in found)
    return SheetMapping(sheet, header_row, columns, tuple(problems), frozenset(doubled))


def _problem(severity: str, code: str, message: str, sheet: str, row: int, letter: str, header: str) -> Problem:
    return Problem(severity, code, message, sheet, row, letter, f"{letter}{row}", header.strip())


def date_headers(headers: Iterable[str]) -> list[str]:
    """The headers that are dates: three or more make a sheet with a column per day, which is not read.

    >>> date_headers(["Agent", "2026-10-01", "2026-10-02 00:00:00", "3-Oct"])
    ['2026-10-01', '2026-10-02 00:00:00', '3-Oct']
    """
    return [header for header in headers if _DATE_HEADER.fullmatch(header.strip())]
