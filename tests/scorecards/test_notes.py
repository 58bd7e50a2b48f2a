"""Notes: who may leave, read and withdraw one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from kernel.errors import Invalid, NotFound
from kernel.scope import Scope, staff
from scorecards import notes
from scorecards.note_subjects import figure_subject, finding_subject, invoice_subject, upload_subject
from tests.scorecards.world import AT, World
from vendors import store as vendor_store

ANNA, BEN = staff("anna"), Scope("ben", frozenset({"partnership"}))
NOVA, VEGA = (Scope(f"{code.lower()}@example", frozenset({"vendor"}), frozenset({code})) for code in ("NOVA", "VEGA"))
ON = figure_subject("NOVA", "2026-10", "accuracy")


@pytest.fixture
def world(engine: Engine) -> World:
    found = World(engine)
    found.vendor("NOVA")
    found.vendor("VEGA")
    found.invoice("NOVA", "N-7", [{"amount": "100.00"}])
    return found


def _add(world: World, scope: Scope, text: str = "Why?", subject: str = ON, *, internal: bool = False) -> Any:
    return world.write(lambda s: notes.add_note(s, scope, subject, text, AT, internal=internal))


def _seen(world: World, scope: Scope, **more: Any) -> list[str]:
    return [row["text"] for row in world.read(lambda s: notes.list_notes(s, scope, **more))]


def test_a_note_stands_with_its_author_and_is_in_the_audit_log(world: World) -> None:
    note = _add(world, BEN, "  Twelve reviews\r\nwere reversed.  ")
    assert (note["text"], note["author"], note["vendor"], note["period"]) == ("Twelve reviews\nwere reversed.", "ben", "NOVA", "2026-10")
    entries = world.read(lambda s: vendor_store.audited(s, ["note.add"]))
    assert [(entry.actor, entry.subject) for entry in entries] == [("ben", f"note:{note['note']}")]
    assert "reviews" not in entries[0].body, "the log holds no text that could name a person"


def test_the_same_note_twice_is_one(world: World) -> None:
    assert _add(world, BEN)["note"] == _add(world, BEN)["note"]
    assert _add(world, ANNA)["note"] != _add(world, BEN)["note"]


def test_a_vendor_sees_its_own_and_no_internal_note(world: World) -> None:
    _add(world, ANNA, "for both")
    _add(world, ANNA, "for us", internal=True)
    _add(world, NOVA, "from NOVA")
    _add(world, ANNA, "on VEGA", figure_subject("VEGA", "2026-10", "accuracy"))
    assert _seen(world, NOVA) == ["for both", "from NOVA"]
    assert _seen(world, VEGA) == ["on VEGA"]
    assert _seen(world, BEN) == ["for both", "for us", "from NOVA", "on VEGA"]


def test_notes_are_found_by_vendor_month_and_subject(world: World) -> None:
    _add(world, ANNA, "figure")
    _add(world, ANNA, "invoice", invoice_subject("NOVA", "N-7"))
    _add(world, ANNA, "finding", finding_subject("NOVA", "N-7", "I-06"))
    assert _seen(world, ANNA, vendor="NOVA", period="2026-10") == ["figure"]
    assert _seen(world, ANNA, subjects=[invoice_subject("NOVA", "N-7"), finding_subject("NOVA", "N-7", "I-06")]) == ["invoice", "finding"]
    assert _seen(world, ANNA, vendor="VEGA") == []


@pytest.mark.parametrize(
    "subject",
    [
        figure_subject("VEGA", "2026-10", "accuracy"),
        figure_subject("NOBODY", "2026-10", "accuracy"),
        invoice_subject("NOVA", "N-8"),
        upload_subject("", 12),
    ],
)
def test_foreign_and_unknown_things_answer_alike(world: World, subject: str) -> None:
    with pytest.raises(NotFound):
        _add(world, NOVA, subject=subject)


def test_staff_may_note_an_upload_of_several_vendors(world: World) -> None:
    _add(world, BEN, "on an upload", upload_subject("", 12))
    assert (_seen(world, ANNA), _seen(world, NOVA)) == (["on an upload"], [])


def test_a_vendor_may_not_leave_an_internal_note(world: World) -> None:
    with pytest.raises(Invalid):
        _add(world, NOVA, internal=True)


@pytest.mark.parametrize(
    ("text", "code"), [(" \n", "NOTE_EMPTY"), ("x" * 2001, "NOTE_LONG"), ("a\0b", "NOTE_SIGNS"), ("a\udcffb", "NOTE_SIGNS")]
)
def test_a_text_that_is_none_is_refused(world: World, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        _add(world, ANNA, text)
    assert refusal.value.code == code


def test_its_author_or_an_administrator_withdraws_a_note_and_it_stays(world: World) -> None:
    note = _add(world, NOVA, "wrong")["note"]
    with pytest.raises(Invalid):
        world.write(lambda s: notes.withdraw_note(s, BEN, note, AT))
    with pytest.raises(NotFound):
        world.write(lambda s: notes.withdraw_note(s, VEGA, note, AT))
    for _ in range(2):
        done = world.write(lambda s: notes.withdraw_note(s, ANNA, note, AT))
        assert (done["withdrawn_by"], done["may_withdraw"]) == ("anna", False)
    assert len(world.read(lambda s: vendor_store.audited(s, ["note.withdraw"]))) == 1
    assert _seen(world, BEN) == ["wrong"]


def test_a_withdrawn_note_is_shown_to_no_other_vendor_account(world: World) -> None:
    note = _add(world, ANNA, "too early")["note"]
    world.write(lambda s: notes.withdraw_note(s, ANNA, note, AT))
    assert (_seen(world, NOVA), _seen(world, BEN)) == ([], ["too early"])
    assert _add(world, ANNA, "too early")["note"] != note, "a withdrawn note does not stand, so it can be left anew"
