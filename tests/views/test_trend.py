"""The figure of the trend."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from dashboard.views.trend import FLOOR, trend_figure
from tests.views.fakes import CUTS

HOUR_MS = 3_600_000
MIDNIGHT_UTC_MS = 1_763_942_400_000  # 2025-11-24T00:00:00Z


@pytest.fixture
def figure(in_language):
    def make(scores, timezone="Asia/Shanghai"):
        times = [MIDNIGHT_UTC_MS + HOUR_MS * hour for hour in range(len(scores))]
        with in_language("en"):
            return trend_figure(times, scores, CUTS, timezone)

    return make


@pytest.mark.parametrize(
    ("timezone", "hour"),
    [("Asia/Shanghai", "2025-11-24T08:00:00"), ("America/Vancouver", "2025-11-23T16:00:00")],
)
def test_hours_are_the_citys_own(figure, timezone, hour):
    assert go.Figure(figure([80.0, 81.0], timezone)).data[0].x[0].isoformat() == hour


def test_plotly_takes_the_figure(figure):
    drawn = go.Figure(figure([80.0, None, 81.0]))
    assert list(drawn.data[0].y) == [80.0, None, 81.0]
    assert [shape.y0 for shape in drawn.layout.shapes] == list(CUTS)


@pytest.mark.parametrize(
    ("scores", "floor"), [([85.0], FLOOR), ([41.0, 90.0], 39.0), ([None], FLOOR), ([], FLOOR)]
)
def test_the_axis_reaches_down_to_the_lowest_score(figure, scores, floor):
    assert figure(scores)["layout"]["yaxis"]["range"] == [floor, 100]


def test_levels_are_named_in_the_middle_of_their_bands(figure):
    named = {note["text"]: note["y"] for note in figure([85.0])["layout"]["annotations"]}
    assert named == {"1 blue": 95, "2 yellow": 85, "3 orange": 75, "4 red": 65}
