"""The leader's page: the map beside one region's figures, why they are so, its parts, trend and cases."""

from __future__ import annotations

from dash import dcc, html

from dashboard.views import cards, explain, tabs
from dashboard.views.ids import Id, LeaderId
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
    LeaderId.MOVED,
    LeaderId.EXPLAIN_ASKED,
    LeaderId.EXPLAINED,
    LeaderId.TABLE_ASKED,
    LeaderId.TABLE_SHOWN,
    LeaderId.COMPARE_CHOSEN,
    LeaderId.COMPARE_ASKED,
    LeaderId.COMPARED,
    LeaderId.DAILY_ASKED,
    LeaderId.DAILY,
    LeaderId.COUNTS_ASKED,
    LeaderId.COUNTS,
    LeaderId.HOURS_ASKED,
    LeaderId.HOURS,
    LeaderId.SYSTEMS_ASKED,
    LeaderId.SYSTEMS,
    LeaderId.PUBLISHED_ASKED,
    LeaderId.PUBLISHED,
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
            html.Div(explain.drawer(), className="explain-room"),
            *(dcc.Store(id=store) for store in STORES),
            dcc.Interval(id=Id.SLOW_CLOCK, interval=SLOW_CLOCK_MS),
        ],
        className="region",
    )
