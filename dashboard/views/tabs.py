"""What is behind a region's tabs: its parts ranked, its trend, its open cases, the facts of the place."""

from __future__ import annotations

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import html

from dashboard.views import theme
from dashboard.views.attributes import attributes
from dashboard.views.ids import Id
from dashboard.views.texts import t

TREND_HOURS = (24, 168, 720)
CHILDREN, TREND, CASES, FACTS = "children", "trend", "cases", "facts"
ORDERS = ("score", "open", "name")


def tabs() -> dmc.Tabs:
    """The tabs. Trend and cases are mounted when opened, so that what they need is loaded only then."""
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
            dmc.TabsPanel(_children(), value=CHILDREN, keepMounted=True),
            dmc.TabsPanel(_trend(), value=TREND, keepMounted=True),
            dmc.TabsPanel(_cases(), value=CASES),
            dmc.TabsPanel(html.Div(id=Id.FACTS, className="scroll"), value=FACTS, keepMounted=True),
        ],
        id=Id.TABS,
        value=CHILDREN,
        keepMounted=False,
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
    return html.Div(
        [
            dag.AgGrid(
                id=Id.CASES_TABLE,
                columnDefs=_case_columns(),
                rowData=[],
                getRowId="params.data.id",
                columnSize="responsiveSizeToFit",
                defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True, "minWidth": 60},
                dashGridOptions={
                    "theme": theme.AG_GRID,
                    "animateRows": False,
                    "suppressCellFocus": False,
                    "tooltipShowDelay": 300,
                    "localeText": {"noRowsToShow": t("cases.empty")},
                },
                className="cases",
            ),
            html.Div(id=Id.CASES_MORE, className="note"),
        ],
        className="tab-body",
    )


def _case_columns() -> list[dict[str, object]]:
    """Level first: it is what one looks for. The words are made by `callbacks.list_cases`."""
    return [
        {
            "field": "level",
            "headerName": t("cases.column.level"),
            "valueFormatter": {"function": "params.data.level_name"},
            "cellClass": {"function": "'case-level case-level-' + params.value"},
            "width": 130,
        },
        {"field": "type", "headerName": t("cases.column.type"), "tooltipField": "summary", "width": 150},
        {"field": "place", "headerName": t("cases.column.place"), "tooltipField": "place", "width": 180},
        {"field": "state", "headerName": t("cases.column.state"), "width": 110},
        {
            "field": "occurred_at_ms",
            "headerName": t("cases.column.occurred"),
            "valueFormatter": {"function": "params.data.occurred"},
            "width": 105,
        },
        {
            "field": "age_s",
            "headerName": t("cases.column.age"),
            "valueFormatter": {"function": "params.data.age"},
            "width": 80,
            "type": "rightAligned",
        },
    ]
