"""Figures entered by hand: a file of one row, which takes the way of every other and stays labelled.

Owns: the form's fields and the file. Must not know: how it is read or counted.
"""

from __future__ import annotations

import csv
import io
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from importers import service as importers
from importers.originals import store_original
from importers.service import ImportOptions
from kernel.errors import Invalid, Usage
from web.deps import Posting
from web.environment import environment
from web.filters import words
from web.incoming import MEGABYTE, label
from web.pages.imports import done

MONTH = "2026-10"
"""What is as short as this is a month, what is longer a day."""
LONGEST_REASON = 500
routes = APIRouter()


@routes.post("/imports/by-hand")
def by_hand(
    request: Request,
    posting: Posting,
    vendor: Annotated[str, Form()],
    fact: Annotated[str, Form()],
    amount: Annotated[str, Form()],
    when: Annotated[str, Form()],
    side: Annotated[str, Form()],
    reason: Annotated[str, Form()],
    site: Annotated[str, Form()] = "",
    queue: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    sample: Annotated[str, Form()] = "",
) -> Response:
    """Enter a figure by hand: a file of one row is written and takes the way of every other, labelled."""
    posting.require("upload")
    if not reason.strip():
        raise Invalid("REASON", "a figure entered by hand needs its reason: who said it, and why there is no file")
    dated = "day" if len(when.strip()) > len(MONTH) else "period"
    places = {"vendor": vendor, "site": site, "queue": queue, "language": language, "sample": sample}
    cells = {**places, dated: when, "side": side, fact: amount}
    if fact not in {name for name, _ in importers.countable_facts()}:
        raise Usage("FACT", f"{fact[:40]!r} is nothing that is counted: `facts` lists what is")
    told = {name: text.strip() for name, text in cells.items() if text.strip()}
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows([list(told), list(told.values())])
    name = label(f"by hand, {vendor} {words(fact)} {when}.csv")
    original = store_original(io.BytesIO(lines.getvalue().encode()), posting.settings.files, posting.settings.max_upload_mb * MEGABYTE)
    options = ImportOptions(kind=importers.kind_of_fact(fact), reason=reason.strip()[:LONGEST_REASON])
    (answer,) = importers.receive(environment(posting), [(name, original)], options)
    return done(request, posting, int(str(answer["batch"])))
