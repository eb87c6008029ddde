"""A waterfall's bars against the figures: heights to one scale, and parts that end at the total."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.views.charts import DARK, PAPER, Step, waterfall
from tests.views.charts.reading import SVG, box, parsed, rects, texts, words

STEPS = [
    Step("上周", 84.6, "total"),
    Step("社会稳定", -0.6),
    Step("治安案件", -0.4),
    Step("刑事案件", -1.3),
    Step("公共安全", -2.6),
    Step("整改完成", 1.5),
    Step("现在", 81.2, "total"),
]
ROUND = 0.02
"""Places are written to hundredths."""


@pytest.fixture
def drawn():
    return parsed(waterfall(STEPS, DARK, "变化"))


def test_parts_are_to_one_scale(drawn):
    bars = rects(drawn)[1:-1]
    per_point = [bar.height / abs(step.points) for bar, step in zip(bars, STEPS[1:-1], strict=True)]
    assert per_point == pytest.approx([per_point[3]] * 5, rel=0.02)


def test_each_bar_begins_where_the_one_before_ended_and_the_last_part_ends_at_the_total(drawn):
    first, *parts, last = rects(drawn)
    at = first.y
    for bar, step in zip(parts, STEPS[1:-1], strict=True):
        begins, ends = (bar.y, bar.bottom) if step.points < 0 else (bar.bottom, bar.y)
        assert begins == pytest.approx(at, abs=ROUND)
        at = ends
    assert at == pytest.approx(last.y, abs=ROUND)
    assert first.bottom == pytest.approx(last.bottom, abs=ROUND)


def test_totals_differ_by_their_difference_on_the_scale_of_the_parts(drawn):
    first, *parts, last = rects(drawn)
    per_point = parts[3].height / 2.6
    assert last.y - first.y == pytest.approx((84.6 - 81.2) * per_point, abs=0.1)


def test_worse_better_and_totals_have_their_colours(drawn):
    fills = [bar.fill for bar in rects(drawn)]
    assert fills == [DARK.neutral, *[DARK.worse] * 4, DARK.better, DARK.neutral]


def test_values_stand_over_the_bars_with_a_real_minus(drawn):
    assert [word for word in words(drawn) if word[-1].isdigit()] == [
        "84.6", "−0.6", "−0.4", "−1.3", "−2.6", "+1.5", "81.2",
    ]  # fmt: skip
    for bar, text in zip(rects(drawn), texts(drawn), strict=False):
        assert float(text.get("y", 0)) <= bar.y
        assert float(text.get("x", 0)) == pytest.approx(bar.x + bar.width / 2, abs=ROUND)


def test_a_floor_above_nought_is_cut_and_nought_is_not():
    cut, whole = (
        parsed(waterfall(steps, DARK, "")) for steps in (STEPS, [Step("", 2.0, "total"), Step("", -1.5)])
    )
    feet = [[p for p in root.iter(f"{SVG}path") if p.get("stroke") == DARK.ground] for root in (cut, whole)]
    assert [len(found) for found in feet] == [2, 0]


def test_without_steps_it_says_so():
    root = parsed(waterfall([], PAPER, "变化", nothing="还不知道。"))
    assert words(root) == ["还不知道。"]
    assert rects(root) == []


def test_all_words_are_escaped():
    root = parsed(waterfall([Step('<b>"&\x00', 1.0, "total")], DARK, "<&>", nothing="<"))
    assert '<b>"& 1.0' in [bar.hover for bar in rects(root)]


KINDS = st.sampled_from(["total", "part"])


@given(st.lists(st.builds(Step, st.text(max_size=30), st.floats(-1e6, 1e6), KINDS)))
def test_no_size_is_negative_and_nothing_leaves_the_drawing(steps):
    root = parsed(waterfall(steps, PAPER, "x", nothing="-"))
    width, height = box(root)
    for bar in rects(root):
        assert bar.x >= -ROUND
        assert bar.right <= width + ROUND
        assert bar.y >= -ROUND
        assert bar.bottom <= height + ROUND


@given(st.integers(1, 40), st.sampled_from(["治安案件", "Public order and safety", "甲"]))
def test_names_do_not_run_into_each_other(count, name):
    root = parsed(waterfall([Step(name, 1.0)] * count, DARK, ""))
    upright = [t for t in texts(root) if not t.get("transform") and not (t.text or "")[-1:].isdigit()]
    slanted = sorted(float(t.get("x", 0)) for t in texts(root) if t.get("transform"))
    slot = 704 / count
    if slanted:
        assert all(b - a >= 22 for a, b in pairwise(slanted))
    else:
        assert len({t.get("x") for t in upright}) == count
        longest = max(len(t.text or "") for t in upright)
        assert longest * 13 * (1.0 if name != "Public order and safety" else 0.5) <= slot
