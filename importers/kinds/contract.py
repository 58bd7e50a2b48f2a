"""Kind `contract`: a contract as a TOML document.

Owns: that its vendor, sites and queues are known, and how it stands to the contracts already in force. Must not know:
what its clauses may say (contracts.document).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from contracts import service, store
from contracts.document import clause_faults, read_terms
from contracts.terms import Terms
from importers.intake import toml_document
from importers.kinds import Context, FieldSpec, KindResult, Source, Succession
from importers.kinds.dimensions import language_tag, unknown_name
from importers.kinds.records import LATEST_AFTER_RECEIPT
from kernel.errors import Problem
from kernel.period import months_between
from kernel.scope import Scope
from vendors.aliases import QUEUE, SITE, VENDOR, Names
from vendors.store import deliveries

SCOPED = ("price", "target", "expect")
"""Tables whose sites, queues and languages are names."""


@dataclass(frozen=True)
class ContractValues:
    """An accepted document, names replaced by codes, and its terms."""

    document: Mapping[str, object]
    terms: Terms


class ContractKind:
    """The kind itself."""

    name = "contract"
    fields: Mapping[str, FieldSpec] = {}
    needed: tuple[tuple[str, ...], ...] = ()

    def evidence_for(self, mapped: Collection[str]) -> int:
        """A document has no columns."""
        del mapped
        return 0

    def read(self, source: Source, context: Context) -> KindResult:
        """Parse the document, resolve its names, read its terms."""
        try:
            document = toml_document(source.text)
        except tomllib.TOMLDecodeError as error:
            message = f"{context.file_name} is no TOML document: {error}; correct it there"
            return KindResult(problems=(Problem("error", "NOT_TOML", message),), rejected=1)
        return read_document(document, context)

    def succession(self, session: Session, result: KindResult, *, supersede: int | None, add: bool) -> Succession | None:
        """A contract takes the place of one with the same number whose days it covers; others stand beside it.

        Clauses of two contracts of one vendor that could both win are refused.
        """
        del add
        values = _values(result)
        if values is None:
            return Succession()
        terms = values.terms
        supersedes = set() if supersede is None else {supersede}
        problems: list[Problem] = []
        beside: list[Terms] = []
        for row in store.contracts(session, terms.vendor):
            old = store.terms_of(row)
            if old is None or row.batch in supersedes:
                continue
            if row.number != terms.number:
                beside.append(old)
            elif terms.valid_from <= old.valid_from and old.valid_to <= terms.valid_to:
                supersedes.add(row.batch)
            else:
                files = deliveries(session, row.batch)
                file = files[0].file_name if files else "another file"
                message = (
                    f"{terms.number} is already stored from {file} (upload {row.batch}) for {old.valid_from} until before "
                    f"{old.valid_to}, which this document covers only in part: give it all those days, another number, or import it "
                    f"with --supersede {row.batch}"
                )
                problems.append(Problem("error", "OVERLAP", message, cell="valid_from", value=terms.number))
        problems += [fault for old in beside for fault in rival_clauses(terms, old)]
        return Succession(frozenset(supersedes), tuple(problems))

    def promote(self, session: Session, scope: Scope, batch: int, result: KindResult, at: datetime) -> None:
        """Store the document."""
        values = _values(result)
        if values is not None:
            service.store_contract(session, scope, batch, values.document, values.terms, at)

    def set_live(self, session: Session, batch: int, *, live: bool) -> None:
        """Nothing: the delivery tells."""


def _values(result: KindResult) -> ContractValues | None:
    return result.values if isinstance(result.values, ContractValues) else None


def read_document(document: Mapping[str, object], context: Context) -> KindResult:
    """A parsed contract document, in a file of its own or inside a setup file."""
    problems: list[Problem] = []
    coded = dict(document)
    vendor = _vendor(coded, context, problems)
    for family in SCOPED:
        tables = document.get(family)
        if isinstance(tables, list):
            coded[family] = [
                _coded(row, f"{family}[{n}]", vendor, context.names, problems) if isinstance(row, Mapping) else row
                for n, row in enumerate(tables, start=1)
            ]
    terms, faults = read_terms(coded)
    problems += faults
    if terms is None or problems:
        return KindResult(problems=tuple(problems), rejected=1)
    last = min(terms.valid_to, context.received_on + timedelta(days=LATEST_AFTER_RECEIPT)) - timedelta(days=1)
    return KindResult(
        accepted=1,
        vendors=frozenset({terms.vendor}),
        coverage=frozenset((terms.vendor, str(period), "") for period in months_between(terms.valid_from, last)),
        values=ContractValues(coded, terms),
    )


def _vendor(document: dict[str, object], context: Context, problems: list[Problem]) -> str:
    text = document.get("vendor")
    if not isinstance(text, str) or not text.strip():
        return ""
    found = context.names.vendor(text)
    if found.code is None:
        code, message = unknown_name(context.names, VENDOR, text.strip())
        problems.append(Problem("error", code, message, cell="vendor", value=text))
        return ""
    if context.vendor and found.code != context.vendor:
        message = f'the contract is with "{text}", --vendor names {context.vendor}: leave --vendor out, or take the other file'
        problems.append(Problem("error", "OTHER_VENDOR", message, cell="vendor", value=text))
    document["vendor"] = found.code
    return found.code


def _coded(row: Mapping[str, object], place: str, vendor: str, names: Names, problems: list[Problem]) -> dict[str, object]:
    """A clause with codes in place of names; what is not known is a problem."""
    coded = dict(row)
    for kind in (SITE, QUEUE):
        text = row.get(kind)
        if not isinstance(text, str) or not text.strip() or (kind == SITE and not vendor):
            continue
        found = names.site(vendor, text) if kind == SITE else names.queue(text)
        if found.code is None:
            code, message = unknown_name(names, kind, text.strip(), vendor if kind == SITE else "")
            problems.append(Problem("error", code, f"{place}.{kind}: {message}", cell=f"{place}.{kind}", value=text))
        else:
            coded[kind] = found.code
    language = row.get("language")
    if isinstance(language, str) and language.strip():
        tag = language_tag(language)
        if tag is None:
            message = f'{place}.language: "{language}" is no language: write its BCP-47 code, e.g. es or pt-BR.'
            problems.append(Problem("error", "UNKNOWN_LANGUAGE", message, cell=f"{place}.language", value=language))
        else:
            coded["language"] = tag
    return coded


def rival_clauses(new: Terms, old: Terms) -> list[Problem]:
    """Clauses of two contracts that are equally specific for the same work on the same days."""
    if new.currency != old.currency:
        return []
    term = (min(new.valid_from, old.valid_from), max(new.valid_to, old.valid_to))
    faults = [fault for fault in clause_faults((*new.prices, *old.prices), term) if fault.code == "PRICE_OVERLAP"]
    return [
        Problem("error", "CONTRACT_OVERLAP", f"beside {old.number}: {fault.message}", cell="price", value=fault.value) for fault in faults
    ]
