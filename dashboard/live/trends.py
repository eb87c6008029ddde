"""The hourly scores of regions, for the trend of a place and those of its children."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.hierarchy import GRID, Hierarchy
from dashboard.live.state import LiveState
from dashboard.streams.client import client_of
from dashboard.streams.keys import Keys
from dashboard.streams.tables import SCORE_UNKNOWN
from dashboard.streams.trend import HOUR_MS, Trend, read_rows

_ROWS_KEPT = 2000


class Trends:
    """Rows of the trend, read once: an hour that is over doesn't change (a new projection starts anew)."""

    def __init__(self, url: str, keys: Keys, hierarchy: Hierarchy, state: LiveState) -> None:
        self._client, self._keys = client_of(url, keys), keys
        self._hierarchy, self._state = hierarchy, state
        self._rows: dict[int, bytes] = {}

    def forget(self) -> None:
        """Read everything again: the city's history has been projected anew."""
        self._rows.clear()

    def of(self, regions: Sequence[int], hours: int) -> tuple[list[int], list[list[float | None]]]:
        """Times (UTC ms, oldest first, the last is now) and the scores of each region above the grids."""
        now = self._now()
        trend = self._read(now // HOUR_MS - hours)
        times = [int(hour) * HOUR_MS for hour in trend.hour] + ([now] if now else [])
        live = self._state.column("regions", "score")
        columns = []
        for region in regions:
            past = _scores(trend.score[:, region])
            columns.append([*past, *(_scores(live[region : region + 1]) or [None])] if now else past)
        return times, columns

    def _now(self) -> int:
        return int(self._state.clock.get("clock_ms") or 0)

    def past(
        self, regions: Sequence[int], hours: int, ago: int
    ) -> tuple[list[int], list[list[float | None]]]:
        """The same of the `hours` that ended `ago` hours ago; of what is long past there is a row a day."""
        last = self._now() // HOUR_MS - ago
        trend = self._read(last - hours, last)
        return [int(hour) * HOUR_MS for hour in trend.hour], [_scores(trend.score[:, r]) for r in regions]

    def _read(self, first: int, last: int | None = None) -> Trend:
        """The rows later than hour `first`, up to `last`."""
        fresh = read_rows(self._client, self._keys, first, self._rows, last)
        self._rows.update(fresh)
        for hour in sorted(self._rows)[:-_ROWS_KEPT]:
            del self._rows[hour]
        known = {**self._rows, **fresh}  # what is long past may have been dropped again
        wanted = {h: row for h, row in known.items() if h > first and (last is None or h <= last)}
        return Trend.of(wanted, self._hierarchy.tier_start[GRID])


def _scores(tenths: NDArray[np.uint16]) -> list[float | None]:
    return [None if value == SCORE_UNKNOWN else value / 10 for value in tenths.tolist()]
