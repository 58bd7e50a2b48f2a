"""Why a vendor's month is computed anew: two sets of references in, sentences out.

Owns: the words. Must not know: the database, figures.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from scorecards.references import References


def uploads_of(named: References) -> dict[int, str]:
    """Every upload that the references name, with its kind."""
    counts = {upload[0]: f"{upload[1]}" for uploads in named.counts.values() for upload in uploads}
    contracts = dict.fromkeys((batch for _, batch in named.contracts), "contract")
    return counts | contracts | dict.fromkeys(named.costs, "cost")


def reasons(old: References, new: References, files: Mapping[int, str], numbers: Mapping[int, str]) -> list[str]:
    """What differs, one sentence each, beginning with the vendor's code.

    files: names of uploads; numbers: numbers of claims; both by id, for everything that either side names.
    """
    found = [*_uploads(uploads_of(old), uploads_of(new), files), *_claims(old, new, numbers)]
    for currency in sorted(old.rates.keys() | new.rates.keys()):
        before, after = old.rates.get(currency), new.rates.get(currency)
        if before is not None and after is not None and before[:2] != after[:2]:
            found.append(f"the exchange rate of {currency} is {after[0]} of {after[1]} instead of {before[0]} of {before[1]}")
    for name, sentence in (
        ("formula_version", "the formulas have a new version"),
        ("currency", "the reporting currency changed"),
        ("kind", "it became another kind of provider"),
        ("codes", "vendors were merged"),
        ("holidays", "the client's holidays changed"),
        ("first_month", "its first month of activity changed"),
    ):
        if getattr(old, name) != getattr(new, name):
            found.append(sentence)
    return [f"{new.vendor}: {sentence}" for sentence in found or ["its receipts or rates changed"]]


def _uploads(old: Mapping[int, str], new: Mapping[int, str], files: Mapping[int, str]) -> list[str]:
    found = []
    gone, came = old.keys() - new.keys(), new.keys() - old.keys()
    for kind in sorted({old[batch] for batch in gone} | {new[batch] for batch in came}):
        before = _names((batch for batch in gone if old[batch] == kind), files)
        after = _names((batch for batch in came if new[batch] == kind), files)
        if before and after:
            found.append(f"{kind} file {before} superseded by {after}")
        else:
            found.append(f"{kind} file {after} came" if after else f"{kind} file {before} was taken back")
    return found


def _names(batches: Iterable[int], files: Mapping[int, str]) -> str:
    return ", ".join(files.get(batch, f"upload {batch}") for batch in sorted(batches))


def _claims(old: References, new: References, numbers: Mapping[int, str]) -> list[str]:
    before, after = {row[0]: row for row in old.claims}, {row[0]: row for row in new.claims}
    gone = {numbers.get(claim, str(claim)) for claim in before.keys() - after.keys()}
    came = {numbers.get(claim, str(claim)) for claim in after.keys() - before.keys()}
    found = [f"invoice {number} counts from another upload" for number in sorted(gone & came)]
    for claim in sorted(before.keys() | after.keys()):
        number = numbers.get(claim, str(claim))
        if claim in before and claim in after:
            if before[claim][1] != after[claim][1]:
                found.append(f"invoice {number} is now {after[claim][1]}")
            elif before[claim] != after[claim]:
                found.append(f"a decision about invoice {number} changed")
        elif number not in gone & came:
            found.append(f"invoice {number} came" if claim in after else f"invoice {number} no longer counts")
    return found


def claims_of(named: Iterable[References]) -> Collection[int]:
    """The claims that references name."""
    return {row[0] for one in named for row in one.claims}
