"""Two or more regions side by side over time: which can be compared, their lines, and their figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.domain.hierarchy import CITY, GRID
from dashboard.views.addresses import region_path
from dashboard.views.attributes import attributes
from dashboard.views.charts import DARK, Line, lines
from dashboard.views.places import MayView, name_of
from dashboard.views.services import Services
from dashboard.views.texts import t
from dashboard.views.wording import as_of, change, number, percent, reading

MOST = 6
"""As many as there are colours that one can tell apart."""
FEWEST = 2
FIRST = 3
"""So many are compared when the tab is opened: those with the lowest scores."""
SIZE = (620.0, 160.0)
DRAWING = "compared"
_COLUMNS = ("name", "score", "day", "week", "month", "open", "overdue", "new", "kept")


def candidates(services: Services, region: int, may_view: MayView) -> list[int]:
    """The regions that can be compared on a region's page: its parts, or those beside it where its parts are
    grids, of which no hourly scores are kept.
    """
    of = _whose_parts(services, region)
    codes = services.hierarchy.codes
    return [child for child in services.hierarchy.children(of) if may_view(codes[child])]


def _whose_parts(services: Services, region: int) -> int:
    """The region whose parts are compared: the lowest above the grids' villages."""
    hierarchy, of = services.hierarchy, region
    while of != CITY and int(hierarchy.tier[of]) >= GRID - 1:
        of = int(hierarchy.parent[of])
    return of


def compared(
    services: Services, region: int, chosen: Sequence[str], hours: int, may_view: MayView
) -> dict[str, Any]:
    """`{code, choice, parts, svgs}`: the regions to choose from, each on or off, and those that are on.

    Those with the lowest scores come first. `chosen` are codes; what can't be compared here is left out, and
    where none is left the regions with the lowest scores are taken.
    """
    of, codes = _whose_parts(services, region), services.hierarchy.codes
    found = services.leaders.children(codes[of])
    rows = {row["code"]: row for row in (found or {}).get("rows", ())}
    can = sorted(
        (codes[one] for one in candidates(services, region, may_view)),
        key=lambda code: (_score(rows.get(code)), code),
    )
    on = [code for code in chosen if code in can][-MOST:]
    if not on:
        on = _first(services, region, [code for code in can if code in rows], rows)
    answer = {"code": codes[region], "choice": [_chip(services, code, code in on) for code in can]}
    if len(can) < FEWEST or found is None:
        return {**answer, "parts": reading("compare.none" if found else "leaders.reading"), "svgs": {}}
    drawing = _drawing(services, on, hours)
    parts = [
        html.Div(className="drawing", **attributes(data_svg=DRAWING)),
        _table(services, [rows[code] for code in on if code in rows]),
        html.P([as_of(services, found["at_ms"]), " · ", t("compare.most", n=MOST)], className="note"),
    ]
    return {**answer, "parts": parts, "svgs": {DRAWING: drawing}}


def _first(services: Services, region: int, can: Sequence[str], rows: dict[str, Any]) -> list[str]:
    """The region itself where it is one of them, and those with the lowest scores."""
    own = services.hierarchy.codes[region]
    by_score = sorted(can, key=lambda code: (code != own, _score(rows[code]), code))
    return by_score[:FIRST]


def _score(row: dict[str, Any] | None) -> float:
    return float("inf") if row is None or row["score"] is None else float(row["score"])


def _chip(services: Services, code: str, on: bool) -> dict[str, Any]:
    return {"code": code, "name": _name(services, code), "on": on}


def _name(services: Services, code: str) -> str:
    return name_of(services, services.hierarchy.number_of(code))


def _drawing(services: Services, codes: Sequence[str], hours: int) -> str:
    found = services.leaders.compare(list(codes), hours) or {"times_ms": [], "series": {}}
    series = [Line(_name(services, code), found["series"].get(code, ())) for code in codes]
    return lines(
        series,
        found["times_ms"],
        DARK,
        t("compare.drawing", hours=t(f"trend.{hours}")),
        services.cuts,
        services.pack.manifest["timezone"],
        t("trend.empty"),
        SIZE,
    )


def _table(services: Services, rows: Sequence[dict[str, Any]]) -> html.Table:
    head = html.Tr([html.Th(t(f"table.column.{name}")) for name in _COLUMNS])
    return html.Table(
        [html.Thead(head), html.Tbody([_row(services, row, at) for at, row in enumerate(rows)])],
        className="figures-table",
    )


def _row(services: Services, row: dict[str, Any], at: int) -> html.Tr:
    code = row["code"]
    sign = html.Span(className="line-sign", style={"--sign": DARK.series[at % len(DARK.series)]})
    name = html.A([sign, _name(services, code)], href=region_path(code), className="what")
    numeral = html.Span(str(row["level"] or ""), className=f"numeral level-text-{row['level']}")
    score = html.Button(
        [numeral, " ", number(row["score"], 1)],
        type="button",
        className="link",
        **attributes(data_explain=code, aria_label=t("explain.ask", place=_name(services, code))),
    )
    cells: list[Any] = [
        name,
        score,
        change(row["day"], 1),
        change(row["week"], 1),
        change(row["month"], 1),
        number(row["open"]),
        number(row["overdue"]),
        new_and_before(row),
        percent(row["kept_share"]),
    ]
    return html.Tr([html.Td(cell) for cell in cells])


def new_and_before(row: dict[str, Any]) -> str:
    """The new cases of a month, and the change against the month before where that is known."""
    if row["new"] is None:
        return t("value.none")
    if row["before"] is None:
        return number(row["new"])
    return f"{number(row['new'])} {change(row['new'] - row['before'])}"
