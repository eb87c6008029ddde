"""The figure of a region's score over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from dashboard.views import theme
from dashboard.views.texts import t
from layers import palette

FLOOR = 60.0
"""The axis begins here unless the score has been lower."""


def trend_figure(
    times_ms: Sequence[int],
    scores: Sequence[float | None],
    cuts: tuple[float, float, float],
    timezone: str,
) -> dict[str, Any]:
    """The scores as a line in the city's own time, with the cuts of the levels as faint lines.

    Sizes are in sixteenths of a rem: `kite_views.scale_figure` fits them to the screen.
    """
    zone = ZoneInfo(timezone)
    local = [datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone).replace(tzinfo=None) for ms in times_ms]
    line = go.Scatter(
        x=local,
        y=list(scores),
        mode="lines",
        line={"color": palette.TEXT, "width": 2},
        hovertemplate="%{x|%m-%d %H:%M}  %{y:.1f}<extra></extra>",
    )
    figure = go.Figure([line], _layout(scores, cuts))
    return dict(figure.to_plotly_json())


def _layout(scores: Sequence[float | None], cuts: tuple[float, float, float]) -> dict[str, Any]:
    known = [score for score in scores if score is not None]
    low = min([FLOOR, *(score - 2 for score in known)])
    axis = {
        "color": palette.TEXT_FAINT,
        "gridcolor": palette.HAIRLINE,
        "linecolor": palette.HAIRLINE,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": {"color": palette.TEXT_SECOND},
    }
    levels = list(zip(palette.LEVELS[1:], [100.0, *cuts], [*cuts, low], strict=True))
    return {
        "template": None,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": theme.FONTS, "size": 13, "color": palette.TEXT},
        "margin": {"l": 40, "r": 68, "t": 8, "b": 28},
        "showlegend": False,
        "hovermode": "x",
        "hoverlabel": {"bgcolor": palette.RAISED, "bordercolor": palette.HAIRLINE,
                       "font": {"color": palette.TEXT}},
        "xaxis": {**axis, "showgrid": False, "tickformat": "%m-%d", "nticks": 6,
                  "tickformatstops": [{"dtickrange": [None, 43_200_000], "value": "%H:%M\n%m-%d"},
                                      {"dtickrange": [43_200_000, None], "value": "%m-%d"}]},
        "yaxis": {**axis, "range": [low, 100], "showgrid": False, "dtick": 10},
        "shapes": [_cut_line(cut, level) for level, _, cut in levels[:3]],
        "annotations": [_level_name(level, (top + bottom) / 2) for level, top, bottom in levels],
    }  # fmt: skip


def _cut_line(cut: float, level: palette.Level) -> dict[str, Any]:
    line = {"color": level.colour, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": cut, "y1": cut, "line": line,
            "opacity": 0.45}  # fmt: skip


def _level_name(level: palette.Level, middle: float) -> dict[str, Any]:
    """The level's numeral and name at the right, in the middle of its band."""
    text = f"{level.numeral} {t(f'level.{level.number}')}"
    return {"text": text, "xref": "paper", "x": 1.01, "xanchor": "left", "y": middle, "showarrow": False,
            "font": {"color": palette.TEXT_FAINT}}  # fmt: skip
