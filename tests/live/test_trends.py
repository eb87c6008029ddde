"""The scores of a time that is over, from rows by the hour and, of what is long past, by the day."""

from __future__ import annotations

import numpy as np
import pytest
import redis

from dashboard.domain.hierarchy import GRID, from_parents
from dashboard.live.state import LiveState
from dashboard.live.trends import Trends
from dashboard.streams.keys import Keys
from dashboard.streams.tables import SCORE_UNKNOWN
from dashboard.streams.trend import HOUR_MS, encode_row, outdated, read_rows
from tests.streams.projecting import url_of

pytestmark = pytest.mark.valkey

HIERARCHY = from_parents(([0, 0], [0, 1], [0, 1], [0, 1]), [str(number) for number in range(9)])
REGIONS = HIERARCHY.tier_start[GRID]
NOW_H = 500_000
KEYS = Keys("370700")


def score_of(hour: int, region: int) -> int:
    """Tenths of a score that tell hour and region apart; now and then it is not known."""
    return SCORE_UNKNOWN if hour % 50 == 7 else 500 + hour % 300 + region


@pytest.fixture
def trends(client: redis.Redis) -> Trends:
    """Four hundred days on record, thinned as the projector does, at half past the hour `NOW_H`."""
    hours = set(range(NOW_H - 400 * 24, NOW_H + 1))
    hours -= outdated(hours, NOW_H)
    rows = {
        str(hour): encode_row(
            np.array([score_of(hour, region) for region in range(REGIONS)], np.uint16),
            np.zeros(REGIONS, np.uint16),
        )
        for hour in hours
    }
    client.hset(KEYS.state("trend"), mapping=rows)
    state = LiveState()
    state.clock = {"clock_ms": NOW_H * HOUR_MS + HOUR_MS // 2}
    return Trends(url_of(client), KEYS, HIERARCHY, state)


@pytest.mark.parametrize(("hours", "ago"), [(24, 24), (168, 168), (24, 0), (720, 100)])
def test_the_period_before_is_hour_by_hour(trends: Trends, hours: int, ago: int) -> None:
    times, (city, last) = trends.past([0, REGIONS - 1], hours, ago)
    expected = range(NOW_H - ago - hours + 1, NOW_H - ago + 1)
    assert times == [hour * HOUR_MS for hour in expected]
    for region, scores in ((0, city), (REGIONS - 1, last)):
        told = [score_of(hour, region) for hour in expected]
        assert scores == [None if tenths == SCORE_UNKNOWN else tenths / 10 for tenths in told]


def test_a_year_ago_there_is_a_row_a_day(trends: Trends) -> None:
    times, (scores,) = trends.past([1], 720, 365 * 24)
    first, last = NOW_H - 365 * 24 - 720, NOW_H - 365 * 24
    expected = [hour for hour in range(first + 1, last + 1) if hour % 24 == 0]
    assert times == [hour * HOUR_MS for hour in expected]
    assert len(scores) == 30
    assert trends.past([1], 720, 365 * 24) == (times, [scores])  # also when asked again


def test_before_the_record_there_is_nothing(trends: Trends) -> None:
    assert trends.past([0], 168, 3 * 365 * 24) == ([], [[]])


def test_only_the_rows_of_the_time_are_read(client: redis.Redis, trends: Trends) -> None:
    known = {NOW_H - 30}
    rows = read_rows(client, KEYS, NOW_H - 48, known, NOW_H - 24)
    assert sorted(rows) == [hour for hour in range(NOW_H - 47, NOW_H - 23) if hour not in known]
