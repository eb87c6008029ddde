"""How often something may be done, as settings write it: `30 per minute; 300 per hour`."""

from __future__ import annotations

import re

NONE = "none"
"""As often as one likes."""

_RATE = re.compile(r"[1-9]\d{0,8} per (?:\d{1,4} )?(?:second|minute|hour|day)s?")


def checked_rates(text: str) -> str:
    """The text as it is, if it says how often or `none`. Raises `ValueError`."""
    for rate in (part.strip() for part in text.split(";")):
        if text != NONE and not _RATE.fullmatch(rate):
            raise ValueError(f"{rate!r} is not like 30 per minute")
    return text
