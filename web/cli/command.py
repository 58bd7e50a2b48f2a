"""How every command behaves: one answer, as JSON or for people; logs to stderr; exit codes.

Owns: the options --json and --user, printing, and the mapping of what went wrong to an exit code. Must not know:
what any command does.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from kernel.errors import Refusal
from web.errors import BUG_EXIT, as_refusal, bug_json, bug_sentence, error_json, exit_code, refusal_json, report_bug

if TYPE_CHECKING:
    from kernel.settings import Settings
    from web.cli.screen import Screen
    from web.process import Process


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say.

    value: the one JSON value of --json. show: prints the same for people. code: the exit code.
    """

    value: object
    show: Callable[[Screen], None]
    code: int = 0


class Run:
    """One run of a command: whoever acts, on whatever database, opened only when the command asks for it."""

    def __init__(self, *, as_json: bool, user: str) -> None:
        """Remember the options that every command has."""
        self.as_json = as_json
        self.user = user

    @cached_property
    def settings(self) -> Settings:
        """The settings, without what they are settings of."""
        from kernel.settings import load_settings

        return load_settings()

    @cached_property
    def process(self) -> Process:
        """Settings, database, clock and scope."""
        from web.database import open_process

        return open_process(self.user, self.settings)

    def progress(self, text: str) -> None:
        """Tell people how far it is, on stderr."""
        print(text, file=sys.stderr, flush=True)

    def say(self, answer: Answer) -> None:
        """Print the answer now: for commands that go on running after it."""
        print_answer(answer, as_json=self.as_json)

    def close(self) -> None:
        """Give the database back."""
        if "process" in self.__dict__:
            self.process.engine.dispose()


Work = TypeVar("Work", bound=Callable[..., Answer | None])

JSON_OPTION = Annotated[bool, typer.Option("--json", help="Print exactly one JSON value on stdout.")]
USER_OPTION = Annotated[str, typer.Option("--user", metavar="NAME", help="Who acts (default: SCORELINE_USER, else local:<os user>).")]


def command(app: typer.Typer, name: str, example: str) -> Callable[[Work], Work]:
    """Register a function `work(run, ...) -> Answer` as a command with --json, --user and an example in its help.

    A command that goes on running prints its answer with run.say and returns None.
    """

    def register(work: Work) -> Work:
        own = list(inspect.signature(work, eval_str=True).parameters.values())[1:]
        shared = [
            inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=JSON_OPTION),
            inspect.Parameter("user", inspect.Parameter.KEYWORD_ONLY, default="", annotation=USER_OPTION),
        ]

        def perform(**given: Any) -> None:
            run = Run(as_json=given.pop("as_json"), user=given.pop("user"))
            try:
                answer = work(run, **given)
            finally:
                run.close()
            if answer is None:  # it has said what it had to say
                return
            print_answer(answer, as_json=run.as_json)
            raise typer.Exit(answer.code)

        perform.__doc__ = work.__doc__
        perform.__annotations__ = {p.name: p.annotation for p in (*own, *shared)}
        perform.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
        app.command(name, epilog=f"Example: scoreline {example}")(perform)
        return work

    return register


def print_answer(answer: Answer, *, as_json: bool) -> None:
    """Print an answer on stdout: one JSON value, or text for people."""
    if as_json:
        print_json(answer.value)
        return
    from web.cli.screen import Screen

    answer.show(Screen())


def print_json(value: object) -> None:
    """Print one JSON value on one line, or indented on a terminal."""
    print(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None), flush=True)


def perform_all(app: Callable[..., Any], arguments: list[str]) -> int:
    """Run the command line and return the exit code; whatever goes wrong is said in one sentence."""
    as_json = "--json" in arguments
    try:
        code = app(args=arguments, prog_name="scoreline", standalone_mode=False)
    except typer.TyperException as error:
        return _explain(error, as_json=as_json)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left; Python would complain about it at exit
        return 0
    except Exception as error:  # noqa: BLE001 - the last place that can turn it into a sentence
        refusal = as_refusal(error)
        return _report(error, as_json=as_json) if refusal is None else _refuse(refusal, as_json=as_json)
    return int(code or 0)


def _refuse(refusal: Refusal, *, as_json: bool) -> int:
    if as_json:
        print_json(refusal_json(refusal))
    print(f"scoreline: {refusal.message} [{refusal.code}]", file=sys.stderr)
    return exit_code(refusal)


def _explain(error: typer.TyperException, *, as_json: bool) -> int:
    sentence = " ".join(error.format_message().split())
    if as_json:
        print_json(error_json("usage", "USAGE", sentence, None))
    context = getattr(error, "ctx", None)
    hint = f" (see: {context.command_path} --help)" if context else ""
    print(f"scoreline: {sentence}{hint}", file=sys.stderr)
    return error.exit_code


def _report(bug: Exception, *, as_json: bool) -> int:
    reference = report_bug(bug)
    if as_json:
        print_json(bug_json(bug, reference))
    print(f"scoreline: {bug_sentence(reference)}", file=sys.stderr)
    return BUG_EXIT
