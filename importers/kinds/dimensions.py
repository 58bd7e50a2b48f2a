"""Dimensions: from the texts in a file's key columns to codes, each distinct text once.

Owns: resolving vendors, sites, queues by the names known; languages, sides and samples by their lists. Must not
know: the database, amounts. Nothing is guessed: a text that means nothing, or two things, rejects its rows, and the
problem carries the command that helps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from math import prod

import polars as pl

from importers.checks import Findings, shown
from importers.kinds import Context
from importers.kinds.fields import SAMPLES, SIDES
from importers.synonyms import LANGUAGE_NAMES
from vendors.aliases import FIRST_DAY, LAST_DAY, QUEUE, SITE, VENDOR, Names, Resolution, match_key

FEW = 10_000
"""So many combinations of texts are resolved rather than looked for among the rows."""
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of codes: label[index] per row; index null = not resolved. Blank is the label ''."""

    index: pl.Series
    labels: tuple[str, ...]

    @classmethod
    def constant(cls, label: str, height: int) -> Coded:
        """The same label in every row."""
        return cls(pl.Series([0], dtype=pl.UInt32).new_from_index(0, height), (label,))

    def series(self, name: str) -> pl.Series:
        """The labels as an enumeration."""
        return pl.Series(list(self.labels), dtype=pl.Enum(list(self.labels))).gather(self.index).alias(name)

    def among(self, labels: Collection[str]) -> pl.Series:
        """Whether each row's label is one of some; null where it is not resolved."""
        return pl.Series([label in labels for label in self.labels], dtype=pl.Boolean).gather(self.index)


def coded_texts(texts: pl.Series) -> Coded:
    """Number the distinct texts of a column; blank cells are ''."""
    if isinstance(texts.dtype, pl.Enum):
        labels = texts.dtype.categories.to_list()
        index = texts.to_physical().cast(pl.UInt32)
        return Coded(index.fill_null(len(labels)), (*labels, "")) if index.null_count() else Coded(index, tuple(labels))
    filled = texts.fill_null("")
    labels = filled.unique().sort().to_list()
    return Coded(filled.cast(pl.Enum(labels)).to_physical().cast(pl.UInt32), tuple(labels))


def coded_days(days: pl.Series) -> Coded:
    """Number the distinct days of a column, as ISO texts; no day is ''."""
    distinct = days.drop_nulls().unique().sort()
    labels = ("", *(str(day) for day in distinct))
    places = pl.Series(range(1, len(labels)), dtype=pl.UInt32)
    return Coded(days.replace_strict(distinct, places, default=0, return_dtype=pl.UInt32), labels)


def packed(columns: Sequence[Coded]) -> pl.Series:
    """One whole number per row that stands for the combination of labels; null where one is null."""
    key = columns[0].index.cast(pl.UInt64)
    for column in columns[1:]:
        key = key * len(column.labels) + column.index.cast(pl.UInt64)
    return key


def translated(columns: Sequence[Coded], resolve: Callable[..., str | None]) -> Coded:
    """Resolve each distinct combination of labels once; resolve gets the labels and gives a label or None.

    Where few combinations are possible, all are resolved, whether they occur or not.
    """
    key = packed(columns)
    possible = prod(len(column.labels) for column in columns)
    distinct = range(possible) if possible <= FEW else key.drop_nulls().unique().to_list()
    answers: list[str | None] = []
    for number in distinct:
        labels: list[str] = []
        rest = number
        for column in reversed(columns):
            rest, index = divmod(rest, len(column.labels))
            labels.append(column.labels[index])
        answers.append(resolve(*reversed(labels)))
    known = sorted({answer for answer in answers if answer is not None})
    place = {label: index for index, label in enumerate(known)}
    new = pl.Series([None if answer is None else place[answer] for answer in answers], dtype=pl.UInt32)
    if possible <= FEW:
        return Coded(new.gather(key), tuple(known))
    index = key.replace_strict(pl.Series(distinct, dtype=pl.UInt64), new, default=None, return_dtype=pl.UInt32)
    return Coded(index, tuple(known))


@dataclass
class Resolver:
    """Resolves the key columns of one file and reports what it cannot. days: the day of each row."""

    context: Context
    findings: Findings
    days: pl.Series

    def vendor(self, texts: pl.Series | None, height: int) -> Coded:
        """Codes of vendors; without a column the vendor that was told."""
        told = self.context.vendor
        if texts is None:
            return Coded.constant(told, height)
        spoken = coded_texts(texts)
        names = self.context.names
        result = self._resolved(VENDOR, [spoken], lambda text, day: names.vendor(text, day) if text else Resolution(told or None))
        self._unknown(VENDOR, spoken, result, None)
        if told:
            other = ~result.among({told})
            message = f'"{{value}}" is not {told}, the vendor that --vendor names: leave --vendor out, or take the row out of the file.'
            self.findings.add("error", "OTHER_VENDOR", message, "vendor", other)
        return result

    def site(self, texts: pl.Series | None, vendor: Coded, height: int) -> Coded:
        """Codes of the vendors' sites; blank = not broken down."""
        if texts is None:
            return Coded.constant("", height)
        spoken = coded_texts(texts)
        names = self.context.names

        def one(of: str, text: str, day: date | None) -> Resolution:
            return names.site(of, text, day) if text else Resolution("")

        result = self._resolved(SITE, [vendor, spoken], one)
        self._unknown(SITE, spoken, result, vendor)
        return result

    def queue(self, texts: pl.Series | None, height: int) -> Coded:
        """Codes of queues; blank = not broken down."""
        if texts is None:
            return Coded.constant("", height)
        spoken = coded_texts(texts)
        names = self.context.names
        result = self._resolved(QUEUE, [spoken], lambda text, day: names.queue(text, day) if text else Resolution(""))
        self._unknown(QUEUE, spoken, result, None)
        return result

    def listed(self, name: str, texts: pl.Series | None, height: int, default: str, allowed: tuple[str, ...]) -> Coded:
        """Values of a fixed list, folded; blank and no column = the default."""
        if texts is None:
            return Coded.constant(default, height)
        spoken = coded_texts(texts)
        result = translated([spoken], lambda text: _listed(text, default, allowed))
        message = f'"{{value}}" is no {name}: use one of {", ".join(allowed)}.'
        self.findings.add("error", f"UNKNOWN_{name.upper()}", message, name, result.index.is_null())
        return result

    def side(self, texts: pl.Series | None, height: int, default: str) -> Coded:
        """Whose count it is."""
        return self.listed("side", texts, height, default, SIDES)

    def sample(self, texts: pl.Series | None, height: int) -> Coded:
        """Which sample audits belong to; blank = not told."""
        return self.listed("sample", texts, height, "", SAMPLES)

    def language(self, texts: pl.Series | None, height: int) -> Coded:
        """Languages as BCP-47; blank = not broken down."""
        if texts is None:
            return Coded.constant("", height)
        spoken = coded_texts(texts)
        result = translated([spoken], language_tag)
        message = '"{value}" is no language: write its BCP-47 code, e.g. es or pt-BR.'
        self.findings.add("error", "UNKNOWN_LANGUAGE", message, "language", result.index.is_null())
        return result

    def plain(self, texts: pl.Series | None, height: int) -> Coded:
        """Texts as they stand; blank = not broken down."""
        return Coded.constant("", height) if texts is None else coded_texts(texts)

    def _resolved(self, kind: str, columns: Sequence[Coded], one: Callable[..., Resolution]) -> Coded:
        if _dated(self.context.names, kind):
            return translated(
                [*columns, coded_days(self.days)],
                lambda *labels: one(*labels[:-1], date.fromisoformat(labels[-1]) if labels[-1] else None).code,
            )
        return translated(columns, lambda *labels: one(*labels, None).code)

    def _unknown(self, kind: str, spoken: Coded, result: Coded, vendor: Coded | None) -> None:
        """One problem per distinct text that was not resolved, with the command that helps."""
        missing = result.index.is_null()
        if vendor is not None:
            missing &= vendor.index.is_not_null()  # an unknown vendor is told once
        if not missing.any():
            return
        rows = pl.DataFrame({"row": missing.arg_true()}).with_columns(
            text=spoken.index.filter(missing), vendor=vendor.index.filter(missing) if vendor else pl.lit(0, pl.UInt32)
        )
        for (text_index, vendor_index), group in rows.group_by("text", "vendor", maintain_order=True):
            text = spoken.labels[int(str(text_index))]
            of = vendor.labels[int(str(vendor_index))] if vendor else ""
            code, message = unknown_name(self.context.names, kind, text, of)
            self.findings.add("error", code, message, kind, group["row"].to_list())


def unknown_name(names: Names, kind: str, text: str, vendor: str = "") -> tuple[str, str]:
    """Code and sentence for a text that names no known vendor, site or queue, or more than one."""
    label = shown(text)
    if not text:
        return f"MISSING_{kind.upper()}", f"the {kind} is missing: fill the cell."
    found = {VENDOR: names.vendor(text), QUEUE: names.queue(text)}.get(kind) or names.site(vendor, text)
    whose = f"{kind} alias {vendor} " if kind == SITE else f"{kind} alias "
    if len(found.candidates) > 1:
        choices = " or ".join(found.candidates)
        return f"AMBIGUOUS_{kind.upper()}", f'"{label}" can mean the {kind} {choices}: write the code in the file.'
    of = f" of {vendor}" if kind == SITE else ""
    likely = names.closest(kind, text, vendor)
    if found.code is not None:
        return (
            f"UNKNOWN_{kind.upper()}",
            f'"{label}" means the {kind} {found.code} on other days only: correct the day, or run `{whose}{found.code} "{label}"`.',
        )
    if likely is not None:
        return f"UNKNOWN_{kind.upper()}", f'the {kind} "{label}"{of} is not known: if it is {likely}, run `{whose}{likely} "{label}"`.'
    new = {VENDOR: "vendor add CODE NAME", SITE: f"site add {vendor} CODE NAME --timezone ZONE", QUEUE: "queue add CODE NAME"}[kind]
    return (
        f"UNKNOWN_{kind.upper()}",
        f'the {kind} "{label}"{of} is not known: run `{whose}CODE "{label}"` for one that exists, or `{new}` first.',
    )


def language_tag(text: str) -> str | None:
    """A language as BCP-47; '' stays, None = no language.

    >>> language_tag("pt_br"), language_tag("Spanish"), language_tag("zh-hant"), language_tag("Klingonese")
    ('pt-BR', 'es', 'zh-Hant', None)
    """
    folded = match_key(text)
    if not folded:
        return ""
    if folded in LANGUAGE_NAMES:
        return LANGUAGE_NAMES[folded]
    parts = _LANGUAGE.fullmatch(folded)
    if parts is None:
        return None
    language, script, region = parts.groups()
    return "-".join(part for part in (language.lower(), script and script.title(), region and region.upper()) if part)


def _listed(text: str, default: str, allowed: tuple[str, ...]) -> str | None:
    folded = match_key(text)
    if not folded:
        return default
    return folded if folded in allowed else None


def _dated(names: Names, kind: str) -> bool:
    """Whether what a name of this kind means depends on the day."""
    if kind == VENDOR and names.merges:
        return True
    return any(name.kind == kind and (name.valid_from != FIRST_DAY or name.valid_to != LAST_DAY) for name in names.names)
