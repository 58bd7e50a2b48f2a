"""All truths of a set of samples, in the order of the planted cases.

Owns: putting them together. Must not know: any single case.
"""

from __future__ import annotations

from importers.samples.cases_money import money_cases
from importers.samples.cases_ranks import rank_cases
from importers.samples.cases_reading import reading_cases
from importers.samples.expectation import Truth
from importers.samples.network import Network
from importers.samples.story import tell
from importers.samples.uploads import Uploads
from importers.samples.written import Month


def all_truths(network: Network, before: Month, last: Month, uploads: Uploads) -> list[Truth]:
    """Every entry of TRUTH.json. before and last: the last two months as they were written."""
    story = tell(network, before, last, uploads)
    truths = [*rank_cases(story), *money_cases(story), *reading_cases(story)]
    return sorted(truths, key=lambda truth: int("".join(sign for sign in truth.id if sign.isdigit())))
