"""Cases about what came in: T9, T11, T15, T17.

Owns: what uploads, counts and traces must answer. Must not know: how the product reads a file.
"""

from __future__ import annotations

from fractions import Fraction

from importers.samples.expectation import Truth, cell
from importers.samples.invoice_files import SHEET as INVOICE_SHEET
from importers.samples.network import RENAMED_ROLE
from importers.samples.night import HEAD as NIGHT_HEAD
from importers.samples.night import SHEET as NIGHT_SHEET
from importers.samples.night import true_hours
from importers.samples.story import Case, Story, as_money, as_number, as_quantity, of_card
from importers.samples.true_ranks import own_deadlines
from importers.samples.uploads import BAD_CELLS, CLEAN, MENDED, SHEET, UNKNOWN_QUEUE
from importers.samples.volumes import OVERCOUNTED_ROLE, SHIFTED_ROLE, TeamMonth
from importers.samples.written import Month, own_decisions, platform_decisions

Entry = tuple[str, str, tuple[str, ...], str, object]
RAW = of_card("cost_per_decision", "raw.value")


def reading_cases(story: Story) -> list[Truth]:
    """All of them."""
    return [*_corrected_file(story), *_counts_apart(story), *_bad_rows(story), *_calendar(story)]


def _kite(month: Month, work: list[TeamMonth]) -> Month:
    return Month(month.period, work, month.audits, month.staffing)


def _corrected_file(story: Story) -> list[Truth]:
    """T9: Kite's file of the month in review came again: a row changed, a row gone, a row new."""
    period = story.earlier
    names = [f"KITE_performance_{period}.xlsx", f"KITE_performance_{period}_corrected.xlsx"]
    old, new = _kite(story.before, story.before.as_sent or story.before.work), story.before
    card = ("scorecard", "KITE", period, "--revision", "2")
    figures = [_figures(month) for month in (old, new)]
    entries: list[Entry] = [
        ("KITE", period, ("batch", "list"), f"[file={names[0]}].state", "superseded"),
        ("KITE", period, ("batch", "list"), f"[file={names[1]}].state", "accepted"),
        ("KITE", period, card, "revision", 2),
    ]
    for name in figures[0]:
        for side, values in zip(("old", "new"), figures, strict=True):
            entries.append(("KITE", period, card, f"changes[metric={name}].{side}", as_number(values[name])))
    where = tuple(cell(f"samples/{period}/{name}", "Daily", "A5:J400") for name in names)
    return Case(9, "corrected_file", "the month keeps the first file's figures, or adds both", where).letters(*entries)


def _figures(month: Month) -> dict[str, Fraction]:
    """What Kite's own rows decide: items in time, throughput, difference of counts."""
    teams = month.teams("KITE")
    due, met = own_deadlines(month)
    platform = platform_decisions(teams)
    return {
        "in_sla_share": Fraction(met, due),
        "throughput": Fraction(100 * platform, sum(team.hours for team in teams)),
        "count_discrepancy": Fraction(own_decisions(teams), platform) - 1,
    }


def _counts_apart(story: Story) -> list[Truth]:
    """T11: Nova counts one queue three hundredths too high and books another a day late."""
    period, teams = story.period, story.last.teams("NOVA")
    entries: list[Entry] = []
    for role in (OVERCOUNTED_ROLE, SHIFTED_ROLE):
        value = Fraction(own_decisions(teams, role), platform_decisions(teams, role)) - 1
        trace = ("trace", "NOVA", period, "count_discrepancy", "--queue", story.queue(role))
        entries.append(("NOVA", period, trace, "value", as_number(value)))
    whole = story.standing["NOVA"].values["count_discrepancy"].value
    entries.append(("NOVA", period, ("scorecard", "NOVA", period), of_card("count_discrepancy", "value"), as_number(whole)))
    name = f"NOVA_performance_{period}.csv"
    case = Case(11, "counts_apart", "the vendor's count is taken, or a shift looks like missing work", (story.at(name, "", "H2:H7000"),))
    shift = Truth(
        "T11d",
        case.kind,
        "NOVA",
        period,
        ("batch", "list"),
        f"[file={name}].problems[code=DAY_SHIFT].severity",
        "warning",
        case.before,
        case.where,
        covered_by="importer issue",
    )
    return [*case.letters(*entries), shift]


def _bad_rows(story: Story) -> list[Truth]:
    """T15: four faults in one file, each named with its cell; nothing of it counts until it is corrected."""
    uploads, period = story.uploads, str(story.network.last.next())

    def command(name: str) -> tuple[str, ...]:
        return ("import", f"to-upload/{name}", "--as", "performance", "--side", "vendor")

    entries: list[Entry] = [
        ("ORBI", period, command(CLEAN), "[0].state", "accepted"),
        ("ORBI", period, command(CLEAN), "[0].problems", []),
        ("VEGA", period, command(BAD_CELLS), "[0].state", "refused"),
    ]
    entries += [("VEGA", period, command(BAD_CELLS), f"[0].problems[cell={place}].severity", "error") for place in uploads.faults]
    queue_cell = next(place for place, what in uploads.faults.items() if what == "unknown queue")
    entries += [
        ("VEGA", period, command(BAD_CELLS), f"[0].problems[cell={queue_cell}].value", UNKNOWN_QUEUE),
        ("VEGA", period, command(MENDED), "[0].state", "accepted"),
        ("VEGA", period, command(MENDED), "[0].control.decisions", str(uploads.mended_decisions)),
    ]
    where = tuple(cell(f"to-upload/{BAD_CELLS}", SHEET, place) for place in uploads.faults)
    letters = Case(15, "bad_rows", "bad rows are dropped in silence", where).letters(*entries)
    return [_writing(truth) for truth in letters]


def _writing(truth: Truth) -> Truth:
    return Truth(**{field: getattr(truth, field) for field in Truth.__dataclass_fields__} | {"needs_write": True})


def _calendar(story: Story) -> list[Truth]:
    """T17: a night with 25 hours, names and months that begin, rest and overlap, sheets that repeat."""
    network, period, earlier = story.network, story.period, story.earlier
    entries: list[Entry] = []
    where = []
    hours = true_hours(network)
    if hours:
        name = f"LUMA_night_shift_{min(hours)}.xlsx"
        total = as_quantity(sum(hours.values(), Fraction(0)))
        entries.append(("LUMA", period, ("batch", "list"), f"[file={name}].control.worked_hours", total))
        for day, count in sorted(hours.items()):
            month = f"{day.year}-{day.month:02d}"
            entries.append(
                ("LUMA", month, ("trace", "LUMA", month, "worked_hours"), "inputs[fact=worked_hours].amount", as_quantity(count))
            )
        where.append(story.at(name, NIGHT_SHEET, f"{'ABCD'[NIGHT_HEAD.index('shift_start')]}2:D2"))
    entries += _one_series(story)
    if network.started > network.periods[0]:
        entries.append(("LUMA", str(network.started), ("scorecard", "LUMA", str(network.started)), "rating", None))
        entries.append(("LUMA", str(network.started), ("scorecard", "LUMA", str(network.started)), "rank", None))
    if network.idle:
        card = ("scorecard", "KITE", str(network.idle))
        for name in ("cost_per_decision", "in_sla_share", "aht_seconds", "throughput"):
            entries.append(("KITE", str(network.idle), card, of_card(name, "state"), "no_data"))
            entries.append(("KITE", str(network.idle), card, of_card(name, "value"), None))
    over = f"LUMA_invoice_{network.before_last.first.replace(day=16)}_to_{network.last.first.replace(day=15)}.xlsx"
    where.append(story.at(over, INVOICE_SHEET, "D2:E3"))
    for month, costs in ((earlier, story.costs_before), (period, story.costs)):
        entries.append(("LUMA", month, ("scorecard", "LUMA", month), RAW, as_money(costs.raw("LUMA"))))
    entries.append(("KITE", earlier, ("scorecard", "KITE", earlier), RAW, as_money(story.costs_before.raw("KITE"))))
    entries += _once(story)
    return Case(17, "calendar", "hours, names, months or sheets are taken at face value", tuple(where)).letters(*entries)


def _one_series(story: Story) -> list[Entry]:
    """A renamed queue stays one: decisions by the platform's code, hours by the vendor's old and new name."""
    entries: list[Entry] = []
    for month in (story.before, story.last):
        teams = [team for team in month.teams("PALM") if team.team.role == RENAMED_ROLE]
        period = str(month.period)
        trace = ("trace", "PALM", period, "throughput", "--queue", story.queue(RENAMED_ROLE))
        hours = Fraction(sum(team.hours for team in teams), 100)
        entries.append(("PALM", period, trace, "value", as_number(platform_decisions(teams) / hours)))
    return entries


def _once(story: Story) -> list[Entry]:
    """The in-house workbook says everything twice."""
    period, teams = story.period, story.last.teams("HOME")
    name = f"HOME_performance_{period}.xlsx"
    card = ("scorecard", "HOME", period)
    return [
        ("HOME", period, ("batch", "list"), f"[file={name}].control.decisions", str(own_decisions(teams))),
        ("HOME", period, card, of_card("count_discrepancy", "value"), as_number(story.standing["HOME"].values["count_discrepancy"].value)),
    ]
