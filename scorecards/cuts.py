"""A month cut by queue and language: the same inputs as a revision, measured in the cut.

Owns: reading them again. Must not know: who asks. Nothing of a cut is stored.
"""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from scorecards import store
from scorecards.comparison import body_from, body_text
from scorecards.figures import vendor_figures
from scorecards.gather import gather
from scorecards.metrics import Figure
from scorecards.models import Revision
from scorecards.references import References
from scorecards.tally import Only

OF_THE_WHOLE = ("data_timeliness",)
"""Figures that no cut can have."""


def cut_bodies(session: Session, revision: Revision, queue: str, language: str) -> list[str]:
    """The vendors' figures of a revision in a cut, without those that did nothing in it.

    Punctual uploads are a matter of the whole month and have no data in a cut. A session measures a cut once: a page
    shows it on both bases.
    """
    measured: dict[tuple[int | None, str, str], list[str]] = session.info.setdefault("cuts", {})
    key = (revision.id, queue, language)
    if key not in measured:
        measured[key] = _measured(session, revision, queue, language)
    return measured[key]


def _measured(session: Session, revision: Revision, queue: str, language: str) -> list[str]:
    found = []
    for row in store.vendor_months(session, revision.id or 0).values():
        figures = vendor_figures(gather(session, References.parse(row.inputs)).inputs, Only(queue, language))
        kept = {**figures.figures, **{name: Figure(name) for name in OF_THE_WHOLE}}
        if figures.decisions or any(figure.n for figure in kept.values()):
            found.append(body_text(replace(figures, figures=kept), body_from(row.body).expected))
    return found
