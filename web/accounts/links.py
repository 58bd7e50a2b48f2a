"""Where one-time links lead. Owns: their address. Must not know: whose they are."""

from __future__ import annotations

from kernel.settings import Settings

DEFAULT = "http://127.0.0.1:8000"


def link_url(settings: Settings, secret: str, served_at: str = "") -> str:
    """The whole address of a one-time link; served_at: where the site was started, for settings without BASE_URL."""
    base = (settings.base_url or served_at or DEFAULT).rstrip("/")
    return f"{base}/first-sign-in?link={secret}"
