"""Clicking on any score: the formula, each family's part, each case's, what is borrowed, how sure it is."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks.gate import may_supervise, may_view, region_to_show
from callbacks.in_page import in_page
from dashboard.views.explain import explained
from dashboard.views.ids import LeaderId
from dashboard.views.services import Services


def register(app: Dash, services: Services) -> None:
    """The page opens the drawer and says of which region; the server says what is in it."""
    in_page(app, "show_explained", Input(LeaderId.EXPLAINED, "data"))

    @app.callback(
        Output(LeaderId.EXPLAINED, "data"),
        Input(LeaderId.EXPLAIN_ASKED, "data"),
        prevent_initial_call=True,
    )
    def explain(asked: dict[str, Any] | None) -> Any:
        return explanation_in_full(services, asked)


def explanation_in_full(services: Services, asked: dict[str, Any] | None) -> dict[str, Any] | None:
    """What `views.explain` shows of the region that was asked for; None of one that may not be seen."""
    region = region_to_show(services, asked)
    if region is None:
        return None
    supervises = may_supervise(services, services.hierarchy.codes[region])
    return explained(services, region, supervises, lambda code: may_view(services, code))
