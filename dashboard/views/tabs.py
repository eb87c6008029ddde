"""What is behind a region's tabs: its parts ranked, its trend, its open cases, the facts of the place."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html

from dashboard.views.attributes import attributes
from dashboard.views.ids import Id
from dashboard.views.texts import t

TREND_HOURS = (24, 168, 720)
CHILDREN, TREND, CASES, FACTS = "children", "trend", "cases", "facts"
ORDERS = ("score", "open", "name")
CASE_COLUMNS = {
    "level": "level",
    "type": "type",
    "place": "place",
    "state": "state",
    "occurred_at_ms": "occurred",
    "age_s": "age",
}
"""What a case's row is sorted by → the name of its column. Level first: it is what one looks for."""


def tabs() -> dmc.Tabs:
    """The tabs, all there from the start and filled when opened, so that opening one makes no components."""
    return dmc.Tabs(
        [
            dmc.TabsList(
                [
                    dmc.TabsTab(t("tier.1"), value=CHILDREN, id=Id.CHILDREN_TAB),
                    dmc.TabsTab(t("tab.trend"), value=TREND),
                    dmc.TabsTab(t("tab.cases"), value=CASES),
                    dmc.TabsTab(t("tab.facts"), value=FACTS),
                ]
            ),
            dmc.TabsPanel(_children(), value=CHILDREN),
            dmc.TabsPanel(_trend(), value=TREND),
            dmc.TabsPanel(_cases(), value=CASES),
            dmc.TabsPanel(html.Div(id=Id.FACTS, className="scroll"), value=FACTS),
        ],
        id=Id.TABS,
        value=CHILDREN,
        keepMounted=True,
        className="panel tabs",
    )


def _children() -> html.Div:
    """The ranking; its rows are links that `assets/views/ranking.js` keeps up to date."""
    return html.Div(
        [
            html.Div(
                [
                    dmc.SegmentedControl(
                        id=Id.CHILDREN_ORDER,
                        value=ORDERS[0],
                        data=[{"value": order, "label": t(f"children.order.{order}")} for order in ORDERS],
                        size="xs",
                        persistence=True,
                        persistence_type="local",
                    ),
                    html.Span(className="grow"),
                    html.Span(t("children.column.score"), className="score"),
                    html.Span(t("children.column.change"), className="change"),
                    html.Span(t("children.column.open"), className="open"),
                    html.Span(t("children.column.trend"), className="spark"),
                ],
                className="ranking-head",
            ),
            html.Div(
                id=Id.CHILDREN, className="ranking scroll", **attributes(data_waiting=t("children.waiting"))
            ),
        ],
        className="tab-body",
    )


def _trend() -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.Span(id=Id.TREND_NOTE, className="note"),
                    html.Span(className="grow"),
                    dmc.SegmentedControl(
                        id=Id.TREND_HOURS,
                        value=str(TREND_HOURS[1]),
                        data=[{"value": str(hours), "label": t(f"trend.{hours}")} for hours in TREND_HOURS],
                        size="xs",
                        persistence=True,
                        persistence_type="local",
                    ),
                ],
                className="tab-head",
            ),
            html.Div(id=Id.TREND_GRAPH, className="trend", role="img"),
        ],
        className="tab-body",
    )


def _cases() -> html.Div:
    """The open cases; `assets/views/open_cases.js` makes the rows.

    Not a dash-ag-grid: making one took a task of 90–165 ms when the tab was opened, and the map stood still.
    """
    return html.Div(
        [
            html.Div(
                [
                    html.Button(t(f"cases.column.{name}"), type="button", **attributes(data_column=column))
                    for column, name in CASE_COLUMNS.items()
                ],
                id=Id.CASES_HEAD,
                className="cases-head",
            ),
            html.Div(id=Id.CASES_TABLE, className="cases scroll", **attributes(data_none=t("cases.empty"))),
            html.Div(id=Id.CASES_MORE, className="note"),
        ],
        className="tab-body",
    )
