"""The style sheets: contrast of every pair, no colour outside the tokens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import web

STATIC = Path(web.__file__).parent / "static"
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")
TEXT, MARK = 4.5, 3.0
PAIRS = [
    ("ink", "paper", TEXT), ("ink-soft", "paper", TEXT), ("ink-faint", "paper", TEXT), ("ink-faint", "wash", TEXT),
    ("ink-soft", "wash-deep", TEXT), ("on-target", "paper", TEXT), ("on-target", "wash", TEXT), ("watch", "paper", TEXT),
    ("watch", "wash", TEXT), ("off-target", "paper", TEXT), ("off-target", "wash", TEXT), ("on-ink", "ink", TEXT),
    ("control", "paper", MARK), ("bar", "paper", MARK), ("bar-soft", "paper", MARK), ("ink", "on-target-wash", MARK),
    ("ink-faint", "on-target-wash", MARK),
]  # fmt: skip
"""Foreground, background, and the least ratio of WCAG 2.2 (text 4.5, marks 3)."""


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))


LIGHT = _colours(TOKENS[: TOKENS.index("@media")])
_DARKS = [_colours(block) for block in re.findall(r"\{([^{}]*--paper: #141517[^{}]*)\}", TOKENS)]
PRINT = LIGHT | _colours(TOKENS[TOKENS.index("@media print") :])


def test_dark_stands_twice_and_is_the_same() -> None:
    assert len(_DARKS) == 2
    assert _DARKS[0] == _DARKS[1]
    assert set(_DARKS[0]) == set(LIGHT)


@pytest.mark.parametrize("theme", [LIGHT, _DARKS[0], PRINT], ids=["light", "dark", "print"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_every_pair_has_enough_contrast(theme: dict[str, str], front: str, back: str, least: float) -> None:
    lighter, darker = sorted((_luminance(theme[front]), _luminance(theme[back])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= least


def test_components_take_their_colours_from_the_tokens() -> None:
    css = (STATIC / "scoreline.css").read_text(encoding="utf-8")
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", css)) == {"#4a4944"}, "only the page number of a PDF, which knows no variables"
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", css))
    assert used <= set(re.findall(r"--([a-z0-9-]+):", TOKENS + css))


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
