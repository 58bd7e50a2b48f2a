"""The house in use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("withdrawn_at", sa.String(32), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_subject"), "note", ["subject"], unique=False)
    op.create_index(op.f("ix_note_vendor"), "note", ["vendor"], unique=False)

    op.create_table(
        "scheduler_tick",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduler_tick")),
    )
    op.create_table(
        "upload_view",
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batch.id"], name=op.f("fk_upload_view_batch_batch")),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_upload_view")),
    )
    op.add_column("batch", sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false()))

    op.add_column("delivery", sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false()))

    op.add_column("job", sa.Column("about", sa.String(), nullable=False, server_default=""))
    op.add_column("job", sa.Column("worker", sa.String(), nullable=False, server_default=""))
    op.add_column("job", sa.Column("not_before", sa.String(32), nullable=True))
    op.add_column("job", sa.Column("claimed_at", sa.String(32), nullable=True))
    op.add_column("job", sa.Column("result", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    message = "the way back is the backup that migrate made"
    raise NotImplementedError(message)
