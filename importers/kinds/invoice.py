"""Kind `invoice`: invoices, pro formas, credit notes and replacements, one row per line.

Owns: the fields of interface section 6, which rows make one document, what is refused or asked. Must not know: contracts'
prices and findings; an accepted claim is judged later.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session

from contracts import service, store
from contracts.claims import DOCUMENTS, LINE_TYPES, InvoiceValue, LineValue, month_amounts, named_claim, number_key
from contracts.fingerprints import content_mark
from importers.checks import Findings
from importers.kinds import DAY, MONEY, NUMBER, TEXT, Context, FieldSpec, KindResult, Source, Succession
from importers.kinds.records import Naming, Record, believable, control_sum, records
from kernel.errors import Problem
from kernel.money import EXACT, plain
from kernel.period import Period
from kernel.scope import Scope
from vendors.store import deliveries

FIELDS: dict[str, FieldSpec] = {
    spec.name: spec
    for spec in (
        FieldSpec("vendor", TEXT, key=True),
        FieldSpec("invoice_number", TEXT, key=True),
        FieldSpec("document", TEXT, key=True),
        FieldSpec("issued_on", DAY, key=True),
        FieldSpec("service_from", DAY, key=True),
        FieldSpec("service_to", DAY, key=True),
        FieldSpec("currency", TEXT, key=True),
        FieldSpec("line", TEXT, key=True),
        FieldSpec("text", TEXT),
        FieldSpec("site", TEXT, key=True),
        FieldSpec("queue", TEXT, key=True),
        FieldSpec("language", TEXT, key=True),
        FieldSpec("quantity", NUMBER, signed=True),
        FieldSpec("unit", TEXT),
        FieldSpec("rate", MONEY, signed=True),
        FieldSpec("amount", MONEY, signed=True),
        FieldSpec("line_type", TEXT, key=True),
        FieldSpec("invoice_net", MONEY, signed=True),
        FieldSpec("tax", MONEY, signed=True),
        FieldSpec("relates_to", TEXT, key=True),
    )
}
SPEAKING = frozenset({"invoice_number", "issued_on", "service_from", "service_to", "line_type", "invoice_net", "tax", "relates_to"})
"""Fields that no other kind has."""
HEAD = ("document", "issued_on", "currency", "invoice_net", "tax", "relates_to")
"""Fields that say the same in all rows of one document, or stand in its first row only."""
MONEY_FIELDS = frozenset(name for name, spec in FIELDS.items() if spec.parse == MONEY)


@dataclass(frozen=True)
class _Read:
    """A row with its names resolved."""

    record: Record
    vendor: str
    number: str


class InvoiceKind:
    """The kind itself."""

    name = "invoice"
    fields: Mapping[str, FieldSpec] = FIELDS
    needed: tuple[tuple[str, ...], ...] = (("invoice_number",), ("issued_on",), ("currency",), ("amount",))

    def evidence_for(self, mapped: Collection[str]) -> int:
        """How many fields are an invoice's alone."""
        return len(SPEAKING & set(mapped))

    def read(self, source: Source, context: Context) -> KindResult:
        """Check rows and documents; a fault in one row keeps its whole document out."""
        findings = Findings(source.tables, money=MONEY_FIELDS)
        rows = records(source.tables, FIELDS)
        naming = Naming(context, findings)
        groups = _grouped(rows, naming, findings)
        claims = {key: _claim(key, group, context, naming, findings) for key, group in groups.items()}
        naming.report()
        rejected = {
            row.record.index for group in groups.values() if any(row.record.index in findings.rejected for row in group) for row in group
        } | findings.rejected
        whole = [claims[key] for key, group in groups.items() if not any(row.record.index in rejected for row in group)]
        good = tuple(claim for claim in whole if claim is not None)
        return KindResult(
            problems=tuple(findings.problems),
            accepted=len(rows) - len(rejected),
            rejected=len(rejected),
            vendors=frozenset(claim.vendor for claim in good),
            side="vendor",
            coverage=_coverage(good, context),
            control={"amount": control_sum([line.amount for claim in good for line in claim.lines])},
            values=good,
        )

    def succession(self, session: Session, result: KindResult, *, supersede: int | None, add: bool) -> Succession | None:
        """Compare with the live claims of the same exact numbers.

        A file that holds all of an earlier upload's numbers unchanged takes its place. Other content under the same
        number needs --supersede; so does a file that holds only some of an earlier one's numbers. --add does not help:
        a number counts once.
        """
        del add
        claims = _claims(result)
        problems = _lost_credit_notes(session, claims)
        numbers = {(claim.vendor, claim.number): claim for claim in claims}
        stored = [old for vendor in sorted(result.vendors) for old in store.invoices(session, vendor)]
        supersedes = {supersede} if supersede is not None else set()
        for batch in sorted({old.batch for old in stored if (old.vendor, old.number) in numbers} - supersedes):
            held = [old for old in stored if old.batch == batch]
            changed = [old.number for old in held if _differs(numbers.get((old.vendor, old.number)), old)]
            outside = [old.number for old in held if (old.vendor, old.number) not in numbers]
            file = _file_of(session, batch)
            if changed:
                message = (
                    f"invoice {', '.join(changed)} is already stored from {file} (upload {batch}) with other content: "
                    f"if this file corrects it, import it with --supersede {batch}"
                )
                problems.append(Problem("error", "INVOICE_CHANGED", message, value=", ".join(changed), count=len(changed)))
            elif outside:
                message = (
                    f"{file} (upload {batch}) holds some invoices of this file and {', '.join(outside)} beside them: leave out what is "
                    f"stored already, or take that upload's place with --supersede {batch}"
                )
                problems.append(Problem("error", "OVERLAP", message, value=", ".join(outside), count=len(outside)))
            else:
                supersedes.add(batch)
        return Succession(frozenset(supersedes), tuple(problems))

    def promote(self, session: Session, scope: Scope, batch: int, result: KindResult, at: datetime) -> None:
        """Store the claims."""
        service.store_invoices(session, scope, batch, _claims(result), at)

    def set_live(self, session: Session, batch: int, *, live: bool) -> None:
        """Nothing: the delivery tells."""


def _claims(result: KindResult) -> tuple[InvoiceValue, ...]:
    return result.values if isinstance(result.values, tuple) else ()


def _grouped(rows: Sequence[Record], naming: Naming, findings: Findings) -> dict[tuple[str, str], list[_Read]]:
    groups: dict[tuple[str, str], list[_Read]] = {}
    missing = []
    for record in rows:
        number = record.text("invoice_number")
        if not number:
            missing.append(record.index)
            continue
        vendor = naming.vendor(record, record.day("service_from") or record.day("issued_on"))
        groups.setdefault((vendor or "", number), []).append(_Read(record, vendor or "", number))
    message = "the invoice number is missing: repeat it in every row of the invoice."
    findings.add("error", "MISSING_NUMBER", message, "invoice_number", missing)
    return groups


def _head(group: Sequence[_Read], findings: Findings) -> dict[str, Record]:
    """For each field of the head the row that tells it; rows that tell different things are reported."""
    told: dict[str, Record] = {}
    for name in HEAD:
        for row in group:
            if row.record.cells.get(name) is None or not row.record.text(name):
                continue
            first = told.setdefault(name, row.record)
            if first.cells[name] != row.record.cells[name]:
                other = f'"{findings.value(first.index, name)}" in {findings.cell(first.index, name)}'
                message = f'invoice {row.number} says "{{value}}" here and {other} for {name}: make its rows agree.'
                findings.add("error", "INVOICE_HEAD", message, name, [row.record.index])
    return told


def _choice(text: str) -> str:
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


def _claim(key: tuple[str, str], group: Sequence[_Read], context: Context, naming: Naming, findings: Findings) -> InvoiceValue | None:
    """One document; None when something that it cannot do without is wrong, which is reported."""
    vendor, number = key
    head = _head(group, findings)
    first = group[0].record
    document = _choice(head["document"].text("document")) if "document" in head else "invoice"
    if document not in DOCUMENTS:
        message = f'"{{value}}" is no document: use one of {", ".join(DOCUMENTS)}.'
        findings.add("error", "UNKNOWN_DOCUMENT", message, "document", [head["document"].index])
    issued_on = believable(findings, head["issued_on"], "issued_on", context.received_on) if "issued_on" in head else None
    if "issued_on" not in head:
        findings.add("error", "MISSING_DAY", f"invoice {number} has no date of issue: fill issued_on.", "issued_on", [first.index])
    currency = _currency(vendor, number, head, first, context, findings)
    lines = [_line(position, row, document, context, naming, findings) for position, row in enumerate(group, start=1)]
    known = [line for line in lines if line is not None]
    relates_to = head["relates_to"].text("relates_to") if "relates_to" in head else ""
    if document == "credit_note" and not relates_to and any(line.days is None for line in known):
        message = (
            f"credit note {number} says neither which days nor which invoice it belongs to: fill relates_to with the invoice's number, "
            f"or service_from and service_to."
        )
        findings.add("error", "CREDIT_UNPLACED", message, "relates_to", [first.index])
    if issued_on is None or len(known) < len(lines):
        return None
    summed = Decimal(0)
    for line in known:
        summed = EXACT.add(summed, line.amount)
    return InvoiceValue(
        id=0,
        batch=0,
        vendor=vendor,
        number=number,
        number_key=number_key(number),
        document=document,
        issued_on=issued_on,
        currency=currency,
        net=_net(number, summed, len(known), head, first, findings),
        tax=head["tax"].money("tax") if "tax" in head else None,
        relates_to=relates_to,
        state="received",
        lines=tuple(known),
    )


def _currency(vendor: str, number: str, head: Mapping[str, Record], first: Record, context: Context, findings: Findings) -> str:
    if "currency" not in head:
        findings.add("error", "MISSING_CURRENCY", f"invoice {number} has no currency: write its ISO 4217 code.", "currency", [first.index])
        return ""
    currency = head["currency"].text("currency").upper()
    agreed = context.currency_of(vendor) if vendor else currency
    if currency != agreed:
        message = (
            f'invoice {number} is in "{{value}}", the contract with {vendor} is in {agreed}: ask the vendor for an invoice in {agreed}, '
            f"or correct the currency."
        )
        findings.add("error", "WRONG_CURRENCY", message, "currency", [head["currency"].index])
    return currency


def _lines_of(count: int) -> str:
    return "the one line" if count == 1 else f"the {count} lines"


def _net(number: str, summed: Decimal, count: int, head: Mapping[str, Record], first: Record, findings: Findings) -> Decimal:
    printed = head["invoice_net"].money("invoice_net") if "invoice_net" in head else None
    if printed is None:
        message = f"invoice {number} prints no net total, so {_lines_of(count)} cannot be checked against it: ask for invoice_net."
        findings.add("warning", "NO_NET", message, "invoice_net", [first.index])
        return summed
    if printed != summed:
        message = (
            f"{_lines_of(count)} of invoice {number} {'sums' if count == 1 else 'sum'} to {plain(summed)}, its net says {plain(printed)} "
            f"({plain(EXACT.subtract(printed, summed))} apart): correct the line or the net."
        )
        findings.add("error", "INVOICE_SUM", message, "invoice_net", [head["invoice_net"].index])
    return printed


def _line(position: int, row: _Read, document: str, context: Context, naming: Naming, findings: Findings) -> LineValue | None:
    record = row.record
    amount = record.money("amount")
    if amount is None:
        findings.add("error", "MISSING_AMOUNT", f"a line of invoice {row.number} has no amount: fill it in.", "amount", [record.index])
    elif document == "credit_note" and amount > 0:
        message = f"credit note {row.number} carries the positive amount {{value}}: write it with a minus, or call the document an invoice."
        findings.add("error", "CREDIT_POSITIVE", message, "amount", [record.index])
    line_type = _choice(record.text("line_type")) or "service"
    if line_type not in LINE_TYPES:
        message = f'"{{value}}" is no line type: use one of {", ".join(LINE_TYPES)}.'
        findings.add("error", "UNKNOWN_LINE_TYPE", message, "line_type", [record.index])
    days = _service_days(row, document, context, findings)
    on = days[0] or record.day("issued_on")
    site = naming.site(record, row.vendor, on) if row.vendor else ""
    queue, language = naming.queue(record, on), naming.language(record)
    if amount is None or site is None or queue is None or language is None:
        return None
    return LineValue(
        position=position,
        line=record.text("line") or str(position),
        text=record.text("text"),
        site=site,
        queue=queue,
        language=language,
        service_from=days[0],
        service_to=days[1],
        quantity=record.number("quantity"),
        quantity_places=record.places("quantity"),
        unit=record.text("unit"),
        rate=record.money("rate"),
        amount=amount,
        line_type=line_type,
        sheet=record.sheet,
        row=record.row,
    )


def _service_days(row: _Read, document: str, context: Context, findings: Findings) -> tuple[date | None, date | None]:
    record = row.record
    first = believable(findings, record, "service_from", context.received_on)
    last = believable(findings, record, "service_to", context.received_on)
    blank = [name for name in ("service_from", "service_to") if record.day(name) is None]
    if blank and (document != "credit_note" or len(blank) == 1):
        message = f"a line of invoice {row.number} does not say which days it is for: fill {' and '.join(blank)} (both days are included)."
        findings.add("error", "MISSING_SERVICE_DAYS", message, blank[0], [record.index])
    elif first is not None and last is not None and last < first:
        message = f"the service of invoice {row.number} ends on {{value}}, before it begins on {first}: correct one of the days."
        findings.add("error", "DAYS_REVERSED", message, "service_to", [record.index])
    return first, last


def _coverage(claims: Sequence[InvoiceValue], context: Context) -> frozenset[tuple[str, str, str]]:
    """The months that the lines serve; a credit note without service days serves those of the invoice it names."""
    numbered = _numbered(claims)
    found: set[tuple[str, str, str]] = set()
    for claim in numbered:
        named = None
        if any(line.days is None for line in claim.lines):
            named = named_claim(claim, [*(one for one in numbered if one.vendor == claim.vendor), *context.claims_of(claim.vendor)])
        sites = {line.position: line.site for line in claim.lines}
        months = {(part.position, part.period) for part in month_amounts(claim, named)}
        lost = {(line.position, Period.of(claim.issued_on)) for line in claim.lines if line.days is None and named is None}
        found |= {(claim.vendor, str(period), sites[position]) for position, period in months | lost}
    return frozenset(found)


def _numbered(claims: Sequence[InvoiceValue]) -> list[InvoiceValue]:
    """The claims of a file have no ids yet; with some, a document does not name itself."""
    return [replace(claim, id=-number) for number, claim in enumerate(claims, start=1)]


def _lost_credit_notes(session: Session, claims: Sequence[InvoiceValue]) -> list[Problem]:
    """Credit notes without service days whose invoice is neither stored nor in the same file; replacements alike."""
    problems = []
    for vendor in sorted({claim.vendor for claim in claims}):
        mine = [claim for claim in _numbered(claims) if claim.vendor == vendor]
        all_claims = [*store.invoices(session, vendor), *mine]
        for claim in mine:
            needs = claim.document == "replacement" or any(line.days is None for line in claim.lines)
            if needs and claim.relates_to and named_claim(claim, all_claims) is None:
                line = claim.lines[0]
                message = (
                    f"{claim.document.replace('_', ' ')} {claim.number} names the invoice {claim.relates_to!r}, which is not known: "
                    f"import that invoice first, or correct relates_to"
                )
                problems.append(Problem("error", "UNKNOWN_INVOICE", message, line.sheet, line.row, value=claim.relates_to))
            elif claim.document == "replacement" and not claim.relates_to:
                line = claim.lines[0]
                message = f"replacement {claim.number} does not say which invoice it replaces: fill relates_to with its number"
                problems.append(Problem("error", "UNKNOWN_INVOICE", message, line.sheet, line.row, value=claim.number))
    return problems


def _differs(new: InvoiceValue | None, old: InvoiceValue) -> bool:
    """Whether a number has other content now; where it stands in the file does not matter."""
    return new is not None and content_mark(new) != content_mark(old)


def _file_of(session: Session, batch: int) -> str:
    found = deliveries(session, batch)
    return found[0].file_name if found else "another file"
