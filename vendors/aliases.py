"""Names: which vendor, site or queue a text in a file means.

Owns: folding of names and their resolution by dated aliases. Must not know: the database, files. Never guesses:
a text that fits nothing, or two things, resolves to None and the caller asks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher

VENDOR, SITE, QUEUE = "vendor", "site", "queue"
FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)
LIKENESS = 0.84
"""From this ratio of equal characters a known name is worth suggesting."""
LEAD = 0.05
"""By so much the best suggestion must lead the second, or none is made."""


def match_key(text: str) -> str:
    r"""Fold a name for comparison: NFKC, invisible characters out, white space collapsed, case folded.

    >>> match_key("  Vid\u200b  LIVE ") == match_key("vid live")
    True
    """
    if text.isascii():  # which holds nothing that could be normalised
        return " ".join(text.split()).casefold()
    visible = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFKC", " ".join(visible.split()).casefold())


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a text means: code None and no candidates = unknown; several candidates = ambiguous."""

    code: str | None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """One way to call something, half-open in time. vendor is '' except for sites."""

    kind: str
    vendor: str
    code: str
    text: str
    valid_from: date = FIRST_DAY
    valid_to: date = LAST_DAY


@dataclass(frozen=True)
class Names:
    """All names in use, indexed once; resolves a distinct text once.

    merges maps a vendor's code to (the vendor that it became part of, from which day).
    """

    names: tuple[Name, ...]
    merges: dict[str, tuple[str, date]] = field(default_factory=dict)
    _index: dict[tuple[str, str, str], list[Name]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Build the index."""
        index: dict[tuple[str, str, str], list[Name]] = {}
        for name in self.names:
            index.setdefault((name.kind, name.vendor, match_key(name.text)), []).append(name)
        object.__setattr__(self, "_index", index)

    def vendor(self, text: str, on: date | None = None) -> Resolution:
        """The vendor that a text means on a day (None: on any day), merges followed."""
        found = self._resolve(VENDOR, "", text, on)
        if found.code is None or on is None:
            return found
        return Resolution(self.merged(found.code, on))

    def site(self, vendor: str, text: str, on: date | None = None) -> Resolution:
        """The site of a vendor that a text means on a day."""
        return self._resolve(SITE, vendor, text, on)

    def queue(self, text: str, on: date | None = None) -> Resolution:
        """The queue that a text means on a day."""
        return self._resolve(QUEUE, "", text, on)

    def merged(self, code: str, on: date) -> str:
        """The vendor under which a code's rows of a day count.

        >>> Names((), {"A": ("B", date(2026, 7, 1))}).merged("A", date(2026, 7, 1))
        'B'
        """
        while code in self.merges and on >= self.merges[code][1]:
            code = self.merges[code][0]
        return code

    def resolve_many(self, kind: str, texts: Iterable[str], vendor: str = "", on: date | None = None) -> dict[str, Resolution]:
        """Resolve distinct texts of one kind at once."""
        return {text: self._resolve(kind, vendor, text, on) for text in set(texts)}

    def closest(self, kind: str, text: str, vendor: str = "") -> str | None:
        """The code whose name is clearly the most like a text; None when none is, or two are. Only to suggest."""
        wanted = match_key(text)
        best: dict[str, float] = {}
        for (name_kind, name_vendor, key), names in self._index.items():
            if name_kind == kind and name_vendor == vendor:
                likeness = SequenceMatcher(None, wanted, key).ratio()
                for name in names:
                    best[name.code] = max(best.get(name.code, 0), likeness)
        ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
        if not ranked or ranked[0][1] < LIKENESS:
            return None
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < LEAD:
            return None
        return ranked[0][0]

    def _resolve(self, kind: str, vendor: str, text: str, on: date | None) -> Resolution:
        found = self._index.get((kind, vendor, match_key(text)), ())
        codes = _distinct(name.code for name in found if on is None or name.valid_from <= on < name.valid_to)
        if len(codes) == 1:
            return Resolution(codes[0])
        return Resolution(None, tuple(codes))


def _distinct(codes: Iterable[str]) -> Sequence[str]:
    return sorted(set(codes))
