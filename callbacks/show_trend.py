"""Looking back: a region's score hour by hour over a day, a week or a month."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update

from callbacks.gate import may_view, region_to_show
from callbacks.in_page import in_page
from dashboard.domain.hierarchy import GRID
from dashboard.views import tabs
from dashboard.views.ids import Id
from dashboard.views.places import name_of
from dashboard.views.services import Services
from dashboard.views.texts import t
from dashboard.views.trend import YEAR_HOURS, Past, trend_drawing


def register(app: Dash, services: Services) -> None:
    """What is drawn comes from the server while its tab is open; the page draws it."""
    in_page(app, "draw_trend", Input(Id.TREND, "data"))

    @app.callback(
        Output(Id.TREND, "data"),
        Output(Id.TREND_NOTE, "children"),
        Input(Id.TREND_ASKED, "data"),
        Input(Id.TREND_HOURS, "value"),
        State(Id.TREND, "data"),
        prevent_initial_call=True,
    )
    def show(asked: dict[str, Any] | None, hours: str, known: dict[str, Any] | None) -> tuple[Any, Any]:
        return trend(services, asked, hours, known)


def trend(
    services: Services, asked: dict[str, Any] | None, hours: str, known: dict[str, Any] | None
) -> tuple[Any, Any]:
    """({key, drawing}, the sentence above it); unchanged while no hour has passed."""
    if hours not in map(str, tabs.TREND_HOURS):
        return no_update, no_update
    region = region_to_show(services, asked)
    if region is None:
        return None, ""
    shown = int(services.hierarchy.parent[region]) if services.hierarchy.tier[region] == GRID else region
    code = services.pack.regions.code[shown]
    if not may_view(services, code):  # who is bound to a grid: its village's trend is not theirs to see
        return None, t("trend.empty")
    times_ms, scores = services.region_trend(code, int(hours))
    key = [services.pack.regions.code[region], hours, int(times_ms[-1]) if len(times_ms) else 0]
    if known and known.get("key") == key:
        return no_update, no_update
    timezone = services.pack.manifest["timezone"]
    drawing = trend_drawing(times_ms, scores, services.cuts, timezone, _past(services, code, int(hours)))
    sentence = "trend.of" if shown == region else "trend.parent"
    said = [t(sentence, place=name_of(services, shown)), *_missing(drawing["past"])]
    return {"key": key, "drawing": drawing}, " · ".join(said) if len(times_ms) else t("trend.empty")


def _past(services: Services, code: str, hours: int) -> list[Past]:
    """The period before, and the same days a year ago."""
    ago = {"before": hours, "year_ago": YEAR_HOURS}
    return [(kind, back, *services.past_trend(code, hours, back)) for kind, back in ago.items()]


def _missing(past: list[dict[str, Any]]) -> list[str]:
    """What is said of the periods of which there is no record."""
    there = {line["kind"] for line in past}
    return [t(f"trend.{kind}.none") for kind in ("before", "year_ago") if kind not in there]
