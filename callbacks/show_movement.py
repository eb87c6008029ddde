"""Seeing what moved a score since yesterday, last week or last month, and by which cases."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks.gate import may_supervise, region_to_show
from callbacks.in_page import in_page
from dashboard.views.ids import Id, LeaderId
from dashboard.views.moved import NOW, SINCES, moved, unread
from dashboard.views.services import Services
from dashboard.views.wording import is_read


def register(app: Dash, services: Services) -> None:
    """From the server, on a change of region or of what it is measured against, and slowly after that."""
    in_page(app, "show_moved", Input(LeaderId.MOVED, "data"))

    @app.callback(
        Output(LeaderId.MOVED, "data"),
        Input(Id.PLACE, "data"),
        Input(LeaderId.SINCE, "value"),
        Input(Id.SLOW_CLOCK, "n_intervals"),
    )
    def show(place: dict[str, Any] | None, since: str, _ticks: int | None) -> Any:
        return movement(services, place, since)


def movement(services: Services, place: dict[str, Any] | None, since: str) -> dict[str, Any] | None:
    """What `views.moved` shows of the region of the `place` store, with its code; None without one."""
    region = region_to_show(services, place)
    if region is None or since not in SINCES:
        return None
    code = services.hierarchy.codes[region]
    if services.leaders is None or (since != NOW and not is_read(services)):
        return {"code": code, **unread()}
    return {"code": code, **moved(services, region, since, may_supervise(services, code))}
