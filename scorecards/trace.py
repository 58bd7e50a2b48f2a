"""How a figure came about: its formula with values, and exactly which counts and lines of which uploads are in it.

Owns: the answer down to uploads and keys. Must not know: cells; the importers turn an upload and these keys into
cells whose amounts sum to the count, and web joins both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from sqlmodel import Session

from contracts import store as contracts
from contracts.pricing.values import exact
from kernel.errors import NotFound
from kernel.money import EXACT
from kernel.period import Period
from kernel.scope import Scope
from scorecards import store
from scorecards.cost import Share
from scorecards.figures import Measurement, VendorInputs, measure
from scorecards.gather import gather, references
from scorecards.metrics import FACTS, METRICS, Figure
from scorecards.printing import money, number, quantity
from scorecards.references import References
from scorecards.store import Span
from scorecards.tally import Counts, Only, Tally, choose, rows_of, total
from vendors.store import by_hand

CLAUSE = "clause "
"""How a charge names the clause of the contract amount that stands in (scorecards.charging)."""
COST_METRICS = ("cost_per_decision", "cost_per_correct_decision")


class CountKey(NamedTuple):
    """Where a count stands, as the rows of an upload's evidence name it. grain: day or month."""

    sample: str
    site: str
    queue: str
    language: str
    role: str
    day: date
    grain: str


class LinePart(NamedTuple):
    """A line of an invoice or cost file, and what of it is in the figure, in reporting currency."""

    sheet: str
    row: int
    amount: Decimal


class RateKey(NamedTuple):
    """Where an exchange rate stands in its upload: units of target per one of source, on a day."""

    source: str
    target: str
    day: date


@dataclass(frozen=True, slots=True)
class TraceInput:
    """One fact from one upload.

    amount: what of it is in the figure; equal to the sum over the upload's rows of the vendor codes (each on its
    days) with one of the keys, or to the sum of the lines' parts; of an exchange rate the rate, which multiplies and is not
    added. batch: None when nothing was uploaded. keys are empty for lines, lines for counts, both for a contract amount that
    stands in (its upload is the contract's) and for a rate. note: which clause of which contract, or which rate, in words;
    '' for counts and lines. by_hand: a person entered it instead of sending a file.
    """

    fact: str
    amount: Decimal
    side: str
    batch: int | None
    codes: tuple[Span, ...] = ()
    keys: frozenset[CountKey] = frozenset()
    lines: tuple[LinePart, ...] = ()
    rate: RateKey | None = None
    note: str = ""
    by_hand: bool = False

    def json(self) -> dict[str, Any]:
        """One of the inputs in the JSON of `trace`."""
        amount = quantity(Fraction(self.amount))
        return {"fact": self.fact, "amount": amount, "side": self.side, "batch": self.batch, "by_hand": self.by_hand, "note": self.note}


@dataclass(frozen=True, slots=True)
class TraceInputs:
    """A figure and everything in it. value: as the ranking prints it; formula: with this month's values.

    numerator, denominator, raw: the parts and what they divide to, as printed; None for a count and where there are none.
    """

    metric: str
    value: Any
    state: str
    formula: str
    formula_version: int
    inputs: tuple[TraceInput, ...]
    numerator: str | None = None
    denominator: str | None = None
    raw: Any = None

    def json(self) -> dict[str, Any]:
        """The JSON of `trace` as far as this room knows it; cells are added by web."""
        return {
            "metric": self.metric,
            "value": self.value,
            "state": self.state,
            "formula": self.formula,
            "formula_version": self.formula_version,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "raw": self.raw,
            "inputs": [one.json() for one in self.inputs],
        }


@dataclass(frozen=True, slots=True)
class Cut:
    """What of the month is asked for; '' = everything."""

    queue: str = ""
    site: str = ""
    language: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return not (self.queue or self.site or self.language)


def trace_figure(session: Session, scope: Scope, vendor: str, period: Period, metric: str, cut: Cut, currency: str) -> TraceInputs:
    """Trace a metric, or a single fact, of the newest close of a month (of what stands now while it was never closed).

    Raises NotFound for an unknown or foreign vendor, an unknown metric, a month without anything of the vendor.
    """
    if not scope.sees(vendor) or not store.knows_vendor(session, vendor):
        raise NotFound("UNKNOWN_VENDOR", f"there is no vendor {vendor}; see: scoreline vendor list")
    if metric not in METRICS and metric not in FACTS:
        raise NotFound("UNKNOWN_METRIC", f"{metric!r} is neither a figure nor a count; see: scoreline metrics, scoreline facts")
    named, shown = _closed(session, vendor, period, metric)
    named = named or references(session, period, currency, [vendor]).get(vendor)
    if named is None or named.idle:
        raise NotFound("NO_FIGURES", f"there is nothing of {vendor} in {period}; see: scoreline status {period}")
    inputs = of_site(gather(session, named).inputs, cut.site)
    measurement = measure(inputs, Only(cut.queue, cut.language))
    if metric in FACTS:
        return _labelled(session, _fact(measurement, named, metric))
    return _labelled(session, _metric(session, measurement, named, metric, shown if cut.whole else None))


def _labelled(session: Session, found: TraceInputs) -> TraceInputs:
    """The same, with what was entered by hand marked."""
    entered = by_hand(session)
    return replace(found, inputs=tuple(replace(one, by_hand=one.batch in entered) for one in found.inputs)) if entered else found


def _closed(session: Session, vendor: str, period: Period, metric: str) -> tuple[References | None, dict[str, Any] | None]:
    """What the newest revision was computed from, and the metric as it prints it."""
    revision = store.latest_revision(session, period)
    if revision is None or revision.id is None:
        return None, None
    row = store.vendor_months(session, revision.id, [vendor]).get(vendor)
    if row is None:
        return None, None
    vendors = store.body_of(revision)["ranking"]["vendors"]
    metrics = next((one["metrics"] for one in vendors if one["vendor"] == vendor), ())
    return References.parse(row.inputs), next((one for one in metrics if one["metric"] == metric), None)


def of_site(inputs: VendorInputs, site: str) -> VendorInputs:
    """The counts and lines that name a site; everything for ''."""
    if not site:
        return inputs
    return replace(
        inputs,
        counts=Counts(row for row in inputs.counts.counted if row.site == site),
        charges=tuple(charge for charge in inputs.charges if charge.site == site),
        accruals=tuple(charge for charge in inputs.accruals if charge.site == site),
        expectations=tuple(wanted for wanted in inputs.expectations if wanted.site in ("", site)),
    )


def _codes(named: References) -> tuple[Span, ...]:
    return tuple(Span(code, date.fromisoformat(first), date.fromisoformat(end)) for code, first, end in named.codes)


def _fact(measurement: Measurement, named: References, fact: str) -> TraceInputs:
    """A single fact: one side per queue-day, every sample on its own."""
    workings = measurement.workings
    samples = sorted({row.sample for row in workings.counts.counted if row.fact == fact})
    rows: list[Tally] = []
    for sample in samples:
        rows += rows_of(choose(workings.counts, workings.precedence, (fact,), sample), fact, workings.only)
    value = quantity(total(rows)) if rows else None
    formula = f"{fact} = {value}" if rows else f"{fact}: nothing was counted"
    return TraceInputs(fact, value, "scored" if rows else "no_data", formula, named.formula_version, tuple(_counts(rows, named)))


def _metric(session: Session, measurement: Measurement, named: References, metric: str, shown: dict[str, Any] | None) -> TraceInputs:
    figure = measurement.measured[metric].figure
    rows = list(measurement.measured[metric].rows)
    inputs: list[TraceInput] = []
    if metric in COST_METRICS and figure.value is not None:
        shares = measurement.cost.shares
        inputs = [*_lines(shares), *_estimates(session, named, shares), *_rates(session, named, shares)]
    if metric == "cost_per_correct_decision":
        parts = [measurement.measured[name].rows for name in ("cost_per_decision", "accuracy")]
        rows = list(dict.fromkeys(row for part in parts for row in part))
    if metric == "data_timeliness":
        inputs = _receipts(measurement, named)
    inputs += _counts(rows, named)
    value = _printed(figure, named.currency) if shown is None else shown["value"]
    state = figure.state if shown is None else str(shown["state"])
    raw = money(figure.raw, named.currency) if METRICS[metric].unit == "money" else number(figure.raw)
    formula = _formula(figure, shown, named.currency)
    return TraceInputs(
        metric,
        value,
        state,
        formula,
        METRICS[metric].formula_version,
        tuple(inputs),
        quantity(figure.numerator),
        quantity(figure.denominator),
        raw,
    )


def _printed(figure: Figure, currency: str) -> Any:
    return money(figure.value, currency) if METRICS[figure.metric].unit == "money" else number(figure.value)


def _formula(figure: Figure, shown: dict[str, Any] | None, currency: str) -> str:
    """The formula with its values, as far as there are any."""
    metric = METRICS[figure.metric]
    if figure.numerator is None or figure.denominator is None:
        return f"{metric.formula}: {figure.state.replace('_', ' ')}"
    unit = f" {currency}" if metric.unit == "money" else ""
    raw = money(figure.raw, currency) if metric.unit == "money" else number(figure.raw)
    plain_raw = raw["value"] if isinstance(raw, dict) else raw
    words = f"{metric.formula}: {quantity(figure.numerator)}{unit} / {quantity(figure.denominator)} = {plain_raw}{unit}"
    value = shown["value"] if shown else _printed(figure, currency)
    if value is None or value == raw:
        return words
    adjusted = "weighted by decisions" if metric.unit == "share" else "on equal work"
    return f"{words}; {adjusted} {value['value'] if isinstance(value, dict) else value}{unit}"


def _counts(rows: Iterable[Tally], named: References) -> list[TraceInput]:
    """Rows by fact, side and upload, in the order met."""
    groups: dict[tuple[str, str, int], list[Tally]] = {}
    for row in rows:
        groups.setdefault((row.fact, row.side, row.batch), []).append(row)
    return [
        TraceInput(
            fact,
            exact(total(group)),
            side,
            batch,
            codes=_codes(named),
            keys=frozenset(CountKey(row.sample, row.site, row.queue, row.language, row.role, row.day, row.grain) for row in group),
        )
        for (fact, side, batch), group in groups.items()
    ]


def _lines(shares: Sequence[Share]) -> list[TraceInput]:
    """What invoice and cost lines put into the cost, by upload."""
    groups: dict[int, dict[tuple[str, int, int], Decimal]] = {}
    clients: set[int] = set()
    for share in shares:
        if share.charge.counts and not share.charge.estimated:
            batch, sheet, row, position = share.charge.source
            parts = groups.setdefault(batch, {})
            parts[sheet, row, position] = EXACT.add(parts.get((sheet, row, position), Decimal(0)), exact(share.money))
            if not position:
                clients.add(batch)
    return [
        TraceInput(
            "cost",
            sum_of(parts.values()),
            "client" if batch in clients else "vendor",
            batch,
            lines=tuple(LinePart(sheet, row, amount) for (sheet, row, _), amount in sorted(parts.items())),
        )
        for batch, parts in sorted(groups.items())
    ]


def _estimates(session: Session, named: References, shares: Sequence[Share]) -> list[TraceInput]:
    """The contract amounts that stand in for bills that are held or missing, one per clause or held line."""
    amounts: dict[tuple[str, tuple[int, str, int, int]], list[Decimal]] = {}
    for share in shares:
        if share.charge.estimated:
            amounts.setdefault((share.charge.document, share.charge.source), []).append(exact(share.money))
    if not amounts:
        return []
    rows = contracts.contracts_by_id(session, [number for number, _ in named.contracts])
    period = Period.parse(named.period)
    ruling = [(row, terms) for row in rows if (terms := contracts.terms_of(row)) is not None and terms.touches(period.first, period.end)]
    found = []
    for (document, (batch, sheet, row, _)), parts in amounts.items():
        clause = "" if batch else document.removeprefix(CLAUSE)
        named_by = [one for one, terms in ruling if not clause or any(price.id == clause for price in terms.prices)]
        contract = named_by[-1] if named_by else None
        place = ", ".join(word for word in (f"sheet {sheet}" if sheet else "", f"row {row}") if word)
        what = document if not batch else f"in place of a held line of {document}, {place}"
        note = f"{what} ({contract.number})" if contract is not None else what
        found.append(TraceInput("contract_amount", sum_of(parts), "contract", contract.batch if contract is not None else None, note=note))
    return found


def _rates(session: Session, named: References, shares: Sequence[Share]) -> list[TraceInput]:
    """The exchange rates by which the cost was converted, each from the upload that told it."""
    used = {share.charge.currency for share in shares if share.charge.counts}
    found = []
    for currency in sorted(used & named.rates.keys() - {named.currency}):
        text, told_on, source = named.rates[currency]
        rate, key = Decimal(text), RateKey(currency, named.currency, date.fromisoformat(told_on))
        rows = [row for row in contracts.rates_of_day(session, key.day, key[:2]) if (row.rate, row.source) == (rate, source)]
        note = f"{currency} to {named.currency} on {told_on}{f', {source}' if source else ''}"
        found.append(TraceInput("exchange_rate", rate, "client", rows[-1].batch if rows else None, rate=key, note=note))
    return found


def _receipts(measurement: Measurement, named: References) -> list[TraceInput]:
    """Per expected upload whether it is due, and whether it came in time."""
    found = []
    for wanted in measurement.inputs.expectations:
        batch = next((row[3] for row in named.received if row[0] == wanted.kind and row[2] == str(wanted.received_on)), None)
        on_time = wanted.received_on is not None and wanted.received_on <= wanted.due_on
        found.append(TraceInput("files_due", Decimal(1), "client", batch))
        found.append(TraceInput("files_on_time", Decimal(int(on_time)), "client", batch))
    return found


def sum_of(amounts: Iterable[Decimal]) -> Decimal:
    """The sum in 50 digits."""
    whole = Decimal(0)
    for amount in amounts:
        whole = EXACT.add(whole, amount)
    return whole
