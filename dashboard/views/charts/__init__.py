"""Drawings as SVG texts: the same for the page, where a script puts them into an element, and for a brief.

They are pure functions of what they are given, words included. Nothing in them depends on a style sheet:
colours and typefaces are attributes, so that a drawing on paper is the one on the screen in another `Theme`.
"""

from __future__ import annotations

from dashboard.views.charts.bars import Bar, bars
from dashboard.views.charts.columns import columns
from dashboard.views.charts.heat import heat
from dashboard.views.charts.lines import Line, lines
from dashboard.views.charts.region_map import Mark, region_map
from dashboard.views.charts.spark import spark
from dashboard.views.charts.themes import DARK, PAPER, Theme
from dashboard.views.charts.waterfall import Step, waterfall

__all__ = [
    "DARK",
    "PAPER",
    "Bar",
    "Line",
    "Mark",
    "Step",
    "Theme",
    "bars",
    "columns",
    "heat",
    "lines",
    "region_map",
    "spark",
    "waterfall",
]
