"""The time of its own that a command may have which was done out of reach, and is told later."""

from __future__ import annotations

from dashboard.domain.refused import Refused

_DAY_MS = 24 * 3_600_000
AHEAD_MS, BEHIND_MS = 5_000, 7 * _DAY_MS
"""How far it may lie ahead of the server's clock, by which clocks differ, and how far back."""


def insist_on_time(at_ms: int, now_ms: int) -> None:
    """Raises `Refused` for a command's own time that lies ahead, or too far back to be told still."""
    if at_ms > now_ms + AHEAD_MS:
        sentence = (
            f"The field 'at' lies {(at_ms - now_ms) // 1000} s ahead of the server's clock; "
            "set your clock, or leave 'at' out."
        )
        raise Refused("future", sentence, field="at")
    if at_ms < now_ms - BEHIND_MS:
        days = BEHIND_MS // _DAY_MS
        sentence = f"The field 'at' lies more than {days} days back; leave it out, and say so in a note."
        raise Refused("bad_value", sentence, field="at")
