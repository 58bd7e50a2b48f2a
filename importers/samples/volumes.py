"""What happened: counts per team and day by the platform's tool, and by the vendors' own people beside it.

Owns: a month of work as plain whole numbers, with the planted differences between both counts. Must not know: in
which file, under which header they will be printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from importers.samples.dice import Dice, shares
from importers.samples.network import Network, Team, role_of, vendor_of
from kernel.period import Period

OVERCOUNTED_ROLE, OVERCOUNT_PERCENT = "image", 3
"""The queue that Nova counts too high in the last month, on each day by so many hundredths."""
SHIFTED_ROLE = "text"
"""The queue that Nova books a day late in the last month."""
SLA_PER_MILLE = {"NOVA": 910, "ORBI": 918, "PALM": 966, "KITE": 930, "VEGA": 912, "LUMA": 940, "HOME": 940}
WORKDAYS, WEEK = 5, 7
ROUND_LOT = 100
"""Nova's month per queue and language is a multiple of it, so that price times volume is exact to the cent."""


@dataclass(frozen=True, slots=True)
class AgentDay:
    """One person's day on one queue. hours: hundredths of an hour; aht: tenths of a second."""

    agent: str
    decisions: int
    handle_seconds: int
    hours: int
    aht: int


@dataclass(frozen=True, slots=True)
class TeamDay:
    """A team's day: decisions, handle_seconds, due and met as the platform counts, the people as the vendor does."""

    day: date
    received: int
    decisions: int
    handle_seconds: int
    due: int
    met: int
    people: tuple[AgentDay, ...]

    @property
    def vendor_decisions(self) -> int:
        """Decisions as the vendor counts them."""
        return sum(person.decisions for person in self.people)

    @property
    def hours(self) -> int:
        """Production hours, hundredths."""
        return sum(person.hours for person in self.people)


@dataclass(frozen=True, slots=True)
class TeamMonth:
    """A team's month, all days in order."""

    team: Team
    period: Period
    days: tuple[TeamDay, ...]

    @property
    def decisions(self) -> int:
        """Decisions by the platform's count."""
        return sum(day.decisions for day in self.days)

    @property
    def hours(self) -> int:
        """Production hours, hundredths."""
        return sum(day.hours for day in self.days)


def month_of_work(network: Network, period: Period) -> list[TeamMonth]:
    """All teams' month."""
    return [_team_month(network, team, period) for team in network.teams(period)]


def _present(team: Team, day: date) -> list[int]:
    """Numbers of the people at work on a day: each works five days of seven."""
    return [number for number in range(team.agents) if (day.toordinal() + number) % WEEK < WORKDAYS]


def _platform_decisions(network: Network, team: Team, period: Period) -> list[int]:
    """Decisions per day; the same whoever asks, because the month after needs this month's last day."""
    dice = Dice(network.seed, f"decisions/{team.vendor}/{team.site}/{team.role}/{team.language}/{period}")
    per_person = 6_30 * 36 * 85 // (100 * role_of(team.role).aht)
    counts = [len(_present(team, day)) * per_person * dice.between(95, 105) // 100 for day in period.days()]
    if team.vendor == "NOVA":
        if team.role == OVERCOUNTED_ROLE:
            counts = [count // ROUND_LOT * ROUND_LOT for count in counts]
        counts[-1] -= sum(counts) % ROUND_LOT
    return counts


def _vendor_decisions(network: Network, team: Team, period: Period, counts: list[int]) -> list[int]:
    if team.vendor == "NOVA" and period == network.last:
        if team.role == OVERCOUNTED_ROLE:
            return [count * (100 + OVERCOUNT_PERCENT) // 100 for count in counts]
        if team.role == SHIFTED_ROLE:
            earlier = next(
                other
                for other in network.teams(period.previous(), team.vendor)
                if (other.site, other.role, other.language) == (team.site, team.role, team.language)
            )
            return [_platform_decisions(network, earlier, period.previous())[-1], *counts[:-1]]
    return [count + count * vendor_of(team.vendor).drift // 1_000_000 for count in counts]


def _team_month(network: Network, team: Team, period: Period) -> TeamMonth:
    dice = Dice(network.seed, f"work/{team.vendor}/{team.site}/{team.role}/{team.language}/{period}")
    counts = _platform_decisions(network, team, period)
    own = _vendor_decisions(network, team, period, counts)
    aht, timely = role_of(team.role).aht, SLA_PER_MILLE[team.vendor] + dice.between(-3, 3)
    days = []
    for day, count, own_count in zip(period.days(), counts, own, strict=True):
        due = count * 98 // 100
        days.append(
            TeamDay(
                day,
                received=count + dice.between(0, 40),
                decisions=count,
                handle_seconds=count * aht * dice.between(97, 103) // 100,
                due=due,
                met=due * (timely + dice.between(-6, 6)) // 1000,
                people=_people(network, team, day, own_count, dice),
            )
        )
    return TeamMonth(team, period, tuple(days))


def _people(network: Network, team: Team, day: date, count: int, dice: Dice) -> tuple[AgentDay, ...]:
    numbers = _present(team, day)
    parts = shares(count, [dice.between(80, 120) for _ in numbers])
    aht = role_of(team.role).aht
    people = []
    for number, part in zip(numbers, parts, strict=True):
        tenths = aht * dice.between(90, 110) // 10
        people.append(AgentDay(agent_id(network, team, number), part, part * tenths // 10, dice.between(560, 700), tenths))
    return tuple(people)


def agent_id(network: Network, team: Team, number: int) -> str:
    """The id under which a vendor's files know a person."""
    block = {role: place for place, role in enumerate(network.queue_of)}[team.role] * 200
    return f"{team.site}{network.seed % 90 + 10}{block + number:04d}{team.language[:2]}"
