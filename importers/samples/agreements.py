"""Master data and contracts of the network as TOML files.

Owns: the text of `setup.toml` and of the contract files. Must not know: how a contract is priced.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from importers.samples.network import NEW_NAME, RENAMED_ROLE, ROLES, SITES, VENDORS, Network

DUE_BUSINESS_DAY = 3
CREDIT_CLAUSE = "8.3"
CREDIT_FLOOR_PER_MILLE = 950
CREDIT_PERCENT = 5
"""Nova owes so many hundredths of its charges when fewer items than the floor were in time."""
EXPECTED = {
    "NOVA": ("performance", "workforce", "invoice"),
    "ORBI": ("performance", "workforce", "invoice"),
    "PALM": ("performance", "workforce", "invoice"),
    "KITE": ("performance", "workforce", "invoice"),
    "VEGA": ("performance", "workforce", "invoice"),
    "LUMA": ("performance", "invoice"),
}
TERM_YEARS = 3
STEP_DAY = 16


def write_setup(network: Network, path: Path) -> None:
    """Vendors, sites, queues and the names that files give them."""
    parts = ["# The fictional network of the demo. Every name in it is invented."]
    for vendor in VENDORS:
        lines = [
            "[[vendor]]",
            f'code = "{vendor.code}"',
            f'name = "{vendor.name}"',
            f'kind = "{vendor.kind}"',
            f'currency = "{vendor.currency}"',
        ]
        if vendor.aliases:
            lines.append("aliases = [" + ", ".join(f'"{alias}"' for alias in vendor.aliases) + "]")
        parts.append("\n".join(lines))
    parts.extend(
        f'[[site]]\nvendor = "{site.vendor}"\ncode = "{site.code}"\nname = "{site.name}"\n'
        f'timezone = "{site.timezone}"\ncountry = "{site.country}"'
        for site in SITES
    )
    for role in sorted(ROLES, key=lambda role: int(network.queue_of[role.key][1:])):
        lines = [
            "[[queue]]",
            f'code = "{network.queue_of[role.key]}"',
            f'name = "{role.name}"',
            f'severity = "{role.severity}"',
            f'format = "{role.format}"',
            f"valid_from = {network.periods[0].first.isoformat()}",
        ]
        if role.key == RENAMED_ROLE:
            lines.append(f'aliases = [{{ text = "{NEW_NAME}", from = {network.last.first.isoformat()} }}]')
        parts.append("\n".join(lines))
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")


def plain_rate(rate: Fraction) -> str:
    """A rate as digits: rates have at most four decimals.

    >>> plain_rate(Fraction(58, 1000)), plain_rate(Fraction(3450))
    ('0.0580', '3450.00')
    """
    places = 2 if (rate * 100).denominator == 1 else 4
    whole = int(rate * 10**places)
    return f"{whole // 10**places}.{whole % 10**places:0{places}d}"


def _price(clause: str, basis: str, rate: Fraction, **extra: str) -> str:
    lines = ["[[price]]", f'id = "{clause}"', f'basis = "{basis}"', f'rate = "{plain_rate(rate)}"']
    days = {"valid_from", "valid_to"}
    lines.extend(f"{key} = {value}" if key in days else f'{key} = "{value}"' for key, value in extra.items())
    return "\n".join(lines)


def _contract(vendor: str, currency: str, number: str, valid_from: date, valid_to: date, parts: list[str]) -> str:
    head = [
        f'vendor = "{vendor}"',
        f'number = "{number}"',
        f'currency = "{currency}"',
        f"valid_from = {valid_from.isoformat()}",
        f"valid_to = {valid_to.isoformat()}",
        'rounding = "half_up"',
        'calendar = "month"',
        'fx = "month_end"',
        'side_precedence = ["platform", "client", "vendor"]',
        'date_rule = "event_day"',
    ]
    target = '[[target]]\nid = "7.1"\nmetric = "critical_accuracy"\nfloor = "0.95"\ntarget = "0.98"'
    expects = [f'[[expect]]\nkind = "{kind}"\ndue_business_day = {DUE_BUSINESS_DAY}' for kind in EXPECTED[vendor]]
    return "\n\n".join(["\n".join(head), *parts, target, *expects]) + "\n"


def contract_texts(network: Network) -> dict[str, tuple[str, str]]:
    """Contract files: name -> (vendor, text). Vega has two, the second a renewal from the last month on."""
    rates, queue_of = network.rates, network.queue_of
    begin = network.periods[0].first
    end = begin.replace(year=begin.year + TERM_YEARS, day=1)
    files: dict[str, tuple[str, str]] = {}
    for vendor in ("NOVA", "ORBI"):
        roles = [role for other, role in rates.per_decision if other == vendor]
        parts = [_price(f"4.{n}", "decision", rates.per_decision[vendor, role], queue=queue_of[role]) for n, role in enumerate(roles, 1)]
        if vendor == "NOVA":
            parts.append(_credit())
        files[f"{vendor}.toml"] = vendor, _contract(vendor, "USD", f"{vendor}-MSA-1", begin, end, parts)
    parts = [_price(f"5.{n}", "billable_hour", rates.hourly["PALM", site], site=site) for n, site in enumerate(("MNL", "CEB"), 1)]
    files["PALM.toml"] = "PALM", _contract("PALM", "PHP", "PALM-MSA-1", begin, end, parts)
    parts = [_price("6.1", "fte_month", rates.fte_month, proration="working_day")]
    files["KITE.toml"] = "KITE", _contract("KITE", "EUR", "KITE-MSA-1", begin, end, parts)
    files["LUMA.toml"] = (
        "LUMA",
        _contract(
            "LUMA",
            "USD",
            "LUMA-SOW-1",
            network.started.first,
            end,
            [
                _price(f"2.{n}", "thousand_decisions", rate, queue=queue_of[role])
                for n, (role, rate) in enumerate(rates.thousand.items(), 1)
            ],
        ),
    )
    files.update(_vega(network, begin, end))
    return files


def _credit() -> str:
    return (
        f'[[credit]]\nid = "{CREDIT_CLAUSE}"\nmetric = "in_sla_share"\nbelow = "0.{CREDIT_FLOOR_PER_MILLE}"\n'
        f'share_of_charges = "0.{CREDIT_PERCENT:02d}"'
    )


def _vega(network: Network, begin: date, end: date) -> dict[str, tuple[str, str]]:
    rates, renewal = network.rates, network.last.first
    step = renewal.replace(day=STEP_DAY)
    old = [_price(f"3.{n}", "production_hour", rates.hourly["VEGA", site], site=site) for n, site in enumerate(("BER", "LIS"), 1)]
    lisbon = rates.hourly["VEGA", "LIS"]
    new = [
        _price("3.1", "production_hour", rates.renewed, site="BER"),
        _price("3.2a", "production_hour", lisbon, site="LIS", valid_from=renewal.isoformat(), valid_to=step.isoformat()),
        _price("3.2b", "production_hour", rates.stepped, site="LIS", valid_from=step.isoformat(), valid_to=end.isoformat()),
    ]
    return {
        "VEGA.toml": ("VEGA", _contract("VEGA", "EUR", "VEGA-MSA-1", begin, renewal, old)),
        "VEGA_renewal.toml": ("VEGA", _contract("VEGA", "EUR", "VEGA-MSA-2", renewal, end, new)),
    }


def nth_weekday_after(day: date, count: int) -> date:
    """The count-th Monday-to-Friday day on or after a day; the client of the samples keeps no holidays.

    >>> nth_weekday_after(date(2026, 11, 1), 3)
    datetime.date(2026, 11, 4)
    """
    while True:
        count -= day.weekday() < 5  # noqa: PLR2004 - Saturday
        if count == 0:
            return day
        day += timedelta(days=1)
