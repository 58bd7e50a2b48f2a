"""Two commands on a fresh machine: `python3 start.py` and `python3 start.py test`.

Owns: `.venv`, made once from the hash-checked `requirements.lock` (by uv where it is installed, else by venv and pip),
and handing over to the program in it. Must not know: anything of the program; it uses the standard library only.

    python3 start.py              the demo
    python3 start.py ARGS...      scoreline ARGS...
    python3 start.py test         every check and every test; with arguments only pytest, with those arguments
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMP = VENV / "set-up"
"""Names the set-ups that are complete; written last, so that one that was killed is done again."""
LOCK = ROOT / "requirements.lock"
MARKER = "# --- test ---"
"""Line of the lock: what stands below it is needed for the tests only."""
OLDEST = (3, 11)
MISSING = 4
"""Exit code: something outside is missing."""
LAST_WORDS = 12
"""Lines of a failed tool's output that are shown."""
CHECKS = (
    ("ruff", "check", "--quiet", "."),
    ("ruff", "format", "--check", "--quiet", "."),
    ("mypy",),
    ("lint-imports", "--no-cache"),
)


class SetUpError(Exception):
    """The environment cannot be made; the message is one sentence that says what is missing."""


def main(arguments: list[str]) -> int:
    """Set up what is needed and hand over; returns only when that fails, or after the checks of `test`."""
    testing = arguments[:1] == ["test"]
    try:
        set_up(testing=testing)
    except SetUpError as error:
        print(f"start.py: {error}", file=sys.stderr)
        return MISSING
    if testing:
        return test(arguments[1:])
    return hand_over("scoreline", *(arguments or ["demo"]))


def hand_over(program: str, *arguments: str) -> int:
    """Become a program of the environment."""
    sys.stdout.flush()
    os.execv(BIN / program, [program, *arguments])  # noqa: S606 - no shell is wanted


def test(arguments: list[str]) -> int:
    """Run every check, then every test with the coverage of the rule files; or only the tests that are named."""
    os.chdir(ROOT)
    if arguments:
        return hand_over("pytest", *arguments)
    for check in CHECKS:
        print("==", *check, flush=True)
        code = subprocess.run([BIN / check[0], *check[1:]], check=False).returncode
        if code:
            print(f"start.py: {check[0]} found something; the tests have not run", file=sys.stderr)
            return code
    return hand_over("pytest", "--numprocesses=auto", "--dist=worksteal", "--cov", "--cov-report=term")


def set_up(*, testing: bool) -> None:
    """Make `.venv` hold what the lock says; nothing happens when it does already.

    Raises SetUpError.
    """
    wanted = stamps()
    if done(wanted, testing=testing):
        return
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        message = f"Scoreline needs Python {OLDEST[0]}.{OLDEST[1]} or newer, this is {found}; start it with a newer python3."
        raise SetUpError(message)
    try:
        with (ROOT / ".venv.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # another start may be at it: wait, then look again
            if not done(wanted, testing=testing):
                build(wanted, turn.fileno(), testing=testing)
    except OSError as error:
        message = f"the environment {VENV} cannot be written: {error}."
        raise SetUpError(message) from error


def stamps() -> dict[str, str]:
    """What each set-up is made from, as a hash: a change of any of it means a new set-up."""
    run, test_part = sections()
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    base = f"{ROOT}\n{sys.version}\n{project}\n{run}"
    return {"run": _hash(base), "test": _hash(base + test_part)}


def sections() -> tuple[str, str]:
    """The lock's two parts: what the program needs, and what only its tests need."""
    run, _, test_part = LOCK.read_text(encoding="utf-8").partition(MARKER)
    return run, test_part


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def done(wanted: dict[str, str], *, testing: bool) -> bool:
    """Whether the set-up that is asked for is complete."""
    try:
        found = STAMP.read_text(encoding="utf-8").split()
    except OSError:
        return False
    return wanted["test" if testing else "run"] in found


def build(wanted: dict[str, str], turn: int, *, testing: bool) -> None:
    """Install what is missing: everything, or only what the tests need beside the program.

    turn is the file descriptor of the lock: installers inherit it, so that one that outlives a killed start.py
    still keeps the next start waiting.
    """
    run, test_part = sections()
    if not done(wanted, testing=False):
        say("setting up .venv, once; this takes half a minute")
        shutil.rmtree(VENV, ignore_errors=True)
        make_environment(turn)
        install(run, turn)
        project = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
        call([*installer(), *project], "the project itself cannot be installed", turn)
        stamp(wanted["run"])
    if testing:
        say("adding what the tests need, once")
        install(run + test_part, turn)
        stamp(wanted["run"], wanted["test"])


def stamp(*complete: str) -> None:
    """Note which set-ups are complete."""
    note = STAMP.with_suffix(".new")
    note.write_text("\n".join(complete) + "\n", encoding="utf-8")
    note.replace(STAMP)


def installer() -> list[str]:
    """The command that installs into the environment; modules are compiled then, as pip does, not when each is first used."""
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(BIN / "python")]
    return [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def make_environment(turn: int) -> None:
    """Make an empty `.venv`."""
    uv = shutil.which("uv")
    if uv:
        call([uv, "venv", "--quiet", "--seed", "--python", sys.executable, str(VENV)], "uv cannot make the environment", turn)
    else:
        remedy = "this Python cannot make an environment; on Debian and Ubuntu: apt install python3-venv"
        call([sys.executable, "-m", "venv", str(VENV)], remedy, turn)


def install(pins: str, turn: int) -> None:
    """Install pinned, hash-checked packages; what is there already stays."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(pins)
        file.flush()
        remedy = "the pinned packages cannot be installed; this step, once, needs the package index that pip is set to use"
        call([*installer(), "--require-hashes", "--requirement", file.name], remedy, turn)


def call(command: list[str], sentence: str, turn: int) -> None:
    """Run an installer's step quietly; when it fails show its last lines.

    Raises SetUpError with the sentence.
    """
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    ran = subprocess.run(
        command,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        cwd=ROOT,
        pass_fds=[turn],
    )
    if ran.returncode:
        print("\n".join(ran.stdout.splitlines()[-LAST_WORDS:]), file=sys.stderr)
        message = f"{sentence}."
        raise SetUpError(message)


def say(text: str) -> None:
    """Tell what takes long, on stderr: stdout belongs to the program."""
    print(f"start.py: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
