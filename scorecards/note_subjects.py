"""What a note is left on: a figure, a finding, an invoice or an upload, as one text.

Owns: the grammar of that text. Must not know: whether such a thing exists, who may see it. Parts are parted by
colons and percent-encoded, so that an invoice number may hold any sign:

    figure:VENDOR:PERIOD:METRIC[:queue=Q][:site=S][:language=L]
    finding:VENDOR:NUMBER:CODE[:LINE]      invoice:VENDOR:NUMBER      upload:VENDOR:UPLOAD
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

from kernel.errors import Invalid
from kernel.period import Period
from scorecards.metrics import FACTS, METRICS
from scorecards.wording import long_month, sentence

CUTS = ("queue", "site", "language")
"""By what a figure may be cut, in the order of the text."""
WHOLE_FIGURES = ("score", "rank")
"""Figures of a scorecard that are no metric."""
PARTS = {"figure": (3, 6), "finding": (3, 4), "invoice": (2, 2), "upload": (2, 2)}
"""Fewest and most parts after the kind."""
LONGEST = 300
"""Longest subject, characters."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a note is left on, read. vendor: '' only for an upload that holds several vendors' rows.

    parts: after the vendor, decoded. period: of a figure, else ''.
    """

    text: str
    kind: str
    vendor: str
    parts: tuple[str, ...]
    period: str = ""


def figure_subject(vendor: str, period: str, metric: str, *, queue: str = "", site: str = "", language: str = "") -> str:
    """The subject of a figure or count, whole or in a cut.

    >>> figure_subject("NOVA", "2026-10", "accuracy", queue="Q1")
    'figure:NOVA:2026-10:accuracy:queue=Q1'
    """
    cut = [f"{name}={value}" for name, value in zip(CUTS, (queue, site, language), strict=True) if value]
    return _joined("figure", vendor, period, metric, *cut)


def invoice_subject(vendor: str, number: str) -> str:
    """The subject of an invoice.

    >>> invoice_subject("NOVA", "INV:7/1")
    'invoice:NOVA:INV%3A7%2F1'
    """
    return _joined("invoice", vendor, number)


def finding_subject(vendor: str, number: str, code: str, line: str = "") -> str:
    """The subject of a finding on an invoice, or on one line of it.

    >>> finding_subject("NOVA", "7", "I-06", "2")
    'finding:NOVA:7:I-06:2'
    """
    return _joined("finding", vendor, number, code, *([line] if line else []))


def upload_subject(vendor: str, upload: int) -> str:
    """The subject of an upload; vendor '' when its rows name several.

    >>> upload_subject("NOVA", 12), upload_subject("", 13)
    ('upload:NOVA:12', 'upload::13')
    """
    return _joined("upload", vendor, str(upload))


def _joined(*parts: str) -> str:
    return ":".join(quote(part, safe="=") for part in parts)


def read_subject(text: str) -> Subject:
    """The subject that a text names. Raises Invalid (code SUBJECT) for a text that names none."""
    kind, _, rest = text.partition(":")
    vendor, *parts = [unquote(part) for part in rest.split(":")]
    fewest, most = PARTS.get(kind, (1, 0))
    if len(text) > LONGEST or not fewest <= 1 + len(parts) <= most or not all(parts) or not (vendor or kind == "upload"):
        raise _no_subject(text)
    if kind == "figure":
        return _figure(text, vendor, parts)
    if kind == "upload" and not (parts[0].isascii() and parts[0].isdigit()):
        raise _no_subject(text)
    return Subject(_joined(kind, vendor, *parts), kind, vendor, tuple(parts))


def _figure(text: str, vendor: str, parts: list[str]) -> Subject:
    period, metric, *cuts = parts
    told = {name: value for name, _, value in (cut.partition("=") for cut in cuts)}
    known = metric in METRICS or metric in FACTS or metric in WHOLE_FIGURES
    if not known or not _is_month(period) or len(told) < len(cuts) or not all(name in CUTS and told[name] for name in told):
        raise _no_subject(text)
    return Subject(figure_subject(vendor, period, metric, **told), "figure", vendor, tuple(parts), period)


def _is_month(text: str) -> bool:
    try:
        return str(Period.parse(text)) == text
    except ValueError:
        return False


def _no_subject(text: str) -> Invalid:
    return Invalid("SUBJECT", f"{text[:80]!r} is nothing a note can be left on; it should look like figure:NOVA:2026-10:accuracy")


def subject_words(subject: str) -> str:
    """What a subject is, in words.

    >>> subject_words("figure:NOVA:2026-10:in_sla_share:queue=Q1"), subject_words("finding:NOVA:7:I-06:2")
    ('In-SLA share of October 2026, queue Q1', 'Finding I-06 on invoice 7, line 2')
    """
    on: Subject = read_subject(subject)
    if on.kind == "figure":
        cut = "".join(f", {part.replace('=', ' ', 1)}" for part in on.parts[2:])
        return f"{sentence(on.parts[1])} of {long_month(on.period)}{cut}"
    if on.kind == "finding":
        line = f", line {on.parts[2]}" if len(on.parts) > 2 else ""  # noqa: PLR2004 - number, code, then the line
        return f"Finding {on.parts[1]} on invoice {on.parts[0]}{line}"
    return f"{sentence(on.kind)} {on.parts[0]}"
