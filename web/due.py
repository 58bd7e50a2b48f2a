"""What is due: a pure function of what the database holds and of the day.

Owns: which jobs a tick asks for, with the keys that keep each from being done twice. Must not know: how the values were
found, what a job does. Nothing remembers earlier ticks: a scheduler that was off for a month asks for the same jobs as
one that was not, oldest month first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from contracts.renewals import Renewal
from scorecards.readiness import CHANGED, MonthState, close_reason, late_uploads


@dataclass(frozen=True, slots=True)
class Due:
    """A job to ask for. key: two of one key are one; about: what it is about (kernel.jobs)."""

    kind: str
    key: str
    about: str = ""
    asked: Mapping[str, object] = field(default_factory=dict)


def due_jobs(months: Iterable[MonthState], renewals: Iterable[Renewal], today: date, machine_day: date) -> list[Due]:
    """All that is due. today: by the reporting calendar; machine_day: by the machine's clock, for the house's own upkeep."""
    known = sorted(months, key=lambda state: state.period)
    closes = [_close(state, reason) for state in known if (reason := close_reason(state, today))]
    late = [_late(state, vendor, one.kind, one.site, one.due_on) for state in known for vendor, one in late_uploads(state, today)]
    return [*closes, *late, *(_renewal(one) for one in renewals), *upkeep(machine_day)]


def upkeep(day: date) -> list[Due]:
    """The house's own work: a check and a tidying every day, a deep check every week; two checks that wait are one."""
    year, week, _ = day.isocalendar()
    return [
        Due("check", f"check:{day}", "everything", {"deep": False}),
        Due("check", f"check:{year}-W{week:02}:deep", "everything", {"deep": True}),
        Due("tidy", f"tidy:{day}"),
    ]


def _close(state: MonthState, reason: str) -> Due:
    """A change is known by what it comes after and leads to, so that a change and its undoing are two."""
    what = f"after-{state.revision}:{state.inputs}" if reason == CHANGED else reason
    return Due("close", f"close:{state.period}:{what}", str(state.period), {"period": str(state.period), "why": reason})


def _late(state: MonthState, vendor: str, kind: str, site: str, due_on: date) -> Due:
    asked = {"vendor": vendor, "period": str(state.period), "upload": kind, "site": site, "due_on": due_on.isoformat()}
    return Due("late", f"late:{state.period}:{vendor}:{kind}:{site}", asked=asked)


def _renewal(one: Renewal) -> Due:
    asked = {"vendor": one.vendor, "number": one.number, "ends": one.ends.isoformat(), "notice": one.notice}
    return Due("renewal", f"renewal:{one.vendor}:{one.number}:{one.ends}:{one.notice}", asked=asked)
