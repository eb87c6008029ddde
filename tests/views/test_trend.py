"""What the drawing of the trend shows."""

from __future__ import annotations

import pytest

from dashboard.views.trend import FLOOR, trend_drawing
from tests.views.fakes import CUTS

HOUR_MS = 3_600_000
MIDNIGHT_UTC_MS = 1_763_942_400_000  # 2025-11-24T00:00:00Z


@pytest.fixture
def drawing(in_language):
    def make(scores, timezone="Asia/Shanghai"):
        times = [MIDNIGHT_UTC_MS + HOUR_MS * hour for hour in range(len(scores))]
        with in_language("en"):
            return trend_drawing(times, scores, CUTS, timezone)

    return make


@pytest.mark.parametrize(
    ("timezone", "hour"), [("Asia/Shanghai", "11-24 08:00"), ("America/Vancouver", "11-23 16:00")]
)
def test_hours_are_the_citys_own(drawing, timezone, hour):
    assert drawing([80.0, 81.0], timezone)["labels"][0] == hour


def test_points_are_spread_over_the_time(drawing):
    shown = drawing([80.0, None, 81.0])
    assert (shown["x"], shown["scores"]) == ([0, 0.5, 1], [80.0, None, 81.0])
    assert shown["cuts"] == [[cut, level] for level, cut in enumerate(CUTS, 1)]
    assert shown["spoken"] == "lowest 80.0, highest 81.0, latest 81.0"


@pytest.mark.parametrize(
    ("scores", "floor"), [([85.0], FLOOR), ([41.0, 90.0], 39.0), ([None], FLOOR), ([], FLOOR)]
)
def test_the_axis_reaches_down_to_the_lowest_score(drawing, scores, floor):
    assert drawing(scores)["low"] == floor


def test_levels_are_named_in_the_middle_of_their_bands(drawing):
    named = {text: score for score, text in drawing([85.0])["bands"]}
    assert named == {"1 blue": 95, "2 yellow": 85, "3 orange": 75, "4 red": 65}


@pytest.mark.parametrize(
    ("hours", "first", "count"), [(25, "08:00", 7), (169, "11-25", 7), (721, "11-25", 6)]
)
def test_ticks_are_at_round_hours_and_days(drawing, hours, first, count):
    """The points begin at eight in the morning there."""
    shown = drawing([80.0] * hours)
    assert (shown["ticks"][0][1], len(shown["ticks"])) == (first, count)
    for x, text in shown["ticks"]:
        label = shown["labels"][round(x * (hours - 1))]
        assert label in (f"{text} 00:00", f"{label[:5]} {text}")
