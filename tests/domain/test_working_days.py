"""Working time against another library's calendar, and against counting day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.working_days import DAY_MS, WorkingDays

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = WorkingDays("Asia/Shanghai")
HOUR_MS = 3_600_000
moments = st.integers(
    int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()) * 1000,
    int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) * 1000,
)


def at(text: str) -> int:
    """A local time in ms."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


@pytest.mark.parametrize("year", range(2020, 2027))
def test_the_days_are_those_of_another_calendar(year: int) -> None:
    """Every day of the years that are announced, the worked weekends (调休) among them."""
    day = date(year, 1, 1)
    while day.year == year:
        noon = at(f"{day}T12:00:00")
        assert DAYS.is_working(noon) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-24T09:30:00", 1, "2026-11-25T09:30:00"),
        ("2026-11-27T15:00:00", 2, "2026-12-01T15:00:00"),  # over a weekend
        ("2026-11-28T12:00:00", 1, "2026-12-01T00:00:00"),  # a Saturday counts from Monday on
        ("2026-09-30T10:00:00", 1, "2026-10-08T10:00:00"),  # over the National Day week
        ("2026-09-18T10:00:00", 1, "2026-09-20T10:00:00"),  # a Sunday that is worked
    ],
)
def test_terms_of_working_days(start: str, days: int, end: str) -> None:
    assert DAYS.after(at(start), days * DAY_MS) == at(end)


@given(moments, st.integers(0, 30 * DAY_MS))
@settings(deadline=None)
def test_a_term_ends_when_so_much_working_time_has_passed(start_ms: int, term_ms: int) -> None:
    """And not a millisecond sooner."""
    end_ms = DAYS.after(start_ms, term_ms)
    assert DAYS.between(start_ms, end_ms) == term_ms
    assert term_ms == 0 or DAYS.between(start_ms, end_ms - 1) == term_ms - 1


@given(moments, st.integers(0, 400))
@settings(deadline=None, max_examples=50)
def test_working_time_is_what_counting_hours_gives(start_ms: int, hours: int) -> None:
    start_ms -= start_ms % HOUR_MS
    counted = sum(DAYS.is_working(start_ms + hour * HOUR_MS) for hour in range(hours))
    assert DAYS.between(start_ms, start_ms + hours * HOUR_MS) == counted * HOUR_MS


def test_a_year_that_is_not_announced_has_its_statutory_days() -> None:
    assert not DAYS.is_working(at("2031-10-01T12:00:00"))
    assert DAYS.is_working(at("2031-11-25T12:00:00"))
