"""What several sections of a brief ask of the leaders' figures; None where it is not known (yet)."""

from __future__ import annotations

from typing import Any

from dashboard.views.brief.asked import Asked

Found = dict[str, Any]


def explanation_of(asked: Asked) -> Found | None:
    """See `Leaders.explanation`."""
    leaders = asked.services.leaders
    return None if leaders is None else asked.once("explanation", lambda: leaders.explanation(asked.code))


def moved_of(asked: Asked) -> Found | None:
    """See `Leaders.moved`, over the brief's period."""
    leaders = asked.leaders
    return None if leaders is None else asked.once("moved", lambda: leaders.moved(asked.code, asked.period))


def cases_of(asked: Asked) -> Found | None:
    """See `Leaders.cases`, over the brief's period."""
    leaders = asked.leaders
    return None if leaders is None else asked.once("cases", lambda: leaders.cases(asked.code, asked.period))


def level_of(asked: Asked, region: int) -> int:
    """The level of a region, 0 while unknown."""
    levels = asked.sources.levels
    return int(levels[region]) if region < len(levels) else 0
