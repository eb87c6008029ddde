"""Bars, columns, heat and sparks: sizes against values, figures beside them, and what is not known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.views.charts import DARK, PAPER, Bar, bars, columns, heat, spark
from dashboard.views.charts.heat import luminance, mixed
from tests.views.charts.reading import SVG, box, parsed, points, rects, words

WEEKDAYS = ["一", "二", "三", "四", "五", "六", "日"]
HOURS = [str(hour) for hour in range(24)]
VALUES = st.none() | st.floats(-1e6, 1e6)


def widths(root):
    return [float(rect.get("width", 0)) for rect in root.iter(f"{SVG}rect") if rect.get("class") == "bar"]


def test_bars_are_as_long_as_their_values():
    root = parsed(bars([Bar("甲", 40), Bar("乙", 10), Bar("丙", 0), Bar("丁", None)], DARK, "案件"))
    long, short, none = widths(root)
    assert long == pytest.approx(4 * short, abs=0.1)
    assert none == 0
    assert [word for word in words(root) if word not in "甲乙丙丁"] == ["40", "10", "0", "—"]


def test_bars_from_another_start_and_their_marks():
    root = parsed(bars([Bar("甲", 90.0, before=80.0), Bar("乙", 70.0)], DARK, "得分", start=60.0))
    long, short = widths(root)
    assert long == pytest.approx(3 * short, abs=0.1)
    (mark,) = [path for path in root.iter(f"{SVG}path") if path.get("stroke") == DARK.text]
    first = next(rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "bar")
    assert points(mark.get("d", ""))[0][0] == pytest.approx(float(first.get("x", 0)) + 2 * short, abs=0.1)


def test_bars_below_the_start_run_to_its_left():
    root = parsed(bars([Bar("好", 2.0), Bar("坏", -4.0)], DARK, "变化"))
    good, bad = (rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "bar")
    zero = float(good.get("x", 0))
    assert float(bad.get("x", 0)) + float(bad.get("width", 0)) == pytest.approx(zero, abs=0.05)
    assert float(bad.get("width", 0)) == pytest.approx(2 * float(good.get("width", 0)), abs=0.1)


def test_columns_are_as_high_as_their_counts():
    root = parsed(columns([3, 6, None, 0], ["1", "2", "3", "4"], DARK, "每日", before=[1, 2, 3, 4]))
    three, six, none = rects(root)
    assert six.height == pytest.approx(2 * three.height, abs=0.05)
    assert none.height == 0
    assert three.bottom == pytest.approx(six.bottom, abs=0.05)
    (line,) = [p for p in root.iter(f"{SVG}path") if p.get("stroke") == DARK.text]
    ys = [y for _, y in points(line.get("d", ""))]
    risen = [(n - 1) * six.height / 6 for n in (1, 2, 3, 4)]
    assert [ys[0] - y for y in ys] == pytest.approx(risen, abs=0.05)


def test_the_legend_of_columns_names_what_is_drawn():
    names = ("本周", "上周", "去年")
    both = parsed(columns([1, 2], ["1", "2"], DARK, "", before=[2, 1], names=names))
    alone = parsed(columns([1, 2], ["1", "2"], DARK, "", before=[None, None], names=names))
    assert [word for word in words(both) if word in names] == ["上周", "本周"]
    assert [word for word in words(alone) if word in names] == ["本周"]


def test_heat_has_a_cell_for_each_hour_of_the_week_and_warms_with_the_count():
    counts = [[(day * 24 + hour) % 50 for hour in range(24)] for day in range(7)]
    root = parsed(heat(counts, WEEKDAYS, HOURS, PAPER, "时段"))
    cells = rects(root)
    assert len(cells) == 168
    assert cells[0].hover == "一 0 · 0"
    assert cells[-1].hover == f"日 23 · {167 % 50}"
    by_count = sorted(cells, key=lambda cell: int(cell.hover.split(" · ")[1]))
    shades = [luminance(cell.fill) for cell in by_count]
    assert shades == sorted(shades, reverse=True)
    assert by_count[-1].fill == PAPER.heat[1]
    figures = [word for word in words(root) if word not in WEEKDAYS][24:]
    assert len(figures) == sum(1 for row in counts for count in row if count)


def test_a_week_without_a_case_is_not_unknown():
    quiet = parsed(heat([[0] * 24] * 7, WEEKDAYS, HOURS, DARK, "时段", nothing="还不知道。"))
    assert len(rects(quiet)) == 168
    assert "还不知道。" not in words(quiet)
    unknown = parsed(heat([[None] * 24] * 7, WEEKDAYS, HOURS, DARK, "时段", nothing="还不知道。"))
    assert words(unknown) == ["还不知道。"]


def test_a_spark_goes_from_left_to_right_and_up():
    root = parsed(spark([1.0, 2.0, None, 4.0], DARK, "走势"))
    (path,) = root.iter(f"{SVG}path")
    xs, ys = zip(*points(path.get("d", "")), strict=True)
    assert list(xs) == sorted(xs)
    assert ys[0] - ys[1] == pytest.approx((ys[1] - ys[2]) / 2, abs=0.02)
    assert list(parsed(spark([], DARK)).iter(f"{SVG}path")) == []


def test_colours_mix_from_one_end_to_the_other():
    assert (mixed("#000000", "#FF8040", 0), mixed("#000000", "#FF8040", 1)) == ("#000000", "#FF8040")
    assert mixed("#000000", "#FF8040", 0.5) == "#804020"
    assert luminance("#FFFFFF") == pytest.approx(1)


ROWS = st.lists(st.builds(Bar, st.text(max_size=20), VALUES, VALUES, st.text(max_size=20)))
WEEK = st.lists(st.lists(st.none() | st.integers(0, 10**6), min_size=24, max_size=24), min_size=7, max_size=7)


@given(ROWS, st.floats(-1e6, 1e6))
def test_bars_have_no_size_that_is_none(rows, start):
    root = parsed(bars(rows, PAPER, "x", nothing="-", start=start))
    width, _ = box(root)
    for rect in root.iter(f"{SVG}rect"):
        assert float(rect.get("x", 0)) + float(rect.get("width", 0)) <= width + 0.05


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=40))
def test_columns_have_no_size_that_is_none(rows):
    now, before, year_ago = (list(column) for column in zip(*rows, strict=True))
    parsed(columns(now, ["x"] * len(now), DARK, "", before, year_ago, ("a", "b", "c"), "-"))


@given(WEEK)
def test_heat_has_no_size_that_is_none(counts):
    parsed(heat(counts, WEEKDAYS, HOURS, DARK, "", "-"))


@given(st.lists(VALUES))
def test_a_spark_has_no_place_that_is_none(values):
    parsed(spark(values, DARK))
