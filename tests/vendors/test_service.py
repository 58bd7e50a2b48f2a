"""Master data: what is added stays, what is added twice changes nothing, what contradicts is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from kernel import audit
from kernel.db import reading, unit_of_work
from kernel.errors import Conflict, Invalid, NotFound, Refusal
from kernel.scope import Scope, staff
from vendors import service, store
from vendors.models import Alias, Delivery

AT = datetime(2026, 11, 6, 12, tzinfo=UTC)
STAFF = staff("Ana")
FOREIGN = Scope("Vic", frozenset({"vendor"}), frozenset({"ORBIT"}))


def _network(session: Session) -> None:
    service.add_vendor(session, STAFF, "NOVA", "Nova Services", at=AT)
    service.add_vendor(session, STAFF, "ORBIT", "Orbit", at=AT, currency="EUR", tier="strategic")
    service.add_site(session, STAFF, "NOVA", "MNL", "Manila", timezone="Asia/Manila", at=AT, country="PH")
    service.add_queue(session, STAFF, "Q7", "Video Live", at=AT, severity="P1", form="video")
    service.alias_queue(session, STAFF, "Q7", "Vid Live", at=AT)
    service.alias_vendor(session, STAFF, "NOVA", "Nova BPO", at=AT)
    service.alias_site(session, STAFF, "NOVA", "MNL", "Makati", at=AT)


def test_master_data_is_listed_with_its_aliases(engine: Engine) -> None:
    unit_of_work(engine, _network)
    with reading(engine) as session:
        assert service.list_vendors(session, STAFF)[0] == {
            "code": "NOVA",
            "name": "Nova Services",
            "kind": "vendor",
            "currency": "USD",
            "tier": "",
            "merged_into": None,
            "merged_on": None,
            "aliases": ["Nova BPO"],
        }
        assert service.list_sites(session, STAFF)[0]["aliases"] == ["Makati"]
        assert service.list_queues(session, STAFF)[0] == {
            "code": "Q7",
            "name": "Video Live",
            "severity": "P1",
            "format": "video",
            "aliases": ["Vid Live"],
        }
        assert store.names(session).queue("vid live").code == "Q7"
        assert store.names(session).site("NOVA", "makati").code == "MNL"


def test_the_same_again_changes_nothing(engine: Engine) -> None:
    unit_of_work(engine, _network)
    with reading(engine) as session:
        before = audit.length(session)
    unit_of_work(engine, _network)
    with reading(engine) as session:
        assert audit.length(session) == before
        assert len(store.aliases(session)) == 3


def test_a_vendor_sees_only_itself(engine: Engine) -> None:
    unit_of_work(engine, _network)
    with reading(engine) as session:
        assert [row["code"] for row in service.list_vendors(session, FOREIGN)] == ["ORBIT"]
        assert service.list_sites(session, FOREIGN) == []
    with pytest.raises(NotFound, match="there is no vendor 'NOVA'"):
        unit_of_work(engine, lambda s: service.alias_vendor(s, FOREIGN, "NOVA", "x", at=AT))
    with pytest.raises(NotFound):
        unit_of_work(engine, lambda s: service.add_vendor(s, FOREIGN, "NEW", "New", at=AT))


REFUSED: list[tuple[str, type[Refusal], str, Callable[[Session], object]]] = [
    ("other name", Conflict, "VENDOR_EXISTS", lambda s: service.add_vendor(s, STAFF, "NOVA", "Nobody", at=AT)),
    ("kind", Invalid, "VENDOR_KIND", lambda s: service.add_vendor(s, STAFF, "X", "X", at=AT, kind="friend")),
    ("currency", Invalid, "CURRENCY", lambda s: service.add_vendor(s, STAFF, "X", "X", at=AT, currency="usd")),
    ("code", Invalid, "CODE", lambda s: service.add_vendor(s, STAFF, "../x", "X", at=AT)),
    ("zone", Invalid, "TIMEZONE", lambda s: service.add_site(s, STAFF, "NOVA", "S", "S", timezone="IST", at=AT)),
    ("site", Conflict, "SITE_EXISTS", lambda s: service.add_site(s, STAFF, "NOVA", "MNL", "M", timezone="UTC", at=AT)),
    ("no vendor", NotFound, "UNKNOWN_VENDOR", lambda s: service.add_site(s, STAFF, "NOPE", "S", "S", timezone="UTC", at=AT)),
    ("no site", NotFound, "UNKNOWN_SITE", lambda s: service.alias_site(s, STAFF, "NOVA", "S", "S", at=AT)),
    ("no queue", NotFound, "UNKNOWN_QUEUE", lambda s: service.alias_queue(s, STAFF, "Q9", "S", at=AT)),
    ("severity", Invalid, "SEVERITY", lambda s: service.add_queue(s, STAFF, "Q8", "X", at=AT, severity="P9")),
    ("queue name", Conflict, "QUEUE_EXISTS", lambda s: service.add_queue(s, STAFF, "Q7", "Other", at=AT)),
    ("queue severity", Conflict, "QUEUE_EXISTS", lambda s: service.add_queue(s, STAFF, "Q7", "Video Live", at=AT, severity="P2")),
    ("alias taken", Conflict, "ALIAS_TAKEN", lambda s: service.alias_vendor(s, STAFF, "ORBIT", "nova bpo", at=AT)),
    ("alias empty", Invalid, "ALIAS_EMPTY", lambda s: service.alias_queue(s, STAFF, "Q7", "\u200b", at=AT)),
    (
        "alias days",
        Invalid,
        "ALIAS_DAYS",
        lambda s: service.alias_queue(s, STAFF, "Q7", "x", at=AT, start=date(2026, 2, 1), end=date(2026, 2, 1)),
    ),
]


@pytest.mark.parametrize(("kind", "code", "act"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_contradicts_is_refused(engine: Engine, kind: type[Refusal], code: str, act: Callable[[Session], object]) -> None:
    unit_of_work(engine, _network)
    with pytest.raises(kind) as caught:
        unit_of_work(engine, act)
    assert caught.value.code == code
    with reading(engine) as session:
        assert audit.broken_at(session) is None


def test_a_queue_changes_its_severity_from_a_day_on(engine: Engine) -> None:
    unit_of_work(engine, _network)
    unit_of_work(
        engine,
        lambda s: service.add_queue(s, STAFF, "Q7", "Video Live", at=AT, severity="P0", form="live", valid_from=date(2026, 5, 1)),
    )
    with reading(engine) as session:
        assert [(row.valid_from.year, row.severity) for row in store.queue_attributes(session)] == [(1, "P1"), (2026, "P0")]
        assert service.list_queues(session, STAFF)[0]["format"] == "live"


def test_a_merged_vendor_counts_under_the_other_from_the_day(engine: Engine) -> None:
    unit_of_work(engine, _network)
    unit_of_work(engine, lambda s: service.merge_vendor(s, STAFF, "ORBIT", "NOVA", on=date(2026, 7, 1), at=AT))
    with reading(engine) as session:
        assert store.names(session).vendor("Orbit", date(2026, 7, 1)).code == "NOVA"
        assert store.names(session).vendor("Orbit", date(2026, 6, 30)).code == "ORBIT"
    with pytest.raises(Invalid, match="cannot become part of itself"):
        unit_of_work(engine, lambda s: service.merge_vendor(s, STAFF, "NOVA", "ORBIT", on=date(2026, 8, 1), at=AT))


def _delivery(batch: int, vendor: str = "NOVA") -> Delivery:
    return Delivery(
        batch=batch,
        vendor=vendor,
        kind="performance",
        side="vendor",
        file_name="nova.xlsx",
        sha256="0" * 64,
        received_on=date(2026, 11, 3),
        accepted_at=AT,
    )


def test_a_retired_delivery_counts_no_longer_and_a_revived_one_does_again(engine: Engine) -> None:
    unit_of_work(engine, _network)
    unit_of_work(engine, lambda s: service.record_delivery(s, STAFF, _delivery(1), [("2026-10", "MNL"), ("2026-10", "")]))
    with reading(engine) as session:
        assert [row.batch for row in store.live_deliveries(session, "NOVA", "2026-10")] == [1]
        assert store.live_deliveries(session, "NOVA", "2026-09") == []
        assert [(row.batch, site) for row, site in store.coverage(session, "NOVA", "2026-10")] == [(1, ""), (1, "MNL")]
    unit_of_work(engine, lambda s: service.retire_delivery(s, 1))
    with reading(engine) as session:
        assert store.live_deliveries(session) == []
        assert store.coverage(session, "NOVA", "2026-10") == []
    unit_of_work(engine, lambda s: service.revive_delivery(s, 1))
    with reading(engine) as session:
        assert len(store.live_deliveries(session)) == 1


def test_a_delivery_of_a_foreign_vendor_is_refused(engine: Engine) -> None:
    unit_of_work(engine, _network)
    with pytest.raises(NotFound):
        unit_of_work(engine, lambda s: service.record_delivery(s, FOREIGN, _delivery(1), []))


def test_the_self_check_names_a_changed_alias(engine: Engine) -> None:
    unit_of_work(engine, _network)
    with reading(engine) as session:
        assert all(check.ok for check in service.self_check(session))

    def tamper(session: Session) -> None:
        session.add(Alias(kind="queue", code="Q99", text="Ghost", match_key="other"))

    unit_of_work(engine, tamper)
    with reading(engine) as session:
        failed = [check for check in service.self_check(session) if not check.ok]
    assert [check.detail for check in failed] == ["Ghost", "Ghost", "alias queue Q99 Ghost 0001-01-01 is not in the audit log"]
