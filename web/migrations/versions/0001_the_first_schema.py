"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from web.migrations.guards import append_only, whole

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("match_key", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('vendor', 'site', 'queue')", name=op.f("ck_alias_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
        sa.UniqueConstraint("kind", "vendor", "code", "match_key", "valid_from", name=op.f("uq_alias_kind")),
    )
    op.create_index(op.f("ix_alias_match_key"), "alias", ["match_key"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    op.create_index(op.f("ix_audit_entry_action"), "audit_entry", ["action"], unique=False)
    op.create_index(op.f("ix_audit_entry_subject"), "audit_entry", ["subject"], unique=False)

    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_accepted", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("rows_skipped", sa.Integer(), nullable=False),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        sa.Column("periods", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("control", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("evidence_sha256", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('received', 'reading', 'preview', 'accepted', 'refused', 'undone', 'superseded')", name=op.f("ck_batch_state")
        ),
        sa.CheckConstraint("rows_read = rows_accepted + rows_rejected + rows_skipped", name=op.f("ck_batch_rows")),
        sa.ForeignKeyConstraint(["superseded_by"], ["batch.id"], name=op.f("fk_batch_superseded_by_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        *whole("batch", "rows_read", "rows_accepted", "rows_rejected", "rows_skipped", "superseded_by"),
    )
    op.create_index(op.f("ix_batch_sha256"), "batch", ["sha256"], unique=False)
    op.create_index(op.f("ix_batch_state"), "batch", ["state"], unique=False)

    op.create_table(
        "delivery_coverage",
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("batch", "vendor", "period", "site", name=op.f("pk_delivery_coverage")),
    )
    op.create_index(op.f("ix_delivery_coverage_vendor"), "delivery_coverage", ["vendor"], unique=False)

    op.create_table(
        "fx_rate",
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("from_currency", sa.String(), nullable=False),
        sa.Column("to_currency", sa.String(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("batch", "day", "from_currency", "to_currency", name=op.f("pk_fx_rate")),
        *whole("fx_rate", "rate"),
    )
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.String(32), nullable=True),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("done_at", sa.String(32), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
        *whole("job", "fence", "attempts"),
    )
    op.create_index(op.f("ix_job_kind"), "job", ["kind"], unique=False)
    op.create_index(op.f("ix_job_state"), "job", ["state"], unique=False)

    op.create_table(
        "layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layout")),
        sa.UniqueConstraint("name", name=op.f("uq_layout_name")),
        sa.UniqueConstraint("vendor", "kind", "signature", name=op.f("uq_layout_vendor")),
    )
    op.create_table(
        "month",
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.CheckConstraint("status IN ('open', 'provisional', 'in_review', 'agreed', 'locked')", name=op.f("ck_month_status")),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_month")),
    )
    op.create_table(
        "network_target",
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("floor", sa.BigInteger(), nullable=True),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column("gate_floor", sa.BigInteger(), nullable=True),
        sa.Column("gate", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("metric", name=op.f("pk_network_target")),
        *whole("network_target", "weight", "floor", "target", "gate_floor"),
    )
    op.create_table(
        "queue",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_queue")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("period", "number", name=op.f("uq_revision_period")),
        *whole("revision", "number"),
    )
    op.create_table(
        "tally",
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("sample", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("grain", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("bound", sa.BigInteger(), nullable=False),
        # Not IN: SQLite would build a table of the values for every row that is inserted.
        sa.CheckConstraint("grain = 'day' OR grain = 'month'", name=op.f("ck_tally_grain")),
        sa.CheckConstraint("origin = 'counted' OR origin = 'derived' OR origin = 'reported'", name=op.f("ck_tally_origin")),
        sa.PrimaryKeyConstraint(
            "vendor", "day", "batch", "side", "sample", "site", "queue", "language", "role", "fact", name=op.f("pk_tally")
        ),
        *whole("tally", "amount", "bound"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "vendor",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("merged_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('vendor', 'in_house')", name=op.f("ck_vendor_kind")),
        sa.ForeignKeyConstraint(["merged_into"], ["vendor.code"], name=op.f("fk_vendor_merged_into_vendor")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_vendor")),
    )
    op.create_table(
        "vendor_month",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_month")),
        sa.UniqueConstraint("period", "vendor", "input_hash", name=op.f("uq_vendor_month_period")),
    )
    op.create_table(
        "batch_scope",
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("sample", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batch.id"], name=op.f("fk_batch_scope_batch_batch")),
        sa.PrimaryKeyConstraint("vendor", "period", "kind", "side", "sample", "site", "queue", "batch", name=op.f("pk_batch_scope")),
        *whole("batch_scope", "days"),
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["vendor"], ["vendor.code"], name=op.f("fk_contract_vendor_vendor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        *whole("contract", "batch"),
    )
    op.create_index(op.f("ix_contract_batch"), "contract", ["batch"], unique=False)
    op.create_index(op.f("ix_contract_vendor"), "contract", ["vendor"], unique=False)

    op.create_table(
        "cost_line",
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["vendor"], ["vendor.code"], name=op.f("fk_cost_line_vendor_vendor")),
        sa.PrimaryKeyConstraint("batch", "position", name=op.f("pk_cost_line")),
        *whole("cost_line", "amount", "row"),
    )
    op.create_index(op.f("ix_cost_line_vendor"), "cost_line", ["vendor"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("accepted_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["vendor"], ["vendor.code"], name=op.f("fk_delivery_vendor_vendor")),
        sa.PrimaryKeyConstraint("batch", "vendor", name=op.f("pk_delivery")),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("number_key", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=True),
        sa.Column("relates_to", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("document IN ('invoice', 'pro_forma', 'credit_note', 'replacement')", name=op.f("ck_invoice_document")),
        sa.CheckConstraint("state IN ('received', 'disputed', 'approved')", name=op.f("ck_invoice_state")),
        sa.ForeignKeyConstraint(["vendor"], ["vendor.code"], name=op.f("fk_invoice_vendor_vendor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        *whole("invoice", "batch", "net", "tax"),
    )
    op.create_index(op.f("ix_invoice_batch"), "invoice", ["batch"], unique=False)
    op.create_index(op.f("ix_invoice_vendor"), "invoice", ["vendor"], unique=False)

    op.create_table(
        "queue_attribute",
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["queue"], ["queue.code"], name=op.f("fk_queue_attribute_queue_queue")),
        sa.PrimaryKeyConstraint("queue", "valid_from", name=op.f("pk_queue_attribute")),
    )
    op.create_table(
        "revision_vendor",
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("vendor_month", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["revision"], ["revision.id"], name=op.f("fk_revision_vendor_revision_revision")),
        sa.ForeignKeyConstraint(["vendor_month"], ["vendor_month.id"], name=op.f("fk_revision_vendor_vendor_month_vendor_month")),
        sa.PrimaryKeyConstraint("revision", "vendor", name=op.f("pk_revision_vendor")),
        *whole("revision_vendor", "vendor_month"),
    )
    op.create_table(
        "site",
        sa.Column("vendor", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["vendor"], ["vendor.code"], name=op.f("fk_site_vendor_vendor")),
        sa.PrimaryKeyConstraint("vendor", "code", name=op.f("pk_site")),
    )
    op.create_table(
        "finding_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["invoice"], ["invoice.id"], name=op.f("fk_finding_decision_invoice_invoice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_decision")),
        sa.UniqueConstraint("invoice", "code", "line", "at", name=op.f("uq_finding_decision_invoice")),
        *whole("finding_decision", "invoice"),
    )
    op.create_index(op.f("ix_finding_decision_invoice"), "finding_decision", ["invoice"], unique=False)

    op.create_table(
        "invoice_line",
        sa.Column("invoice", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("service_from", sa.Date(), nullable=True),
        sa.Column("service_to", sa.Date(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("quantity_places", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("line_type", sa.String(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("sheet", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["invoice"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_invoice")),
        sa.PrimaryKeyConstraint("invoice", "position", name=op.f("pk_invoice_line")),
        *whole("invoice_line", "quantity", "quantity_places", "rate", "amount", "row"),
    )
    append_only("audit_entry")


def downgrade() -> None:
    message = "there is nothing before the first schema: restore a backup instead"
    raise NotImplementedError(message)
