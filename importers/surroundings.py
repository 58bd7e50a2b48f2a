"""Surroundings of a file: what a kind may ask about sites, contracts and agents.

Owns: putting together a Context from what the lower rooms know. Must not know: files.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from sqlmodel import Session

from contracts.store import invoices, terms_in_force
from importers.kinds import Context
from importers.pseudonyms import pseudonym, secret_key
from importers.recognise import Recognised
from kernel.scope import Scope
from kernel.settings import Settings
from vendors.aliases import Names
from vendors.store import names as names_of
from vendors.store import sites, vendors

Value = TypeVar("Value")
DEFAULT_RULE = "event_day"


def context_for(
    session: Session,
    settings: Settings,
    file_name: str,
    received_on: date,
    names: Names,
    recognised: Recognised,
    *,
    without_bad_rows: bool,
) -> Context:
    """Everything that a kind may know beside the tables; contracts are looked up when they are asked for."""
    zones = {(site.vendor, site.code): site.timezone for site in sites(session)}
    currencies = {vendor.code: vendor.currency for vendor in vendors(session)}
    key = secret_key(settings.secret)
    terms_of = _remembering(lambda vendor: terms_in_force(session, vendor))

    def rule(vendor: str, day: date) -> str:
        found = [terms.date_rule for terms in terms_of(vendor) if terms.holds_on(day)]
        return found[0] if found else DEFAULT_RULE

    def currency(vendor: str) -> str:
        found = [terms.currency for terms in terms_of(vendor) if terms.holds_on(received_on)] or [
            terms.currency for terms in terms_of(vendor)
        ]
        return found[-1] if found else currencies.get(vendor, settings.reporting_currency)

    return Context(
        file_name=file_name,
        received_on=received_on,
        names=names,
        vendor=recognised.vendor,
        side=recognised.side,
        period=recognised.period,
        without_bad_rows=without_bad_rows,
        zone_of=lambda vendor, site: zones.get((vendor, site)),
        date_rule_of=rule,
        currency_of=currency,
        claims_of=_remembering(lambda vendor: invoices(session, vendor)),
        pseudonym=lambda text: pseudonym(key, text),
    )


def _remembering(look_up: Callable[[str], list[Value]]) -> Callable[[str], list[Value]]:
    found: dict[str, list[Value]] = {}

    def remembered(vendor: str) -> list[Value]:
        if vendor not in found:
            found[vendor] = look_up(vendor)
        return found[vendor]

    return remembered


def usable_names(session: Session, scope: Scope) -> Names:
    """The names that an actor may use: those of vendors out of scope mean nothing, merges are the close's matter."""
    known = names_of(session)
    allowed = tuple(name for name in known.names if name.kind == "queue" or scope.sees(name.vendor or name.code))
    return Names(allowed)
