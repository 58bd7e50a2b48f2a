"""`/metrics` in Prometheus' text form.

Owns: who may read it and what it tells of the database. Must not know: how requests are measured.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from importers.models import BATCH_STATES
from kernel.errors import NotFound, NotSignedIn
from scorecards.models import STATUSES
from web.database import newest_version
from web.deps import Here, address_of, visitor_of
from web.measuring.store import counts
from web.process import Process

log = logging.getLogger("scoreline")

routes = APIRouter()
JOB_STATES = ("waiting", "running", "dead")
LONGEST_REASON = 200
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")
"""Headers by which a proxy says for whom it asks."""


@routes.get("/metrics", include_in_schema=False)
def metrics(request: Request, here: Here) -> Response:
    """What operators watch: for this machine, and for programs of staff that show a token."""
    visitor = visitor_of(request)
    if not _is_local(request):
        if visitor is None:
            raise NotSignedIn("SIGN_IN", "measurements are for this machine, or for a token (Authorization: Bearer ...)")
        if visitor.scope.vendors is not None:
            raise NotFound("NO_PAGE", "there is no such page")
    told = CollectorRegistry()
    told.register(_Database(here.process))
    text = generate_latest(request.app.state.requests.gathered()) + generate_latest(told)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _is_local(request: Request) -> bool:
    """Whether somebody on this machine asks for themselves: a proxy on this machine asks for others."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(address_of(request)).is_loopback
    except ValueError:  # a socket without address
        return False


class _Database(Collector):
    """What the database holds, asked when it is told."""

    def __init__(self, process: Process) -> None:
        """Of a process's database."""
        self.process = process

    def collect(self) -> Iterator[Metric]:
        """The measurements; of a database that does not answer only that."""
        build = GaugeMetricFamily("scoreline_build_info", "What runs here.", labels=("version", "schema", "database"))
        build.add_metric((version("scoreline"), newest_version(), self.process.engine.dialect.name), 1)
        yield build
        try:
            found = self.process.read(counts)
        except Exception as error:  # noqa: BLE001 - whatever keeps it from answering is what is told
            log.warning("the database does not answer: %s", " ".join(str(error).split())[:LONGEST_REASON])
            yield GaugeMetricFamily("scoreline_database_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("scoreline_database_up", "Whether the database answers.", value=1)
        yield _gauge("scoreline_jobs", "Jobs that wait, are being done, or rest as dead until a person asks again.", JOB_STATES, found.jobs)
        yield _gauge("scoreline_uploads", "Uploads by state.", BATCH_STATES, found.uploads)
        yield _gauge("scoreline_months", "Months by status.", STATUSES, found.months)
        if found.tick is not None:
            age = (self.process.machine.now() - found.tick).total_seconds()
            yield GaugeMetricFamily("scoreline_last_tick_age_seconds", "Since a scheduler last looked for what is due.", value=age)


def _gauge(name: str, story: str, states: tuple[str, ...], found: Mapping[str, int]) -> Metric:
    label = "status" if name.endswith("months") else "state"
    gauge = GaugeMetricFamily(name, story, labels=(label,))
    for state in states:
        gauge.add_metric((state,), found.get(state, 0))
    return gauge
