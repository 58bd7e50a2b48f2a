"""Tables of the importers room."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kernel.db import UtcInstant

BATCH_STATES = ("received", "reading", "preview", "accepted", "refused", "undone", "superseded")
"""States of an upload, as the interface prints them."""


class Batch(SQLModel, table=True):
    """One upload: a file and what became of it."""

    id: int | None = Field(default=None, primary_key=True)
    file_name: str
    """As uploaded; a label, never a path."""
    sha256: str = Field(index=True)
    kind: str = ""
    """performance, quality, workforce, plan, invoice, cost, contract, fx; '' while unknown."""
    vendor: str = ""
    """Code; '' while unknown or when rows name several."""
    side: str = ""
    state: str = Field(default="received", index=True)
    received_on: date
    """Calendar day of receipt, reporting zone."""
    at: datetime = Field(sa_column=Column(UtcInstant, nullable=False))
    actor: str
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    rows_skipped: int = 0
    """Blank rows, totals, control rows: read = accepted + rejected + skipped."""
    superseded_by: int | None = Field(default=None, foreign_key="batch.id")
    periods: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    """JSON list of months."""
    supersedes: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    """JSON list of batch ids."""
    mapping: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    """JSON: per sheet the header row and, per column, header, letters, field, confidence, why."""
    problems: str = Field(default="[]", sa_column=Column(Text, nullable=False))
    """JSON list of problems."""
    control: str = Field(default="{}", sa_column=Column(Text, nullable=False))
    """JSON: field -> sum over the accepted rows, decimal strings."""
    options: str = Field(default="{}", sa_column=Column(Text, nullable=False))
    """JSON of the options of the import, enough to read the original again the same way."""
    evidence_sha256: str = ""
    """SHA-256 of the evidence file; '' when the kind has none."""
    by_hand: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    """Whether a person entered its figure instead of sending a file."""

    __table_args__ = (
        CheckConstraint("state IN ('received', 'reading', 'preview', 'accepted', 'refused', 'undone', 'superseded')", name="state"),
        CheckConstraint("rows_read = rows_accepted + rows_rejected + rows_skipped", name="rows"),
    )


class UploadView(SQLModel, table=True):
    """What a person was shown of an upload before it counts; made by each reading, feeds no figure."""

    __tablename__ = "upload_view"
    batch: int = Field(primary_key=True, foreign_key="batch.id")
    token: str
    """SHA-256 over everything that accepting it would store and replace; '' where it cannot be accepted."""
    good: int = 0
    """Rows that could count if the faulty ones were left out; 0 where that would not mend it."""
    body: str = Field(sa_column=Column(Text, nullable=False))
    """JSON: what would change against the earlier uploads, and the sheets with their marks, people masked."""


class BatchScope(SQLModel, table=True):
    """What a batch owns: the days of a month, as bits, per (vendor, kind, side, sample, site, queue)."""

    __tablename__ = "batch_scope"
    vendor: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    side: str = Field(primary_key=True)
    sample: str = Field(primary_key=True)
    site: str = Field(primary_key=True)
    queue: str = Field(primary_key=True)
    batch: int = Field(primary_key=True, foreign_key="batch.id")
    days: int
    """Bit n-1 stands for day n of the month; grain month sets all bits."""


class Layout(SQLModel, table=True):
    """A mapping that a person confirmed, remembered for files with the same headers."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    vendor: str = ""
    kind: str
    signature: str
    """SHA-256 over the folded headers."""
    fields: str = Field(sa_column=Column(Text, nullable=False))
    """JSON: folded header -> field."""

    __table_args__ = (UniqueConstraint("vendor", "kind", "signature"), UniqueConstraint("name"))
