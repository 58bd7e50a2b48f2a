"""What a vendor-month is computed from, named by reference, and the hash that stands for it.

Owns: the shape of the references, their canonical text. Must not know: how they are found or read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kernel import audit


@dataclass(frozen=True)
class References:
    """Everything that one vendor's figures of one month are computed from, by reference; plain JSON throughout.

    codes: vendor codes whose rows count, each from a day until before another (merged vendors). counts: per month
    the uploads with counts. received: first receipt per (kind, site) from the vendor, with its upload. contracts:
    (id, upload).
    claims: every claim that bears on the month, with what people decided; billing: those that touch it. costs:
    uploads. rates: into the reporting currency at the month's end. holidays: the client's, where deadlines need them.
    """

    formula_version: int
    period: str
    vendor: str
    kind: str
    currency: str
    codes: Sequence[Sequence[str]]
    counts: Mapping[str, Sequence[Sequence[Any]]]
    received: Sequence[Sequence[Any]]
    contracts: Sequence[Sequence[Any]]
    claims: Sequence[Sequence[Any]]
    billing: Sequence[int]
    costs: Sequence[int]
    rates: Mapping[str, Sequence[str]]
    holidays: Sequence[str]
    first_month: bool

    @classmethod
    def parse(cls, text: str) -> References:
        """Read back what `text` gives."""
        return cls(**json.loads(text))

    @cached_property
    def text(self) -> str:
        """Canonical JSON."""
        return audit.canonical({name: value for name, value in vars(self).items() if name != "text"})

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def idle(self) -> bool:
        """Whether nothing at all is known of the vendor in this month."""
        return not (any(self.counts.values()) or self.contracts or self.billing or self.costs)
