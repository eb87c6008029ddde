"""Opening a tab: only of what is behind the open one is the server asked, here and at every other region."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks.gate import region_to_show
from callbacks.in_page import in_page
from dashboard.views.facts import facts
from dashboard.views.ids import Id
from dashboard.views.services import Services


def register(app: Dash, services: Services) -> None:
    """The page asks by a store per tab, so that a closed tab costs neither a request nor a rendering."""
    in_page(
        app,
        "ask_for_open_tab",
        Output(Id.TREND_ASKED, "data"),
        Output(Id.CASES_ASKED, "data"),
        Output(Id.FACTS_ASKED, "data"),
        Input(Id.PLACE, "data"),
        Input(Id.TABS, "value"),
        Input(Id.SLOW_CLOCK, "n_intervals"),
    )

    in_page(app, "show_facts", Input(Id.FACTS_SHOWN, "data"))

    @app.callback(Output(Id.FACTS_SHOWN, "data"), Input(Id.FACTS_ASKED, "data"), prevent_initial_call=True)
    def give_facts(asked: dict[str, Any] | None) -> Any:
        return facts_asked(services, asked)


def facts_asked(services: Services, asked: dict[str, Any] | None) -> list[Any]:
    """The facts of the place that was asked for; none of a place that one may not see."""
    region = region_to_show(services, asked)
    return [] if region is None else facts(services, region)
