"""Counting a region's cases over a period: by type and stage, per day, by weekday and hour."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks.gate import region_to_show
from callbacks.in_page import in_page
from dashboard.views.calendar_of_hours import hours
from dashboard.views.case_statistics import PERIODS, counts
from dashboard.views.daily import daily
from dashboard.views.ids import Id, LeaderId
from dashboard.views.services import Services
from dashboard.views.wording import reading

Asked = dict[str, Any] | None


def register(app: Dash, services: Services) -> None:
    """From the server while it is seen; the page puts it in place."""
    in_page(app, "show_counts", Input(LeaderId.COUNTS, "data"))
    in_page(app, "show_hours", Input(LeaderId.HOURS, "data"))
    in_page(app, "put_svg", Input(LeaderId.DAILY, "data"))

    @app.callback(
        Output(LeaderId.COUNTS, "data"),
        Input(LeaderId.COUNTS_ASKED, "data"),
        Input(LeaderId.CASES_PERIOD, "value"),
        prevent_initial_call=True,
    )
    def count(asked: Asked, period: str) -> Any:
        return counted(services, asked, period)

    @app.callback(
        Output(LeaderId.HOURS, "data"),
        Input(LeaderId.HOURS_ASKED, "data"),
        Input(LeaderId.HOURS_PERIOD, "value"),
        prevent_initial_call=True,
    )
    def show_hours(asked: Asked, period: str) -> Any:
        return hours_of(services, asked, period)

    @app.callback(
        Output(LeaderId.DAILY, "data"),
        Input(LeaderId.DAILY_ASKED, "data"),
        Input(Id.TREND_HOURS, "value"),
        prevent_initial_call=True,
    )
    def show_daily(asked: Asked, over_hours: str) -> Any:
        return daily_of(services, asked, over_hours)


def counted(services: Services, asked: Asked, period: str) -> dict[str, Any] | None:
    """`{parts}`: the tables of the region's cases."""
    region = region_to_show(services, asked)
    if region is None or period not in PERIODS:
        return None
    found = _found(services, "cases", region, period)
    return {"parts": reading() if found is None else counts(services, found)}


def hours_of(services: Services, asked: Asked, period: str) -> dict[str, Any] | None:
    """`{parts, svgs}`: the weekdays and hours of the region's cases."""
    region = region_to_show(services, asked)
    if region is None or period not in PERIODS:
        return None
    found = _found(services, "calendar", region, period)
    return {"parts": reading()} if found is None else hours(services, found)


def daily_of(services: Services, asked: Asked, over_hours: str) -> dict[str, str] | None:
    """`{id: svg}`: the region's new cases per day, over about as long as its score is shown."""
    region = region_to_show(services, asked)
    period = {"24": "week", "168": "week", "720": "month"}.get(str(over_hours))
    if region is None or period is None:
        return None
    found = _found(services, "daily", region, period)
    return {LeaderId.DAILY_GRAPH: daily(services, region, found)}


def _found(services: Services, what: str, region: int, period: str) -> dict[str, Any] | None:
    """What the leaders' figures say; None while the history is being read."""
    if services.leaders is None:
        return None
    found: dict[str, Any] | None = getattr(services.leaders, what)(services.hierarchy.codes[region], period)
    return found
