"""What a person can do on a page: one module per intention, each with `register(app, services)`."""

from __future__ import annotations

from dash import Dash

from callbacks import (
    compare_regions,
    count_cases,
    drill_into_region,
    explain_in_full,
    explain_score,
    follow_summary,
    list_cases,
    open_tab,
    publish_index,
    rank_children,
    show_movement,
    show_trend,
    switch_language,
    switch_layers,
    tabulate_children,
)
from dashboard.views.services import Services

INTENTIONS = (
    drill_into_region,
    follow_summary,
    rank_children,
    tabulate_children,
    explain_score,
    explain_in_full,
    show_movement,
    open_tab,
    publish_index,
    compare_regions,
    show_trend,
    list_cases,
    count_cases,
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
