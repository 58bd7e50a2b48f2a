"""Where one-time links lead."""

from __future__ import annotations

from kernel.settings import Settings
from web.accounts.links import link_url


def test_a_link_leads_to_the_named_site_else_to_where_it_was_started() -> None:
    named, plain = Settings(base_url="https://scores.example/"), Settings()
    assert link_url(named, "s", "http://127.0.0.1:8001/") == "https://scores.example/first-sign-in?link=s"
    assert link_url(plain, "s", "http://127.0.0.1:8001/") == "http://127.0.0.1:8001/first-sign-in?link=s"
    assert link_url(plain, "s") == "http://127.0.0.1:8000/first-sign-in?link=s"
