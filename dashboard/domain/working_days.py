"""Working time: the days on which offices work, with public holidays and the days worked in their stead.

One working day is twenty-four hours of a day on which offices work, so that a term of two working days from
Friday 15:00 ends on Tuesday 15:00, and one that begins on a Saturday counts from Monday on. Holidays come
from the `holidays` package, which knows the State Council's arrangements (调休) for the years that are
announced, and the statutory days alone for those that are not.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

DAY_MS = 24 * 3600 * 1000
_EPOCH = date(1970, 1, 1)
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class WorkingDays:
    """The working time of one country, in the days of one time zone that keeps its offset all year."""

    def __init__(self, zone: str, country: str = "CN") -> None:
        self._offset_ms = _offset_ms(zone)
        self._calendar = holidays.country_holidays(country)
        self._first = (date(_FIRST_YEAR, 1, 1) - _EPOCH).days
        self._before = [0]
        """Working days before each day from the first on; one more at the end."""

    def is_working(self, at_ms: int) -> bool:
        """Whether offices work on the day of this moment (ms since 1970)."""
        day, _ = self._day(at_ms)
        return self._working_before(day + 1) > self._working_before(day)

    def between(self, start_ms: int, end_ms: int) -> int:
        """Working time from one moment to a later one, ms."""
        return self._elapsed(end_ms) - self._elapsed(start_ms)

    def after(self, start_ms: int, working_ms: int) -> int:
        """The first moment by which so much working time has passed since `start_ms`; both ms."""
        target = self._elapsed(start_ms) + working_ms
        days, rest = divmod(target, DAY_MS)
        if rest == 0:  # the end of a working day, not the beginning of the next
            days, rest = days - 1, DAY_MS
        return (self._day_of(days) * DAY_MS + rest) - self._offset_ms

    def _elapsed(self, at_ms: int) -> int:
        """Working time since the first day of the table, ms."""
        day, within = self._day(at_ms)
        before = self._working_before(day)
        return before * DAY_MS + (within if self._working_before(day + 1) > before else 0)

    def _day(self, at_ms: int) -> tuple[int, int]:
        """(day since 1970, ms since its beginning) where the zone's clocks stand."""
        return divmod(at_ms + self._offset_ms, DAY_MS)

    def _working_before(self, day: int) -> int:
        place = max(0, day - self._first)
        while place >= len(self._before):
            self._add_year()
        return self._before[place]

    def _day_of(self, number: int) -> int:
        """The working day before which there are `number` others, as a day since 1970."""
        while self._before[-1] <= number:
            self._add_year()
        return self._first + bisect_left(self._before, number + 1) - 1

    def _add_year(self) -> None:
        day = _EPOCH + timedelta(days=self._first + len(self._before) - 1)
        if day.year > _LAST_YEAR:
            raise ValueError(f"The calendar of working days ends with {_LAST_YEAR}.")
        year = day.year
        while day.year == year:
            self._before.append(self._before[-1] + self._calendar.is_working_day(day))
            day += timedelta(days=1)


def _offset_ms(zone: str) -> int:
    """The zone's offset from UTC, ms; terms are counted in the days of its standard time."""
    offset = datetime(2026, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return int(offset.total_seconds() * 1000)
