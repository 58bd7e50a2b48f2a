"""One's own account: `/account`: the password, and the browsers that are signed in.

Owns: what a person sees and changes of their own. Must not know: other people's accounts (web.pages.admin_users).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from kernel.errors import Invalid, TooMany
from web import errors
from web.accounts import entry
from web.accounts.rules import LONGEST_NAME, LONGEST_PASSWORD, SHORTEST_PASSWORD
from web.deps import Asking, Here, Posting, Visiting, address_of
from web.filters import counted, long_day, sentence, words
from web.gate import SEE_OTHER, give_cookie, wants_data
from web.pages.frame import base_page, no_table, render
from web.pages.sign_in import check_repeat, faults_of
from web.process import Process

FIELDS = {"PASSWORD_WRONG": "present", "SIGN_IN_PAUSE": "present", "SIGN_IN_BUSY": "present"}
"""Codes that are about the present password, not the new one."""
BEYOND = (("People", "/admin/users", "accounts"), ("Audit log", "/admin/log", "log"), ("Jobs", "/admin/jobs", "read"))
"""Pages of staff that stand in no menu: name, address, what one must be allowed to do."""
routes = APIRouter()
Text = Annotated[str, Form()]


@routes.get("/account.json")
def account_json(asking: Asking, visitor: Visiting) -> JSONResponse:
    """Who asks, and their sessions."""
    return JSONResponse(account_page(asking, visitor))


@routes.get("/account.csv", include_in_schema=False)
def account_csv() -> Response:
    """This page has no one main table."""
    raise no_table()


@routes.get("/account", response_class=HTMLResponse)
def account_html(asking: Asking, visitor: Visiting) -> Response:
    """One's own account."""
    return render("account.html", drawn(account_page(asking, visitor), base_page(asking, "/account"), asking))


@routes.post("/account/password")
def change_password(
    request: Request, here: Here, posting: Posting, visitor: Visiting, present: Text = "", password: Text = "", repeat: Text = ""
) -> Response:
    """Another password; every other browser is signed out."""
    try:
        check_repeat(password, repeat)
        secret = entry.change_password(
            posting.engine,
            visitor,
            present,
            password,
            address=address_of(request),
            device=request.headers.get("user-agent", ""),
            at=posting.machine.now(),
        )
    except (Invalid, TooMany) as refusal:
        if wants_data(request):
            raise
        page = drawn(account_page(posting, visitor), base_page(posting, "/account"), posting)
        told = faults_of(refusal)
        faults = {FIELDS.get(refusal.code, name): sentence for name, sentence in told.items()}
        return render("account.html", page | {"faults": faults}, errors.status(refusal))
    response = RedirectResponse("/account", SEE_OTHER)
    give_cookie(here, request, response, secret)
    return response


@routes.post("/account/sessions/{number}/end")
def end_session(posting: Posting, visitor: Visiting, number: int) -> Response:
    """Sign another browser out."""
    posting.write(lambda session: entry.end_own_session(session, visitor, number, posting.machine.now()))
    return RedirectResponse("/account", SEE_OTHER)


def account_page(asking: Process, visitor: entry.Visitor) -> dict[str, Any]:
    """Who asks: name, roles, vendors (None = all), and their sessions."""
    found = asking.read(lambda session: entry.own_sessions(session, visitor, asking.machine.now()))
    vendors = asking.scope.vendors
    return {
        "name": asking.scope.actor,
        "roles": sorted(asking.scope.roles),
        "vendors": None if vendors is None else sorted(vendors),
        "sessions": found,
    }


def drawn(page: Mapping[str, Any], base: Mapping[str, Any], asking: Process) -> dict[str, Any]:
    """The page with its words, ready for the template."""
    sees = "all vendors" if page["vendors"] is None else ", ".join(page["vendors"])
    return {
        **base,
        "title": "Your account",
        "headline": page["name"],
        "story": f"{', '.join(words(role) for role in page['roles'])}; sees {sees}.",
        "name": page["name"],
        "links": [{"name": name, "href": href} for name, href, act in BEYOND if asking.may(act) and page["vendors"] is None],
        "sessions_title": sentence(counted(len(page["sessions"]), "browser is", "browsers are")) + " signed in",
        "sessions": [
            {
                "number": row["session"],
                "device": row["device"] or "A browser that gives no name",
                "since": _instant(row["since"]),
                "seen": _instant(row["seen_at"]),
                "current": row["current"],
            }
            for row in page["sessions"]
        ],
        "faults": {},
        "rules": {"shortest": SHORTEST_PASSWORD, "longest": LONGEST_PASSWORD, "longest_name": LONGEST_NAME},
    }


def _instant(text: str) -> str:
    return f"{long_day(text)}, {text[11:16]} UTC"
