"""The vendors' own performance files, each in its sender's habits.

Owns: headers, date styles, decimal marks, sheets, titles and totals of these files. Must not know: what is planted
in the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from importers.samples.dice import decimal_text
from importers.samples.network import TEAMS, Network, queue_name, site_name
from importers.samples.volumes import AgentDay, TeamDay, TeamMonth
from importers.samples.workbooks import Cell, Sheet, write_csv, write_workbook
from kernel.period import Period

Person = tuple[TeamMonth, TeamDay, AgentDay]
MONTH_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
ISO_FORMAT, DAY_FIRST_FORMAT, MONTH_FIRST_FORMAT = "yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy"
PERCENT_FORMAT = "0.0%"
GIVEN = "Ana Ben Cleo Dina Emil Fay Gus Hana Ivo Joy Kai Lea Mio Nia Oto Pia".split()
FAMILY = "Abara Brandt Castel Dolan Ekberg Fiori Grant Holub Ibsen Jansen Kovac Lindt Marek Novak Orsini Pasic".split()


def write_performance(network: Network, folder: Path, vendor: str, period: Period, work: list[TeamMonth], suffix: str = "") -> Path:
    """Write a vendor's file of a month and return its path; suffix: what the name says beside vendor and month."""
    months = [month for month in work if month.team.vendor == vendor]
    write, ending = WRITERS[vendor]
    path = folder / f"{vendor}_performance_{period}{suffix}.{ending}"
    write(network, path, period, months)
    return path


def people(months: Sequence[TeamMonth]) -> Iterator[Person]:
    """Every person's day, by team and day."""
    for month in months:
        for day in month.days:
            for person in day.people:
                yield month, day, person


def hours_text(hours: int, mark: str = ".") -> str:
    """Hundredths of an hour as digits."""
    return decimal_text(hours, 2, mark)


def _nova(network: Network, path: Path, period: Period, months: list[TeamMonth]) -> None:
    """CSV with commas, ISO days, names instead of codes, a column that means nothing here."""
    head = ["Partner", "Delivery Site", "Business Date", "LOB", "Queue Name", "Lang", "Agent ID", "Jobs Done", "Handle Time", "Prod Hrs"]
    rows: list[Sequence[Cell]] = [head]
    for month in months:
        team = month.team
        site, queue = site_name(team.vendor, team.site), queue_name(team.role, period, network.last)
        for _, day, person in people([month]):
            iso, hours = day.day.isoformat(), hours_text(person.hours)
            rows.append(
                [
                    "Nova Trust",
                    site,
                    iso,
                    "Trust and Safety",
                    queue,
                    team.language,
                    person.agent,
                    person.decisions,
                    person.handle_seconds,
                    hours,
                ]
            )
    write_csv(path, rows)


def _orbi(network: Network, path: Path, _period: Period, months: list[TeamMonth]) -> None:
    """The template itself: canonical headers, codes, ISO days, UTF-8 with byte order mark as Excel saves it."""
    rows: list[Sequence[Cell]] = [
        ["vendor", "site", "queue", "language", "day", "agent_id", "decisions", "handle_seconds", "production_hours"]
    ]
    for month, day, person in people(months):
        team, hours = month.team, hours_text(person.hours)
        queue, iso = network.queue_of[team.role], day.day.isoformat()
        rows.append([team.vendor, team.site, queue, team.language, iso, person.agent, person.decisions, person.handle_seconds, hours])
    write_csv(path, rows, byte_order_mark=True)


def _vega(network: Network, path: Path, period: Period, months: list[TeamMonth]) -> None:
    """German Excel: semicolons, decimal commas, days like 31.10.2026, average handle time instead of seconds."""
    rows: list[Sequence[Cell]] = [["Datum", "Standort", "Queue", "Sprache", "Login", "Bearbeitet", "AHT (s)", "Prod Hrs"]]
    for month, day, person in people(months):
        team = month.team
        site, queue = site_name(team.vendor, team.site), queue_name(team.role, period, network.last)
        rows.append(
            [
                day.day.strftime("%d.%m.%Y"),
                site,
                queue,
                team.language,
                person.agent,
                person.decisions,
                decimal_text(person.aht, 1, ","),
                hours_text(person.hours, ","),
            ]
        )
    write_csv(path, rows, mark=";")


def _palm(network: Network, path: Path, period: Period, months: list[TeamMonth]) -> None:
    """A sheet per site, real days shown day first, average handle time in seconds."""
    head = ["Location", "Work Date", "Task Type", "Language", "Emp ID", "Tasks Completed", "Avg Handle Time (sec)", "Production Hours"]

    def rows(site: str) -> Iterator[Sequence[Cell]]:
        yield head
        for month, day, person in people([month for month in months if month.team.site == site]):
            team = month.team
            queue = queue_name(team.role, period, network.last)
            name = site_name(team.vendor, site)
            yield [name, day.day, queue, team.language, person.agent, person.decisions, person.aht / 10, person.hours / 100]

    sites = dict.fromkeys(month.team.site for month in months)
    write_workbook(path, [Sheet(site_name("PALM", site), rows(site), {1: DAY_FIRST_FORMAT}) for site in sites])


def kite_day(day: date) -> str:
    """A day as Kite writes it: text like 03-Nov-2025.

    >>> kite_day(date(2025, 11, 3))
    '03-Nov-2025'
    """
    return f"{day.day:02d}-{MONTH_NAMES[day.month - 1]}-{day.year}"


KITE_HEAD = ["Site", "Date", "Queue", "Language", "Moderator ID", "Total Reviewed", "Due in Period", "Met SLA", "SLA %", "Productive Hours"]


def kite_row(network: Network, period: Period, month: TeamMonth, day: TeamDay, person: AgentDay) -> list[Cell]:
    """A row of Kite's file: deadlines are counted per person, everything reviewed was due."""
    team, met = month.team, kite_met(person.decisions, day)
    return [
        site_name(team.vendor, team.site),
        kite_day(day.day),
        queue_name(team.role, period, network.last),
        team.language,
        person.agent,
        person.decisions,
        person.decisions,
        met,
        met / person.decisions if person.decisions else None,
        person.hours / 100,
    ]


def kite_met(due: int, day: TeamDay) -> int:
    """How many of a person's items were in time: the day's share of the team, floor."""
    return due * day.met // day.due if day.due else 0


def _kite(network: Network, path: Path, period: Period, months: list[TeamMonth]) -> None:
    write_kite(path, period, kite_rows(network, period, months) or idle_rows(network, period))


def idle_rows(network: Network, period: Period) -> list[list[Cell]]:
    """A month without activity: a row of zeros per team, so that the file came and says so."""
    return [
        [
            site_name("KITE", team.site),
            kite_day(period.first),
            queue_name(team.role, period, network.last),
            team.language,
            f"{team.site}0000",
            *[0, 0, 0, None, 0],
        ]
        for team in TEAMS
        if team.vendor == "KITE"
    ]


def kite_rows(network: Network, period: Period, work: list[TeamMonth]) -> list[list[Cell]]:
    """All rows of Kite's file of a month."""
    months = [month for month in work if month.team.vendor == "KITE"]
    return [kite_row(network, period, month, day, person) for month, day, person in people(months)]


def write_kite(path: Path, period: Period, rows: list[list[Cell]], summed: list[list[Cell]] | None = None) -> None:
    """Kite's layout: two title rows, days as text, shares as percent cells, a row of totals at the end.

    summed: the rows that the totals are the sums of, where they are not the rows themselves.
    """
    reviewed, due, met = (sum(int(str(row[column])) for row in summed or rows) for column in (5, 6, 7))
    hours = sum(round(float(str(row[9])) * 100) for row in summed or rows) / 100
    total: list[Cell] = ["Total", None, None, None, None, reviewed, due, met, met / due if due else None, hours]
    title: list[Sequence[Cell]] = [["Kite Review Operations: daily performance"], [f"Month {period}"], []]
    write_workbook(path, [Sheet("Daily", [*title, KITE_HEAD, *rows, total], {8: PERCENT_FORMAT})])


def _luma(network: Network, path: Path, period: Period, months: list[TeamMonth]) -> None:
    """People by name, real days shown month first, a column that means nothing here."""
    head = ["Report Date", "Site Code", "LOB", "Review Type", "Locale", "Reviewer", "Items Reviewed", "Total Handle Time", "Net Hours"]
    rows: list[Sequence[Cell]] = [head]
    for month, day, person in people(months):
        team, queue = month.team, queue_name(month.team.role, period, network.last)
        name = person_name(network, person.agent)
        rows.append([day.day, team.site, "Safety", queue, team.language, name, person.decisions, person.handle_seconds, person.hours / 100])
    write_workbook(path, [Sheet("Agent Wise", rows, {0: MONTH_FIRST_FORMAT})])


def person_name(network: Network, agent: str) -> str:
    """An invented name for an id; different ids have different names."""
    number = int("".join(sign for sign in agent if sign.isdigit())[2:]) + network.seed
    return f"{FAMILY[number // len(GIVEN) % len(FAMILY)]} {number // 256}, {GIVEN[number % len(GIVEN)]}"


def _home(network: Network, path: Path, period: Period, months: list[TeamMonth]) -> None:
    """The client's own team: one sheet, in the last month all of it once more on a second one."""
    head = ["Work Date", "Hub", "Moderation Queue", "Lang", "Analyst", "Resolved", "Review Time", "Core Hours"]
    rows: list[Sequence[Cell]] = [head]
    for month, day, person in people(months):
        team, queue = month.team, queue_name(month.team.role, period, network.last)
        rows.append([day.day, team.site, queue, team.language, person.agent, person.decisions, person.handle_seconds, person.hours / 100])
    sheets = [Sheet("Dublin", rows, {0: ISO_FORMAT})]
    if period == network.last:
        sheets.append(Sheet("Raw", rows, {0: ISO_FORMAT}))
    write_workbook(path, sheets)


WRITERS: dict[str, tuple[Callable[[Network, Path, Period, list[TeamMonth]], None], str]] = {
    "NOVA": (_nova, "csv"),
    "ORBI": (_orbi, "csv"),
    "VEGA": (_vega, "csv"),
    "PALM": (_palm, "xlsx"),
    "KITE": (_kite, "xlsx"),
    "LUMA": (_luma, "xlsx"),
    "HOME": (_home, "xlsx"),
}
