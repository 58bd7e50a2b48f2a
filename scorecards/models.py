"""Tables of the scorecards room."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.db import Micro, Nano, UtcInstant

STATUSES = ("open", "provisional", "in_review", "agreed", "locked")
"""A month's states, in order."""


class TallyRow(SQLModel, table=True):
    """An additive count: one fact at one grain from one batch.

    Clustered by vendor and day, so that reading a vendor's month costs the same whatever the history.
    """

    __tablename__ = "tally"
    vendor: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    """Work day; for grain month the first day of the month."""
    batch: int = Field(primary_key=True)
    side: str = Field(primary_key=True)
    """platform, client or vendor: whose count it is."""
    sample: str = Field(primary_key=True, default="")
    """random, stratified, targeted, golden, calibration; '' for facts that are no audits."""
    site: str = Field(primary_key=True, default="")
    queue: str = Field(primary_key=True, default="")
    language: str = Field(primary_key=True, default="")
    role: str = Field(primary_key=True, default="")
    """'' = not broken down."""
    fact: str = Field(primary_key=True)
    """Name of the catalogue, e.g. decisions."""
    grain: str = Field(default="day")
    """day or month."""
    amount: Decimal = Field(sa_column=Column(Nano, nullable=False))
    """In the fact's unit."""
    origin: str = Field(default="counted")
    """counted, derived (rate x weight) or reported (a rate without its weight: shown, never scored)."""
    bound: Decimal = Field(sa_column=Column(Nano, nullable=False))
    """Rounding bound of a derived amount; 0 when counted."""

    __table_args__ = (
        CheckConstraint("grain = 'day' OR grain = 'month'", name="grain"),
        CheckConstraint("origin = 'counted' OR origin = 'derived' OR origin = 'reported'", name="origin"),
        {"sqlite_with_rowid": False},
    )


class Month(SQLModel, table=True):
    """The state of a reporting month."""

    period: str = Field(primary_key=True)
    status: str = "open"
    changed_at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))

    __table_args__ = (CheckConstraint("status IN ('open', 'provisional', 'in_review', 'agreed', 'locked')", name="status"),)


class NetworkTarget(SQLModel, table=True):
    """One row of the network template; while the table is empty the default template holds."""

    __tablename__ = "network_target"
    metric: str = Field(primary_key=True)
    weight: Decimal = Field(sa_column=Column(Micro, nullable=False))
    direction: str
    """up or down."""
    floor: Decimal | None = Field(default=None, sa_column=Column(Micro))
    target: Decimal | None = Field(default=None, sa_column=Column(Micro))
    gate_floor: Decimal | None = Field(default=None, sa_column=Column(Micro))
    gate: str = ""
    """Rating that the gate caps at; '' = no gate."""


class Holiday(SQLModel, table=True):
    """A day on which the client does not work."""

    day: date = Field(primary_key=True)
    name: str = ""


class VendorMonth(SQLModel, table=True):
    """What one vendor's inputs of one month come to, before vendors are compared; kept by the hash of the inputs."""

    __tablename__ = "vendor_month"
    id: int | None = Field(default=None, primary_key=True)
    period: str
    vendor: str
    input_hash: str
    """SHA-256 of inputs."""
    inputs: str = Field(sa_column=Column(Text, nullable=False))
    """Canonical JSON that names, by reference, everything the figures are computed from (scorecards.gather)."""
    body: str = Field(sa_column=Column(Text, nullable=False))
    """Canonical JSON of the figures (scorecards.vendor_month)."""

    __table_args__ = (UniqueConstraint("period", "vendor", "input_hash"),)


class Revision(SQLModel, table=True):
    """A close of a month. Never changed; a later close makes the next."""

    id: int | None = Field(default=None, primary_key=True)
    period: str
    number: int
    """1.. per period."""
    input_hash: str
    """SHA-256 over the vendors' input hashes, the template and the formula versions."""
    as_of: date
    """The reporting day on which it was computed."""
    body: str = Field(sa_column=Column(Text, nullable=False))
    """Canonical JSON of the ranking, like for like and raw, with everything a scorecard shows."""
    why: str = Field(sa_column=Column(Text, nullable=False))
    """JSON list of sentences: what changed since the revision before."""
    at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))
    actor: str

    __table_args__ = (UniqueConstraint("period", "number"),)


class RevisionVendor(SQLModel, table=True):
    """Which vendor-month stands behind a revision: an unchanged vendor keeps its row by reference."""

    __tablename__ = "revision_vendor"
    revision: int = Field(primary_key=True, foreign_key="revision.id")
    vendor: str = Field(primary_key=True)
    vendor_month: int = Field(foreign_key="vendor_month.id")


class Note(SQLModel, table=True):
    """What somebody wrote beside a figure, a finding, an invoice or an upload. Feeds no figure; never deleted."""

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(index=True)
    """What it is on (scorecards.note_subjects)."""
    vendor: str = Field(default="", index=True)
    """Whose thing that is; '' = of several vendors, for the client's staff only."""
    period: str = ""
    """Month of the figure; '' for what is no figure."""
    text: str = Field(sa_column=Column(Text, nullable=False))
    """Up to 2,000 characters, shown literally."""
    internal: bool = False
    """Never shown to vendor accounts."""
    author: str
    at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(UtcInstant))
    withdrawn_by: str = ""
    """'' while it stands."""
