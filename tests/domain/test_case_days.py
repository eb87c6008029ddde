"""Days and hours of the city's time against `datetime`, where clocks are put forward and back too."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.case_days import LocalDays
from dashboard.domain.case_figures import YEAR_DAYS, Window
from dashboard.domain.case_record import Case
from tests.domain.lives import worked
from tests.domain.made import DAY_MS, NOW_MS
from tests.domain.test_case_figures import region_cases

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/St_Johns")
SEEDS = st.integers(0, 10**9)
zones = st.sampled_from(ZONES)


def local(at_ms: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone))


def happened(cases: list[Case]) -> list[Case]:
    return [one for one in cases if one.state != "merged" and one.origin != "publication"]


@given(st.lists(st.integers(NOW_MS - 800 * DAY_MS, NOW_MS), max_size=20), zones)
def test_local_time_is_what_the_zones_clocks_show(at_ms: list[int], zone: str) -> None:
    found = LocalDays(zone).local_ms(np.array(at_ms, dtype=np.int64))
    shown = [datetime.fromtimestamp(ms / 1000, UTC).replace(tzinfo=None) for ms in found.tolist()]
    assert shown == [local(ms, zone).replace(tzinfo=None) for ms in at_ms]


@given(SEEDS, zones, st.sampled_from([1, 7, 30, 365]))
@settings(max_examples=30, deadline=None)
def test_the_calendar_counts_hours_of_weekdays(seed: int, zone: str, days: int) -> None:
    cases, window = worked(seed, 60), Window(NOW_MS - days * DAY_MS, NOW_MS)
    found = LocalDays(zone).calendar(region_cases(cases), window)
    expected: Counter[tuple[int, int]] = Counter()
    for one in happened(cases):
        if window.from_ms <= one.occurred_at_ms < window.to_ms:
            at = local(one.occurred_at_ms, zone)
            expected[at.weekday(), at.hour] += 1
    assert np.shape(found["counts"]) == (7, 24)
    got = {(d, h): n for d, row in enumerate(found["counts"]) for h, n in enumerate(row) if n}
    assert got == expected


@given(SEEDS, zones, st.sampled_from([1, 7, 30]), st.none() | st.integers(0, 450))
@settings(max_examples=40, deadline=None)
def test_days_are_local_and_the_last_is_today(
    seed: int, zone: str, count: int, recorded_days: int | None
) -> None:
    cases = worked(seed, 80)
    record_ms = None if recorded_days is None else NOW_MS - recorded_days * DAY_MS
    found = LocalDays(zone).daily(region_cases(cases), NOW_MS, count, record_ms)
    today = local(NOW_MS - 1, zone).date()
    begins = today - timedelta(days=count - 1) if record_ms is None else local(record_ms, zone).date()
    days = [today - timedelta(days=count - 1 - number) for number in range(count)]
    assert found["days"] == [day.isoformat() for day in days]
    new = Counter(local(one.occurred_at_ms, zone).date() for one in happened(cases))
    ended = Counter(
        local(one.closed_at_ms or 0, zone).date()
        for one in happened(cases)
        if not one.is_open and (one.closed_at_ms or 0) < NOW_MS
    )

    def earlier(by: int) -> list[int | None]:
        shifted = [day - timedelta(days=by) for day in days]
        return [new[day] if day >= begins else None for day in shifted]

    assert found["new"] == [new[day] for day in days]
    assert found["ended"] == [ended[day] for day in days]
    assert found["before"] == earlier(count)
    assert found["year_ago"] == earlier(YEAR_DAYS)


@pytest.mark.parametrize(
    ("at", "day"),
    [("2026-09-23T15:59:59+00:00", date(2026, 9, 23)), ("2026-09-23T16:00:00+00:00", date(2026, 9, 24))],
)
def test_a_day_begins_at_the_citys_midnight(at: str, day: date) -> None:
    at_ms = int(datetime.fromisoformat(at).timestamp() * 1000)
    found = LocalDays("Asia/Shanghai").daily(region_cases([]), at_ms + 1, 1, None)
    assert found["days"] == [day.isoformat()]
