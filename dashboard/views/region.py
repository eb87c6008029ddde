"""The leader's page: the map beside one region's figures, why they are so, its parts, trend and cases."""

from __future__ import annotations

from dash import dcc, html

from dashboard.views import cards, tabs
from dashboard.views.ids import Id
from dashboard.views.map_panel import map_panel
from dashboard.views.services import Services

SLOW_CLOCK_MS = 20_000
"""How often what is not live is asked for again: cases, interval and reasons, trends."""
STORES = (
    Id.PROFILE,
    Id.TREND_ASKED,
    Id.CASES_ASKED,
    Id.FACTS_ASKED,
    Id.TREND,
    Id.CASES_LISTED,
    Id.FACTS_SHOWN,
    Id.CHILD_TRENDS,
)


def region_page(services: Services) -> html.Main:
    """Everything below the header."""
    return html.Main(
        [
            map_panel(services),
            html.Section(
                [
                    html.Div(id=Id.NOTICE, className="panel notice", hidden=True),
                    html.Div([cards.cards(), cards.why(), tabs.tabs()], id=Id.PANELS, className="panels"),
                ],
                className="side",
            ),
            *(dcc.Store(id=store) for store in STORES),
            dcc.Interval(id=Id.SLOW_CLOCK, interval=SLOW_CLOCK_MS),
        ],
        className="region",
    )
