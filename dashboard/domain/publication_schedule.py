"""When the index is published by itself: every day, week or month, by the city's clocks."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NEVER = "never"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(r"(daily|weekly (?:mon|tue|wed|thu|fri|sat|sun)|monthly [0-9]{1,2}) ([0-9]{2}):([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Schedule:
    """`every`: daily, weekly or monthly. `day`: weekday 0 (Monday) … 6, or day of the month 1 … 31; else 0.

    A month without that day has its last one.
    """

    every: str
    day: int
    at: time

    def latest(self, now_ms: int, zone: str) -> datetime:
        """The last of its moments up to `now_ms` (ms since 1970), in the time zone of that name."""
        tz = ZoneInfo(zone)
        today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(tz).date()
        moment = self._on(_LATEST_DAY[self.every](today, self.day), tz)
        if moment.timestamp() * 1000 > now_ms:
            before = moment.date() - timedelta(days=1)
            moment = self._on(_LATEST_DAY[self.every](before, self.day), tz)
        return moment

    def _on(self, day: date, zone: ZoneInfo) -> datetime:
        return datetime.combine(day, self.at, zone)


def _monthly(today: date, day: int) -> date:
    """The last such day of a month up to today."""
    this = today.replace(day=min(day, monthrange(today.year, today.month)[1]))
    if this <= today:
        return this
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day, last.day))


_LATEST_DAY: dict[str, Callable[[date, int], date]] = {
    "daily": lambda today, day: today,
    "weekly": lambda today, day: today - timedelta(days=(today.weekday() - day) % 7),
    "monthly": _monthly,
}
"""The last day of a schedule up to a day."""


def parse_schedule(text: str) -> Schedule | None:
    """The schedule of a text as `weekly mon 08:00`; None for `never`. Raises `ValueError` for others."""
    if text.strip() == NEVER:
        return None
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no schedule")
    every, _, day = found[1].partition(" ")
    number = WEEKDAYS.index(day) if every == "weekly" else int(day or 0)
    if every == "monthly" and not 1 <= number <= 31:
        raise ValueError(f"{text!r} names no day of a month")
    return Schedule(every, number, time(int(found[2]), int(found[3])))


def checked_schedule(text: str) -> str:
    """The text of a schedule as it is; raises `ValueError` for one that can't be read."""
    parse_schedule(text)
    return text


def scheduled_id(moment: datetime) -> str:
    """The id of the publication that is due at a moment of a schedule, the same whenever it is sent."""
    return f"publish-{moment:%Y%m%dT%H%M}"
