"""Every template, filled with its own example, is accepted as it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from importers import service
from importers.kinds.registry import KINDS
from importers.templates import EXAMPLES
from kernel.errors import Invalid
from tests.importers.conftest import Office
from vendors import service as vendors


@pytest.fixture
def prepared(small_office: Office) -> Office:
    """An office that knows the names in the examples."""
    scope, at = small_office.environment.scope, small_office.at
    small_office.write(lambda s: vendors.add_vendor(s, scope, "HOME", "Own team", at=at, kind="in_house"))
    small_office.write(lambda s: vendors.add_site(s, scope, "HOME", "DUB", "Dublin", timezone="Europe/Dublin", at=at))
    return small_office


def test_every_kind_has_a_template() -> None:
    assert {*EXAMPLES, "contract"} == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_template_with_its_example_is_accepted(prepared: Office, kind: str) -> None:
    path = prepared.folder / f"{kind}.{'toml' if kind == 'contract' else 'xlsx'}"
    service.write_template(kind, path)
    result = prepared.bring(path, side="", received_on=date(2026, 11, 6))
    assert result["problems"] in ([], [problem for problem in result["problems"] if problem["severity"] == "info"])
    assert (result["state"], result["kind"]) == ("accepted", kind)
    assert all(column["field"] == column["header"] for column in result["mapping"] if column["field"])


def test_a_template_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no kind"):
        service.write_template("points", tmp_path / "x.xlsx")
    with pytest.raises(Invalid, match="cannot be written"):
        service.write_template("performance", tmp_path / "missing" / "x.xlsx")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_text("mine")
    with pytest.raises(Invalid, match="is there already"):
        service.write_template("performance", path)
    assert path.read_text() == "mine"


@pytest.mark.parametrize(("kind", "name", "better"), [("contract", "x.xlsx", "x.toml"), ("invoice", "x.csv", "x.xlsx")])
def test_a_template_is_named_as_what_it_is(tmp_path: Path, kind: str, name: str, better: str) -> None:
    with pytest.raises(Invalid, match=f"call it {better}"):
        service.write_template(kind, tmp_path / name)
    assert not (tmp_path / name).exists()
