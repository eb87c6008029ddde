"""What was published of the index, for the tab of a region's page, and the button that publishes it.

What is in the tab is plain HTML, as all that scripts put there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.domain.commands import ENDED
from dashboard.domain.hierarchy import CITY
from dashboard.domain.rectification import REDS_TO_SUPERVISE
from dashboard.streams.client import FAILED
from dashboard.streams.overdue import BY
from dashboard.views.addresses import region_path
from dashboard.views.asking import may_at_home, own_place
from dashboard.views.attributes import attributes
from dashboard.views.ids import PublishId
from dashboard.views.places import full_name, name_of
from dashboard.views.rounding import signed
from dashboard.views.services import Services
from dashboard.views.texts import t
from dashboard.views.wording import deed_buttons, moment, number, reading

LISTED = 12
"""Publications in the list."""
CASES_SHOWN = 40
CHANGED_SHOWN = 20
BAD_LEVELS = ("3", "4")
Row = dict[str, Any]


def publish_button(services: Services) -> html.Details:
    """A button that opens a question, whose button publishes: two clicks, and no slip publishes anything.

    It is hidden from who may not; the gate is asked again when it is pressed.
    """
    return html.Details(
        [
            html.Summary(t("publish.button"), title=t("publish.help")),
            html.Div(
                [
                    html.P(t("publish.sure")),
                    dmc.TextInput(
                        id=PublishId.NOTE,
                        placeholder=t("publish.note"),
                        size="xs",
                        inputProps={"maxLength": 200},
                        **attributes(aria_label=t("publish.note")),
                    ),
                    html.Button(
                        t("publish.confirm"), id=PublishId.CONFIRM, type="button", className="primary"
                    ),
                    html.P(id=PublishId.SAID, className="note", role="status"),
                ],
                className="menu-list",
            ),
        ],
        className="menu publish",
        hidden=not _may_publish(services),
    )  # fmt: skip


def _may_publish(services: Services) -> bool:
    """Whether who asks for the page may publish the index, which is the whole city's."""
    return own_place(services) == CITY and may_at_home(services, "publish")


def publications_panel(services: Services, region: int) -> list[Any]:
    """How a region stood in the last publication, what that asked for, and the publications before it."""
    publications, code = services.publications, services.hierarchy.codes[region]
    try:
        listed = publications.all(LISTED, code)
        if not listed:
            return reading("published.none")
        last = listed[0]["number"]
        standing, report = publications.standing(code), publications.report(last, code)
        compared = publications.compare(last, None, code) if last > 1 else None
    except FAILED:
        return reading("published.unreadable")
    parts = [
        _standing(services, standing),
        _compared(services, region, compared),
        _rectifications(services, region, report),
        _list(services, listed),
    ]
    return [part for part in parts if part is not None]


def _standing(services: Services, row: Row) -> html.Div:
    """The region itself in the last publication."""
    told = [
        html.Span(t("published.number", n=row["number"]), className="name"),
        html.B(number(row["score"], 1), className="score"),
        _level(row["level"]),
        html.Span(moment(services, row["at_ms"], "%Y-%m-%d %H:%M"), className="note"),
    ]
    if row["simulated"]:
        told.append(html.Span(t("header.simulated"), className="badge", title=t("header.simulated.help")))
    said = [
        t("card.score.hatched") if row["hatched"] else "",
        t("card.score.capped") if row["capped"] else "",
        _before(row),
        t("published.reds", n=row["reds_in_a_row"]) if row["reds_in_a_row"] > 1 else "",
    ]
    note = " · ".join(part for part in said if part)
    return html.Div([html.P(told, className="standing"), html.P(note, className="note")])


def _before(row: Row) -> str:
    level = row["level_before"]
    if not level:
        return ""
    return t("published.before", score=number(row["score_before"], 1), level=_level_name(level))


def _level_name(level: int) -> str:
    return f"{level} {t(f'level.{level}')}"


def _level(level: int) -> html.Span:
    """A level by numeral and name, in its colour."""
    return html.Span(_level_name(level), className=f"level-{level}")


def _compared(services: Services, region: int, found: Row | None) -> html.Div | None:
    """How many places are better and worse than in the publication before, and which are worst."""
    if found is None:
        return None
    head = t("published.compared", before=found["before"], better=number(found["better"]),
             worse=number(found["worse"]), same=number(found["same"]))  # fmt: skip
    changed = [row for row in found["rows"] if 0 != row["level"] != row["level_before"] != 0]
    rows = [
        html.Tr(
            [
                html.Td(_place(services, region, row["code"])),
                html.Td([_level(row["level_before"]), " → ", _level(row["level"])]),
                html.Td(f"{number(row['score_before'], 1)} → {number(row['score'], 1)}", className="figure"),
            ]
        )
        for row in changed[:CHANGED_SHOWN]
    ]
    more = len(changed) - len(rows)
    return html.Div(
        [
            html.H3(head),
            _table(("published.place", "published.level", "published.score"), rows) if rows else None,
            html.P(t("published.more", n=number(more)), className="note") if more > 0 else None,
        ],
        className="published",
    )


def _rectifications(services: Services, region: int, report: Row) -> html.Div:
    """The cases of rectification inside, those that are open first."""
    items, supervises = report["rectifications"], may_at_home(services, "supervise")
    ended = sum(item["state_now"] in ENDED for item in items)
    note = [
        t("published.cases", n=number(len(items)), ended=number(ended)),
        t("published.left", n=number(report["left"])) if report["left"] else "",
        t("published.rule", yellow=REDS_TO_SUPERVISE["yellow"], red=REDS_TO_SUPERVISE["red"]),
    ]
    columns = (
        "published.place", "published.level", "published.cause", "published.opened", "published.state",
        "published.deeds",
    )  # fmt: skip
    rows = [_rectification(services, region, item, supervises) for item in items[:CASES_SHOWN]]
    more = len(items) - len(rows)
    return html.Div(
        [
            html.H3(t("published.rectification")),
            html.P(" · ".join(part for part in note if part), className="note"),
            _table(columns, rows) if rows else None,
            html.P(t("published.more", n=number(more)), className="note") if more > 0 else None,
        ],
        className="published",
    )


def _rectification(services: Services, region: int, item: Row, supervises: bool) -> html.Tr:
    state, is_open = item["state_now"], item["state_now"] not in ENDED
    turned: list[Any] = [_level(item["before"]), " → "] if item["before"] else []
    shown = [t(f"case_state.{state}")]
    if item["card"]:
        shown.append(t("published.card.red" if item["card"] == "red" else "published.card.yellow"))
    return html.Tr(
        [
            html.Td(_place(services, region, item["region"], item["grid"])),
            html.Td([*turned, _level(item["region_level"]), f" {number(item['score'], 1)}"]),
            html.Td(_cause(item["causes"])),
            html.Td(t("published.number", n=item["raised"]), className="short"),
            html.Td(" · ".join(shown), className="short" if is_open else "short done"),
            html.Td(deed_buttons(item["case"]) if supervises and is_open else [], className="deeds"),
        ]
    )


def _cause(causes: Sequence[Row]) -> str:
    """The strongest of what made a place bad; "—" where nothing single did."""
    if not causes:
        return t("value.none")
    first = causes[0]
    what = t(f"case_type.{first['type']}") if first["type"] else t(f"family.{first['family']}")
    return f"{what} {signed(first['points'])}"


def _place(services: Services, region: int, code: str, address: str = "") -> html.A:
    """A place as one says it from the region, linked to its page (or the one of `address`)."""
    where = services.hierarchy.number_of(code)
    name = name_of(services, where)
    said = full_name(services, where, above=region) if where != region else name
    above = int(services.hierarchy.parent[where])
    around = name_of(services, above) if above >= 0 else ""
    if around and name.startswith(around):  # a grid may be called after its village
        said = said.replace(f"{around} {name}", name).replace(f"{name}, {around}", name)
    return html.A(said, href=region_path(address or code))


def _list(services: Services, listed: Sequence[Row]) -> html.Div:
    """The publications, the newest first."""
    columns = (
        "published.column.number", "published.column.at", "published.score", "published.level",
        "published.bad", "published.column.raised", "published.column.closed", "published.column.by",
    )  # fmt: skip
    rows = [
        html.Tr(
            [
                html.Td(t("published.number", n=row["number"])),
                html.Td(moment(services, row["at_ms"], "%Y-%m-%d %H:%M")),
                html.Td(number(row["score"], 1), className="figure"),
                html.Td(_level(row["level"])),
                html.Td(_bad(row["counts"]), className="figure"),
                html.Td(number(row["raised"]), className="figure"),
                html.Td(number(row["closed"]), className="figure"),
                html.Td(" · ".join(part for part in (_sender(row["by"]), row["note"]) if part)),
            ]
        )
        for row in listed
    ]
    return html.Div([html.H3(t("published.list")), _table(columns, rows)], className="published")


def _sender(by: str) -> str:
    return t("published.by_schedule") if by == BY else by


def _bad(counts: dict[str, dict[str, int]]) -> str:
    """Villages and grids that are orange or red; a grid has none inside."""
    found = [
        sum(counts[slug][level] for level in BAD_LEVELS) for slug in ("village", "grid") if slug in counts
    ]
    return " / ".join(map(number, found)) if found else t("value.none")


def _table(columns: Sequence[str], rows: Sequence[html.Tr]) -> html.Table:
    head = html.Tr([html.Th(t(name)) for name in columns])
    return html.Table([html.Thead(head), html.Tbody(list(rows))])
