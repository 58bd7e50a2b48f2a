"""Signing in and out: `/sign-in`, `/first-sign-in` (by one-time link), `/sign-out`.

Owns: these forms and where one goes after them. Must not know: how passwords are compared (web.accounts).
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from kernel.errors import Invalid, NotSignedIn, Refusal, TooMany
from web import errors
from web.accounts import entry
from web.accounts.rules import LONGEST_NAME, LONGEST_PASSWORD, SHORTEST_PASSWORD, local_path
from web.deps import Asking, Entering, Here, Posting, Visiting, address_of, visitor_of
from web.gate import SEE_OTHER, cookie_name, give_cookie, take_cookie, wants_data
from web.pages.frame import base_page, render
from web.process import Process

FIELD_OF = {"ACCOUNT_NAME": "name", "ACCOUNT_TAKEN": "name", "PASSWORD_REPEAT": "repeat"}
"""Code of a refusal -> the field beside which it is said; `password` for all others of these forms."""
routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]


@routes.get("/sign-in")
def sign_in_page(request: Request, asking: Asking, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """The form; whoever is signed in goes on."""
    if visitor_of(request) is not None:
        return RedirectResponse(local_path(next), SEE_OTHER)
    return render("sign_in.html", _sign_in(asking, local_path(next)))


@routes.post("/sign-in")
def sign_in(
    request: Request,
    here: Here,
    entering: Entering,
    name: Text = "",
    password: Text = "",
    next: Text = "/",  # noqa: A002 - the field goes on in the address
) -> Response:
    """Sign in, with a session that did not exist before, and go on to where one wanted to go."""
    process = entering
    try:
        secret = entry.sign_in(
            process.engine,
            name,
            password,
            address=address_of(request),
            device=request.headers.get("user-agent", ""),
            at=process.machine.now(),
            old=request.cookies.get(cookie_name(here, request), ""),
        )
    except (NotSignedIn, TooMany) as refusal:
        if wants_data(request):
            raise
        return _again("sign_in.html", _sign_in(process, local_path(next), name), refusal)
    return _go(request, here, local_path(next), secret)


@routes.get("/first-sign-in")
def first_page(asking: Asking, link: str = "") -> Response:
    """The form behind a one-time link; looking at it does not use the link up."""
    try:
        known = asking.read(lambda session: entry.link_name(session, link, asking.machine.now()))
    except Invalid as refusal:
        return _link_gone(asking, refusal)
    return render("first_sign_in.html", _first(asking, link, known))


@routes.post("/first-sign-in")
def first(
    request: Request, here: Here, entering: Entering, link: Text = "", name: Text = "", password: Text = "", repeat: Text = ""
) -> Response:
    """Set the password (the first administrator takes a name, too), and be signed in."""
    process, at = entering, entering.machine.now()
    try:
        known = process.read(lambda session: entry.link_name(session, link, at))
    except Invalid as refusal:
        return _link_gone(process, refusal)
    try:
        check_repeat(password, repeat)
        device, old = request.headers.get("user-agent", ""), request.cookies.get(cookie_name(here, request), "")
        secret = entry.use_link(process.engine, link, name, password, device=device, at=at, old=old)
    except (Invalid, TooMany) as refusal:
        if wants_data(request):
            raise
        return _again("first_sign_in.html", _first(process, link, known, name), refusal)
    return _go(request, here, "/", secret)


@routes.post("/sign-out")
def sign_out(request: Request, here: Here, posting: Posting, visitor: Visiting) -> Response:
    """End the session: what the cookie held opens nothing any more."""
    posting.write(lambda session: entry.sign_out(session, visitor, posting.machine.now()))
    response = RedirectResponse("/sign-in", SEE_OTHER)
    take_cookie(here, request, response)
    return response


def check_repeat(password: str, repeat: str) -> None:
    """Refuse a new password that was not typed twice alike."""
    if password != repeat:
        raise Invalid("PASSWORD_REPEAT", "the two passwords differ; type the same one twice")


def faults_of(refusal: Refusal) -> dict[str, str]:
    """The sentence of a refusal under the field that it is about."""
    return {FIELD_OF.get(refusal.code, "password"): errors.spoken(refusal)}


def password_rules() -> dict[str, Any]:
    """What the forms say about new passwords."""
    return {"shortest": SHORTEST_PASSWORD, "longest": LONGEST_PASSWORD, "longest_name": LONGEST_NAME}


def _sign_in(asking: Process, onward: str, name: str = "") -> dict[str, Any]:
    return base_page(asking) | {"title": "Sign in", "next": onward, "name": name[:LONGEST_NAME], "demo": asking.is_demo, "faults": {}}


def _first(asking: Process, link: str, known: str, name: str = "") -> dict[str, Any]:
    return base_page(asking) | {
        "title": "Choose a password",
        "link": link,
        "known": known,
        "name": known or name[:LONGEST_NAME],
        "faults": {},
        "rules": password_rules(),
    }


def _again(template: str, page: dict[str, Any], refusal: Refusal) -> Response:
    response = render(template, page | {"faults": faults_of(refusal)}, errors.status(refusal))
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _link_gone(asking: Process, refusal: Invalid) -> Response:
    story = errors.spoken(refusal)
    page = base_page(asking) | {"title": "One-time link", "headline": "This link does not open anything.", "story": story, "steps": []}
    return render("steps.html", page, errors.status(refusal))


def _go(request: Request, here: Here, where: str, secret: str) -> Response:
    response = RedirectResponse(where, SEE_OTHER)
    give_cookie(here, request, response, secret)
    return response
