"""Who asks, as a page is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from web.database import open_process
from web.deps import Asking, Here, Site


def test_a_page_acts_as_who_asks_on_the_site_that_was_asked(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCORELINE_DATA", str(data_folder))
    process = open_process("ana")
    app = FastAPI()
    app.state.site = Site(process)

    @app.get("/who")
    def who(asking: Asking, here: Here) -> list[object]:
        return [asking.scope.actor, here.progress]

    assert TestClient(app).get("/who").json() == ["ana", None]
    process.engine.dispose()
