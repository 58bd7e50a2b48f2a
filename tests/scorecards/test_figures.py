"""A vendor's month from its own inputs, and its canonical JSON."""

from __future__ import annotations

import json
from fractions import Fraction

from scorecards.figures import from_json, measure, to_json, vendor_figures
from scorecards.metrics import METRICS
from scorecards.tally import Only
from tests.scorecards.values import audited, charge, expected, inputs, tally

WORK = [
    tally("decisions", 300),
    tally("decisions", 100, language="de"),
    tally("decisions", 0, language="", day=2),
    tally("production_hours", 0, side="vendor", day=2),
    tally("production_hours", 3, side="vendor"),
    tally("production_hours", 1, side="vendor", language="de"),
    *audited(100, 90),
]


def test_every_metric_has_a_figure_whatever_is_there() -> None:
    empty = vendor_figures(inputs())
    assert list(empty.figures) == list(METRICS)
    assert {figure.state for figure in empty.figures.values()} == {"no_data"}
    assert not empty.listed


def test_a_vendor_is_listed_for_activity_or_expectations() -> None:
    assert vendor_figures(inputs(WORK)).listed
    assert vendor_figures(inputs(charges=[charge("1.00")])).listed
    assert vendor_figures(inputs(expectations=[expected("performance")])).listed


def test_decisions_and_money_stand_per_queue_and_language() -> None:
    month = vendor_figures(inputs(WORK, charges=[charge("40.00")]))
    assert month.decisions == 400
    assert [(one.queue, one.language, one.decisions, one.money) for one in month.strata] == [
        ("Q1", "de", 100, 10),
        ("Q1", "en", 300, 30),
    ]
    assert month.tie_out.shown == 40


def test_hours_that_do_not_name_the_language_give_way_to_decisions() -> None:
    rows = [*WORK[:2], tally("production_hours", 9, side="vendor", language="")]
    month = vendor_figures(inputs(rows, charges=[charge("40.00")]))
    assert [one.money for one in month.strata] == [10, 30]


def test_a_cut_takes_counts_and_money_of_the_cut() -> None:
    month = vendor_figures(inputs(WORK, charges=[charge("40.00")]), Only(language="de"))
    cost = month.figures["cost_per_decision"]
    assert (month.decisions, cost.numerator, cost.denominator) == (100, 10, 100)
    assert [one.language for one in month.strata] == ["de"]


def test_reading_the_json_gives_the_same_figures_to_the_last_digit() -> None:
    values = inputs(WORK, charges=[charge("40.00", currency="EUR", rate="1.0837")], expectations=[expected("performance")])
    month = vendor_figures(values)
    body = json.dumps(to_json(month), sort_keys=True)
    assert from_json(json.loads(body)) == month
    assert json.dumps(to_json(from_json(json.loads(body))), sort_keys=True) == body


def test_the_rows_behind_a_figure_sum_to_its_facts() -> None:
    measured = measure(inputs(WORK)).measured["accuracy"]
    audits = [row.amount for row in measured.rows if row.fact == "audits"]
    assert Fraction(sum(audits)) == measured.figure.denominator


def test_a_month_grain_counts_once_beside_its_days() -> None:
    rows = [*WORK, tally("decisions", 999, queue="Q1", language="", grain="month")]
    assert vendor_figures(inputs(rows)).decisions == 400
