"""Cases by the days and hours of the city's own time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_columns import IS_OPEN, Columns
from dashboard.domain.case_figures import YEAR_DAYS, Window, has_happened
from dashboard.domain.decay import DAY_MS

_HOUR_MS = 3_600_000
_EPOCH = date(1970, 1, 1)
_EPOCH_WEEKDAY = 3
"""1970 began on a Thursday; Monday is 0."""


@lru_cache(maxsize=50_000)
def _offset_ms(zone: str, hour: int) -> int:
    """A zone's offset from UTC in an hour (since 1970): no zone changes its offset within one nowadays."""
    offset = datetime.fromtimestamp(hour * 3600, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return int(offset.total_seconds() * 1000)


class LocalDays:
    """The days of a time zone."""

    def __init__(self, zone: str) -> None:
        self._zone = zone

    def local_ms(self, at_ms: NDArray[np.int64]) -> NDArray[np.int64]:
        """What the zone's clocks show at these moments, as if it were UTC."""
        if not len(at_ms):
            return at_ms
        hour = at_ms // _HOUR_MS
        first, last = int(hour.min()), int(hour.max())
        offsets = np.array([_offset_ms(self._zone, h) for h in range(first, last + 1)], dtype=np.int64)
        return at_ms + offsets[hour - first]

    def day_of(self, at_ms: int) -> int:
        """The day of a moment, counted from 1970."""
        return (at_ms + _offset_ms(self._zone, at_ms // _HOUR_MS)) // DAY_MS

    def calendar(self, cases: Columns, window: Window) -> dict[str, Any]:
        """The counts of `dashboard.live.leaders.Leaders.calendar`."""
        inside = has_happened(cases) & window.holds(cases["occurred_ms"])
        hour = self.local_ms(cases["occurred_ms"][inside]) // _HOUR_MS
        weekday = (hour // 24 + _EPOCH_WEEKDAY) % 7
        counts = np.bincount(weekday * 24 + hour % 24, minlength=7 * 24).reshape(7, 24)
        return {"counts": counts.tolist(), "from_ms": window.from_ms, "to_ms": window.to_ms}

    def daily(self, cases: Columns, to_ms: int, day_count: int, record_from_ms: int | None) -> dict[str, Any]:
        """The counts of `dashboard.live.leaders.Leaders.daily`; the last day is that of `to_ms`."""
        first = self.day_of(to_ms - 1) - day_count + 1
        counted = has_happened(cases)
        occurred = self._days_of(cases["occurred_ms"], counted, first - YEAR_DAYS - day_count, to_ms)
        ended = self._days_of(cases["ended_ms"], counted & ~IS_OPEN[cases["state"]], first, to_ms)
        recorded = first if record_from_ms is None else self.day_of(record_from_ms)

        def row(days: NDArray[np.int64], earlier: int) -> list[int | None]:
            begin = first - earlier
            inside = days[(days >= begin) & (days < begin + day_count)] - begin
            counts: list[int] = np.bincount(inside, minlength=day_count).tolist()
            return [n if earlier == 0 or begin + day >= recorded else None for day, n in enumerate(counts)]

        return {
            "days": [(_EPOCH + timedelta(days=first + day)).isoformat() for day in range(day_count)],
            "new": row(occurred, 0),
            "before": row(occurred, day_count),
            "year_ago": row(occurred, YEAR_DAYS),
            "ended": row(ended, 0),
        }

    def _days_of(
        self, at_ms: NDArray[np.int64], wanted: NDArray[np.bool_], first: int, to_ms: int
    ) -> NDArray[np.int64]:
        """The days of the times that are wanted and may lie between day `first` and `to_ms`."""
        chosen = at_ms[wanted & (at_ms >= (first - 1) * DAY_MS) & (at_ms < to_ms)]
        return self.local_ms(chosen) // DAY_MS
