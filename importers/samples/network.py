"""The fictional network: who works where on what, in which currency, for which price.

Owns: vendors, sites, queues, teams, rates and how a seed varies them; the months that are written. Must not know:
how any figure is computed from it. Every name is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from importers.samples.dice import Dice
from kernel.period import Period

IDLE_MONTHS_BACK = 8
"""How far before the last month Kite had a month without activity, where that many months are written."""
START_MONTHS_BACK = 5
"""How far before the last month Luma began, where more months than that are written."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """A provider of decisions.

    no_deadlines: the platform's counts of it carry none. drift: its own decisions exceed the platform's by so many
    millionths.
    """

    code: str
    name: str
    currency: str
    kind: str = "vendor"
    aliases: tuple[str, ...] = ()
    no_deadlines: bool = False
    drift: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """A place of a vendor; name is what its files print."""

    vendor: str
    code: str
    name: str
    timezone: str
    country: str


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of work; each seed gives it another queue code. aht: seconds per decision."""

    key: str
    name: str
    severity: str
    format: str
    aht: int


@dataclass(frozen=True, slots=True)
class Team:
    """People of one vendor at one site on one kind of work in one language."""

    vendor: str
    site: str
    role: str
    language: str
    agents: int


VENDORS = (
    Vendor("NOVA", "Nova Trust Services", "USD", aliases=("Nova Trust",), drift=800),
    Vendor("ORBI", "Orbis Review", "USD"),
    Vendor("PALM", "Palma Digital Care", "PHP", drift=500),
    Vendor("KITE", "Kite Review Operations", "EUR", no_deadlines=True, drift=9000),
    Vendor("VEGA", "Vega Contentdienste", "EUR", drift=2000),
    Vendor("LUMA", "Luma Content Care", "USD", drift=-3000),
    Vendor("HOME", "In-house review team", "USD", kind="in_house"),
)
SITES = (
    Site("NOVA", "BOG", "Bogota", "America/Bogota", "CO"),
    Site("NOVA", "MEX", "Mexico City", "America/Mexico_City", "MX"),
    Site("NOVA", "MDE", "Medellin", "America/Bogota", "CO"),
    Site("ORBI", "SOF", "Sofia", "Europe/Sofia", "BG"),
    Site("ORBI", "BUH", "Bucharest", "Europe/Bucharest", "RO"),
    Site("ORBI", "NBO", "Nairobi", "Africa/Nairobi", "KE"),
    Site("PALM", "MNL", "Manila", "Asia/Manila", "PH"),
    Site("PALM", "CEB", "Cebu", "Asia/Manila", "PH"),
    Site("KITE", "WAW", "Warsaw", "Europe/Warsaw", "PL"),
    Site("KITE", "KRK", "Krakow", "Europe/Warsaw", "PL"),
    Site("VEGA", "BER", "Berlin", "Europe/Berlin", "DE"),
    Site("VEGA", "LIS", "Lisbon", "Europe/Lisbon", "PT"),
    Site("LUMA", "AUS", "Austin", "America/Chicago", "US"),
    Site("HOME", "DUB", "Dublin", "Europe/Dublin", "IE"),
)
ROLES = (
    Role("text", "Text Posts", "P2", "text", 25),
    Role("image", "Image Uploads", "P2", "image", 18),
    Role("video", "Short Video", "P1", "video", 60),
    Role("live", "Live Streams", "P0", "live", 240),
    Role("comments", "Comments", "P3", "text", 20),
    Role("profile", "Profile Reports", "P3", "text", 30),
    Role("ads", "Ads Review", "P2", "image", 40),
    Role("messages", "Private Messages", "P1", "text", 35),
    Role("market", "Marketplace Listings", "P3", "image", 45),
    Role("appeals", "Appeals", "P1", "text", 120),
)
RENAMED_ROLE, NEW_NAME = "comments", "Conversations"
"""The queue that is called otherwise from the first day of the last month on."""
TEAMS = (
    Team("NOVA", "BOG", "text", "es", 40),
    Team("NOVA", "BOG", "video", "es", 55),
    Team("NOVA", "BOG", "image", "es", 25),
    Team("NOVA", "MEX", "text", "es", 20),
    Team("NOVA", "MEX", "video", "es", 30),
    Team("NOVA", "MEX", "image", "es", 15),
    Team("NOVA", "MDE", "text", "en", 25),
    Team("NOVA", "MDE", "video", "en", 60),
    Team("NOVA", "MDE", "image", "en", 30),
    Team("ORBI", "SOF", "text", "en", 75),
    Team("ORBI", "SOF", "video", "en", 10),
    Team("ORBI", "SOF", "image", "en", 20),
    Team("ORBI", "BUH", "text", "es", 62),
    Team("ORBI", "BUH", "image", "es", 20),
    Team("ORBI", "BUH", "video", "es", 15),
    Team("ORBI", "NBO", "text", "en", 40),
    Team("ORBI", "NBO", "image", "en", 20),
    Team("ORBI", "NBO", "video", "pt-BR", 15),
    Team("PALM", "MNL", "comments", "en", 40),
    Team("PALM", "MNL", "profile", "en", 30),
    Team("PALM", "MNL", "comments", "tl", 10),
    Team("PALM", "CEB", "market", "en", 25),
    Team("PALM", "CEB", "profile", "en", 25),
    Team("KITE", "WAW", "ads", "pl", 15),
    Team("KITE", "WAW", "messages", "de", 15),
    Team("KITE", "KRK", "ads", "de", 15),
    Team("KITE", "KRK", "messages", "en", 15),
    Team("VEGA", "BER", "ads", "de", 45),
    Team("VEGA", "BER", "messages", "de", 42),
    Team("VEGA", "BER", "market", "ar", 10),
    Team("VEGA", "LIS", "market", "fr", 15),
    Team("VEGA", "LIS", "market", "en", 25),
    Team("VEGA", "LIS", "messages", "en", 25),
    Team("LUMA", "AUS", "live", "en", 18),
    Team("LUMA", "AUS", "appeals", "en", 10),
    Team("HOME", "DUB", "live", "en", 14),
    Team("HOME", "DUB", "appeals", "en", 8),
    Team("HOME", "DUB", "comments", "en", 12),
    Team("HOME", "DUB", "profile", "en", 8),
)


@dataclass(frozen=True)
class Rates:
    """Agreed prices, as exact fractions of one currency unit.

    per_decision: (vendor, role). hourly: (vendor, site), PALM per billable, VEGA per production hour.
    renewed: VEGA Berlin's lower rate from the last month on; stepped: VEGA Lisbon's higher one from its 16th.
    fte_month: KITE. thousand: LUMA by role. wages: HOME's cost of an hour.
    """

    per_decision: dict[tuple[str, str], Fraction]
    hourly: dict[tuple[str, str], Fraction]
    renewed: Fraction
    stepped: Fraction
    fte_month: Fraction
    thousand: dict[str, Fraction]
    wages: Fraction


def _rates(seed: int) -> Rates:
    dice = Dice(seed, "rates")
    per_decision = {}
    for role, base in (("text", 580), ("image", 410), ("video", 1470)):
        nova = base + dice.between(-2, 2) * base // 100
        per_decision["NOVA", role] = Fraction(nova, 10_000)
        per_decision["ORBI", role] = Fraction(nova + nova * dice.between(4, 8) // 100, 10_000)
    hourly = {
        ("PALM", "MNL"): Fraction(51_000 + 50 * dice.between(0, 40), 100),
        ("PALM", "CEB"): Fraction(48_000 + 50 * dice.between(0, 40), 100),
        ("VEGA", "BER"): Fraction(2_720 + 5 * dice.between(0, 10), 100),
        ("VEGA", "LIS"): Fraction(2_150 + 5 * dice.between(0, 10), 100),
    }
    return Rates(
        per_decision,
        hourly,
        renewed=hourly["VEGA", "BER"] - Fraction(100 + 5 * dice.between(0, 6), 100),
        stepped=hourly["VEGA", "LIS"] + Fraction(60 + 5 * dice.between(0, 6), 100),
        fte_month=Fraction(3_840 + 5 * dice.between(0, 10)),
        thousand={"live": Fraction(2_260 + dice.between(0, 20)), "appeals": Fraction(1_130 + dice.between(0, 10))},
        wages=Fraction(3_600 + 10 * dice.between(0, 20), 100),
    )


class Network:
    """The network of a seed over the months before a day."""

    def __init__(self, seed: int, months: int, as_of: date) -> None:
        """Raises ValueError for fewer than two months: a month needs the one before it."""
        if months < 2:  # noqa: PLR2004 - see the sentence
            message = "the samples need at least two months: what happened in the last month is told by the one before"
            raise ValueError(message)
        self.seed, self.as_of = seed, as_of
        period = Period.of(as_of)
        self.periods: list[Period] = []
        for _ in range(months):
            period = period.previous()
            self.periods.insert(0, period)
        codes = Dice(seed, "queues").shuffled([f"Q{number}" for number in range(1, len(ROLES) + 1)])
        self.queue_of = {role.key: code for role, code in zip(ROLES, codes, strict=True)}
        self.rates = _rates(seed)

    @property
    def last(self) -> Period:
        """The latest month, still provisional."""
        return self.periods[-1]

    @property
    def before_last(self) -> Period:
        """The month in review."""
        return self.periods[-2]

    @property
    def started(self) -> Period:
        """The month in which Luma began; the first of all when too few are written."""
        return self.periods[-1 - START_MONTHS_BACK] if len(self.periods) > START_MONTHS_BACK + 1 else self.periods[0]

    @property
    def idle(self) -> Period | None:
        """Kite's month without activity; None when too few months are written."""
        return self.periods[-1 - IDLE_MONTHS_BACK] if len(self.periods) > IDLE_MONTHS_BACK + 1 else None

    def active(self, vendor: str, period: Period) -> bool:
        """Whether a vendor works in a month."""
        return not (vendor == "LUMA" and period < self.started) and not (vendor == "KITE" and period == self.idle)

    def teams(self, period: Period, vendor: str | None = None) -> list[Team]:
        """The teams at work in a month, of one vendor or of all, with their people of that month."""
        return [
            Team(team.vendor, team.site, team.role, team.language, self._agents(team, period))
            for team in TEAMS
            if vendor in {None, team.vendor} and self.active(team.vendor, period)
        ]

    def _agents(self, team: Team, period: Period) -> int:
        """Teams grow by about a hundredth a month; Nova moves from text to video in the last month."""
        back = len(self.periods) - 1 - self.periods.index(period)
        agents = max(3, team.agents - team.agents * back // 100)
        if team.vendor == "NOVA" and period == self.last:
            agents = {"video": agents * 6 // 5, "text": agents * 7 // 10}.get(team.role, agents)
        return agents


def vendor_of(code: str) -> Vendor:
    """The vendor of a code."""
    return next(vendor for vendor in VENDORS if vendor.code == code)


def site_name(vendor: str, code: str) -> str:
    """What a vendor's files call its site."""
    return next(site.name for site in SITES if (site.vendor, site.code) == (vendor, code))


def role_of(key: str) -> Role:
    """The kind of work of a key."""
    return next(role for role in ROLES if role.key == key)


def queue_name(role: str, period: Period, last: Period) -> str:
    """What files of a month call a queue: one is renamed from the last month on."""
    return NEW_NAME if role == RENAMED_ROLE and period >= last else role_of(role).name
