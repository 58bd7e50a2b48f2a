"""Many small files dropped at once on the running product: until the first has a result, and until all have one.

python -m bench.drop_many FOLDER [--files 300] [--at-once 4] [--one-request]

Each file is a day's counts of one site as a vendor would send it, half of them workbooks. They are sent as the page sends them:
each by itself, so many at once; or all in one form, as without JavaScript. A result is what a person is shown: accepted,
waiting for them, or refused. Between two looks at the list lies a tenth of a second.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import httpx2
from openpyxl import Workbook

from bench import fixture, measure
from bench.pages import Site, told
from kernel.db import open_engine
from kernel.settings import Settings
from web.migrations import migrate

HEAD = ("vendor", "site", "queue", "language", "day", "side", "decisions", "production_hours")
PATIENCE = 300
UNDER_WAY = ("received", "reading")


def main() -> None:
    """Make a store and files, serve it, drop them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--one-request", action="store_true")
    options = parser.parse_args()
    data = made(options.folder)
    files = written(options.folder / "drops", options.files)
    token = str(told(data, "token", "add", "bench", "--role", "partnership")["token"])
    with Site(data) as site:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        with httpx2.Client(base_url=site.address, headers=headers, timeout=PATIENCE) as client:
            until_ready(client)
            drop(client, files, options.at_once, one_request=options.one_request)


def until_ready(client: httpx2.Client) -> None:
    """The site answers and its scheduler has looked for work."""
    began = time.perf_counter()
    while client.get("/readyz").status_code != httpx2.codes.OK:
        if time.perf_counter() - began > PATIENCE:
            sys.exit("the site does not get ready")
        time.sleep(0.1)
    client.get("/imports.json").raise_for_status()


def made(folder: Path) -> Path:
    """An empty store with one vendor."""
    data = folder / "data"
    shutil.rmtree(folder, ignore_errors=True)
    data.mkdir(parents=True)
    (data / "as_of.txt").write_text("2026-11-06\n", encoding="utf-8")
    engine = open_engine(Settings(data=data).url)
    migrate(engine)
    engine.dispose()
    setup = folder / "setup.toml"
    fixture.write_setup(setup)
    told(data, "setup", str(setup))
    return data


def written(folder: Path, count: int) -> list[Path]:
    """So many files, each of another day and site; every second one a workbook."""
    folder.mkdir(parents=True)
    found = []
    for number in range(count):
        site, day = f"S{number % fixture.SITES:02d}", date(2026, 1, 1) + timedelta(days=number)
        rows = [
            ["BIGV", site, f"Q{queue}", language, day.isoformat(), "vendor", 100 + number + queue, 7.5]
            for queue in range(fixture.QUEUES)
            for language in ("en", "es", "pl", "de")
        ]
        found.append(folder / f"BIGV_{number:03d}.{'xlsx' if number % 2 else 'csv'}")
        if number % 2:
            book = Workbook(write_only=True)
            sheet = book.create_sheet("Daily")
            for cells in (HEAD, *rows):
                sheet.append(list(cells))
            book.save(found[-1])
        else:
            found[-1].write_text("\n".join(",".join(map(str, cells)) for cells in (HEAD, *rows)) + "\n", encoding="utf-8")
    return found


def drop(client: httpx2.Client, files: list[Path], at_once: int, *, one_request: bool) -> None:
    """Send them and look until each has a result; report when the first and the last had one."""
    contents = [(path.name, path.read_bytes()) for path in files]
    began = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        groups = [contents] if one_request else [[one] for one in contents]
        sending = [pool.submit(send, client, group) for group in groups]
        first, last, states = look(client, len(files), began)
        sent = max(one.result() for one in sending) - began
    reach = "first <= 1 s, all <= 60 s"
    how = "one form" if one_request else f"{at_once} at a time"
    figures: dict[str, object] = {"first s": first, "all s": last, "all sent s": sent, **states}
    measure.report(f"{len(files)} small files dropped at once, {how}", reach, figures)


def send(client: httpx2.Client, group: list[tuple[str, bytes]]) -> float:
    """One request; when it was answered."""
    client.post("/imports", files=[("files", one) for one in group]).raise_for_status()
    return time.perf_counter()


def look(client: httpx2.Client, count: int, began: float) -> tuple[float, float, dict[str, int]]:
    """Seconds until the first and until all have a result, and how many ended how."""
    first = 0.0
    while True:
        uploads = client.get("/imports.json", params={"period": "all"}).raise_for_status().json()["uploads"]
        states = [one["state"] for one in uploads if one["kind"] != "contract"]
        settled = [state for state in states if state not in UNDER_WAY]
        passed = time.perf_counter() - began
        first = first or (passed if settled else 0.0)
        if len(settled) == count:
            return first, passed, {state: settled.count(state) for state in sorted(set(settled))}
        if passed > PATIENCE:
            sys.exit(f"after {PATIENCE} s {len(settled)} of {count} have a result")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
