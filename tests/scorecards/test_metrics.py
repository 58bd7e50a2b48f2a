"""The catalogue of facts and metrics."""

from __future__ import annotations

from scorecards.metrics import FACTS, METRICS, STATES, marks_of, sides_of
from scorecards.template import NETWORK
from tests.scorecards.values import tally


def test_every_metric_names_facts_of_the_catalogue() -> None:
    for metric in METRICS.values():
        assert set(metric.facts) <= set(FACTS), metric.name


def test_the_template_weighs_every_metric_once_and_sums_to_one() -> None:
    assert sorted(target.metric for target in NETWORK) == sorted(METRICS)
    assert sum(target.weight for target in NETWORK) == 1


def test_stocks_are_told_from_flows() -> None:
    assert [name for name, fact in FACTS.items() if fact.kind == "stock"] == [
        "opening_backlog",
        "closing_backlog",
        "headcount_opening",
        "headcount_closing",
    ]


def test_catalogues_print_what_the_commands_promise() -> None:
    assert FACTS["handle_seconds"].json() == {"fact": "handle_seconds", "unit": "seconds", "kind": "flow", "group": "work"}
    accuracy = METRICS["accuracy"].json()
    assert (accuracy["unit"], accuracy["direction"], accuracy["formula_version"], accuracy["min_sample"]) == ("share", "up", 1, 100)
    assert METRICS["throughput"].json()["min_sample"] is None


def test_sides_and_marks_say_what_a_figure_rests_on() -> None:
    rows = [tally("decisions", 1), tally("decisions", 1, side="vendor", origin="derived"), tally("decisions", 2)]
    assert sides_of(rows) == "platform+vendor"
    assert marks_of(rows) == ("derived",)
    assert marks_of(rows[:1]) == ()


def test_states_stand_in_the_order_in_which_they_hold() -> None:
    assert STATES[0] == "no_data"
    assert STATES[-1] == "scored"
