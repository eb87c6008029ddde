"""Briefs that a leader takes away: a region over a day, a week or a month, to print and as a PDF."""

from dashboard.views.brief.asked import Sources
from dashboard.views.brief.routes import register

__all__ = ["Sources", "register"]
