"""Putting two or more regions side by side over time: the lowest at first, then those that are chosen."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks.gate import may_view, region_to_show
from callbacks.in_page import in_page
from dashboard.views import tabs
from dashboard.views.comparing import MOST, compared
from dashboard.views.ids import LeaderId
from dashboard.views.services import Services
from dashboard.views.wording import reading


def register(app: Dash, services: Services) -> None:
    """The page says which are chosen; the server draws them."""
    in_page(app, "show_compared", Input(LeaderId.COMPARED, "data"))

    @app.callback(
        Output(LeaderId.COMPARED, "data"),
        Input(LeaderId.COMPARE_ASKED, "data"),
        Input(LeaderId.COMPARE_CHOSEN, "data"),
        Input(LeaderId.COMPARE_HOURS, "value"),
        prevent_initial_call=True,
    )
    def show(asked: dict[str, Any] | None, chosen: dict[str, Any] | None, hours: str) -> Any:
        return comparison(services, asked, chosen, hours)


def comparison(
    services: Services, asked: dict[str, Any] | None, chosen: dict[str, Any] | None, hours: str
) -> dict[str, Any] | None:
    """What `views.comparing` shows; what was chosen at another region does not count."""
    region = region_to_show(services, asked)
    if region is None or hours not in map(str, tabs.TREND_HOURS):
        return None
    code = services.hierarchy.codes[region]
    if services.leaders is None:
        return {"code": code, "choice": [], "parts": reading(), "svgs": {}}
    same = chosen is not None and chosen.get("code") == code
    codes = [str(one) for one in (chosen or {}).get("codes", ())][-MOST:] if same else []
    return compared(services, region, codes, int(hours), lambda one: may_view(services, one))
