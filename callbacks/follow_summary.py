"""Watching a region: its live figures, as the live client gives them, in the page and without the server."""

from __future__ import annotations

from dash import Dash, Input, Output, State

from callbacks.in_page import in_page
from dashboard.domain.case_types import FAMILIES
from dashboard.views.ids import Id, family_bar, family_level, family_score
from dashboard.views.services import Services

# What one card's function gives, in the order of its return value; it gets the same as State, so that it can
# leave alone what has not changed.
_CARDS: dict[str, tuple[tuple[str, str], ...]] = {
    "show_score": (
        (Id.SCORE_CARD, "className"),
        (Id.SCORE, "children"),
        (Id.SCORE_LEVEL, "children"),
        (Id.SCORE_NOTE, "children"),
        (Id.SCORE_CHANGE, "children"),
        (Id.SCORE_FLAG, "children"),
        (Id.WHY_TITLE, "children"),
    ),
    "show_cases": (
        (Id.CASES_CARD, "className"),
        (Id.CASES, "children"),
        (Id.CASES_NOTE, "children"),
        (Id.CASES_GRAVE, "children"),
        (Id.CASES_OTHERS, "children"),
    ),
    "show_cameras": (
        (Id.CAMERAS_CARD, "className"),
        (Id.CAMERAS, "children"),
        (Id.CAMERAS_NOTE, "children"),
        (Id.CAMERAS_OFF, "children"),
    ),
    "show_units": (
        (Id.UNITS_CARD, "className"),
        (Id.UNITS, "children"),
        (Id.UNITS_NOTE, "children"),
        (Id.UNITS_SHARE, "children"),
        (Id.UNITS_PEOPLE, "children"),
    ),
    "show_families": (
        (Id.WHY_PANEL, "className"),
        *((family_bar(family.slug), "style") for family in FAMILIES),
        *((family_bar(family.slug), "className") for family in FAMILIES),
        *((family_level(family.slug), "children") for family in FAMILIES),
        *((family_score(family.slug), "children") for family in FAMILIES),
    ),
    "show_ages": (
        (Id.AGE, "children"),
        (Id.AGE, "className"),
        (Id.AGE, "title"),
        (Id.DEAD, "children"),
        (Id.DEAD, "hidden"),
        (Id.SIMULATED, "hidden"),
    ),
}


def register(app: Dash, services: Services) -> None:
    """One function per card, so that a card is touched only when its own figures change."""
    for function, targets in _CARDS.items():
        in_page(
            app,
            function,
            [Output(component, prop) for component, prop in targets],
            Input(Id.SUMMARY, "data"),
            Input(Id.PROFILE, "data"),
            State(Id.PLACE, "data"),
            State(Id.PAGE, "data"),
            *(State(component, prop) for component, prop in targets),
        )
