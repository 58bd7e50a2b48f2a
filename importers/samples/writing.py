"""Writing the whole set: master data, contracts, every month's files in the order they came, uploads to try, truth.

Owns: which file comes when, and the states the months are left in. Must not know: what is in the files.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from importers.samples.agreements import contract_texts, nth_weekday_after, write_setup
from importers.samples.bills import Bill, credit_note
from importers.samples.cases import all_truths
from importers.samples.client_files import (
    OWN_STAFFING_FILES,
    write_audits,
    write_costs,
    write_fx,
    write_own_staffing,
    write_plan,
    write_platform,
    write_rate_audits,
    write_staffing,
)
from importers.samples.invoice_files import write_bills
from importers.samples.manifest import Manifest
from importers.samples.network import VENDORS, Network
from importers.samples.night import write_night
from importers.samples.performance_files import write_performance
from importers.samples.quality import RATE_COLUMN_VENDORS
from importers.samples.uploads import write_uploads
from importers.samples.written import Month, month_of

USUAL_DAY, INVOICE_DAY, LATE_DAY, REPEAT_DAY = 2, 3, 4, 3
"""Business days after the month's end on which files come."""
LATE_FILES = {"LUMA": "performance"}
"""In the last month."""
FINAL_STATES = ("in_review", "agreed", "locked")


def write_samples(into: Path, seed: int = 7, months: int = 12, as_of: date = date(2026, 11, 6)) -> Manifest:
    """Write the files of a fictional network below a folder and say in which order to tell them.

    Writes into/samples/..., into/to-upload/..., into/TRUTH.json and into/manifest.json; the same arguments give the
    same bytes. months: how many calendar months before as_of's month, at least 2 (else ValueError).
    """
    network = Network(seed, months, as_of)
    folder = into / "samples"
    (folder / "contracts").mkdir(parents=True, exist_ok=True)
    manifest = Manifest(into, seed, as_of, tuple(map(str, network.periods)))
    _write_terms(network, folder, manifest)
    kept: list[Month] = []
    for period in network.periods:
        month = month_of(network, period, kept[-1] if kept else None)
        _write_month(network, folder / str(period), month, manifest)
        kept = [*kept[-1:], month]
    before, last = kept
    uploads = write_uploads(network, into / "to-upload", last)
    manifest.truths = all_truths(network, before, last, uploads)
    manifest.write()
    return manifest


def _write_terms(network: Network, folder: Path, manifest: Manifest) -> None:
    setup = folder / "setup.toml"
    write_setup(network, setup)
    manifest.setup(setup)
    begin = network.periods[0].first
    for name, (vendor, text) in contract_texts(network).items():
        path = folder / "contracts" / name
        path.write_text(text, encoding="utf-8", newline="\n")
        manifest.bring(path, begin, kind="contract", vendor=vendor)
    manifest.bring(write_plan(network, folder), begin, kind="plan", side="vendor")


class _Arrivals:
    """Files of a month as they come: remembers the first day per vendor and kind."""

    def __init__(self, network: Network, month: Month, manifest: Manifest) -> None:
        self.network, self.month, self.manifest = network, month, manifest
        self.waiting: list[tuple[date, int, Path, dict[str, str]]] = []

    def day(self, count: int) -> date:
        """The count-th business day after the month, never after the day the samples stand on."""
        return min(nth_weekday_after(self.month.period.end, count), self.network.as_of)

    def note(self, path: Path, received_on: date, vendors: tuple[str, ...] = (), **options: str) -> None:
        """A file that comes on a day; vendors: who sent it, where that is the sender."""
        self.waiting.append((received_on, len(self.waiting), path, options))
        for vendor in vendors:
            key = vendor, options["kind"]
            self.month.arrived[key] = min(received_on, self.month.arrived.get(key, received_on))

    def bring(self) -> None:
        """All of them, in the order of arrival."""
        for received_on, _, path, options in sorted(self.waiting, key=lambda one: one[:2]):
            self.manifest.bring(path, received_on, **options)


def _write_month(network: Network, folder: Path, month: Month, manifest: Manifest) -> None:
    folder.mkdir(exist_ok=True)
    period = month.period
    arrivals = _Arrivals(network, month, manifest)
    usual = arrivals.day(USUAL_DAY)
    arrivals.note(write_fx(network, folder, period), arrivals.day(1), kind="fx")
    arrivals.note(write_platform(network, folder, period, month.work), arrivals.day(1), kind="performance", side="platform")
    arrivals.note(write_audits(network, folder, period, month.audits), usual, kind="quality", side="client")
    for vendor in RATE_COLUMN_VENDORS:
        path = write_rate_audits(network, folder, vendor, period, month.audits)
        if path is not None:
            arrivals.note(path, usual, kind="quality", side="client", vendor=vendor)
    _note_performance(network, folder, month, arrivals)
    _note_staffing(folder, month, arrivals)
    arrivals.note(write_costs(network, folder, period, month.work), usual, kind="cost")
    _note_bills(network, folder, month, arrivals)
    arrivals.bring()
    _settle(network, folder, month, manifest)


def _note_performance(network: Network, folder: Path, month: Month, arrivals: _Arrivals) -> None:
    period, last = month.period, month.period == network.last
    for vendor in (vendor.code for vendor in VENDORS):
        never = vendor == "KITE" and last
        if never or (not network.active(vendor, period) and vendor != "KITE"):
            continue
        path = write_performance(network, folder, vendor, period, month.as_sent or month.work)
        late = last and LATE_FILES.get(vendor) == "performance"
        received_on = arrivals.day(LATE_DAY if late else USUAL_DAY)
        arrivals.note(path, received_on, (vendor,), kind="performance", side="vendor", vendor=vendor)


def _note_staffing(folder: Path, month: Month, arrivals: _Arrivals) -> None:
    usual = arrivals.day(USUAL_DAY)
    shared = tuple(dict.fromkeys(row.vendor for row in month.staffing if row.vendor not in OWN_STAFFING_FILES))
    arrivals.note(write_staffing(folder, month.period, month.staffing), usual, shared, kind="workforce", side="vendor")
    for vendor in OWN_STAFFING_FILES:
        path = write_own_staffing(folder, vendor, month.period, month.staffing)
        arrivals.note(path, usual, (vendor,), kind="workforce", side="vendor", vendor=vendor)


def _note_bills(network: Network, folder: Path, month: Month, arrivals: _Arrivals) -> None:
    """A workbook per vendor; what comes apart from the month's invoices has its own."""
    period = month.period
    together: dict[str, list[Bill]] = {}
    for bill in month.bills:
        if bill.number.startswith("INV "):
            path = folder / f"KITE_invoice_{period}_again.xlsx"
            write_bills(network, path, [bill])
            arrivals.note(path, arrivals.day(REPEAT_DAY), ("KITE",), kind="invoice", vendor="KITE")
        elif bill.lines[0].first < period.first:
            path = folder / f"LUMA_invoice_{bill.lines[0].first}_to_{bill.lines[0].last}.xlsx"
            write_bills(network, path, [bill])
            arrivals.note(path, period.first.replace(day=20), ("LUMA",), kind="invoice", vendor="LUMA")
        else:
            together.setdefault(bill.vendor, []).append(bill)
    for vendor, bills in together.items():
        path = folder / f"{vendor}_invoice_{period}.xlsx"
        write_bills(network, path, bills)
        arrivals.note(path, arrivals.day(INVOICE_DAY), (vendor,), kind="invoice", vendor=vendor)


def _settle(network: Network, folder: Path, month: Month, manifest: Manifest) -> None:
    """Close the month, and what comes after its close."""
    period = month.period
    if period < network.before_last:
        manifest.close(period)
        manifest.advance(period, FINAL_STATES)
    elif period == network.before_last:
        manifest.close(period)
        manifest.advance(period, FINAL_STATES[:1])
        path = write_performance(network, folder, "KITE", period, month.work, "_corrected")
        manifest.bring(path, nth_weekday_after(period.end, 10), kind="performance", side="vendor", vendor="KITE")
        manifest.close(period)
    else:
        before = period.previous()
        path = folder / f"VEGA_credit_note_{before}.xlsx"
        note = credit_note(network, before)
        write_bills(network, path, [note])
        received_on = min(nth_weekday_after(period.end, LATE_DAY), network.as_of)
        manifest.bring(path, received_on, kind="invoice", vendor="VEGA")
        night = write_night(network, folder)
        if night is not None:
            manifest.bring(
                night, min(nth_weekday_after(period.end, USUAL_DAY), network.as_of), kind="workforce", side="vendor", vendor="LUMA"
            )
        bill = month.bill("PALM")
        manifest.dispute("PALM", bill.number, "Manila bills more hours than its own staffing file records.")
        manifest.close(before)
        manifest.close(period)
