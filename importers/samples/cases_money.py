"""Cases about money: T3 to T7, T14, T16.

Owns: what invoice checks, contract prices and costs must answer. Must not know: how the product prices.
"""

from __future__ import annotations

from fractions import Fraction

from importers.samples.agreements import CREDIT_CLAUSE, CREDIT_PERCENT
from importers.samples.bills import cents, recorded_billable_hours
from importers.samples.expectation import Truth, cell
from importers.samples.invoice_files import SHEET, cell_of
from importers.samples.story import Case, Story, as_cents, as_money, of_card
from importers.samples.true_costs import contract_cents
from importers.samples.uploads import LOOSE_NOTE
from importers.samples.written import decisions_by_stratum

Entry = tuple[str, str, tuple[str, ...], str, object]
RAW = of_card("cost_per_decision", "raw.value")


def money_cases(story: Story) -> list[Truth]:
    """All of them."""
    return [
        *_billed_again(story),
        *_too_many_hours(story),
        *_old_rates(story),
        *_missing_credit(story),
        *_credit_notes(story),
        *_dearer_mix(story),
        *_clean_vendor(story),
    ]


def _show(number: str, vendor: str) -> tuple[str, ...]:
    return ("invoice", "show", number, "--vendor", vendor)


def _billed_again(story: Story) -> list[Truth]:
    """T3: Kite's Warsaw invoice comes again under another spelling; Krakow's equal fee is lawful."""
    first, twin, again = (story.last.bill("KITE", part) for part in range(3))
    period = story.period
    show = _show(again.number, "KITE")
    entries: list[Entry] = [
        ("KITE", period, show, "findings[code=I-01].state", "suspected"),
        ("KITE", period, show, "findings[code=I-01].at_stake.amount", as_cents(again.net)),
        ("KITE", period, show, "contract_amount", None),
        ("KITE", period, _show(first.number, "KITE"), "findings", []),
        ("KITE", period, _show(twin.number, "KITE"), "findings", []),
        ("KITE", period, _show(twin.number, "KITE"), "billed.amount", as_cents(first.net)),
        ("KITE", period, ("scorecard", "KITE", period), RAW, as_money(story.costs.raw("KITE"))),
    ]
    where = (
        story.at(f"KITE_invoice_{period}.xlsx", SHEET, cell_of("invoice_number", 1)),
        story.at(f"KITE_invoice_{period}_again.xlsx", SHEET, cell_of("invoice_number", 1)),
    )
    return Case(3, "duplicate_invoice", "Warsaw is paid twice, or Krakow is accused", where).letters(*entries)


def _too_many_hours(story: Story) -> list[Truth]:
    """T4: Manila's hours exceed the record by more than the tolerance, Cebu's stay inside it."""
    bill, period = story.last.bill("PALM"), story.period
    show = _show(bill.number, "PALM")
    manila = bill.lines[0]
    beyond = manila.quantity - recorded_billable_hours(story.last.staffing, "MNL")
    contract = contract_cents(story.network, story.last, "MNL") + contract_cents(story.network, story.last, "CEB")
    entries: list[Entry] = [
        ("PALM", period, show, "findings[line=1].code", "I-07"),
        ("PALM", period, show, "findings[line=1].at_stake.amount", as_cents(cents(beyond * manila.rate))),
        ("PALM", period, show, "findings[line=1].in_favour_of", "client"),
        ("PALM", period, show, "findings[line=2]", None),
        ("PALM", period, show, "contract_amount.amount", as_cents(contract)),
        ("PALM", period, show, "state", "disputed"),
        ("PALM", period, ("scorecard", "PALM", period), RAW, as_money(story.costs.raw("PALM"))),
        ("PALM", period, ("scorecard", "PALM", period), of_card("cost_per_decision", "state"), "estimated"),
    ]
    where = (story.at(f"PALM_invoice_{period}.xlsx", SHEET, cell_of("quantity", 1)),)
    return Case(4, "hours_above_record", "more hours are paid than anybody recorded", where).letters(*entries)


def _old_rates(story: Story) -> list[Truth]:
    """T5: Berlin is billed at the rate before the renewal, Lisbon at the one before the step of the 16th."""
    bill, period, rates = story.last.bill("VEGA"), story.period, story.network.rates
    show = _show(bill.number, "VEGA")
    berlin, first_half, second_half = bill.lines
    over = cents((berlin.rate - rates.renewed) * berlin.quantity)
    under = cents((rates.stepped - second_half.rate) * second_half.quantity)
    contract = [
        cents(berlin.quantity * rates.renewed),
        cents(first_half.quantity * first_half.rate),
        cents(second_half.quantity * rates.stepped),
    ]
    price = ("contract", "price", "VEGA", period)
    entries: list[Entry] = [
        ("VEGA", period, show, "findings[line=1].code", "I-06"),
        ("VEGA", period, show, "findings[line=1].at_stake.amount", as_cents(over)),
        ("VEGA", period, show, "findings[line=1].in_favour_of", "client"),
        ("VEGA", period, show, "findings[line=2]", None),
        ("VEGA", period, show, "findings[line=3].code", "I-06"),
        ("VEGA", period, show, "findings[line=3].at_stake.amount", as_cents(under)),
        ("VEGA", period, show, "findings[line=3].in_favour_of", "vendor"),
        ("VEGA", period, show, "at_stake.amount", as_cents(over)),
        ("VEGA", period, show, "contract_amount.amount", as_cents(sum(contract))),
        ("VEGA", period, price, "total.amount", as_cents(sum(contract))),
        ("VEGA", period, price, "complete", True),
    ]
    where = tuple(story.at(f"VEGA_invoice_{period}.xlsx", SHEET, cell_of("rate", line)) for line in (1, 3))
    return Case(5, "old_rate", "the old rate is paid, or both faults are netted", where).letters(*entries)


def _missing_credit(story: Story) -> list[Truth]:
    """T6: Nova missed the share in time, its invoice has no credit; the clause is there from day one."""
    period, price = story.period, ("contract", "price", "NOVA", story.period)
    charges = story.last.bill("NOVA").net
    entries: list[Entry] = [
        ("NOVA", period, price, "complete", False),
        ("NOVA", period, price, "missing[0]", f"credit {CREDIT_CLAUSE}"),
        ("NOVA", period, price, "subtotal.amount", as_cents(charges)),
    ]
    case = Case(6, "missing_credit", "the month looks complete without the credit", (cell("samples/contracts/NOVA.toml", "", "credit"),))
    credit = as_cents(cents(Fraction(charges * CREDIT_PERCENT, 10_000)))
    later = Truth("T6d", case.kind, "NOVA", period, price, "credits.amount", credit, case.before, case.where, covered_by="credits issue")
    return [*case.letters(*entries), later]


def _credit_notes(story: Story) -> list[Truth]:
    """T7: Vega's credit note belongs to the month before, at that month's rate; one without a reference asks."""
    before = story.costs_before
    entries: list[Entry] = [
        ("VEGA", story.earlier, ("scorecard", "VEGA", story.earlier), RAW, as_money(before.raw("VEGA"))),
        ("VEGA", story.period, ("scorecard", "VEGA", story.period), RAW, as_money(story.costs.raw("VEGA"))),
        ("VEGA", story.earlier, _show(story.note.number, "VEGA"), "billed.amount", as_cents(story.note.net)),
    ]
    name = f"VEGA_credit_note_{story.earlier}.xlsx"
    case = Case(7, "credit_note", "the credit lowers the month in which it came", (story.at(name, SHEET, cell_of("amount", 1)),))
    command = ("import", f"to-upload/{LOOSE_NOTE}", "--vendor", "VEGA", "--as", "invoice")
    where = (cell(f"to-upload/{LOOSE_NOTE}", SHEET, cell_of("relates_to", 1)),)
    asks = Truth("T7d", case.kind, "VEGA", story.period, command, "[0].state", "refused", "it is booked somewhere", where, needs_write=True)
    return [*case.letters(*entries), asks]


def _dearer_mix(story: Story) -> list[Truth]:
    """T14: Nova's cost per decision rises from one month to the next though no price and no currency moved."""
    old = decisions_by_stratum(story.network, story.before, "NOVA")
    new = decisions_by_stratum(story.network, story.last, "NOVA")
    rate_of = {story.queue(role): rate for (vendor, role), rate in story.network.rates.per_decision.items() if vendor == "NOVA"}
    volume_old, volume_new = sum(old.values()), sum(new.values())
    mean = sum((count * rate_of[queue] for (queue, _), count in old.items()), Fraction(0)) / volume_old
    same_prices = sum((count * rate_of[queue] for (queue, _), count in new.items()), Fraction(0))
    case = Case(14, "mix_effect", "somebody is thought to have raised a price")
    entries: list[Entry] = [
        ("NOVA", story.earlier, ("scorecard", "NOVA", story.earlier), RAW, as_money(story.costs_before.raw("NOVA"))),
        ("NOVA", story.period, ("scorecard", "NOVA", story.period), RAW, as_money(story.costs.raw("NOVA"))),
    ]
    effects = {
        "volume": (volume_new - volume_old) * mean,
        "mix": same_prices - volume_new * mean,
        "rate": story.costs.total["NOVA"] - same_prices,
        "fx": Fraction(0),
    }
    command = ("scorecard", "NOVA", story.period)
    later = [
        Truth(
            f"T14{letter}",
            case.kind,
            "NOVA",
            story.period,
            command,
            of_card("cost_per_decision", f"bridge.{effect}.value"),
            as_money(amount),
            case.before,
            covered_by="contract issue",
        )
        for letter, (effect, amount) in zip("cdef", effects.items(), strict=True)
    ]
    return [*case.letters(*entries), *later]


def _clean_vendor(story: Story) -> list[Truth]:
    """T16: nothing is wrong with Orbis, and nothing is said."""
    bill, period = story.last.bill("ORBI"), story.period
    show = _show(bill.number, "ORBI")
    files = [f"ORBI_performance_{period}.csv", f"ORBI_invoice_{period}.xlsx"]
    entries: list[Entry] = [
        ("ORBI", period, show, "findings", []),
        ("ORBI", period, show, "complete", True),
        ("ORBI", period, show, "at_stake.amount", "0.00"),
        ("ORBI", period, show, "contract_amount.amount", as_cents(bill.net)),
        ("ORBI", period, ("contract", "price", "ORBI", period), "complete", True),
        ("ORBI", period, ("rank", period), "vendors[vendor=ORBI].gates", []),
    ]
    entries += [("ORBI", period, ("batch", "list"), f"[file={name}].problems", []) for name in files]
    return Case(16, "clean_vendor", "a clean vendor is accused").letters(*entries)
