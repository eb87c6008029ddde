"""The hourly scores of regions, for the trend of a place and those of its children."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.hierarchy import GRID, Hierarchy
from dashboard.live.state import LiveState
from dashboard.streams.client import connect
from dashboard.streams.keys import Keys
from dashboard.streams.tables import SCORE_UNKNOWN
from dashboard.streams.trend import HOUR_MS, Trend, read_rows

_ROWS_KEPT = 2000


class Trends:
    """Rows of the trend, read once: an hour that is over doesn't change (a new projection starts anew)."""

    def __init__(self, url: str, keys: Keys, hierarchy: Hierarchy, state: LiveState) -> None:
        self._url, self._keys = url, keys
        self._hierarchy, self._state = hierarchy, state
        self._rows: dict[int, bytes] = {}

    def forget(self) -> None:
        """Read everything again: the city's history has been projected anew."""
        self._rows.clear()

    def of(self, regions: Sequence[int], hours: int) -> tuple[list[int], list[list[float | None]]]:
        """Times (UTC ms, oldest first, the last is now) and the scores of each region above the grids."""
        trend = self._read(hours)
        now = self._now()
        times = [int(hour) * HOUR_MS for hour in trend.hour] + ([now] if now else [])
        live = self._state.column("regions", "score")
        columns = []
        for region in regions:
            past = _scores(trend.score[:, region])
            columns.append([*past, *(_scores(live[region : region + 1]) or [None])] if now else past)
        return times, columns

    def _now(self) -> int:
        return int(self._state.clock.get("clock_ms") or 0)

    def _read(self, hours: int) -> Trend:
        first = self._now() // HOUR_MS - hours
        with connect(self._url, keys=self._keys) as client:
            fresh = read_rows(client, self._keys, after_hour=first, known=self._rows)
        self._rows.update(fresh)
        for hour in sorted(self._rows)[:-_ROWS_KEPT]:
            del self._rows[hour]
        wanted = {hour: row for hour, row in self._rows.items() if hour > first}
        return Trend.of(wanted, self._hierarchy.tier_start[GRID])


def _scores(tenths: NDArray[np.uint16]) -> list[float | None]:
    return [None if value == SCORE_UNKNOWN else value / 10 for value in tenths.tolist()]
