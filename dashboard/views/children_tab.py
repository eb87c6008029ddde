"""A region's parts, in three ways: ranked live, as a table to sort, and as small trends to one scale."""

from __future__ import annotations

from dash import html

from dashboard.views.attributes import attributes
from dashboard.views.choices import choice
from dashboard.views.ids import Id, LeaderId
from dashboard.views.texts import t

ORDERS = ("score", "open", "name")
VIEWS = ("list", "table", "small")
TABLE_COLUMNS = (
    "name", "score", "day", "week", "month", "open", "overdue", "new", "kept", "per_10000",
)  # fmt: skip
"""What the table's rows are sorted by, and the names of its columns."""
RANKED = ("score", "change", "open", "trend")


def children() -> html.Div:
    """The three rooms, of which one is seen; their rows are made by the page's scripts.

    `ranking.js` makes the list, `children_table.js` the table, `small_trends.js` the small trends.
    """
    return html.Div(
        [
            html.Div(
                [
                    choice(
                        LeaderId.CHILDREN_VIEW, {one: t(f"children.view.{one}") for one in VIEWS}, VIEWS[0]
                    ),
                    html.Div(
                        choice(
                            Id.CHILDREN_ORDER, {one: t(f"children.order.{one}") for one in ORDERS}, ORDERS[0]
                        ),
                        **attributes(data_in="list"),
                    ),
                    html.Span(className="grow"),
                    html.Div(_ranked_columns(), className="ranked-columns", **attributes(data_in="list")),
                ],
                className="ranking-head",
            ),
            html.Div(
                id=Id.CHILDREN,
                className="ranking scroll",
                **attributes(data_waiting=t("children.waiting"), data_in="list"),
            ),
            html.Div(
                [
                    html.Button(t(f"table.column.{name}"), type="button", **attributes(data_column=name))
                    for name in TABLE_COLUMNS
                ],
                id=LeaderId.TABLE_HEAD,
                className="table-head",
                hidden=True,
                **attributes(data_in="table"),
            ),
            html.Div(
                id=LeaderId.TABLE,
                className="parts scroll",
                hidden=True,
                **attributes(data_in="table", data_waiting=t("tab.waiting"), data_none=t("children.none")),
            ),
            html.P(id=LeaderId.TABLE_NOTE, className="note", hidden=True, **attributes(data_in="table")),
            html.Div(
                id=LeaderId.SMALL,
                className="small-trends scroll",
                hidden=True,
                **attributes(data_in="small", data_none=t("children.no_trend")),
            ),
        ],
        className="tab-body",
    )


def _ranked_columns() -> list[html.Span]:
    classes = {"trend": "spark"}
    return [html.Span(t(f"children.column.{name}"), className=classes.get(name, name)) for name in RANKED]
