"""Text for people on a terminal: aligned tables, figures in the words of the house.

Owns: how figures are written in the terminal. Must not know: any command.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal

PIPED_WIDTH = 240
"""Columns when nobody looks: a table in a file or pipe is not wrapped to a terminal that is not there."""


class Screen:
    """Prints on stdout."""

    def __init__(self) -> None:
        """Take the terminal's width, or a wide page."""
        from rich.console import Console  # --json never needs it, and it takes a tenth of a second to load

        width = None if sys.stdout.isatty() else PIPED_WIDTH
        self.console = Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)

    def line(self, text: str = "") -> None:
        """One line (or paragraph) of text."""
        self.console.print(text, soft_wrap=True)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """An aligned table; a head that starts with > is a column of figures, right-aligned."""
        from rich.table import Table

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for head in heads:
            table.add_column(head.removeprefix(">"), justify="right" if head.startswith(">") else "left", overflow="fold")
        for row in rows:
            table.add_row(*row)
        self.console.print(table)


def grouped(text: str) -> str:
    """A decimal string with its thousands parted.

    >>> grouped("1307500.25"), grouped("-1200")
    ('1,307,500.25', '-1,200')
    """
    return format(Decimal(text), ",f")


def money(value: object) -> str:
    """Money as JSON gives it, for people; '' for none.

    >>> money({"amount": "238456.35", "currency": "USD"})
    '238,456.35 USD'
    """
    return f"{grouped(str(value['amount']))} {value['currency']}" if isinstance(value, dict) and value.get("amount") is not None else ""


def figure(value: object, unit: str = "") -> str:
    """A metric's value as its unit is read; '-' for no figure.

    >>> figure(0.97668, "share"), figure({"value": "0.080451", "currency": "USD"}, "money"), figure(None)
    ('97.67 %', '0.0805 USD', '-')
    """
    if value is None:
        return "-"
    if isinstance(value, dict):
        amount = value.get("value", value.get("amount"))
        return "-" if amount is None else f"{Decimal(str(amount)):,.4f} {value.get('currency', '')}".rstrip()
    if unit in ("share", "points"):
        return f"{Decimal(str(value)) * 100:.2f} %"
    return f"{Decimal(str(value)):,.2f}"


def score(value: object) -> str:
    """A score with one decimal; '-' for none.

    >>> score(97.04), score(None)
    ('97.0', '-')
    """
    return "-" if value is None else f"{Decimal(str(value)):.1f}"


def text(value: object) -> str:
    """Any JSON value in a table cell; '' for none."""
    return "" if value is None else str(value)
