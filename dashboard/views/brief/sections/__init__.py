"""The sections of a brief, a module each: a function of what is asked that gives a `Section`, or None."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.views.brief.asked import Asked
from dashboard.views.brief.model import Section
from dashboard.views.brief.sections.basis import basis
from dashboard.views.brief.sections.cases import cases
from dashboard.views.brief.sections.comparison import comparison
from dashboard.views.brief.sections.done import done
from dashboard.views.brief.sections.glance import glance
from dashboard.views.brief.sections.gravest import gravest
from dashboard.views.brief.sections.moved import moved
from dashboard.views.brief.sections.rings import rings
from dashboard.views.brief.sections.trend import trend
from dashboard.views.brief.sections.why import why

SECTIONS: dict[str, Callable[[Asked], Section | None]] = {
    "glance": glance,
    "moved": moved,
    "why": why,
    "trend": trend,
    "comparison": comparison,
    "cases": cases,
    "gravest": gravest,
    "done": done,
    "rings": rings,
    "basis": basis,
}
"""By slug, in their order on paper."""
