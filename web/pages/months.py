"""The strip of months above a page: one link each, how firm each is, the chosen one marked.

Owns: which months are shown and their words. Must not know: what a page says of a month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kernel.period import Period
from web.filters import long_month, short_month, words

Row = Mapping[str, Any]
NEWEST_ON_PHONE = 4
MONTHS_SHOWN = 13
"""A year of months, and the one to compare with."""


def month_links(months: Sequence[Row], current: str, address: str) -> list[dict[str, Any]]:
    """A link per month to `address` with {period} filled in; months: period and status, oldest first."""
    links = []
    for index, one in enumerate(months):
        chosen = one["period"] == current
        year = one["period"][:4] if index == 0 or one["period"].endswith("-01") else ""
        links.append(
            {
                "href": address.replace("{period}", one["period"]),
                "name": long_month(one["period"]) if chosen else short_month(one["period"]),
                "note": words(one["status"]) if chosen or (not year and one["status"] != "locked") else year,
                "current": chosen,
                "old": not chosen and index < len(months) - NEWEST_ON_PHONE,
            }
        )
    return links


def with_open(months: Sequence[Row], last: Period) -> list[Row]:
    """The closed months and those after them, up to and with the last one, which are open; oldest first."""
    shown = list(months)
    following = Period.parse(shown[-1]["period"]).next() if shown else last
    while following <= last:
        shown.append({"period": str(following), "status": "open"})
        following = following.next()
    return shown
