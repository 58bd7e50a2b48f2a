"""Which tables an archive holds, and which it leaves out and why.

Owns: that list; a test holds it against the models. Must not know: how rows are read or written. An archive of an
older schema takes every table that it finds but those left out.
"""

from __future__ import annotations

KEPT = frozenset(
    "account alias api_token audit_entry batch batch_scope contract cost_line delivery delivery_coverage finding_decision fx_rate holiday"
    " invoice invoice_line job layout month network_target queue queue_attribute revision revision_vendor site tally"
    " vendor vendor_month".split()
)
"""Tables that an archive holds."""
LEFT_OUT: dict[str, str] = {
    "account_session": "who restores signs in again; an old cookie opens nothing",
    "alembic_version": "the manifest names the schema, and a restore makes it",
    "one_time_link": "a link that was used meanwhile must not come alive again",
    "sign_in_attempts": "pauses of an earlier day are over",
}
"""Table -> why no archive holds it."""
