"""From values to places in a drawing, and the round values that its axes name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_LEAST_SPAN = 1e-9
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_HOURS = (1, 2, 3, 6, 12)
_DAYS = (1, 2, 5, 7, 14, 30, 61, 91, 182, 365)


@dataclass(frozen=True)
class Scale:
    """Maps `low` … `high` to `start` … `end`; a scale without a span maps everything to `start`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        share = (value - self.low) / span if span > _LEAST_SPAN else 0.0
        return self.start + share * (self.end - self.start)


def or_none(value: float | None) -> float | None:
    """The value, None also for what is no number."""
    return value if value is not None and math.isfinite(value) else None


def known(values: Iterable[float | None]) -> list[float]:
    """Those of the values that are numbers."""
    return [value for value in values if value is not None and math.isfinite(value)]


def nice_ticks(low: float, high: float, most: int = 5, whole: bool = False) -> list[float]:
    """At most `most` + 1 round values from `low` to `high`; `whole`: no halves, as for counts."""
    span = high - low
    if span <= _LEAST_SPAN:
        return [low]
    size = 10.0 ** math.floor(math.log10(span / most))
    step = next(size * factor for factor in _STEPS if span / (size * factor) <= most)
    if whole:
        step = max(1.0, math.ceil(step))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(tick * step, 10) for tick in range(first, last + 1)]


def time_ticks(first_ms: float, last_ms: float, timezone: str, most: int = 8) -> list[tuple[float, str]]:
    """(time in UTC ms, words) of round hours or days of that time zone, at most `most` + 1 of them."""
    zone = ZoneInfo(timezone)
    first, last = (datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone) for ms in (first_ms, last_ms))
    hours = (last - first).total_seconds() / 3600
    step_h = next((step for step in _HOURS if hours / step <= most), None)
    if step_h is not None:
        return _hour_ticks(first, last, step_h)
    step_d = next((step for step in _DAYS if hours / 24 / step <= most), _DAYS[-1])
    return _day_ticks(first, last, step_d)


def _hour_ticks(first: datetime, last: datetime, step: int) -> list[tuple[float, str]]:
    """Hours of the day that the step divides; midnight says its date."""
    at = first.replace(minute=0, second=0, microsecond=0)
    found = []
    while at <= last:
        if at >= first and at.hour % step == 0:
            found.append((_ms(at), f"{at:%m-%d}" if at.hour == 0 else f"{at:%H:%M}"))
        at += timedelta(hours=1)
    return found


def _day_ticks(first: datetime, last: datetime, step: int) -> list[tuple[float, str]]:
    """Midnights, every `step` days."""
    at = first.replace(hour=0, minute=0, second=0, microsecond=0)
    words = "%Y-%m" if step >= 30 else "%m-%d"
    found = []
    while at <= last:
        if at >= first and at.toordinal() % step == 0:
            found.append((_ms(at), at.strftime(words)))
        at += timedelta(days=1)
    return found


def _ms(at: datetime) -> float:
    return at.timestamp() * 1000


def apart(wanted: Sequence[float], room: float, low: float, high: float) -> list[float]:
    """Places at least `room` from each other and near the wanted ones, in the same order, in `low` … `high`.

    Where there is too little room for all of them they stand evenly.
    """
    if not wanted:
        return []
    room = min(room, (high - low) / len(wanted))
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [0.0] * len(wanted)
    at = low - room
    for i in order:
        places[i] = at = max(at + room, min(wanted[i], high))
    limit = high + room
    for i in reversed(order):
        places[i] = limit = min(places[i], limit - room)
    return places
