"""Where the page's scripts write live figures: straight into the elements, in place.

The figures of a region come every second, and pass Dash by: as its properties they made its renderer work for
50–80 ms each time. No callback may have one of these elements' properties as its output.
"""

from __future__ import annotations

from dashboard.domain.case_types import FAMILIES
from dashboard.views.ids import Id, family_bar, family_level, family_score

WRITTEN: dict[str, tuple[tuple[str, str], ...]] = {
    "show_score": (
        (Id.SCORE_CARD, "className"),
        (Id.SCORE, "text"),
        (Id.SCORE_LEVEL, "text"),
        (Id.SCORE_NOTE, "text"),
        (Id.SCORE_CHANGE, "text"),
        (Id.SCORE_FLAG, "text"),
        (Id.WHY_TITLE, "text"),
    ),
    "show_cases": (
        (Id.CASES_CARD, "className"),
        (Id.CASES, "text"),
        (Id.CASES_NOTE, "text"),
        (Id.CASES_GRAVE, "text"),
        (Id.CASES_OTHERS, "text"),
    ),
    "show_cameras": (
        (Id.CAMERAS_CARD, "className"),
        (Id.CAMERAS, "text"),
        (Id.CAMERAS_NOTE, "text"),
        (Id.CAMERAS_OFF, "text"),
    ),
    "show_units": (
        (Id.UNITS_CARD, "className"),
        (Id.UNITS, "text"),
        (Id.UNITS_NOTE, "text"),
        (Id.UNITS_SHARE, "text"),
        (Id.UNITS_PEOPLE, "text"),
    ),
    "show_families": (
        (Id.WHY_PANEL, "className"),
        *((family_bar(family.slug), "width") for family in FAMILIES),
        *((family_bar(family.slug), "className") for family in FAMILIES),
        *((family_level(family.slug), "text") for family in FAMILIES),
        *((family_score(family.slug), "text") for family in FAMILIES),
    ),
    "show_ages": (
        (Id.AGE, "text"),
        (Id.AGE, "className"),
        (Id.AGE, "title"),
        (Id.DEAD, "text"),
        (Id.DEAD, "hidden"),
        (Id.SIMULATED, "hidden"),
    ),
}
"""A function of `assets/views/{cards,ages}.js` → (element, property) of each value that it gives, in order.

Properties are those of `assets/views/panels.js`: text, className, title, hidden, width.
"""
