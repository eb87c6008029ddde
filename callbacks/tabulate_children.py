"""Comparing all parts of a region in a table, and choosing how they are shown."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from callbacks.gate import region_to_show
from callbacks.in_page import in_page
from dashboard.views.ids import LeaderId
from dashboard.views.places import name_of
from dashboard.views.services import Services
from dashboard.views.texts import t
from dashboard.views.wording import as_of


def register(app: Dash, services: Services) -> None:
    """The server gives the rows while the table is seen; the page makes and sorts them."""
    in_page(
        app,
        "show_views",
        Input(LeaderId.CHILDREN_VIEW, "value"),
        Input(LeaderId.TREND_WHAT, "value"),
        Input(LeaderId.CASES_VIEW, "value"),
    )
    in_page(app, "show_children_table", Input(LeaderId.TABLE_SHOWN, "data"))

    @app.callback(
        Output(LeaderId.TABLE_SHOWN, "data"),
        Input(LeaderId.TABLE_ASKED, "data"),
        prevent_initial_call=True,
    )
    def show(asked: dict[str, Any] | None) -> Any:
        return children_table(services, asked)


def children_table(services: Services, asked: dict[str, Any] | None) -> dict[str, Any] | None:
    """`{code, rows, note}`; `rows` as `Leaders.children` has them, in the language of the request."""
    region = region_to_show(services, asked)
    if region is None:
        return None
    code = services.hierarchy.codes[region]
    found = services.leaders.children(code) if services.leaders is not None else None
    if found is None:
        return {"code": code, "rows": [], "note": t("leaders.reading")}
    rows = [
        {**row, "name": name_of(services, services.hierarchy.number_of(row["code"]))} for row in found["rows"]
    ]
    return {"code": code, "rows": rows, "note": as_of(services, found["at_ms"])}
