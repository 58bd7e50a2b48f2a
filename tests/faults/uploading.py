"""What people do on the pages of uploads, as a process of its own that can die: `python -m tests.faults.uploading STEP ...`.

Steps: receive, answer, accept, discard; each with the path of the file. The settings come from the environment.
"""

from __future__ import annotations

import sys
from pathlib import Path

from importers import service
from importers.originals import store_original
from kernel.errors import Refusal
from web.database import open_process
from web.environment import environment

REFUSED = 1


def main(step: str, what: str) -> int:
    """Take one step; 1 when it is refused."""
    path = Path(what)
    process = open_process("ana")
    surroundings = environment(process)
    uploads = process.read(lambda session: service.list_heads(session, process.scope))
    number = next((one["batch"] for one in uploads if one["file"] == path.name), 0)
    try:
        if step == "receive":
            original = store_original(path, surroundings.settings.files, 10**7)
            service.receive(surroundings, [(path.name, original)], service.ImportOptions(side="vendor"))
        elif step == "answer":
            service.answer(surroundings, number, {"without_bad_rows": True})
        elif step == "accept":
            shown = process.read(lambda session: service.show_upload(session, process.scope, number))["shown"]
            service.accept(surroundings, number, shown["token"])
        else:
            service.discard(surroundings, number)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal.code} {refusal.message}\n")
        return REFUSED
    finally:
        process.engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
