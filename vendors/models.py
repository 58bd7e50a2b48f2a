"""Tables of the vendors room.

Codes are stable keys: a vendor that changes its name keeps its code. Other rooms refer to codes.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.db import UtcInstant


class Vendor(SQLModel, table=True):
    """A provider of decisions: an outsourcing vendor, or a team of the client's own."""

    code: str = Field(primary_key=True)
    """Our stable code, e.g. NOVA."""
    name: str
    """The name in use today."""
    kind: str = Field(default="vendor")
    """vendor or in_house."""
    currency: str = Field(default="USD")
    """ISO 4217 code of its invoices."""
    tier: str = Field(default="")
    """Tier of the relationship, as the client words it; '' = none."""
    merged_into: str | None = Field(default=None, foreign_key="vendor.code")
    """The vendor that it became part of; None while it stands alone."""
    merged_on: date | None = None
    """From this day its rows count under merged_into."""

    __table_args__ = (CheckConstraint("kind IN ('vendor', 'in_house')", name="kind"),)


class Site(SQLModel, table=True):
    """A place where a vendor works."""

    vendor: str = Field(primary_key=True, foreign_key="vendor.code")
    code: str = Field(primary_key=True)
    """Code, unique within the vendor."""
    name: str
    timezone: str
    """IANA name of its local time."""
    country: str = Field(default="")
    """ISO 3166 alpha-2 code; '' = not told."""


class Queue(SQLModel, table=True):
    """A stream of work."""

    code: str = Field(primary_key=True)
    name: str


class QueueAttribute(SQLModel, table=True):
    """Severity and format of a queue from a day on."""

    __tablename__ = "queue_attribute"
    queue: str = Field(primary_key=True, foreign_key="queue.code")
    valid_from: date = Field(primary_key=True)
    severity: str = Field(default="")
    """P0 to P3; '' = not told."""
    format: str = Field(default="")
    """text, image, video, live ...; '' = not told."""


class Alias(SQLModel, table=True):
    """Another name by which files call a vendor, a site or a queue."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    """vendor, site or queue."""
    vendor: str = Field(default="")
    """For sites the vendor they belong to; else ''."""
    code: str
    """What it names."""
    text: str
    """As it was told."""
    match_key: str = Field(index=True)
    """text folded for matching (vendors.aliases.match_key)."""
    valid_from: date = Field(default=date(1, 1, 1))
    valid_to: date = Field(default=date(9999, 12, 31))
    """Half-open: valid_from <= day < valid_to."""

    __table_args__ = (
        CheckConstraint("kind IN ('vendor', 'site', 'queue')", name="kind"),
        UniqueConstraint("kind", "vendor", "code", "match_key", "valid_from"),
    )


class Delivery(SQLModel, table=True):
    """An accepted upload, as far as it concerns one vendor: the one place that says whether its rows count."""

    batch: int = Field(primary_key=True)
    vendor: str = Field(primary_key=True, foreign_key="vendor.code")
    kind: str
    """performance, quality, workforce, plan, invoice, cost, contract."""
    side: str = Field(default="")
    """platform, client or vendor."""
    file_name: str
    """As uploaded."""
    sha256: str
    received_on: date
    """Calendar day of receipt in the reporting zone."""
    live: bool = True
    """False once superseded or undone; rows of a batch that is not live count nowhere."""
    accepted_at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))
    by_hand: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    """Whether a person entered its figures instead of sending a file."""


class DeliveryCoverage(SQLModel, table=True):
    """The months and sites that a delivery holds rows for."""

    __tablename__ = "delivery_coverage"
    batch: int = Field(primary_key=True)
    vendor: str = Field(primary_key=True, index=True)
    period: str = Field(primary_key=True)
    """Month, e.g. 2026-10."""
    site: str = Field(primary_key=True, default="")
    """'' = not broken down by site."""
