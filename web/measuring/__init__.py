"""What operators see of the site: one log line and one measurement per request, and `/metrics`."""

from __future__ import annotations

from fastapi import FastAPI

from web.measuring.answer import routes
from web.measuring.requests import Measuring, Requests


def add_to(app: FastAPI) -> None:
    """Measure every request of an app, and let it tell what was measured; call it after all other middleware is added."""
    app.state.requests = Requests()
    app.include_router(routes)
    app.add_middleware(Measuring, requests=app.state.requests)
