"""What every figure of a vendor-month is computed from, and the states that follow from what was expected.

Owns: the counts arranged once, the chosen decisions, strata, whether a kind of upload that was expected is lacking.
Must not know: a metric's formula, weights, other vendors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from scorecards.metrics import GATE_SAMPLE, SCORE_SAMPLE
from scorecards.tally import WHOLE, Counts, Only, Pick, Tally, choose, rows_of

ENOUGH_COVERED = Fraction(4, 5)
"""Share of the volume that strata with audits must cover before the figure carries points."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One upload that the contract expects for the month, per kind and site.

    site: '' = the vendor as a whole. due_on: the day at whose end it is due. received_on: when it came from the
    vendor (side vendor only), None = it has not. is_due: False while due_on lies ahead and nothing came, so that it
    is neither on time nor late yet.
    """

    kind: str
    site: str
    due_on: date
    received_on: date | None = None
    is_due: bool = True

    @property
    def fulfilled(self) -> bool:
        """Whether it came, late or not."""
        return self.received_on is not None


@dataclass(frozen=True, slots=True)
class Level:
    """The strata that counts can tell apart: queue x language, or less where they name no more.

    blurred: queues cannot be told apart, so there is one stratum. bare: queues whose languages cannot. known: the
    (queue, language) that decisions name, '' included.
    """

    blurred: bool
    bare: frozenset[str]
    known: frozenset[tuple[str, str]]

    def key(self, row: Tally) -> tuple[str, str] | None:
        """The stratum of a row; None when the row does not name enough to tell."""
        if self.blurred:
            return ("", "")
        if row.queue in self.bare:
            return (row.queue, "")
        place = (row.queue, row.language)
        if place in self.known or (row.queue and row.language):
            return place
        served = any(queue == row.queue for queue, _ in self.known)
        return None if served or not row.queue else place


def level_of(decisions: Iterable[Tally], audits: Iterable[Tally] = ()) -> Level:
    """The finest strata that decisions name, and audits too (counts of 0 say nothing).

    Decisions that name less than the others of their queue are a stratum of their own; audits that name less make
    the stratum coarser, so that none is lost.

    Source: figures section 3 ("Strata = queue x language whenever both stand").
    """
    known = frozenset((row.queue, row.language) for row in decisions if row.amount)
    seen = [row for row in audits if row.amount]
    silent = {queue for queue, language in known if not language} - {queue for queue, language in known if language}
    return Level(
        any(not row.queue for row in seen) or bool(known and not any(queue for queue, _ in known)),
        frozenset(silent - {""}) | {row.queue for row in seen if not row.language},
        known,
    )


@dataclass(frozen=True, slots=True)
class Workings:
    """A vendor-month arranged for measuring. decisions: the picks of the decisions' chosen sides."""

    counts: Counts
    precedence: tuple[str, ...]
    expectations: tuple[Expectation, ...]
    only: Only
    decisions: tuple[Pick, ...]

    def chosen(self, *facts: str, sample: str = "", sides: Sequence[str] = ()) -> list[Pick]:
        """The picks of the sides that have all these facts; sides: instead of the contract's precedence."""
        return choose(self.counts, sides or self.precedence, facts, sample)

    def rows(self, picks: Iterable[Pick], *facts: str) -> list[Tally]:
        """The rows of these facts in the cut."""
        kept = list(picks)
        return [row for fact in facts for row in rows_of(kept, fact, self.only)]

    def unsent(self, needs: Mapping[str, Sequence[str]], rows: Sequence[Tally]) -> bool:
        """Whether an expected kind that is needed has not come and nothing else supplies its facts.

        needs: facts that each kind of upload brings. rows: the counts that the figure rests on. An expectation of
        one site is supplied only by counts of that site, or by counts that name no site.

        Source: figures section 2 (not_sent).
        """
        lacking = [wanted for wanted in self.expectations if wanted.kind in needs and not wanted.fulfilled]
        return any(
            not any(row.fact == fact and (not wanted.site or row.site in ("", wanted.site)) for row in rows)
            for wanted in lacking
            for fact in needs[wanted.kind]
        )


def arrange(
    counts: Counts,
    precedence: Sequence[str],
    expectations: Sequence[Expectation] = (),
    only: Only = WHOLE,
) -> Workings:
    """A vendor-month's counts made ready for all its figures."""
    decisions = tuple(choose(counts, precedence, ("decisions",)))
    return Workings(counts, tuple(precedence), tuple(expectations), only, decisions)


def sampled_state(size: Fraction, covered: Fraction = Fraction(1)) -> tuple[str, bool]:
    """State of a figure from a sample of this size, and whether a gate may judge it.

    Args: size = plain number of audits or due items; covered = share of the volume whose strata have audits.

    Source: figures section 2 (small_sample).

    >>> sampled_state(Fraction(29)), sampled_state(Fraction(30)), sampled_state(Fraction(100))
    (('small_sample', False), ('small_sample', True), ('scored', True))
    >>> sampled_state(Fraction(100), Fraction(79, 100))
    ('small_sample', True)
    """
    enough = size >= SCORE_SAMPLE and covered >= ENOUGH_COVERED
    return ("scored" if enough else "small_sample"), size >= GATE_SAMPLE
