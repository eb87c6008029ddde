"""Opening a tab: only of what is behind the open one is the server asked, here and at every other region."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks.gate import region_to_show
from callbacks.in_page import in_page
from dashboard.views.facts import facts
from dashboard.views.ids import Id, LeaderId
from dashboard.views.publications import publications_panel
from dashboard.views.services import Services
from dashboard.views.systems import systems_panel
from dashboard.views.wording import reading

Asked = dict[str, Any] | None


def register(app: Dash, services: Services) -> None:
    """The page asks by a store per tab, so that a closed tab costs neither a request nor a rendering."""
    in_page(
        app,
        "ask_for_open_tab",
        Output(Id.TREND_ASKED, "data"),
        Output(Id.CASES_ASKED, "data"),
        Output(Id.FACTS_ASKED, "data"),
        Output(LeaderId.TABLE_ASKED, "data"),
        Output(LeaderId.COMPARE_ASKED, "data"),
        Output(LeaderId.DAILY_ASKED, "data"),
        Output(LeaderId.COUNTS_ASKED, "data"),
        Output(LeaderId.HOURS_ASKED, "data"),
        Output(LeaderId.SYSTEMS_ASKED, "data"),
        Output(LeaderId.PUBLISHED_ASKED, "data"),
        Input(Id.PLACE, "data"),
        Input(Id.TABS, "value"),
        Input(Id.SLOW_CLOCK, "n_intervals"),
        Input(LeaderId.CHILDREN_VIEW, "value"),
        Input(LeaderId.TREND_WHAT, "value"),
        Input(LeaderId.CASES_VIEW, "value"),
    )

    in_page(app, "show_facts", Input(Id.FACTS_SHOWN, "data"))
    in_page(app, "show_systems", Input(LeaderId.SYSTEMS, "data"))
    in_page(app, "show_published", Input(LeaderId.PUBLISHED, "data"))

    @app.callback(
        Output(LeaderId.SYSTEMS, "data"), Input(LeaderId.SYSTEMS_ASKED, "data"), prevent_initial_call=True
    )
    def give_systems(asked: Asked) -> Any:
        return systems_asked(services, asked)

    @app.callback(
        Output(LeaderId.PUBLISHED, "data"), Input(LeaderId.PUBLISHED_ASKED, "data"), prevent_initial_call=True
    )
    def give_published(asked: Asked) -> Any:
        return published_asked(services, asked)

    @app.callback(Output(Id.FACTS_SHOWN, "data"), Input(Id.FACTS_ASKED, "data"), prevent_initial_call=True)
    def give_facts(asked: Asked) -> Any:
        return facts_asked(services, asked)


def systems_asked(services: Services, asked: Asked) -> dict[str, Any] | None:
    """`{parts}`: the city's systems in the region that was asked for; None of one that may not be seen."""
    region = region_to_show(services, asked)
    if region is None:
        return None
    return {"parts": reading() if services.systems is None else systems_panel(services, region)}


def published_asked(services: Services, asked: Asked) -> dict[str, Any] | None:
    """`{parts}`: the publications of the index about that region."""
    region = region_to_show(services, asked)
    if region is None:
        return None
    return {"parts": reading() if services.publications is None else publications_panel(services, region)}


def facts_asked(services: Services, asked: Asked) -> list[Any]:
    """The facts of the place that was asked for; none of a place that one may not see."""
    region = region_to_show(services, asked)
    return [] if region is None else facts(services, region)
