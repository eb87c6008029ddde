"""Reading the page in the other language; the choice is kept in a cookie."""

from __future__ import annotations

from dash import Dash, Input, State

from callbacks.in_page import in_page
from dashboard.views.ids import Id
from dashboard.views.services import Services


def register(app: Dash, services: Services) -> None:
    """Sets the cookie and loads the page anew, as the server words it."""
    in_page(
        app,
        "switch_language",
        Input(Id.LANGUAGE, "value"),
        State(Id.PAGE, "data"),
        prevent_initial_call=True,
    )
