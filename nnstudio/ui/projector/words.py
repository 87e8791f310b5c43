"""Names the keys of a presenter's remote beside those of the keyboard."""

from __future__ import annotations

import re

_KEYS = {"Space": "Page Down", "Home": "Page Up"}


def with_remote(text: str) -> str:
    """Return a text in which each key that a remote has too is named with the remote's: "Space or Page Down"."""
    return re.sub(r"\b(Space|Home)\b", lambda found: f"{found[0]} or {_KEYS[found[0]]}", text)
