"""Tables of the contracts room. Rows come in batches; whether a batch counts is told by vendors.Delivery."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.db import Micro, Nano, UtcInstant


class Contract(SQLModel, table=True):
    """One contract document as it was accepted; its terms are read from body (contracts.terms)."""

    id: int | None = Field(default=None, primary_key=True)
    batch: int = Field(index=True)
    vendor: str = Field(index=True, foreign_key="vendor.code")
    number: str
    currency: str
    valid_from: date
    valid_to: date
    """Half-open."""
    body: str = Field(sa_column=Column(Text, nullable=False))
    """Canonical JSON of the whole TOML document, rates as strings, days as ISO text."""
    recorded_at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))


class Invoice(SQLModel, table=True):
    """A claim by a vendor: an invoice, pro forma, credit note or replacement."""

    id: int | None = Field(default=None, primary_key=True)
    batch: int = Field(index=True)
    vendor: str = Field(index=True, foreign_key="vendor.code")
    number: str
    """Exactly as printed."""
    number_key: str
    """Normalised for rule I-01 (contracts.invoices.number_key)."""
    document: str
    """invoice, pro_forma, credit_note or replacement."""
    issued_on: date
    currency: str
    net: Decimal = Field(sa_column=Column(Micro, nullable=False))
    """Sum of the lines without tax."""
    tax: Decimal | None = Field(default=None, sa_column=Column(Micro))
    """None = not printed."""
    relates_to: str = Field(default="")
    """Number of the invoice that a credit note or replacement names; '' = none."""
    state: str = Field(default="received")
    """received, disputed, approved: what people decided; suspicion is computed."""

    __table_args__ = (
        CheckConstraint("document IN ('invoice', 'pro_forma', 'credit_note', 'replacement')", name="document"),
        CheckConstraint("state IN ('received', 'disputed', 'approved')", name="state"),
    )


class InvoiceLine(SQLModel, table=True):
    """One line of an invoice."""

    __tablename__ = "invoice_line"
    invoice: int = Field(primary_key=True, foreign_key="invoice.id")
    position: int = Field(primary_key=True)
    """1.. in the order of the file."""
    line: str
    """The line's number as printed."""
    text: str
    site: str = ""
    queue: str = ""
    language: str = ""
    """'' = the line does not name one."""
    service_from: date | None = None
    service_to: date | None = None
    """Both days included. None = not printed, on credit notes only: they belong to the months of the invoice they name."""
    quantity: Decimal | None = Field(default=None, sa_column=Column(Nano))
    quantity_places: int = 0
    """Decimal places printed with the quantity."""
    unit: str = ""
    rate: Decimal | None = Field(default=None, sa_column=Column(Micro))
    amount: Decimal = Field(sa_column=Column(Micro, nullable=False))
    line_type: str = "service"
    """service, pass_through, bonus or credit."""
    held: bool = False
    """True when this line alone is disputed."""
    sheet: str = ""
    row: int = 0
    """Where it stands in the file."""


class CostLine(SQLModel, table=True):
    """A cost that no vendor bills: an in-house team's, or client-side."""

    __tablename__ = "cost_line"
    batch: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    vendor: str = Field(index=True, foreign_key="vendor.code")
    period: str
    item: str
    site: str = ""
    queue: str = ""
    language: str = ""
    amount: Decimal = Field(sa_column=Column(Micro, nullable=False))
    currency: str
    sheet: str = ""
    row: int = 0


class FxRate(SQLModel, table=True):
    """Units of to_currency per one from_currency on a day."""

    __tablename__ = "fx_rate"
    batch: int = Field(primary_key=True)
    day: date = Field(primary_key=True)
    from_currency: str = Field(primary_key=True)
    to_currency: str = Field(primary_key=True)
    rate: Decimal = Field(sa_column=Column(Nano, nullable=False))
    source: str = ""
    live: bool = True
    """False once superseded or undone (rates belong to no vendor, so no Delivery says it)."""


class FindingDecision(SQLModel, table=True):
    """What a person decided about a finding or, with code '', about an invoice."""

    __tablename__ = "finding_decision"
    id: int | None = Field(default=None, primary_key=True)
    invoice: int = Field(index=True, foreign_key="invoice.id")
    code: str
    """e.g. I-06; '' = the invoice as a whole."""
    line: str = ""
    state: str
    """confirmed, cleared, disputed, recovered, lost, approved."""
    reason: str
    actor: str
    at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))

    __table_args__ = (UniqueConstraint("invoice", "code", "line", "at"),)
