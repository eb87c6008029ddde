"""Watching a region: its live figures, as the live client gives them, in the page and without the server."""

from __future__ import annotations

from dash import Dash, Input, State

from callbacks.in_page import in_page
from dashboard.views.ids import Id
from dashboard.views.services import Services


def register(app: Dash, services: Services) -> None:
    """What is slow comes by this callback, live figures by an event of the page (`_current.js`)."""
    in_page(
        app,
        "follow_summary",
        Input(Id.PROFILE, "data"),
        Input(Id.PLACE, "data"),
        State(Id.PAGE, "data"),
    )
