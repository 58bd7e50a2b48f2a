"""The filters of the templates: how figures are written on a page, as in the sentences of the reviews.

Owns: which of them a template may call. Must not know: what a figure means.
"""

from __future__ import annotations

from scorecards.wording import (
    amount,
    counted,
    exact,
    listed,
    long_day,
    long_month,
    number,
    percent,
    sentence,
    short_day,
    short_month,
    signed,
    unit_cost,
    words,
)

__all__ = [
    "FILTERS",
    "amount",
    "counted",
    "exact",
    "listed",
    "long_day",
    "long_month",
    "number",
    "percent",
    "sentence",
    "short_day",
    "short_month",
    "signed",
    "unit_cost",
    "words",
]

FILTERS = {
    "number": number,
    "signed": signed,
    "percent": percent,
    "unit_cost": unit_cost,
    "amount": amount,
    "exact": exact,
    "long_month": long_month,
    "short_month": short_month,
    "long_day": long_day,
    "short_day": short_day,
    "words": words,
    "sentence": sentence,
}
"""What templates may call."""
