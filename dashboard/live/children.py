"""The regions directly inside a region side by side: see `leaders.Leaders.children`."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_columns import CaseColumns, RegionCases
from dashboard.domain.case_figures import Window, count_by_child
from dashboard.domain.hierarchy import VILLAGE, Hierarchy
from dashboard.domain.safety_index.moved import SINCE_DAYS
from dashboard.live.explained import past_scores
from dashboard.live.past_index import PastIndex
from dashboard.live.state import LiveState
from dashboard.live.trends import Trends
from dashboard.streams.tables import LEVEL_HATCHED, SCORE_UNKNOWN
from geodata import Pack

_LEVEL = 0x0F


class ChildrenTable:
    """Makes the table of one region after another."""

    def __init__(
        self, pack: Pack, hierarchy: Hierarchy, state: LiveState, trends: Trends, past: PastIndex
    ) -> None:
        self._regions, self._hierarchy, self._state = pack.regions, hierarchy, state
        self._trends, self._past = trends, past

    def of(
        self,
        region: int,
        cases: RegionCases,
        window: Window,
        now_ms: int,
        record_from_ms: int | None,
        columns: CaseColumns,
    ) -> dict[str, Any]:
        """The table of a region's children; without rows for a grid."""
        children = self._hierarchy.children(region)
        rows: list[dict[str, Any]] = []
        if children:
            chosen = slice(children.start, children.stop)
            counts = count_by_child(cases, self._hierarchy.grid_lo[chosen], window, now_ms)
            has_before = window.before.is_on_record(record_from_ms)
            changes = self._changes(children, record_from_ms, columns)
            rows = [
                self._row(child, {name: int(column[n]) for name, column in counts.items()}, has_before)
                | {since: column[n] for since, column in changes.items()}
                for n, child in enumerate(children)
            ]
        clock_ms = int(self._state.clock.get("clock_ms") or 0)
        return {"at_ms": clock_ms or time.time_ns() // 1_000_000, "from_ms": window.from_ms, "rows": rows}

    def _row(self, child: int, counts: dict[str, int], has_before: bool) -> dict[str, Any]:
        regions, decided = self._regions, counts["kept"] + counts["missed"]
        population = int(regions.population[child])
        level = self._state.column("regions", "level")
        flags = int(level[child]) if child < len(level) else 0
        return {
            "code": regions.code[child],
            "name": regions.name[child],
            "name_en": regions.name_en[child],
            "tier": int(self._hierarchy.tier[child]),
            "score": _score(self._state.column("regions", "score"), child),
            "level": flags & _LEVEL,
            "hatched": bool(flags & LEVEL_HATCHED),
            "open": counts["open"],
            "overdue": counts["overdue"],
            "new": counts["new"],
            "before": counts["before"] if has_before else None,
            "kept_share": counts["kept"] / decided if decided else None,
            "per_10000": counts["new"] / population * 10_000 if population else None,
            "population": population,
        }

    def _changes(
        self, children: range, record_from_ms: int | None, columns: CaseColumns
    ) -> dict[str, list[float | None]]:
        """By how many points each child's score is above that of a day, a week and a month ago.

        Of grids no score is on record: theirs is what it would have been with today's knowledge.
        """
        now = self._state.column("regions", "score")
        clock_ms = int(self._state.clock.get("clock_ms") or 0)
        found: dict[str, list[float | None]] = {}
        for since, days in SINCE_DAYS.items():
            then_ms, before = past_scores(self._hierarchy, children, days, self._trends, clock_ms)
            if record_from_ms is None or then_ms < record_from_ms:
                before = [None] * len(children)
            elif self._hierarchy.tier[children.start] > VILLAGE:
                scores = self._past.at(columns, then_ms).score[children.start : children.stop]
                before = np.round(scores, 1).tolist()
            found[since] = [
                None if was is None or (score := _score(now, child)) is None else round(score - was, 1)
                for child, was in zip(children, before, strict=True)
            ]
        return found


def _score(column: NDArray[Any], region: int) -> float | None:
    value = int(column[region]) if region < len(column) else SCORE_UNKNOWN
    return None if value == SCORE_UNKNOWN else value / 10
