"""Comparing a region's parts: ranked by score, open cases or name, each row a link to that part."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update

from callbacks.gate import region_to_show
from callbacks.in_page import in_page
from dashboard.views.ids import Id
from dashboard.views.services import Services

TREND_HOURS = 7 * 24
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
STEP_HOURS = 3
"""Small lines are drawn from every third hour."""


def register(app: Dash, services: Services) -> None:
    """The rows are drawn in the page from the live summary; only their past comes from the server."""
    in_page(
        app,
        "rank_children",
        Input(Id.CHILD_TRENDS, "data"),
        Input(Id.CHILDREN_ORDER, "value"),
    )

    @app.callback(
        Output(Id.CHILD_TRENDS, "data"),
        Input(Id.PLACE, "data"),
        Input(Id.SLOW_CLOCK, "n_intervals"),
        State(Id.CHILD_TRENDS, "data"),
    )
    def past(place: dict[str, Any] | None, _ticks: int | None, known: dict[str, Any] | None) -> Any:
        return children_past(services, place, known)


def children_past(services: Services, place: dict[str, Any] | None, known: dict[str, Any] | None) -> Any:
    """`{code, until_ms, then: {code: score a day ago}, lines: {code: scores}}` of the region's children."""
    region = region_to_show(services, place)
    if region is None:
        return None
    code = services.pack.regions.code[region]
    times_ms, scores = services.children_trend(code, TREND_HOURS)
    until_ms = int(times_ms[-1]) if len(times_ms) else 0
    if known and (known.get("code"), known.get("until_ms")) == (code, until_ms):
        return no_update
    day_ago = next((i for i, ms in enumerate(times_ms) if ms >= until_ms - DAY_MS), 0)
    complete = len(times_ms) > 0 and times_ms[day_ago] <= until_ms - DAY_MS + HOUR_MS
    return {
        "code": code,
        "until_ms": until_ms,
        "then": {child: line[day_ago] for child, line in scores.items()} if complete else {},
        "lines": {child: list(line[::-STEP_HOURS][::-1]) for child, line in scores.items()},
    }
