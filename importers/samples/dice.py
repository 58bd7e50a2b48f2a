"""Repeatable chance: the same seed gives the same numbers on every machine.

Owns: a small source of whole numbers, one independent stream per name, so that a month's data does not depend on
how many months are written. Must not know: what the numbers stand for.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """A stream of chance that is named by a seed and a label.

    >>> Dice(7, "example").between(1, 6) == Dice(7, "example").between(1, 6)
    True
    """

    def __init__(self, seed: int, label: str) -> None:
        # A text seed is hashed by SHA-512, so it does not depend on the machine or on PYTHONHASHSEED.
        self._source = random.Random(f"{seed}/{label}")  # noqa: S311 - sample data, no secrets

    def below(self, count: int) -> int:
        """A whole number 0 <= n < count."""
        return int(self._source.random() * count)

    def between(self, lowest: int, highest: int) -> int:
        """A whole number, both ends included."""
        return lowest + self.below(highest - lowest + 1)

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """The items in another order."""
        rest, order = list(items), []
        while rest:
            order.append(rest.pop(self.below(len(rest))))
        return order


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Split a whole number by weights: floors first, what is left goes one by one from the front.

    >>> shares(10, [1, 1, 1])
    [4, 3, 3]
    """
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    for index in range(total - sum(parts)):
        parts[index] += 1
    return parts


def decimal_text(amount: int, places: int, mark: str = ".") -> str:
    """A whole number of 10^-places as digits with a decimal mark.

    >>> decimal_text(-1205, 2), decimal_text(5, 3, ",")
    ('-12.05', '0,005')
    """
    sign, digits = ("-", -amount) if amount < 0 else ("", amount)
    if places == 0:
        return f"{sign}{digits}"
    return f"{sign}{digits // 10**places}{mark}{digits % 10**places:0{places}d}"
