"""What is behind a region's tabs: all of it is there from the start, as empty rooms that scripts fill.

Only what is chosen there is a Dash component: each one behind a tab is rendered again at every drill-down.
"""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html

from dashboard.views.attributes import attributes
from dashboard.views.case_statistics import PERIODS
from dashboard.views.cases_tab import cases
from dashboard.views.children_tab import children
from dashboard.views.choices import choice
from dashboard.views.ids import Id, LeaderId
from dashboard.views.texts import t

TREND_HOURS = (24, 168, 720)
CHILDREN, COMPARE, TREND, CASES = "children", "compare", "trend", "cases"
HOURS, SYSTEMS, PUBLISHED, FACTS = "hours", "systems", "published", "facts"
TREND_KINDS = ("score", "daily")
"""The score over time, or the cases of each day."""


def tabs() -> dmc.Tabs:
    """The tabs, all there from the start and filled when opened, so that opening one makes no components."""
    rows = (
        (CHILDREN, "tier.1", children()),
        (COMPARE, "tab.compare", _compare()),
        (TREND, "tab.trend", _trend()),
        (CASES, "tab.cases", cases()),
        (HOURS, "tab.hours", _hours()),
        (SYSTEMS, "tab.systems", _filled(LeaderId.SYSTEMS_BODY)),
        (PUBLISHED, "tab.published", _filled(LeaderId.PUBLISHED_BODY)),
        (FACTS, "tab.facts", html.Div(id=Id.FACTS, className="scroll")),
    )
    return dmc.Tabs(
        [
            dmc.TabsList([_tab(value, name) for value, name, _ in rows]),
            *(dmc.TabsPanel(body, value=value) for value, _, body in rows),
        ],
        id=Id.TABS,
        value=CHILDREN,
        keepMounted=True,
        className="panel tabs",
    )


def _tab(value: str, name: str) -> dmc.TabsTab:
    """The tab of the parts has an id, as it is called after their tier."""
    return dmc.TabsTab(t(name), value=value, **({"id": Id.CHILDREN_TAB} if value == CHILDREN else {}))


def _filled(body: str) -> html.Div:
    """Room that is filled with what the server sends as plain elements."""
    return html.Div(id=body, className="plain scroll", **attributes(data_waiting=t("tab.waiting")))


def _compare() -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        id=LeaderId.COMPARE_CHOICE,
                        className="chips",
                        role="group",
                        **attributes(aria_label=t("compare.choose")),
                    ),
                    choice(
                        LeaderId.COMPARE_HOURS,
                        {one: t(f"trend.{one}") for one in TREND_HOURS},
                        TREND_HOURS[1],
                    ),
                ],
                className="tab-head compare-head",
            ),
            _filled(LeaderId.COMPARE_BODY),
        ],
        className="tab-body",
    )


def _trend() -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    choice(
                        LeaderId.TREND_WHAT, {one: t(f"trend.{one}") for one in TREND_KINDS}, TREND_KINDS[0]
                    ),
                    html.Span(id=Id.TREND_NOTE, className="note", **attributes(data_in="score")),
                    html.Span(className="grow"),
                    choice(Id.TREND_HOURS, {one: t(f"trend.{one}") for one in TREND_HOURS}, TREND_HOURS[1]),
                ],
                className="tab-head",
            ),
            html.Div(id=Id.TREND_GRAPH, className="trend", role="img", **attributes(data_in="score")),
            html.Div(
                id=LeaderId.DAILY_GRAPH, className="drawing", hidden=True, **attributes(data_in="daily")
            ),
        ],
        className="tab-body",
    )


def _hours() -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.Span(t("hours.title"), className="note"),
                    html.Span(className="grow"),
                    choice(LeaderId.HOURS_PERIOD, {one: t(f"period.{one}") for one in PERIODS}, "month"),
                ],
                className="tab-head",
            ),
            _filled(LeaderId.HOURS_BODY),
        ],
        className="tab-body",
    )
