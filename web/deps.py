"""What a page is given: the site it belongs to, and who asks.

Owns: how a handler gets a process that acts as the person or program that asks, and what a form must carry. Must not
know: any page, and how a visitor is recognised (web.gate does that before any handler runs).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from kernel.errors import NotAllowed, NotSignedIn, Usage
from kernel.scope import NOBODY, Scope
from web.accounts.entry import Visitor
from web.accounts.keys import same
from web.process import Process
from web.progress import Progress

FIELD, HEADER = "form_token", "x-form-token"
AS_VENDOR = "as_vendor"
"""A field of an address: the page as the account of this vendor sees it."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of one running site share.

    progress: what the demo tells while it is being made. started: when the site came up, monotonic seconds.
    """

    process: Process
    progress: Progress | None = None
    started: float = field(default_factory=time.monotonic)

    @property
    def base_url(self) -> str:
        """The address that the settings name, without a slash at its end; '' when they name none."""
        return self.process.settings.base_url.rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether browsers reach the site by https."""
        return self.base_url.startswith("https:")


def site_of(request: Request) -> Site:
    """The site that a request came to."""
    site: Site = request.app.state.site
    return site


def visitor_of(request: Request) -> Visitor | None:
    """Who asks, as the gate recognised them; None = nobody is signed in, which only the pages of signing in may see."""
    return getattr(request.state, "visitor", None)


def known_visitor(request: Request) -> Visitor:
    """Who asks; raises NotSignedIn when nobody does."""
    visitor = visitor_of(request)
    if visitor is None:
        raise NotSignedIn("SIGN_IN", "sign in first")
    return visitor


def asking(request: Request) -> Process:
    """The process, acting as whoever asks; nobody sees nothing and may nothing."""
    visitor = visitor_of(request)
    process = site_of(request).process
    if visitor is None:
        return process.acting_as(NOBODY)
    own = replace(process, scope=visitor.scope, form_token=visitor.form_token)
    vendor = request.query_params.get(AS_VENDOR, "")
    return seen_as(own, vendor) if vendor and visitor.scope.vendors is None else own


def seen_as(own: Process, vendor: str) -> Process:
    """The process of a person of the client's who looks at a page as a vendor's account would.

    It can only narrow, so that an address that somebody sends them shows nothing that is not theirs.
    """
    return replace(own, scope=Scope(own.scope.actor, frozenset({"vendor"}), frozenset({vendor})), seen_as=vendor)


def check_form_token(process: Process, carried: object) -> None:
    """Refuse what a person's form carries when it is not the token of their session; programs have none.

    Handlers that read a long body by themselves call it as soon as they have read the field; all others say Posting.
    """
    if process.form_token and not (isinstance(carried, str) and same(carried, process.form_token)):
        raise NotAllowed("FORM_TOKEN", "this page was made for an earlier sign-in; open it again, then repeat this")


async def entering(request: Request) -> Process:
    """The process for a form that needs no session; raises Usage for a field that the form does not have."""
    is_form = request.headers.get("content-type", "").startswith(FORMS)
    form = await request.form() if is_form else {}
    known = {str(field.alias) for field in request.scope["route"].dependant.body_params} | {FIELD}
    for name in form:
        if name not in known:
            raise Usage("UNKNOWN_FIELD", f"this form has no field {name[:40]!r}")
    request.state.carried = request.headers.get(HEADER) or form.get(FIELD, "")
    return asking(request)


async def posting(request: Request) -> Process:
    """The process for what changes something; the gate has looked at where the request comes from.

    Raises NotAllowed when a person's request does not carry the form token of their session, else as entering does.
    """
    process = await entering(request)
    if process.seen_as:
        raise NotAllowed("SEEN_AS", "you look at this as the vendor would; go back to your own view to change something")
    check_form_token(process, request.state.carried)
    return process


def address_of(request: Request) -> str:
    """Where a request comes from: the client's address."""
    return request.client.host if request.client else ""


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, as browsers send them."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


Here = Annotated[Site, Depends(site_of)]
Asking = Annotated[Process, Depends(asking)]
Entering = Annotated[Process, Depends(entering)]
Posting = Annotated[Process, Depends(posting)]
"""The same for what changes something: forms and calls of programs, refused unless they come from us."""
Visiting = Annotated[Visitor, Depends(known_visitor)]
