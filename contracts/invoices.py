"""The invoice check: each claim of a vendor beside what the contract says, with findings and what is held.

Owns: comparing, holding out of cost, what stands in for a held line. Must not know: databases, files, scores.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contracts.claims import (
    DOCUMENTS,
    LINE_TYPES,
    CostValue,
    Decision,
    InvoiceValue,
    LineValue,
    MonthAmount,
    month_amounts,
    named_claim,
    number_key,
)
from contracts.findings import (
    OPEN_STATES,
    Finding,
    decided,
    duplicate,
    line_maths,
    original_of,
    quantity_difference,
    rate_difference,
)
from contracts.pricing.line import LinePrice, LineScope, contract_amount_for, families_of, unit_size
from contracts.pricing.values import Quantities, exact
from contracts.terms import Terms, together
from kernel.money import EXACT
from kernel.period import Period

__all__ = [
    "DOCUMENTS",
    "LINE_TYPES",
    "CostValue",
    "Decision",
    "Finding",
    "InvoiceCheck",
    "InvoiceValue",
    "LineCheck",
    "LineValue",
    "MonthAmount",
    "check_invoices",
    "month_amounts",
    "named_claim",
    "number_key",
    "related",
]


@dataclass(frozen=True, slots=True)
class LineCheck:
    """A billed line beside its contract amount.

    contract_amount: None when no clause fits, the record cannot tell, or the invoice is a suspected duplicate.
    difference: billed - contract_amount, None with it. held: out of cost while the question is open. covered: an
    unheld line bills the same scope, or an earlier held one already stands for it, so nothing stands in.
    contract_quantity, contract_rate: what the contract amount is the product of, in billed units; None where unknown.
    stand_in: what is estimated in place of a held line, None when nothing is (not held, covered, no service, or
    no clause fits).
    """

    position: int
    line: str
    text: str
    billed: Decimal
    contract_amount: Decimal | None
    difference: Decimal | None
    clause: str
    calculation: str
    contract_quantity: Decimal | None
    contract_rate: Decimal | None
    held: bool
    covered: bool
    stand_in: Decimal | None


@dataclass(frozen=True, slots=True)
class InvoiceCheck:
    """The result for one claim; amounts in its currency.

    contract_amount: sum over the lines that have one; None when none has. complete: every line has one and the
    contract has no clause that is not priced yet. at_stake: findings in the client's favour that are open. held:
    the whole claim is out of cost (suspected duplicate or disputed); held_lines: positions of the lines that are.
    costs: False for a pro forma and for an invoice that a replacement takes out; replaced_by: that replacement.
    """

    id: int
    lines: tuple[LineCheck, ...]
    findings: tuple[Finding, ...]
    contract_amount: Decimal | None
    complete: bool
    at_stake: Decimal
    held: bool
    held_lines: tuple[int, ...]
    costs: bool
    replaced_by: str


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the claims say about each other, before any is priced."""

    claim: InvoiceValue
    replaced_by: str
    suspicion: Finding | None
    held: bool

    @property
    def suspect(self) -> bool:
        """Whether it is an open duplicate."""
        return self.suspicion is not None and self.suspicion.state in OPEN_STATES

    @property
    def costs(self) -> bool:
        """Whether its unheld lines are cost."""
        return self.claim.document != "pro_forma" and not self.replaced_by

    @property
    def bills(self) -> bool:
        """Whether it bills work that the contract prices: an invoice or what replaced one."""
        return self.claim.document in ("invoice", "replacement") and not self.replaced_by

    def holds(self, line: LineValue) -> bool:
        """Whether a line is out of cost."""
        return self.held or line.held


def check_invoices(
    claims: Sequence[InvoiceValue],
    terms: Sequence[Terms],
    months: Mapping[Period, Quantities],
    only: Collection[int] | None = None,
) -> dict[int, InvoiceCheck]:
    """Check every claim of one vendor against the others, the contracts and the record.

    Args: claims: all of the vendor that could matter, neighbouring months included (a duplicate may be issued
    later); terms: its contracts, any number; months: recorded quantities by calendar month, for every month that
    a checked line serves; only: ids of the claims to check, None = all (the others still tell duplicates,
    replacements and cover). Returns a check per claim id.

    Source: figures sections 4, 5, 6 and 9.
    """
    standings = [_standing(claim, claims, terms) for claim in claims]
    shares = _shares(standings)
    covered = _covered(standings)
    return {one.claim.id: _check(one, terms, months, shares, covered) for one in standings if only is None or one.claim.id in only}


def related(claim: InvoiceValue, claims: Sequence[InvoiceValue]) -> list[tuple[str, InvoiceValue]]:
    """The documents that belong to a claim, each with how: in order of upload.

    corrects, replaces: the invoice that it names; corrected_by, replaced_by: those that name it; bills_again: the
    earlier invoice that it seems to repeat; billed_again_by: later ones that seem to repeat it.
    """
    named, original = named_claim(claim, claims), original_of(claim, claims)
    found = []
    for other in claims:
        names_it = (back := named_claim(other, claims)) is not None and back.id == claim.id
        if named is not None and other.id == named.id:
            found.append(("replaces" if claim.document == "replacement" else "corrects", other))
        if names_it:
            found.append(("replaced_by" if other.document == "replacement" else "corrected_by", other))
        if original is not None and other.id == original[0].id:
            found.append(("bills_again", other))
        alike = other.number_key == claim.number_key or other.net == claim.net
        if alike and (again := original_of(other, claims)) is not None and again[0].id == claim.id:
            found.append(("billed_again_by", other))
    return found


def _standing(claim: InvoiceValue, claims: Sequence[InvoiceValue], terms: Sequence[Terms]) -> _Standing:
    replacements = [
        other
        for other in claims
        if other.document == "replacement" and (named := named_claim(other, claims)) is not None and named.id == claim.id
    ]
    replaced_by = max(replacements, key=lambda other: (other.issued_on, other.id)).number if replacements else ""
    original = None if replaced_by else original_of(claim, claims)
    suspicion = None
    if original is not None:
        suspicion = decided(duplicate(claim, *original, _rounding(claim, terms)), claim)
    held = claim.state == "disputed" or (suspicion is not None and suspicion.state in OPEN_STATES)
    return _Standing(claim, replaced_by, suspicion, held and not replaced_by)


def _rounding(claim: InvoiceValue, terms: Sequence[Terms]) -> str:
    ruling = _terms_for(claim, terms)
    return ruling.rounding if ruling else "half_up"


def _terms_for(claim: InvoiceValue, terms: Sequence[Terms]) -> Terms | None:
    """The contracts in the claim's currency, those in force on its service days if any is, read as one."""
    same = [one for one in terms if one.currency == claim.currency and one.vendor == claim.vendor]
    days = claim.service_days
    in_force = [one for one in same if days is not None and one.valid_from <= days[1] and days[0] < one.valid_to]
    return together(in_force) if in_force else None


_Record = tuple[tuple[str, str, str], object, tuple[str, ...]]


def _record_key(line: LineValue) -> _Record:
    """Lines with the same key bill the same record: same scope, same days, units of one basis."""
    return line.keys, line.days, families_of(line.unit)


def _shares(standings: Sequence[_Standing]) -> dict[tuple[int, int], Fraction | None]:
    """The part of the record that belongs to each line, where several unheld lines bill the same.

    Shared in proportion to the billed quantities, so that their contract amounts add up to the record; None when
    that cannot be told.
    """
    groups: dict[_Record, list[tuple[tuple[int, int], Fraction | None]]] = {}
    for one in standings:
        for line in one.claim.lines if one.bills else ():
            if line.line_type == "service" and families_of(line.unit) and not one.holds(line):
                billed = None if line.quantity is None else Fraction(line.quantity) * unit_size(line.unit)
                groups.setdefault(_record_key(line), []).append(((one.claim.id, line.position), billed))
    shares: dict[tuple[int, int], Fraction | None] = {}
    for members in groups.values():
        if len(members) > 1:
            known = [billed for _, billed in members if billed is not None]
            whole = sum(known, Fraction(0))
            for place, billed in members:
                shares[place] = None if billed is None or len(known) < len(members) or whole <= 0 else billed / whole
    return shares


def _covered(standings: Sequence[_Standing]) -> set[tuple[int, int]]:
    """Held service lines for which nothing stands in, because their scope is billed or stood for already."""
    standing_for = [
        line for one in standings if one.bills for line in one.claim.lines if line.line_type == "service" and not one.holds(line)
    ]
    covered = set()
    for one in sorted(standings, key=lambda each: (each.claim.issued_on, each.claim.id)):
        for line in one.claim.lines if one.bills else ():
            if line.line_type == "service" and one.holds(line):
                if any(_same_work(line, other) for other in standing_for):
                    covered.add((one.claim.id, line.position))
                else:
                    standing_for.append(line)
    return covered


def _same_work(one: LineValue, other: LineValue) -> bool:
    mine, theirs = one.days, other.days
    return one.keys == other.keys and mine is not None and theirs is not None and mine[0] <= theirs[1] and theirs[0] <= mine[1]


def _check(
    one: _Standing,
    terms: Sequence[Terms],
    months: Mapping[Period, Quantities],
    shares: Mapping[tuple[int, int], Fraction | None],
    covered: set[tuple[int, int]],
) -> InvoiceCheck:
    claim = one.claim
    ruling = _terms_for(claim, terms)
    lines, findings = [], [] if one.suspicion is None else [one.suspicion]
    for line in claim.lines:
        price = _price(one, line, ruling, months, shares.get((claim.id, line.position), Fraction(1)))
        lines.append(_line(one, line, price, is_covered=(claim.id, line.position) in covered))
        if one.bills and not one.suspect:
            findings += [decided(finding, claim) for finding in _line_findings(claim, line, price, ruling)]
    amounts = [line.contract_amount for line in lines if line.contract_amount is not None]
    return InvoiceCheck(
        id=claim.id,
        lines=tuple(lines),
        findings=tuple(findings),
        contract_amount=_sum(amounts) if amounts else None,
        complete=bool(lines) and len(amounts) == len(lines) and ruling is not None and not ruling.unpriced,
        at_stake=_sum([finding.at_stake for finding in findings if finding.in_question]),
        held=one.held,
        held_lines=tuple(line.position for line in claim.lines if one.holds(line) and not one.replaced_by),
        costs=one.costs,
        replaced_by=one.replaced_by,
    )


def _price(one: _Standing, line: LineValue, ruling: Terms | None, months: Mapping[Period, Quantities], share: Fraction | None) -> LinePrice:
    why = ""
    if one.claim.document == "credit_note" or line.line_type != "service":
        why = f"the contract prices services; this is a {line.line_type if line.line_type != 'service' else one.claim.document}".replace(
            "_", " "
        )
    elif ruling is None:
        why = f"no contract in {one.claim.currency} is in force on the service days"
    elif share is None:
        why = "several lines bill the same record, and their quantities do not tell which part is whose"
    if why or ruling is None or share is None or line.days is None:
        return LinePrice("", None, None, None, why or "the line has no service days")
    return contract_amount_for(ruling, LineScope(*line.keys, *line.days, line.unit), months, share)


def _line(one: _Standing, line: LineValue, price: LinePrice, *, is_covered: bool) -> LineCheck:
    held = one.holds(line) and not one.replaced_by
    amount = None if one.suspect else price.amount
    calculation = "held as a suspected duplicate: the contract amount stands beside the original" if one.suspect else price.calculation
    return LineCheck(
        position=line.position,
        line=line.line,
        text=line.text,
        billed=line.amount,
        contract_amount=amount,
        difference=None if amount is None else EXACT.subtract(line.amount, amount),
        clause=price.clause,
        calculation=calculation,
        contract_quantity=None if one.suspect or price.recorded is None else exact(price.recorded),
        contract_rate=None if one.suspect or price.rate is None else exact(price.rate),
        held=held,
        covered=is_covered,
        stand_in=price.amount if held and one.bills and line.line_type == "service" and not is_covered else None,
    )


def _line_findings(claim: InvoiceValue, line: LineValue, price: LinePrice, ruling: Terms | None) -> list[Finding]:
    rounding = ruling.rounding if ruling else "half_up"
    found = [line_maths(line, claim.currency, rounding)]
    if ruling is not None:
        found.append(rate_difference(line, price, claim.currency, rounding))
        found.append(quantity_difference(line, price, ruling.quantity_tolerance, claim.currency, rounding))
    return [finding for finding in found if finding is not None]


def _sum(amounts: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
