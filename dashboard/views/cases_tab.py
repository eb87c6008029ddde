"""Behind the tab of the cases: the open ones as a list, and all of a period counted."""

from __future__ import annotations

from dash import html

from dashboard.views.attributes import attributes
from dashboard.views.case_statistics import PERIODS
from dashboard.views.choices import choice
from dashboard.views.ids import Id, LeaderId
from dashboard.views.texts import t

VIEWS = ("open", "counts")
CASE_COLUMNS = {
    "level": "level",
    "type": "type",
    "place": "place",
    "state": "state",
    "occurred_at_ms": "occurred",
    "age_s": "age",
}
"""What a case's row is sorted by → the name of its column. Level first: it is what one looks for."""


def cases() -> html.Div:
    """The open cases; `assets/views/open_cases.js` makes the rows.

    Not a dash-ag-grid: making one took a task of 90–165 ms when the tab was opened, and the map stood still.
    """
    return html.Div(
        [
            html.Div(
                [
                    choice(LeaderId.CASES_VIEW, {one: t(f"cases.view.{one}") for one in VIEWS}, VIEWS[0]),
                    html.Span(className="grow"),
                    html.Div(
                        choice(LeaderId.CASES_PERIOD, {one: t(f"period.{one}") for one in PERIODS}, "month"),
                        hidden=True,
                        **attributes(data_in="counts"),
                    ),
                ],
                className="tab-head",
            ),
            html.Div(
                [
                    html.Button(t(f"cases.column.{name}"), type="button", **attributes(data_column=column))
                    for column, name in CASE_COLUMNS.items()
                ],
                id=Id.CASES_HEAD,
                className="cases-head",
                **attributes(data_in="open"),
            ),
            html.Div(
                id=Id.CASES_TABLE,
                className="cases scroll",
                **attributes(data_none=t("cases.empty"), data_in="open"),
            ),
            html.Div(id=Id.CASES_MORE, className="note", **attributes(data_in="open")),
            html.Div(
                id=LeaderId.COUNTS_BODY,
                className="plain scroll",
                hidden=True,
                **attributes(data_in="counts", data_waiting=t("tab.waiting")),
            ),
        ],
        className="tab-body",
    )
