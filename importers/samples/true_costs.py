"""What a decision truly cost, vendor by vendor and on equal work, from the planted bills and counts.

Owns: which amounts belong to a month, their spread over queue and language, the like-for-like figure; written from
figures.md section 4 alone. Must not know: the product's own costing; that both agree is what the truth is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from importers.samples.bills import Bill, cents, recorded_billable_hours
from importers.samples.client_files import fx_rates, home_costs
from importers.samples.network import Network, vendor_of
from importers.samples.volumes import TeamMonth
from importers.samples.written import Month, Stratum, decisions_by_stratum
from kernel.period import Period


@dataclass(frozen=True, slots=True)
class Amount:
    """Hundredths of a currency for work that may name a site, a kind of work and a language ('' = any)."""

    hundredths: int
    site: str = ""
    role: str = ""
    language: str = ""


@dataclass(frozen=True)
class Costs:
    """A month's costs in dollars: per vendor in all and per stratum, decisions beside them."""

    total: dict[str, Fraction]
    parts: dict[str, dict[Stratum, Fraction]]
    decisions: dict[str, dict[Stratum, int]]

    def raw(self, vendor: str) -> Fraction:
        """Money over decisions."""
        return self.total[vendor] / sum(self.decisions[vendor].values())

    def comparable(self) -> list[Stratum]:
        """Strata that two or more vendors serve."""
        served = [stratum for counts in self.decisions.values() for stratum, count in counts.items() if count]
        return sorted({stratum for stratum in served if served.count(stratum) > 1})

    def network(self, stratum: Stratum) -> tuple[Fraction, int]:
        """Cost and decisions of a stratum, all vendors."""
        cost = sum((parts.get(stratum, Fraction(0)) for parts in self.parts.values()), Fraction(0))
        return cost, sum(counts.get(stratum, 0) for counts in self.decisions.values())

    def level(self) -> Fraction:
        """C*, the network's cost per decision over the comparable strata."""
        both = [self.network(stratum) for stratum in self.comparable()]
        return sum((cost for cost, _ in both), Fraction(0)) / sum(count for _, count in both)

    def like_for_like(self, vendor: str) -> Fraction:
        """C* times the vendor's cost over the network's, at the network's mix, over the vendor's own strata."""
        own = network = Fraction(0)
        for stratum in self.comparable():
            if count := self.decisions[vendor].get(stratum, 0):
                cost, volume = self.network(stratum)
                own += volume * self.parts[vendor][stratum] / count
                network += cost
        return self.level() * own / network

    def comparable_share(self) -> Fraction:
        """Decisions in comparable strata over all."""
        strata = self.comparable()
        total = sum(sum(counts.values()) for counts in self.decisions.values())
        return Fraction(sum(counts.get(stratum, 0) for counts in self.decisions.values() for stratum in strata), total)


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Split whole units by weights: floors, then one each to the largest remainders, ties to the first.

    >>> largest_remainder(-101, [15, 15])
    [-51, -50]
    """
    whole, size = sum(weights), abs(total)
    parts = [size * weight // whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda index: (-(size * weights[index] % whole), index))
    for index in by_rest[: size - sum(parts)]:
        parts[index] += 1
    return [-part if total < 0 else part for part in parts]


def in_month(bill: Bill, period: Period) -> list[Amount]:
    """A bill's service lines as far as they belong to a month: by calendar days, both ends included."""
    amounts = []
    for line in bill.lines:
        days = [line.first + timedelta(days=n) for n in range((line.last - line.first).days + 1)]
        periods = sorted({Period.of(day) for day in days})
        weights = [sum(Period.of(day) == one for day in days) for one in periods]
        for one, part in zip(periods, largest_remainder(line.amount, weights), strict=True):
            if one == period:
                amounts.append(Amount(part, line.site, line.role, line.language))
    return amounts


def amounts_of(network: Network, month: Month, bills: Sequence[Bill], vendor: str) -> list[Amount]:
    """What counts as a vendor's cost of a month.

    Kite's repeated invoice is held and its scope is covered by the first; Palma's of the last month is disputed and
    held, so that the contract amount of its lines stands in.
    """
    if vendor == "HOME":
        return [Amount(amount, "DUB", role) for _, role, amount in home_costs(network, month.period, month.work)]
    if vendor == "PALM" and month.period == network.last:
        return [Amount(contract_cents(network, month, site), site) for site in ("MNL", "CEB")]
    counted = [bill for bill in bills if bill.vendor == vendor and not bill.number.startswith("INV ")]
    return [amount for bill in counted for amount in in_month(bill, month.period)]


def contract_cents(network: Network, month: Month, site: str) -> int:
    """What Palma's recorded hours of a site cost by contract, centavos."""
    return cents(recorded_billable_hours(month.staffing, site) * network.rates.hourly["PALM", site])


def dollars(network: Network, period: Period, currency: str) -> Fraction:
    """Dollars per unit: the last rate on or before the month's last day."""
    if currency == "USD":
        return Fraction(1)
    rates = fx_rates(network, period)
    last: date = max(day for day, one in rates if one == currency and day <= period.last)
    return rates[last, currency]


def month_costs(network: Network, month: Month, bills: Sequence[Bill]) -> Costs:
    """All vendors' costs of a month."""
    total: dict[str, Fraction] = {}
    parts: dict[str, dict[Stratum, Fraction]] = {}
    decisions: dict[str, dict[Stratum, int]] = {}
    for vendor in dict.fromkeys(team.team.vendor for team in month.work):
        rate = dollars(network, month.period, vendor_of(vendor).currency)
        amounts = amounts_of(network, month, bills, vendor)
        hundredths = _spread(network, month.teams(vendor), amounts, hours_known=(vendor, "performance") in month.arrived)
        total[vendor] = rate * sum(amount.hundredths for amount in amounts) / 100
        parts[vendor] = {stratum: rate * units / 100 for stratum, units in hundredths.items()}
        decisions[vendor] = decisions_by_stratum(network, month, vendor)
    return Costs(total, parts, decisions)


def _spread(network: Network, teams: list[TeamMonth], amounts: list[Amount], *, hours_known: bool) -> dict[Stratum, int]:
    """Amounts over strata by production hours, or by handle seconds where the hours never came."""
    spread: dict[Stratum, int] = {}
    for amount in amounts:
        weights: dict[Stratum, int] = {}
        for month in teams:
            team = month.team
            if amount.site in {"", team.site} and amount.role in {"", team.role} and amount.language in {"", team.language}:
                stratum = network.queue_of[team.role], team.language
                weight = month.hours if hours_known else sum(day.handle_seconds for day in month.days)
                weights[stratum] = weights.get(stratum, 0) + weight
        order = sorted(weights)
        for stratum, units in zip(order, largest_remainder(amount.hundredths, [weights[one] for one in order]), strict=True):
            spread[stratum] = spread.get(stratum, 0) + units
    return spread
