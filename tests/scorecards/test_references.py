"""What a vendor-month is computed from, as one text."""

from __future__ import annotations

from dataclasses import replace

from scorecards.references import References

NOVA = References(
    formula_version=1,
    period="2026-10",
    vendor="NOVA",
    kind="vendor",
    currency="USD",
    codes=[["NOVA", "0001-01-01", "9999-12-31"]],
    counts={"2026-10": [[3, "performance", "platform", "ab"]]},
    received=[["performance", "", "2026-11-03", 3]],
    contracts=[[1, 1]],
    claims=[[7, "received", [], []]],
    billing=[7],
    costs=[],
    rates={"EUR": ["1.08", "2026-10-31", "ECB"]},
    holidays=[],
    first_month=False,
)


def test_references_read_back_are_the_same_and_so_is_their_hash() -> None:
    again = References.parse(NOVA.text)
    assert again == NOVA
    assert (again.text, again.hash) == (NOVA.text, NOVA.hash)


def test_any_difference_is_another_hash() -> None:
    others = [
        replace(NOVA, rates={"EUR": ["1.09", "2026-10-31", "ECB"]}),
        replace(NOVA, claims=[[7, "disputed", [], []]]),
        replace(NOVA, first_month=True),
        replace(NOVA, counts={"2026-10": [[3, "performance", "platform", "ac"]]}),
    ]
    assert len({NOVA.hash, *(other.hash for other in others)}) == 5


def test_a_vendor_of_which_nothing_is_known_is_idle() -> None:
    nothing = replace(NOVA, counts={"2026-10": []}, contracts=[], billing=[], costs=[])
    assert nothing.idle
    assert not NOVA.idle
    assert not replace(nothing, costs=[4]).idle
