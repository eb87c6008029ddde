"""What a person can do on a page: one module per intention, each with `register(app, services)`."""

from __future__ import annotations

from dash import Dash

from callbacks import (
    drill_into_region,
    explain_score,
    follow_summary,
    list_cases,
    open_tab,
    rank_children,
    show_trend,
    switch_language,
    switch_layers,
)
from dashboard.views.services import Services

INTENTIONS = (
    drill_into_region,
    follow_summary,
    rank_children,
    explain_score,
    open_tab,
    show_trend,
    list_cases,
    switch_layers,
    switch_language,
)

AT_THE_DESK = (follow_summary, switch_layers, switch_language)
"""Those that the desk shares with the region's page; what else an officer does is its scripts'."""


def register_all(app: Dash, services: Services) -> None:
    """Give `app` every callback of the pages."""
    for intention in INTENTIONS:
        intention.register(app, services)


def register_desk(app: Dash, services: Services) -> None:
    """Give the desk's `app` its callbacks."""
    for intention in AT_THE_DESK:
        intention.register(app, services)
