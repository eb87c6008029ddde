"""Questions about the open cases of a place, answered from the live state."""

from __future__ import annotations

from typing import Any

from dashboard.domain.hierarchy import Hierarchy
from dashboard.live.state import LiveState

OpenCase = dict[str, Any]
"""A case as the wire has it: see `cases.upserts` in docs/protocol.md."""


def open_cases_in(state: LiveState, hierarchy: Hierarchy, region: int) -> list[OpenCase]:
    """All open cases of a region, in no order."""
    low, high = int(hierarchy.grid_lo[region]), int(hierarchy.grid_hi[region])
    return [case for case in state.open_cases.values() if low <= case["grid"] < high]


def gravest(cases: list[OpenCase], limit: int) -> list[OpenCase]:
    """The first `limit` of them: the gravest, and of these the newest, first."""
    return sorted(cases, key=lambda case: (case["level"], -case["occurred_at_ms"], case["id"]))[:limit]
