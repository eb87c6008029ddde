"""How a region's disputes are settled: counts from the store, open ones and hearings from the live state."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.settling import COUNTED, figures
from dashboard.live.cases import OpenCase, open_cases_in
from dashboard.live.state import LiveState
from dashboard.streams.client import Client
from dashboard.streams.keys import Keys
from dashboard.streams.reader import read_settled


def settling_of(
    client: Client, keys: Keys, hierarchy: Hierarchy, state: LiveState, code: str
) -> dict[str, Any]:
    """What `GET /api/v1/settling` answers for the region of that code; all that is on record.

    Raises what a store that does not answer raises (`streams.client.FAILED`).
    """
    region = hierarchy.number_of(code)
    first, last = int(hierarchy.grid_lo[region]), int(hierarchy.grid_hi[region])
    found = figures(read_settled(client, keys, first, last).sum(axis=0))
    undecided = [case for case in open_cases_in(state, hierarchy, region) if case["state"] not in COUNTED]
    return {
        "region": code,
        "open": sum(TYPE_BY_CODE[case["type"]].is_dispute for case in undecided),
        "ended": found.ended,
        "success": found.success._asdict(),
        "paths": [
            {"path": path, **results, "success": rate._asdict()}
            for path, (results, rate) in found.paths.items()
        ],
        "hearings": hearings_of(undecided, int(time.time() * 1000)),
    }


def hearings_of(cases: Iterable[OpenCase], now_ms: int) -> dict[str, Any]:
    """The hearings of open cases that are set: how many, of how many the date is past, and the oldest."""
    waiting = [case for case in cases if case["hearing"]]
    oldest = min(waiting, key=lambda case: (case["hearing"]["since_ms"], case["id"]), default=None)
    return {
        "set": len(waiting),
        "past": sum(case["hearing"]["scheduled_ms"] < now_ms for case in waiting),
        "oldest": oldest and {
            "case": oldest["id"], "age_s": max(0, (now_ms - oldest["hearing"]["since_ms"]) // 1000),
        },
    }  # fmt: skip
