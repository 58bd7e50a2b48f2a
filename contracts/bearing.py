"""Which claims bear on a month: those that serve it, and those that can change what these come to.

Owns: the choice among all claims of a vendor, by what is cheap to know of them. Must not know: databases, lines,
findings. A claim more than needed costs time; one too few would change a figure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from contracts.claims import number_key
from kernel.period import Period


class ClaimHead(NamedTuple):
    """What of a claim tells which other claims bear on it. first, last: service days, None when not printed."""

    id: int
    batch: int
    vendor: str
    number: str
    number_key: str
    document: str
    currency: str
    relates_to: str
    state: str
    first: date | None
    last: date | None


def touching(heads: Sequence[ClaimHead], period: Period) -> list[int]:
    """Claims that serve the month, and undated credit notes that may name one of them.

    >>> september = ClaimHead(1, 7, "NOVA", "INV-1", "1", "invoice", "USD", "", "received", date(2026, 9, 1), date(2026, 9, 30))
    >>> note = ClaimHead(2, 8, "NOVA", "CN-2", "2", "credit_note", "USD", "INV-1", "received", None, None)
    >>> touching([september, note], Period(2026, 9)), touching([september, note], Period(2026, 10))
    ([1, 2], [])
    """
    known = [head for head in heads if _serves(head, period.first, period.last)]
    undated = [head for head in heads if head.first is None and any(_alike(head.relates_to, one) for one in known)]
    return sorted(head.id for head in (*known, *undated))


def bearing(heads: Sequence[ClaimHead], billing: Collection[int]) -> list[int]:
    """The claims that can change what these claims come to: same number, naming or named, common days.

    Two steps: a claim is held because of another, which may itself be held or replaced because of a third. Days lead
    on only from claims that were reached by days, so that a number used again years later brings no more than itself.
    """
    found, near = set(billing), set(billing)
    for _ in range(2):
        known = [head for head in heads if head.id in found]
        close = [head for head in known if head.id in near]
        linked = {head.id for head in heads if any(_linked(head, one) for one in known)}
        near |= {head.id for head in heads if any(_share_days(head, one) for one in close)}
        found |= linked | near
    return sorted(found)


def _linked(one: ClaimHead, other: ClaimHead) -> bool:
    return one.number_key == other.number_key or _alike(one.relates_to, other) or _alike(other.relates_to, one)


def _share_days(one: ClaimHead, other: ClaimHead) -> bool:
    return other.first is not None and other.last is not None and _serves(one, other.first, other.last)


def _serves(head: ClaimHead, first: date, last: date) -> bool:
    """Whether a claim serves any of the days first to last; never when it prints no days."""
    return head.first is not None and head.last is not None and head.first <= last and first <= head.last


def _alike(relates_to: str, head: ClaimHead) -> bool:
    return bool(relates_to) and (relates_to == head.number or number_key(relates_to) == head.number_key)
