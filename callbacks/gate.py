"""What every callback asks before it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.domain.access import may
from dashboard.views.services import Services


def may_view(services: Services, code: str) -> bool:
    """Whether the one who asks may look at the region of that code."""
    return may(services.identity(), "view", code, services.hierarchy.contains_code)


def region_to_show(services: Services, place: Mapping[str, Any] | None) -> int | None:
    """The region of the `place` store; None without one, for an unknown code, for who may not see it."""
    code = str((place or {}).get("code", ""))
    try:
        region = services.hierarchy.number_of(code)
    except KeyError:
        return None
    return region if may_view(services, code) else None


def may_supervise(services: Services, code: str) -> bool:
    """Whether the one who asks may instruct on, or supervise, cases of the region of that code."""
    return may(services.identity(), "supervise", code, services.hierarchy.contains_code)
