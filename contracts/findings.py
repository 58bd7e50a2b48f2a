"""Findings: what is wrong with a claim, rules I-01, I-02, I-06 and I-07 of version 1.

Owns: each rule with its amount. Must not know: databases; which decisions people took comes in with the claims.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from contracts.claims import Decision, InvoiceValue, LineValue
from contracts.pricing.line import LinePrice
from contracts.pricing.values import exact, shown
from kernel.money import EXACT, minor_unit, plain, round_money

DUPLICATE, LINE_MATHS, RATE, QUANTITY = "I-01", "I-02", "I-06", "I-07"
LINE_MATHS_SLACK = Decimal("0.02")
"""Money; Peppol BIS Billing uses the same."""
OPEN_STATES = ("suspected", "confirmed", "disputed")
"""States in which money stays in question."""


@dataclass(frozen=True, slots=True)
class Calculation:
    """One side of a finding: quantity x rate = amount, unrounded. quantity, rate: None for an amount that is no product."""

    quantity: Decimal | None
    unit: str
    rate: Decimal | None
    amount: Decimal

    @classmethod
    def of(cls, quantity: Fraction, unit: str, rate: Fraction) -> Calculation:
        """The product of a quantity and a rate.

        >>> str(Calculation.of(Fraction(3, 2), "hour", Fraction(10)).amount)
        '15'
        """
        return cls(exact(quantity), unit, exact(rate), exact(quantity * rate))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a claim.

    line: as printed, '' = the whole claim. at_stake: positive, in the claim's currency, rounded by the contract.
    in_favour_of: who gets money back, client or vendor. state: suspected, confirmed, cleared, disputed,
    recovered or lost. clause: in the contract, '' = none. billed, agreed: the two calculations whose difference it is.
    """

    code: str
    severity: str
    line: str
    message: str
    at_stake: Decimal
    in_favour_of: str
    clause: str
    billed: Calculation
    agreed: Calculation
    state: str = "suspected"

    @property
    def in_question(self) -> bool:
        """Whether it counts as the client's money at stake."""
        return self.in_favour_of == "client" and self.state in OPEN_STATES


def original_of(claim: InvoiceValue, others: Sequence[InvoiceValue]) -> tuple[InvoiceValue, str] | None:
    """The earlier invoice that a claim seems to bill again, and why; None when there is none.

    Only documents of type invoice are compared: the same normalised number, or the same net and currency with the
    same sites and queues of the lines and overlapping service days. The later issued is the suspect, of one day
    the later uploaded.

    Source: figures section 6, rule I-01.
    """
    if claim.document != "invoice":
        return None
    earlier = [
        other
        for other in others
        if other.document == "invoice" and other.vendor == claim.vendor and (other.issued_on, other.id) < (claim.issued_on, claim.id)
    ]
    for other in sorted(earlier, key=lambda one: (one.issued_on, one.id)):
        if other.number_key == claim.number_key:
            return other, "another spelling of the same number"
        if _same_fee(other, claim):
            return other, "the same net for the same sites and queues and overlapping service days"
    return None


def _same_fee(one: InvoiceValue, other: InvoiceValue) -> bool:
    mine, theirs = one.service_days, other.service_days
    return (
        (one.net, one.currency) == (other.net, other.currency)
        and {line.site for line in one.lines} == {line.site for line in other.lines}
        and {line.queue for line in one.lines} == {line.queue for line in other.lines}
        and mine is not None
        and theirs is not None
        and mine[0] <= theirs[1]
        and theirs[0] <= mine[1]
    )


def duplicate(claim: InvoiceValue, original: InvoiceValue, why: str, rounding: str) -> Finding:
    """I-01: the whole invoice is at stake."""
    at_stake = round_money(abs(claim.net), claim.currency, rounding)
    message = (
        f"{claim.number} of {claim.issued_on} seems to bill {original.number} of {original.issued_on} again ({why}): "
        f"it is held out of cost until someone clears or confirms it"
    )
    billed, agreed = (Calculation(None, "", None, amount) for amount in (claim.net, Decimal(0)))
    return Finding(DUPLICATE, "error", "", message, at_stake, "client", "", billed, agreed)


def line_maths(line: LineValue, currency: str, rounding: str) -> Finding | None:
    """I-02: quantity x rate is not the amount.

    Slack is the largest of 0.02, half a minor unit, and rate x half the last printed digit of a quantity that is
    printed with decimals; whole quantities are exact. At stake: amount - rounded product.

    Source: figures section 6, rule I-02.

    >>> from datetime import date
    >>> day = date(2026, 10, 1)
    >>> line = LineValue(1, "1", "Hours", "", "", "", day, day, Decimal(10), 0, "hour", Decimal("14.75"), Decimal("150.00"))
    >>> line_maths(line, "USD", "half_up").at_stake
    Decimal('2.50')
    """
    if line.quantity is None or line.rate is None:
        return None
    product = EXACT.multiply(line.quantity, line.rate)
    half_digit = Decimal(5).scaleb(-line.quantity_places - 1) if line.quantity_places else Decimal(0)
    slack = max(LINE_MATHS_SLACK, minor_unit(currency) / 2, EXACT.multiply(abs(line.rate), half_digit))
    if abs(EXACT.subtract(product, line.amount)) <= slack:
        return None
    agreed = Calculation(line.quantity, line.unit, line.rate, round_money(product, currency, rounding))
    message = (
        f"{plain(line.quantity)} x {plain(line.rate)} is {plain(round_money(product, currency, rounding))}, "
        f"the line says {plain(line.amount)} {currency}"
    )
    return _finding(LINE_MATHS, line, message, "", Calculation(None, line.unit, None, line.amount), agreed, currency, rounding)


def rate_difference(line: LineValue, price: LinePrice, currency: str, rounding: str) -> Finding | None:
    """I-06: the billed rate is not the contract's. At stake: (billed rate - contract rate) x billed quantity.

    Source: figures section 6, rule I-06.
    """
    if line.quantity is None or line.rate is None or price.rate is None or Fraction(line.rate) == price.rate:
        return None
    difference = (Fraction(line.rate) - price.rate) * Fraction(line.quantity)
    message = (
        f"billed at {plain(line.rate)} per {line.unit}, clause {price.clause} says {shown(exact(price.rate))}: "
        f"({plain(line.rate)} - {shown(exact(price.rate))}) x {plain(line.quantity)} = {shown(exact(difference))} {currency}"
    )
    quantity = Fraction(line.quantity)
    billed, agreed = (Calculation.of(quantity, line.unit, rate) for rate in (Fraction(line.rate), price.rate))
    return _finding(RATE, line, message, price.clause, billed, agreed, currency, rounding)


def quantity_difference(line: LineValue, price: LinePrice, tolerance: Decimal, currency: str, rounding: str) -> Finding | None:
    """I-07: more is billed than the record holds, by more than the tolerance (a share of the record).

    At stake: (billed - recorded quantity) x contract rate, the whole of it.

    Source: figures section 6, rule I-07.
    """
    if line.quantity is None or price.recorded is None or price.rate is None:
        return None
    excess = Fraction(line.quantity) - price.recorded
    if excess <= 0 or excess <= price.recorded * Fraction(tolerance):
        return None
    difference = excess * price.rate
    recorded = shown(exact(price.recorded))
    message = (
        f"{plain(line.quantity)} {line.unit} billed, {recorded} on record: ({plain(line.quantity)} - {recorded}) x "
        f"{shown(exact(price.rate))} of clause {price.clause} = {shown(exact(difference))} {currency}"
    )
    billed, agreed = (Calculation.of(quantity, line.unit, price.rate) for quantity in (Fraction(line.quantity), price.recorded))
    return _finding(QUANTITY, line, message, price.clause, billed, agreed, currency, rounding)


def _finding(
    code: str, line: LineValue, message: str, clause: str, billed: Calculation, agreed: Calculation, currency: str, rounding: str
) -> Finding | None:
    """The finding over the difference of two calculations; None when it rounds to nothing."""
    difference = EXACT.subtract(billed.amount, agreed.amount)
    at_stake = round_money(abs(difference), currency, rounding)
    if not at_stake:
        return None
    return Finding(code, "warning", line.line, message, at_stake, "client" if difference > 0 else "vendor", clause, billed, agreed)


def decided(finding: Finding, claim: InvoiceValue) -> Finding:
    """The finding in the state that people last gave it; on a disputed claim or line an open one is disputed."""
    about = [decision for decision in claim.decisions if (decision.code, decision.line) == (finding.code, finding.line)]
    if about:
        last: Decision = max(about, key=lambda decision: decision.at)
        return replace(finding, state=last.state)
    disputed_lines = {line.line for line in claim.lines if line.held}
    if claim.state == "disputed" or finding.line in disputed_lines:
        return replace(finding, state="disputed")
    return finding
