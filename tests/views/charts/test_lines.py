"""Lines over time: points where the values are, gaps where nothing is known, names that keep apart."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.views.charts import DARK, PAPER, Line, lines
from dashboard.views.charts.scales import time_ticks
from tests.views.charts.reading import SVG, parsed, points, texts, words

HOUR_MS = 3_600_000
START_MS = 1_763_913_600_000  # 2025-11-23 16:00 UTC, midnight in Shanghai
TIMES = [START_MS + hour * HOUR_MS for hour in range(49)]
CUTS = (90.0, 80.0, 70.0)


def paths_of(root, colour):
    return [path for path in root.iter(f"{SVG}path") if path.get("stroke") == colour]


def test_points_are_proportional_to_time_and_value():
    values = [80.0, 84.0, 82.0, *[81.0] * 46]
    root = parsed(lines([Line("甲", values)], TIMES, DARK, "走势", CUTS, "Asia/Shanghai"))
    (line,) = paths_of(root, DARK.series[0])
    drawn = points(line.get("d", ""))
    assert len(drawn) == len(values)
    xs, ys = zip(*drawn, strict=True)
    assert [b - a for a, b in pairwise(xs)] == pytest.approx([xs[1] - xs[0]] * 48, abs=0.02)
    assert (ys[0] - ys[1]) / 4 == pytest.approx((ys[0] - ys[2]) / 2, abs=0.02)
    assert ys[1] < ys[2] < ys[0]  # higher is better, and up


def test_a_gap_parts_the_line_and_a_lone_value_is_a_dot():
    values = [80.0, 81.0, None, 82.0, None, *[83.0] * 44]
    root = parsed(lines([Line("甲", values)], TIMES, DARK, "走势"))
    runs = [len(points(path.get("d", ""))) for path in paths_of(root, DARK.series[0])]
    assert runs == [2, 44]
    assert len(list(root.iter(f"{SVG}circle"))) == 1


def test_cuts_are_drawn_where_they_are_in_sight():
    root = parsed(lines([Line("甲", [79.0, 81.5] + [80.0] * 47)], TIMES, DARK, "走势", CUTS))
    assert [text for text in words(root) if "≥" in text] == ["2 ≥80"]
    (cut,) = paths_of(root, DARK.signals[2])
    (_, y), (_, same) = points(cut.get("d", ""))
    assert y == same


def test_names_at_the_ends_keep_apart():
    series = [Line(f"第{n}个", [80.0 + n / 100] * 49) for n in range(6)]
    root = parsed(lines(series, TIMES, PAPER, "比较", CUTS))
    ends = [float(t.get("y", 0)) for t in texts(root) if (t.text or "").startswith("第")]
    assert len(ends) == 6
    assert min(abs(a - b) for i, a in enumerate(ends) for b in ends[:i]) >= 14.9


def test_a_dashed_line_is_dashed_and_nothing_is_said():
    root = parsed(lines([Line("去年", [80.0] * 49, dashed=True)], TIMES, DARK, "走势"))
    assert paths_of(root, DARK.series[0])[0].get("stroke-dasharray")
    unknown = lines([Line("甲", [None] * 49)], TIMES, DARK, "走势", nothing="没有。")
    for empty in (unknown, lines([], [], DARK, "走势", nothing="没有。")):
        assert words(parsed(empty)) == ["没有。"]


def test_ticks_are_the_citys_own_midnights_and_hours():
    ticks = time_ticks(TIMES[0], TIMES[-1], "Asia/Shanghai", 8)
    day = ["06:00", "12:00", "18:00"]
    assert [word for _, word in ticks] == ["11-24", *day, "11-25", *day, "11-26"]
    assert ticks[0][0] == TIMES[0]
    year = time_ticks(START_MS, START_MS + 365 * 24 * HOUR_MS, "Asia/Shanghai", 8)
    assert len(year) <= 9
    assert all(datetime.fromtimestamp(at / 1000, UTC).hour == 16 for at, _ in year)


def test_more_points_than_can_be_seen_keep_their_extremes():
    times = [START_MS + hour * HOUR_MS for hour in range(8760)]
    values = [80.0 + (hour % 7) / 10 for hour in range(8760)]
    values[5000] = 60.0
    root = parsed(lines([Line("甲", values)], times, DARK, "走势", CUTS))
    drawn = points(paths_of(root, DARK.series[0])[0].get("d", ""))
    assert len(drawn) < 3000
    lowest = max(y for _, y in drawn)
    assert sum(y == lowest for _, y in drawn) == 1
    assert lowest - sorted(y for _, y in drawn)[-2] > 100


@given(
    st.lists(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=5, max_size=5), max_size=4),
    st.sampled_from([(), CUTS]),
)
def test_no_place_is_none(rows, cuts):
    series = [Line("<&>", row) for row in rows]
    parsed(lines(series, TIMES[:5], DARK, "x", cuts, "Asia/Shanghai", nothing="-"))
