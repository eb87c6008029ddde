"""Moments of a schedule against walking back minute by minute, and what is no schedule."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.publication_schedule import (
    WEEKDAYS,
    checked_schedule,
    parse_schedule,
    scheduled_id,
)

SHANGHAI = "Asia/Shanghai"
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def is_on(text: str, local: datetime) -> bool:
    """Whether a moment is one of the schedule's, by its words."""
    *when, clock = text.split()
    if f"{local:%H:%M}" != clock:
        return False
    if when[0] == "weekly":
        return WEEKDAYS[local.weekday()] == when[1]
    if when[0] == "monthly":
        return local.day == min(int(when[1]), monthrange(local.year, local.month)[1])
    return True


DAYS = ["daily", *(f"weekly {day}" for day in WEEKDAYS), "monthly 1", "monthly 15", "monthly 31"]


@given(
    MOMENTS,
    st.sampled_from(DAYS),
    st.sampled_from(["00:00", "08:00", "23:59"]),
)
@settings(max_examples=80)
def test_the_latest_moment_is_the_first_found_going_back(at: datetime, day: str, clock: str) -> None:
    text = f"{day} {clock}"
    schedule = parse_schedule(text)
    assert schedule is not None
    found = schedule.latest(int(at.timestamp() * 1000), SHANGHAI)
    local = at.astimezone(ZoneInfo(SHANGHAI)).replace(second=0, microsecond=0)
    while not is_on(text, local):
        local -= timedelta(minutes=1)
    assert found == local


def test_a_moment_has_its_id_and_begins_with_itself() -> None:
    schedule = parse_schedule("weekly mon 08:00")
    assert schedule is not None
    monday = datetime(2026, 12, 7, 8, tzinfo=ZoneInfo(SHANGHAI))
    at_ms = int(monday.timestamp() * 1000)
    assert scheduled_id(schedule.latest(at_ms, SHANGHAI)) == "publish-20261207T0800"
    assert scheduled_id(schedule.latest(at_ms - 1, SHANGHAI)) == "publish-20261130T0800"


def test_where_clocks_change_a_moment_is_by_the_citys_own() -> None:
    """Vancouver's clocks went forward on 8 March 2026."""
    schedule = parse_schedule("daily 08:00")
    assert schedule is not None
    for day in (7, 8, 9):
        noon = datetime(2026, 3, day, 12, tzinfo=ZoneInfo("America/Vancouver"))
        found = schedule.latest(int(noon.timestamp() * 1000), "America/Vancouver")
        assert (found.day, found.hour) == (day, 8)
        assert found.utcoffset() == timedelta(hours=-8 if day == 7 else -7)


def test_never_is_no_schedule() -> None:
    assert parse_schedule("never") is None
    assert checked_schedule("never") == "never"


@pytest.mark.parametrize(
    "text",
    ["", "weekly", "weekly 08:00", "weekly monday 08:00", "monthly 0 08:00", "monthly 32 08:00",
     "daily 24:00", "daily 08:60", "daily 8:00", "hourly 08:00", "monthly mon 08:00", "daily 1 08:00"],
)  # fmt: skip
def test_what_is_no_schedule_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the setting's own sentence is what people see
        checked_schedule(text)
