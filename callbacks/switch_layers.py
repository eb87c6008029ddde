"""Choosing what the map shows; each screen remembers its own choice."""

from __future__ import annotations

from dash import Dash, Input, Output, State

from callbacks.in_page import in_page
from dashboard.views.ids import Id, layer_switch
from dashboard.views.services import Services
from layers import discover


def register(app: Dash, services: Services) -> None:
    """The switches remember themselves (Dash's persistence); the page's script tells the map."""
    keys = [layer.key for layer in discover()]
    in_page(
        app,
        "switch_layers",
        Output(Id.SWITCHES, "data"),
        *(Input(layer_switch(key), "checked") for key in keys),
        *(State(layer_switch(key), "id") for key in keys),
    )
