"""The `setup` file: a client's vendors, sites, queues, calendars and contracts in one TOML document.

Owns: the shape of that file and its all-or-nothing, idempotent application. Must not know: how a contract is
priced or a month is scored; it hands each part to the room that owns it.

Every table and key (an unknown one is a problem that names the allowed ones; all days are TOML days; `from` is
included, `to` is not; an alias is a text, or a table when it holds for a time only)::

    contracts = ["contracts/NOVA.toml"]     # optional, first in the file: paths relative to the file, each
                                            # imported as kind contract (interface section 6)

    [[vendor]]
    code = "NOVA"
    name = "Nova Operations"
    kind = "vendor"                         # optional: vendor (default) or in_house
    currency = "USD"                        # optional, default USD: currency of its invoices
    tier = "strategic"                      # optional
    aliases = ["Nova Ops", { text = "Nova Media", from = 2025-11-01, to = 2026-05-01 }]   # optional

    [[site]]
    vendor = "NOVA"
    code = "MNL"
    name = "Manila"
    timezone = "Asia/Manila"                # IANA name
    country = "PH"                          # optional
    aliases = ["Manila 1"]                  # optional

    [[queue]]
    code = "Q7"
    name = "Video live"
    severity = "P1"                         # optional: P0 to P3
    format = "video"                        # optional
    valid_from = 2025-11-01                 # optional: the day from which severity and format hold
    aliases = ["Vid Live"]                  # optional; the same code again with a later valid_from is a change

    [[holiday]]                             # days on which the client does not work
    day = 2026-12-25
    name = "Christmas Day"                  # optional

    [[network_target]]                      # replaces the default network template as a whole
    metric = "accuracy"
    weight = "0.15"                         # texts, as in contracts
    direction = "up"                        # up or down
    floor = "0.90"                          # optional
    target = "0.95"                         # optional
    gate_floor = "0.90"                     # optional, with gate: the rating it caps at
    gate = "inadequate"

    [[contract]]                            # a contract inline: the keys of a contract file
    vendor = "NOVA"
    number = "MSA-1"
    # ...
    [[contract.price]]
    id = "4.2"
    basis = "billable_hour"
    rate = "14.75"
"""

from __future__ import annotations

import hashlib
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session

from importers.intake import toml_document
from importers.kinds import Context
from importers.kinds.contract import ContractKind, ContractValues, read_document, rival_clauses
from importers.setup_document import SetupDocument, read_setup, toml_text
from kernel import audit
from kernel.db import unit_of_work
from kernel.errors import Invalid, Problem
from kernel.scope import Scope
from scorecards import service as scorecards
from scorecards.models import NetworkTarget
from vendors import service as master
from vendors.aliases import Names
from vendors.store import names as names_of

if TYPE_CHECKING:
    from importers.steps import Environment

ENOUGH = 50
"""Problems that are told at once."""


class _Stopped(Exception):
    """Why nothing of the file is applied."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = list(problems)


def apply_setup(environment: Environment, path: Path, import_contract: Callable[[Path], Mapping[str, object]]) -> dict[str, object]:
    """Apply a setup file: all of it or nothing; the same file again changes nothing.

    Contracts are checked together with the master data before anything is stored, then imported one by one; should the
    process be killed in between, the same command finishes the work. import_contract: what `import --as contract`
    does with one file. Returns {"file", "sha256", "state" ("accepted" or "unchanged"), "vendors", "sites", "queues",
    "holidays", "network_targets" (numbers of rows in the file), "contracts" (what `import` says of each)}.

    Raises Invalid with every problem of the file, or the refusal of a change that contradicts what is known already.
    """
    content = _content(path)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            document = _read(content, path)
            files = _contract_files(document, path, Path(scratch))
            at = environment.clock.now()
            changed = unit_of_work(environment.engine, lambda session: _apply(session, environment, document, files, at))
        except _Stopped as stopped:
            raise _refusal(path, stopped.problems) from stopped
        imported = [dict(import_contract(file)) for file in files]
    if any(one["state"] == "refused" for one in imported):
        raise Invalid("CONTRACT_REFUSED", f"a contract of {path.name} was refused: `batch list` shows why")
    return {
        "file": path.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "state": "accepted" if changed or any(one["state"] == "accepted" for one in imported) else "unchanged",
        "vendors": len(document.vendors),
        "sites": len(document.sites),
        "queues": len({row.code for row in document.queues}),
        "holidays": len(document.holidays),
        "network_targets": len(document.targets),
        "contracts": imported,
    }


def _refusal(path: Path, problems: Sequence[Problem]) -> Invalid:
    """All problems of a file as one refusal, one line each."""
    code = problems[0].code if len(problems) == 1 else "SETUP_REFUSED"
    lines = [problem.message for problem in problems[:ENOUGH]]
    rest = [f"and {len(problems) - ENOUGH} more"] if len(problems) > ENOUGH else []
    return Invalid(code, "\n".join([f"nothing of {path.name} was applied:", *lines, *rest]))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except IsADirectoryError as error:
        raise Invalid("NO_FILE", f"{path} is a folder: name the setup file in it") from error
    except OSError as error:
        raise Invalid("NO_FILE", f"{path} cannot be read ({error.strerror}): check the path") from error


def _read(content: bytes, path: Path) -> SetupDocument:
    try:
        parsed = toml_document(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{path.name} is no TOML document: {error}; correct it there"
        raise _Stopped([Problem("error", "NOT_TOML", message)]) from error
    document, problems = read_setup(parsed)
    if problems:
        raise _Stopped(problems)
    return document


def _contract_files(document: SetupDocument, path: Path, scratch: Path) -> list[Path]:
    """The contract files in order, inline contracts written out as files of their own."""
    files = [path.parent / name for name in document.contract_files]
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise _Stopped(
            [
                Problem(
                    "error",
                    "NO_FILE",
                    f"contracts: there is no file {file}: correct the path, it starts from {path.parent}",
                    cell="contracts",
                )
                for file in missing
            ]
        )
    for number, contract in enumerate(document.contracts, start=1):
        file = scratch / f"{path.stem}.contract{number}.toml"
        file.write_text(toml_text(contract), encoding="utf-8", newline="\n")
        files.append(file)
    return files


def _apply(session: Session, environment: Environment, document: SetupDocument, files: Sequence[Path], at: datetime) -> bool:
    """Store the master data and check the contracts against it; True when anything changed."""
    scope = environment.scope
    before = _picture(session, scope)
    _store_names(session, scope, document, at)
    if document.holidays:
        scorecards.set_holidays(session, scope, document.holidays, at)
    if document.targets:
        rows = [
            NetworkTarget(
                metric=row.metric,
                weight=row.weight,
                direction=row.direction,
                floor=row.floor,
                target=row.target,
                gate_floor=row.gate_floor,
                gate=row.gate,
            )
            for row in document.targets
        ]
        scorecards.set_network_targets(session, scope, rows, at)
    problems = _contract_problems(session, names_of(session), environment, files)
    if problems:
        raise _Stopped(problems)
    return _picture(session, scope) != before


def _store_names(session: Session, scope: Scope, document: SetupDocument, at: datetime) -> None:
    for vendor in document.vendors:
        master.add_vendor(session, scope, vendor.code, vendor.name, at=at, currency=vendor.currency, tier=vendor.tier, kind=vendor.kind)
        for alias in vendor.aliases:
            master.alias_vendor(session, scope, vendor.code, alias.text, at=at, start=alias.start, end=alias.end)
    for site in document.sites:
        master.add_site(session, scope, site.vendor, site.code, site.name, timezone=site.timezone, at=at, country=site.country)
        for alias in site.aliases:
            master.alias_site(session, scope, site.vendor, site.code, alias.text, at=at)
    for queue in document.queues:
        master.add_queue(
            session, scope, queue.code, queue.name, at=at, severity=queue.severity, form=queue.format, valid_from=queue.valid_from
        )
        for alias in queue.aliases:
            master.alias_queue(session, scope, queue.code, alias.text, at=at, start=alias.start, end=alias.end)


def _picture(session: Session, scope: Scope) -> str:
    """A digest of all master data that a setup file can change."""
    return audit.digest(
        [
            master.list_vendors(session, scope),
            master.list_sites(session, scope),
            master.list_queues(session, scope),
            scorecards.list_holidays(session),
            scorecards.list_network_targets(session),
        ]
    )


def _contract_problems(session: Session, names: Names, environment: Environment, files: Sequence[Path]) -> list[Problem]:
    """What is wrong with the contracts, by themselves, beside those in force, and beside each other."""
    today = environment.clock.today(environment.settings.timezone)
    kind = ContractKind()
    problems: list[Problem] = []
    read: list[ContractValues] = []
    for file in files:
        context = Context(file_name=file.name, received_on=today, names=names)
        try:
            result = read_document(toml_document(file.read_text(encoding="utf-8")), context)
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            problems.append(Problem("error", "NOT_TOML", f"{file.name} is no TOML document: {error}; correct it there"))
            continue
        faults = list(result.problems)
        if isinstance(result.values, ContractValues):
            succession = kind.succession(session, result, supersede=None, add=False)
            faults += succession.problems if succession is not None else ()
            others = [one.terms for one in read if one.terms.vendor == result.values.terms.vendor]
            faults += [fault for other in others for fault in rival_clauses(result.values.terms, other)]
            read.append(result.values)
        problems += [Problem(f.severity, f.code, f"{file.name}: {f.message}", cell=f.cell, value=f.value) for f in faults]
    return problems
