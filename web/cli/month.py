"""Commands about months: what came, the close, the ranking, a scorecard, and how a figure came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from web.cli.command import Answer, Run, command
from web.cli.options import PeriodArgument, VendorArgument, to_period
from web.cli.screen import Screen, figure, grouped, score, text
from web.filters import words

RATINGS = {
    "good": "good",
    "approaching_target": "approaching target",
    "requires_improvement": "requires improvement",
    "inadequate": "inadequate",
    None: "not rated",
}
QueueOption = Annotated[str, typer.Option("--queue", metavar="Q", help="Only this queue's work.")]
LanguageOption = Annotated[str, typer.Option("--language", metavar="L", help="Only this language's work.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    command(app, "status", "status 2026-10")(status)
    command(app, "close", "close 2026-10")(close)
    command(app, "rank", "rank 2026-10 --json")(rank)
    command(app, "scorecard", "scorecard NOVA 2026-10")(scorecard)
    command(app, "trace", "trace NOVA 2026-10 in_sla_share --limit 10")(trace)
    command(app, "facts", "facts")(facts)
    command(app, "metrics", "metrics")(metrics)
    month = typer.Typer(help="The state of a reporting month.", rich_markup_mode=None)
    command(month, "advance", "month advance 2026-09 in_review")(advance)
    app.add_typer(month, name="month")


def status(run: Run, period: PeriodArgument) -> Answer:
    """Show what came, is late or is missing in a month, and what each vendor's month waits for."""
    from scorecards import service

    month = to_period(period)
    process = run.process
    found = process.read(lambda s: service.status(s, process.scope, process.settings, month, process.today()))

    def show(screen: Screen) -> None:
        rows = [
            [row["vendor"], row["status"], item["kind"], item["site"] or "", text(item["due"]), item["state"], text(item["batch"])]
            for row in found["vendors"]
            for item in row["expected"]
        ]
        screen.table(["Vendor", "Month", "Expected", "Site", "Deadline", "State", ">Upload"], rows)
        for row in found["vendors"]:
            if row["waiting_for"]:
                screen.line(f"{row['vendor']} waits for: " + "; ".join(map(str, row["waiting_for"])))

    return Answer(found, show)


def close(
    run: Run,
    period: PeriodArgument,
    *,
    vendor: Annotated[str, typer.Option("--vendor", metavar="CODE", help="Only this vendor's figures.")] = "",
) -> Answer:
    """Compute a month's figures; a new revision only when something they depend on changed."""
    from scorecards import service

    month = to_period(period)
    process = run.process
    result = service.close_month(process.engine, process.scope, process.clock, process.settings, month, vendor or None)

    def show(screen: Screen) -> None:
        change = "computed" if result["changed"] else "unchanged"
        screen.line(f"{result['period']}: {change}, revision {result['revision']}, {words(result['status'])}")
        for why in result["why"]:
            screen.line(f"  {why}")

    return Answer(result, show)


def rank(
    run: Run,
    period: PeriodArgument,
    *,
    queue: QueueOption = "",
    language: LanguageOption = "",
    raw: Annotated[bool, typer.Option("--raw", help="Cost on each vendor's own mix of work instead of like for like.")] = False,
) -> Answer:
    """Rank the vendors of a month; ties are said, not broken."""
    from scorecards import service

    month = to_period(period)
    basis = "raw" if raw else "like_for_like"
    process = run.process
    found = process.read(lambda s: service.ranking(s, process.scope, month, queue=queue, language=language, basis=basis))
    return Answer(found, lambda screen: _show_ranking(screen, found))


def scorecard(
    run: Run,
    vendor: VendorArgument,
    period: PeriodArgument,
    *,
    revision: Annotated[int | None, typer.Option("--revision", metavar="N", help="An earlier revision (default: the newest).")] = None,
) -> Answer:
    """Show one vendor's month: every figure with its interval, points and state."""
    from scorecards import service

    month = to_period(period)
    process = run.process
    found = process.read(lambda s: service.scorecard(s, process.scope, vendor, month, revision))
    return Answer(found, lambda screen: _show_scorecard(screen, found))


def trace(
    run: Run,
    vendor: VendorArgument,
    period: PeriodArgument,
    metric: Annotated[str, typer.Argument(metavar="METRIC", help="Name of the figure, e.g. in_sla_share (see: scoreline metrics).")],
    *,
    queue: QueueOption = "",
    site: Annotated[str, typer.Option("--site", metavar="S", help="Only this site's work.")] = "",
    language: LanguageOption = "",
    limit: Annotated[int, typer.Option("--limit", min=0, help="Most cells to show.")] = 100,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Cells to leave out at the start.")] = 0,
) -> Answer:
    """Follow a figure down to the cells it came from; their amounts sum to the counts."""
    from web.trace import trace_figure

    month = to_period(period)
    found = trace_figure(run.process, vendor, month, metric, queue=queue, site=site, language=language, limit=limit, offset=offset)

    def show(screen: Screen) -> None:
        screen.line(f"{found['metric']} = {figure(found['value'])}   {found['formula']} (version {found['formula_version']})")
        inputs = [[item["fact"], item["side"], text(item["batch"]), grouped(str(item["amount"]))] for item in found["inputs"]]
        screen.table(["Count", "Whose", ">Upload", ">Amount"], inputs)
        cells = [[text(cell[key]) for key in ("file", "sheet", "cell", "header", "text", "amount")] for cell in found["cells"]]
        screen.table(["File", "Sheet", "Cell", "Header", "As written", ">Amount"], cells)
        screen.line(f"{len(found['cells'])} of {found['cells_total']} cells")

    return Answer(found, show)


def facts(run: Run) -> Answer:
    """Show the catalogue of counts: unit, stock or flow."""
    from scorecards import service

    del run
    return _catalogue(service.facts())


def metrics(run: Run) -> Answer:
    """Show the catalogue of figures: unit, direction, formula, version."""
    from scorecards import service

    del run
    return _catalogue(service.metrics())


def advance(
    run: Run,
    period: PeriodArgument,
    to: Annotated[str, typer.Argument(metavar="STATUS", help="provisional, in_review, agreed or locked.")],
) -> Answer:
    """Move a month on to its next state."""
    from scorecards import service

    month = to_period(period)
    process = run.process
    result = process.write(lambda s: service.advance_month(s, process.scope, month, to, at=process.clock.now()))
    return Answer(result, lambda screen: screen.line(f"{month} is {words(to)}."))


def _show_ranking(screen: Screen, found: Mapping[str, Any]) -> None:
    basis = "raw, each on its own mix of work" if found["basis"] == "raw" else "like for like"
    screen.line(f"Ranking {found['period']}, revision {found['revision']}, {words(found['status'])}; cost {basis}")
    rows = []
    for vendor in found["vendors"]:
        metric = {row["metric"]: row for row in vendor["metrics"]}
        rows.append(
            [
                rank_range(vendor),
                vendor["vendor"],
                vendor["name"],
                score(vendor["score"]),
                f"{score(vendor['score_low'])} to {score(vendor['score_high'])}" if vendor["score_low"] is not None else "-",
                RATINGS.get(vendor["rating"], text(vendor["rating"])),
                *(_metric(metric.get(name)) for name in ("cost_per_decision", "critical_accuracy")),
                ", ".join(vendor["tied_with"]),
                ", ".join(words(gate["metric"]) + (" (proven)" if gate["proven"] else "") for gate in vendor["gates"]),
            ]
        )
    heads = [
        ">Rank",
        "Vendor",
        "Name",
        ">Score",
        ">Interval",
        "Rating",
        ">Cost per decision",
        ">Critical accuracy",
        "Tied with",
        "Must-meet limit missed",
    ]
    screen.table(heads, rows)
    for item in found["waiting_for"]:
        screen.line(f"Waiting for: {waited(item)}")


def rank_range(vendor: Mapping[str, Any]) -> str:
    """The places that the data allow: '1-2', '3', or '-' for a vendor that is not ranked."""
    low, high = vendor["rank_low"], vendor["rank_high"]
    if vendor["rank"] is None or low is None:
        return "-"
    return str(low) if low == high else f"{low}-{high}"


def waited(item: Mapping[str, Any]) -> str:
    """What a month waits for.

    >>> waited({"vendor": "NOVA", "kind": "performance", "site": "", "due": "2026-11-04"})
    'NOVA, performance, deadline 2026-11-04'
    """
    site = f" of site {item['site']}" if item["site"] else ""
    return f"{item['vendor']}, {item['kind']}{site}, deadline {item['due']}"


def _metric(row: Mapping[str, Any] | None) -> str:
    return "-" if row is None else figure(row["value"], row["unit"])


def _show_scorecard(screen: Screen, found: Mapping[str, Any]) -> None:
    screen.line(f"{found['name']} ({found['vendor']}), {found['period']}, revision {found['revision']}, {words(found['status'])}")
    rating = RATINGS.get(found["rating"], text(found["rating"]))
    covered = figure(found["coverage"], "share")
    screen.line(f"Rank {rank_range(found)}, score {score(found['score'])}, {rating}; figures cover {covered} of the weight")
    rows = [
        [
            words(row["metric"]),
            figure(row["value"], row["unit"]),
            f"{figure(row['low'], row['unit'])} to {figure(row['high'], row['unit'])}" if row["low"] is not None else "",
            "" if row["n"] is None else grouped(str(row["n"])),
            text(row["side"]),
            figure(row["raw"], row["unit"]),
            score(row["points"]),
            text(row["weight"]),
            words(row["state"]),
        ]
        for row in found["metrics"]
    ]
    screen.table(["Figure", ">Value", ">Interval", ">n", "Whose count", ">Raw", ">Points", ">Weight", "State"], rows)
    for change in found["changes"]:
        screen.line(f"Changed: {words(change['metric'])} {text(change['old'])} -> {text(change['new'])}. {text(change['cause'])}")
    for item in found["waiting_for"]:
        screen.line(f"Waiting for: {waited(item)}")


def _catalogue(rows: Sequence[Mapping[str, Any]]) -> Answer:
    def show(screen: Screen) -> None:
        heads = list(dict.fromkeys(key for row in rows for key in row))
        cells = [[", ".join(row[head]) if isinstance(row.get(head), list) else text(row.get(head)) for head in heads] for row in rows]
        screen.table([words(head).capitalize() for head in heads], cells)

    return Answer(list(rows), show)
