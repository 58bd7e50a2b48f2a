"""From claims, costs and contracts to the charges of a month.

Owns: which recorded amounts a contract prices, what each claim charges a month, what stands in for a bill that is
held or has not come. Must not know: the database, how charges are spread and scored. Joins values of contracts with
values of this room; both stay unaware of each other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from contracts.claims import CostValue, InvoiceValue, LineValue, month_amounts, named_claim
from contracts.invoices import InvoiceCheck
from contracts.pricing.engine import price_month
from contracts.pricing.quantities import BILLABLE_DECISIONS, DECISIONS, DEFAULT_FACTS, fact_of
from contracts.pricing.values import Priced, PricedLine, Quantities, QuantityRow
from contracts.terms import Terms, together
from kernel.money import EXACT
from kernel.period import Period, months_between
from scorecards.cost import SERVICE, Charge
from scorecards.tally import MONTH, SIDES, Counts, choose, rows_of

ONE_DAY = timedelta(days=1)
BILLS = ("invoice", "replacement")
"""Documents that bill work; pro formas never cost, credit notes give back."""


@dataclass(frozen=True, slots=True)
class Accruals:
    """What stands in for bills that are held or missing. complete: every such bill has its whole contract amount."""

    charges: tuple[Charge, ...]
    complete: bool


def precedence_of(terms: Sequence[Terms], period: Period) -> tuple[str, ...]:
    """Whose count goes first: as the contract that began last says; the default order without one."""
    ruling = ruling_terms(terms, period)
    return ruling.side_precedence if ruling else SIDES


def ruling_terms(terms: Sequence[Terms], period: Period) -> Terms | None:
    """The contracts in force in the month, read as one; None without one.

    Contracts in another currency than the one that began last are left out: nothing adds up across currencies.
    """
    touching = [one for one in terms if one.touches(period.first, period.end)]
    if not touching:
        return None
    latest = max(touching, key=lambda one: (one.valid_from, one.number))
    return together([one for one in touching if one.currency == latest.currency])


def recorded(counts: Counts, precedence: Sequence[str], terms: Sequence[Terms], claims: Sequence[InvoiceValue]) -> Quantities:
    """The recorded amounts of one month that contracts and claims ask for, one side per fact and queue-day.

    Days are added up as far as no clause or claimed line begins or ends between them, which changes no amount.
    Billable decisions count only from the sides whose decisions are chosen.

    Source: figures section 5 and section 9.
    """
    edges = sorted(_edges(terms, claims))
    deciding = {pick.side for pick in choose(counts, precedence, (DECISIONS,))}
    rows: list[QuantityRow] = []
    for fact in sorted(facts_of(terms)):
        sides = [side for side in precedence if side in deciding] if fact == BILLABLE_DECISIONS else precedence
        found = _rows(counts, sides, fact, edges)
        if fact != BILLABLE_DECISIONS or any(row.amount for row in found):
            rows += found
    return Quantities(tuple(rows))


def facts_of(terms: Iterable[Terms]) -> set[str]:
    """The facts that these contracts count, decisions always among them."""
    counted = {price.quantity or DEFAULT_FACTS.get(price.family, DECISIONS) for one in terms for price in one.prices}
    return counted | {DECISIONS, BILLABLE_DECISIONS}


def _edges(terms: Iterable[Terms], claims: Iterable[InvoiceValue]) -> set[date]:
    """The days on which a clause or a claimed line begins, or has just ended."""
    found = {day for one in terms for price in one.prices for day in (price.valid_from, price.valid_to)}
    for claim in claims:
        for line in claim.lines:
            if line.days is not None:
                found |= {line.days[0], line.days[1] + ONE_DAY}
    return found


def _rows(counts: Counts, sides: Sequence[str], fact: str, edges: Sequence[date]) -> list[QuantityRow]:
    sums: dict[tuple[str, str, str, date, date], Decimal] = {}
    stretches: dict[tuple[date, str], tuple[date, date]] = {}
    for row in rows_of(choose(counts, sides, (fact,)), fact):
        when = (row.day, row.grain)
        if when not in stretches:
            stretches[when] = _stretch(row.day, row.grain, edges)
        key = (row.site, row.queue, row.language, *stretches[when])
        sums[key] = EXACT.add(sums.get(key, Decimal(0)), row.amount)
    return [QuantityRow(fact, *key, amount) for key, amount in sorted(sums.items())]


def _stretch(day: date, grain: str, edges: Sequence[date]) -> tuple[date, date]:
    """The days around a day, within its month, between which no edge lies; a monthly count stands for its month."""
    month = Period.of(day)
    if grain == MONTH:
        return month.first, month.end
    place = bisect_right(edges, day)
    before = edges[place - 1] if place else month.first
    after = edges[place] if place < len(edges) else month.end
    return max(before, month.first), min(after, month.end)


def priced_facts(ruling: Terms | None, period: Period, quantities: Quantities) -> frozenset[str]:
    """The facts that the clauses in force in the month count."""
    prices = ruling.prices if ruling else ()
    return frozenset(fact_of(price, quantities) for price in prices if price.valid_from < period.end and period.first < price.valid_to)


def charges_of(
    claims: Sequence[InvoiceValue],
    checks: Mapping[int, InvoiceCheck],
    costs: Iterable[CostValue],
    rates: Mapping[str, Decimal],
    period: Period,
) -> tuple[Charge, ...]:
    """Every line that charges the month, held and passed through ones too.

    Pro formas and replaced originals charge nothing. A line of a credit note is a credit. A credit note without
    service days is charged to the months of the invoice it names.

    Args: claims in order of upload, checks for those that touch the month; rates = reporting currency per unit.

    Source: figures section 4 and section 9.
    """
    found: list[Charge] = []
    for claim in claims:
        check = checks.get(claim.id)
        if check is None or not check.costs:
            continue
        named = named_claim(claim, claims)
        for line in claim.lines:
            held = line.position in check.held_lines
            found += [_charge(claim, line, days, amount, rates, held=held) for days, amount in _portions(claim, named, line)]
    found += [
        Charge(
            period.first,
            period.last,
            cost.site,
            cost.queue,
            cost.language,
            cost.amount,
            cost.currency,
            rates.get(cost.currency),
            source=(cost.batch, cost.sheet, cost.row, 0),
            document=cost.item,
        )
        for cost in costs
    ]
    return tuple(charge for charge in found if charge.first_day < period.end and period.first <= charge.last_day)


def _portions(claim: InvoiceValue, named: InvoiceValue | None, line: LineValue) -> list[tuple[tuple[date, date], Decimal]]:
    """A line's days and amount; one without days gives a portion per month of the invoice that its claim names."""
    if line.days is not None:
        return [(line.days, line.amount)]
    parts = month_amounts(claim, named)
    return [((part.first, part.end - ONE_DAY), part.amount) for part in parts if part.position == line.position]


def _charge(
    claim: InvoiceValue, line: LineValue, days: tuple[date, date], amount: Decimal, rates: Mapping[str, Decimal], *, held: bool
) -> Charge:
    given_back = claim.document == "credit_note" and line.line_type == SERVICE
    return Charge(
        *days,
        *line.keys,
        amount,
        claim.currency,
        rates.get(claim.currency),
        line_type="credit" if given_back else line.line_type,
        held=held,
        source=(claim.batch, line.sheet, line.row, line.position),
        document=claim.number,
    )


def accruals_of(
    claims: Sequence[InvoiceValue],
    checks: Mapping[int, InvoiceCheck],
    charges: Sequence[Charge],
    priced: Priced | None,
    rates: Mapping[str, Decimal],
    period: Period,
) -> Accruals:
    """What stands in for bills of the month that are held or have not come.

    A held service line that nothing else bills: its contract amount. No bill for service at all: the contract
    amount of the month, priced = None without a contract.

    Source: figures section 2 (estimated) and section 4 (Held amounts).
    """
    found: list[Charge] = []
    complete = True
    for claim in claims:
        check = checks.get(claim.id)
        if check is None or not check.costs or claim.document not in BILLS:
            continue
        for line, checked in zip(claim.lines, check.lines, strict=True):
            if line.days is None or line.days[1] < period.first or line.days[0] >= period.end:
                continue
            if checked.stand_in is not None:
                found.append(_stand_in(claim, line, line.days, checked.stand_in, rates))
            elif checked.held and not checked.covered and line.line_type == SERVICE:
                complete = False
    if priced is not None and not any(charge.line_type == SERVICE for charge in charges):
        found += [_accrual(priced, line, rates, period) for line in priced.lines]
        complete = complete and priced.complete
    return Accruals(tuple(found), complete)


def _stand_in(claim: InvoiceValue, line: LineValue, days: tuple[date, date], amount: Decimal, rates: Mapping[str, Decimal]) -> Charge:
    source = (claim.batch, line.sheet, line.row, line.position)
    return Charge(
        *days, *line.keys, amount, claim.currency, rates.get(claim.currency), estimated=True, source=source, document=claim.number
    )


def _accrual(priced: Priced, line: PricedLine, rates: Mapping[str, Decimal], period: Period) -> Charge:
    """A line of a contract month belongs to the reporting month of the same name."""
    return Charge(
        period.first,
        period.last,
        line.site,
        line.queue,
        line.language,
        line.amount,
        priced.currency,
        rates.get(priced.currency),
        estimated=True,
        document=f"clause {line.clause}",
    )


def months_of(claims: Iterable[InvoiceValue], ids: Collection[int]) -> set[Period]:
    """The months that the dated lines of some claims serve."""
    spans = [claim.service_days for claim in claims if claim.id in ids]
    return {month for span in spans if span is not None for month in months_between(*span)}


def contract_month(ruling: Terms | None, period: Period, months: Mapping[Period, Quantities]) -> Priced | None:
    """What the month should cost under the contract; None without one. months: at least those it touches."""
    if ruling is None:
        return None
    rows = tuple(row for month in sorted(months) for row in months[month].rows)
    return price_month(ruling, period, Quantities(rows))
