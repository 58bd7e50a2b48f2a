"""A vendor's month for its review, read once: from the revision and what it names, never from what came later.

Owns: which rows a review reads. Must not know: sentences, layout, file formats. What the importers know of uploads
comes in as values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from itertools import dropwhile
from typing import Any

from sqlmodel import Session

from contracts import store as contract_store
from contracts.claims import InvoiceValue
from kernel.period import Period
from kernel.scope import Scope
from scorecards import benchmark, notes, service, store
from scorecards.billing import claim_months, invoice_json
from scorecards.comparison import body_from, template_from
from scorecards.cost import PASS_THROUGH, Charge, month_cost
from scorecards.fairness import LIKE_FOR_LIKE, RAW
from scorecards.gather import Gathered, references
from scorecards.gather import gather as read_inputs
from scorecards.history import kept_months, months_until
from scorecards.note_subjects import read_subject, subject_words
from scorecards.printing import vendor_json
from scorecards.ranking import Place, rank_bases
from scorecards.reasons import claims_of, reasons, uploads_of
from scorecards.references import References
from scorecards.review.values import FileSeen, MonthLine, NoteSeen, PastMonth, Snapshot, UploadSeen


def snapshot(
    session: Session,
    scope: Scope,
    vendor: str,
    period: Period,
    uploads: Iterable[UploadSeen] = (),
) -> Snapshot:
    """The newest revision of a vendor's month with everything around it.

    Raises NotFound as `scorecard` does: for an unknown or foreign vendor, a month that was never closed or has
    nothing of it.
    """
    card = service.scorecard(session, scope, vendor, period)
    revision = store.revision(session, period, card["revision"])
    if revision is None or revision.id is None:  # it was there a line ago, in the same snapshot of the database
        message = f"revision {card['revision']} of {period} is gone"
        raise LookupError(message)
    rows = store.vendor_months(session, revision.id)
    body = store.body_of(revision)
    rankings = rank_bases([body_from(row.body).figures for row in rows.values()], template_from(body["template"]))
    like, raw = (next(one for one in rankings[basis].places if one.score.vendor == vendor) for basis in (LIKE_FOR_LIKE, RAW))
    few = benchmark.is_hidden(body, scope, vendor)
    beside = vendor_json(raw, card["name"], {})
    named = References.parse(rows[vendor].inputs)
    read = read_inputs(session, named)
    return Snapshot(
        card=card,
        raw=benchmark.hidden(beside, own_result=False) if few else beside,
        exact=benchmark.hidden_exact(like.score.metrics) if few else like.score.metrics,
        history=_history(session, scope, vendor, period),
        invoices=_invoices(read),
        lines=_lines(read, period),
        price=None if read.priced is None else read.priced.json(vendor, str(period)),
        currency=named.currency,
        rates={name: Decimal(rate) for name, (rate, _, _) in named.rates.items()} | {named.currency: Decimal(1)},
        files=_files(session, scope, named, read.claims),
        uploads=tuple(uploads),
        notes=_notes(session, scope, vendor, str(period), {claim.number for claim in read.claims if claim.id in read.checks}),
        pending=_pending(session, named),
        at=revision.at,
        formula_version=body["formula_version"],
        ranked=sum(1 for place in rankings[LIKE_FOR_LIKE].places if _is_ranked(place)),
    )


def _is_ranked(place: Place) -> bool:
    return place.rank is not None


def _history(session: Session, scope: Scope, vendor: str, period: Period) -> tuple[PastMonth, ...]:
    """The month and the twelve before it, as far as they were closed, from the first that has anything of the vendor."""
    months = kept_months(session, scope, vendor, months_until(period))
    return tuple(PastMonth(**one) for one in dropwhile(lambda one: one["vendor"] is None, months))


def _invoices(read: Gathered) -> tuple[dict[str, Any], ...]:
    """Every claim that touches the month, checked on what the revision knew."""
    return tuple(
        invoice_json(claim, read.checks[claim.id], claim_months(claim, read.claims)) for claim in read.claims if claim.id in read.checks
    )


def _lines(read: Gathered, period: Period) -> tuple[MonthLine, ...]:
    """Every line that bears on the month's cost with the part of it that is this month's."""
    texts = {(claim.batch, line.position): line.text for claim in read.claims for line in claim.lines}
    cost = month_cost((*read.inputs.charges, *read.inputs.accruals), period, ())
    return tuple(
        MonthLine(
            document=share.charge.document,
            text=texts.get((share.charge.source[0], share.charge.source[3]), ""),
            site=share.charge.site,
            queue=share.charge.queue,
            language=share.charge.language,
            first_day=share.charge.first_day,
            last_day=share.charge.last_day,
            amount=share.amount,
            currency=share.charge.currency,
            rate=share.charge.rate,
            treated=_treated(share.charge),
        )
        for share in cost.shares
    )


def _treated(charge: Charge) -> str:
    if charge.estimated:
        return "estimated"
    if charge.held:
        return "held"
    return "passed_through" if charge.line_type == PASS_THROUGH else "counted"


def _files(session: Session, scope: Scope, named: References, claims: Collection[InvoiceValue]) -> tuple[FileSeen, ...]:
    """The uploads that the revision rests on. A vendor is not told the name of a file that holds others' rows too."""
    kinds = uploads_of(named) | dict.fromkeys((claim.batch for claim in claims), "invoice")
    kept = store.uploads_named(session, kinds)
    owners: dict[int, set[str]] = {}
    for row in kept:
        owners.setdefault(row.batch, set()).add(row.vendor)
    found: dict[int, FileSeen] = {}
    for row in kept:
        told = scope.vendors is None or owners[row.batch] <= scope.vendors
        file, sha256 = (row.file_name, row.sha256) if told else ("", "")
        found[row.batch] = FileSeen(row.batch, file, kinds[row.batch], row.side, sha256, row.received_on)
    return tuple(found[batch] for batch in sorted(found))


def _notes(session: Session, scope: Scope, vendor: str, period: str, invoices: Collection[str]) -> tuple[NoteSeen, ...]:
    """The notes on the month's figures and invoices; never internal ones: a review is read by both sides."""
    found = []
    for note in notes.list_notes(session, scope, vendor=vendor):
        on = read_subject(note["subject"])
        here = note["period"] == period if on.kind == "figure" else on.kind in ("invoice", "finding") and on.parts[0] in invoices
        if here and not note["internal"] and note["withdrawn_at"] is None:
            found.append(NoteSeen(subject_words(on.text), note["text"], note["author"], datetime.fromisoformat(note["at"])))
    return tuple(found)


def _pending(session: Session, named: References) -> tuple[str, ...]:
    """What holds now and the revision did not know, in the words of `close`."""
    now = references(session, Period.parse(named.period), named.currency, [named.vendor]).get(named.vendor)
    if now is None or now.hash == named.hash:
        return ()
    files = store.file_names(session, {*uploads_of(named), *uploads_of(now)})
    numbers = contract_store.claim_numbers(session, claims_of((named, now)))
    return tuple(sentence.removeprefix(f"{named.vendor}: ") for sentence in reasons(named, now, files, numbers))
