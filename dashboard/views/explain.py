"""Why a score is what it is, in full: in words, as a waterfall, and as tables whose parts sum to the score.

Tenths are what a score is shown in, so the waterfall is in tenths; the tables are in hundredths. In both the
parts as they are written sum to the whole as it is written (`rounding`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.domain.hierarchy import CITY
from dashboard.live.explained import without_those_above
from dashboard.views.attributes import attributes
from dashboard.views.charts import DARK, waterfall
from dashboard.views.ids import LeaderId
from dashboard.views.moved import case_name, seen, steps_between
from dashboard.views.places import MayView, full_name, name_of
from dashboard.views.rounding import rounded, rounded_to_sum, signed
from dashboard.views.services import Services
from dashboard.views.texts import t
from dashboard.views.wording import as_of, deed_buttons, is_read, moment, number, place_of_case

SIZE = (760.0, 190.0)
DRAWING = "explained"
SHOWN_PARTS = 60
"""Parts of a family that have a row of their own; what is smaller is one row."""
_COLUMNS = (
    "family", "weight", "half_life", "score", "theta", "parent", "severity", "expected", "rate", "points",
)  # fmt: skip


def drawer() -> dmc.Drawer:
    """Made once and kept; `assets/views/explain.js` fills it in place from what the server says."""
    return dmc.Drawer(
        html.Div(
            id=LeaderId.EXPLAIN_BODY,
            className="plain explained",
            **attributes(data_waiting=t("explain.waiting"), data_refused=t("notice.refused")),
        ),
        id=LeaderId.EXPLAIN,
        title=html.Span(t("explain.head"), id=LeaderId.EXPLAIN_TITLE),
        opened=False,
        keepMounted=True,
        withinPortal=False,
        lockScroll=False,
        position="right",
        size="50rem",
        zIndex=1200,
        transitionProps={"duration": 0},
        closeButtonProps=attributes(aria_label=t("explain.close")),
        overlayProps={"backgroundOpacity": 0.45},
        className="explain-drawer",
    )


def explained(services: Services, region: int, supervises: bool, may_view: MayView) -> dict[str, Any]:
    """`{code, title, score, at, parts, svgs}`: what the drawer shows of a region's score, and of when it is.

    Who may not look at the region above is not told how it stands, which is what is borrowed from it.
    """
    code = services.hierarchy.codes[region]
    place = name_of(services, region)
    found = services.leaders.explanation(code) if services.leaders is not None else None
    if found is None:
        return {
            "code": code,
            "title": t("explain.head"),
            "score": None,
            "at": "",
            "parts": [html.P(t("leaders.reading"), className="note")],
            "svgs": {},
        }
    if found["parent"] is not None and not may_view(found["parent"]):
        found = without_those_above(found)
    points = _points(found)
    parts = [
        *_words(services, region, found),
        html.Div(className="drawing", **attributes(data_svg=DRAWING)),
        html.P(_sum(found, points), className="sum"),
        _families(found, points),
        _parts(services, region, found, points, supervises),
        html.P(as_of(services, found["at_ms"]), className="note"),
    ]
    title = t("explain.title", place=place, score=f"{rounded(found['score']):.1f}")
    return {
        "code": code,
        "title": title,
        "score": found["score"],
        "at": moment(services, found["at_ms"], "%H:%M:%S"),
        "parts": parts,
        "svgs": {DRAWING: _drawing(found, title)},
    }


def _points(found: dict[str, Any]) -> list[float]:
    """The points of each family and then of the limit, in hundredths, which sum to the score's."""
    exact = [*(row["points"] for row in found["families"]), found["limit_points"]]
    return rounded_to_sum(exact, rounded(found["score"], 2) - rounded(found["base_score"], 2), 2)


def _drawing(found: dict[str, Any], title: str) -> str:
    families = [(t(f"family.{row['slug']}"), row["points"]) for row in found["families"]]
    limit = [(t("moved.cap"), found["limit_points"])]
    first, last = (t("moved.reference"), found["base_score"]), (t("moved.now"), found["score"])
    return waterfall(steps_between(first, [*families, *seen(limit)], last), DARK, title, "", SIZE)


def _words(services: Services, region: int, found: dict[str, Any]) -> list[html.P]:
    """The formula, how sure it is, what is borrowed, and what limits the score, a sentence each."""
    low, high = found["interval"]
    blue, yellow, orange = map(_plain, found["cuts"])
    limit = found["limit_points"]
    sentences = [
        t(
            "explain.formula",
            version=found["formula"],
            base=number(found["base_score"]),
            points=number(found["points_per_doubling"]),
        ),
        t("explain.levels", blue=blue, yellow=yellow, orange=orange),
        t(
            "explain.interval",
            share=number(100 * found["interval_share"]),
            low=number(low, 1),
            high=number(high, 1),
            events=number(found["effective_events"], 1),
        ),
        t("explain.hatched", least=_plain(found["least_effective_events"])) if found["hatched"] else "",
        _borrowed(services, region, _plain(found["shrinkage"])),
        t("explain.limited", points=signed(limit)) if seen([("", limit)]) else "",
    ]
    sentences.append("" if is_read(services) else t("explain.unread"))
    return [html.P(sentence) for sentence in sentences if sentence]


def _plain(value: float) -> str:
    return f"{value:g}"


def _borrowed(services: Services, region: int, much: str) -> str:
    place = name_of(services, region)
    if region == CITY:
        return t("explain.borrowed.city", place=place, much=much)
    parent = name_of(services, int(services.hierarchy.parent[region]))
    return t("explain.borrowed", place=place, parent=parent, much=much)


def _sum(found: dict[str, Any], points: Sequence[float]) -> list[Any]:
    """The equation: reference, each part with its name, the score, and the score as it is shown elsewhere."""
    names = [*(t(f"family.{row['slug']}") for row in found["families"]), t("moved.cap")]
    terms = [
        html.Span([f" {signed(part, 2)} ", html.Small(name)])
        for part, name in zip(points, names, strict=True)
        if part or name != names[-1]
    ]
    return [
        html.Span([f"{found['base_score']:.2f} ", html.Small(t("moved.reference"))]),
        *terms,
        f" = {found['score']:.2f}",
        html.Small(" " + t("explain.shown", score=f"{rounded(found['score']):.1f}")),
    ]


def _families(found: dict[str, Any], points: Sequence[float]) -> html.Table:
    head = html.Tr([html.Th(t(f"explain.column.{name}"), title=_help(name)) for name in _COLUMNS])
    rows = [_family(row, part) for row, part in zip(found["families"], points, strict=False)]
    total = html.Tr(
        [
            html.Td(t("explain.total")),
            html.Td("", colSpan=len(_COLUMNS) - 2),
            html.Td(f"{found['score']:.2f}", className="points"),
        ],
        className="total",
    )
    base = _lone_row(t("moved.reference"), f"{found['base_score']:.2f}")
    limit = [_lone_row(t("moved.cap"), signed(points[-1], 2))] if points[-1] else []
    body = html.Tbody([base, *rows, *limit, total])
    return html.Table([html.Thead(head), body], className="families-table")


def _lone_row(name: str, value: str) -> html.Tr:
    return html.Tr(
        [html.Td(name), html.Td("", colSpan=len(_COLUMNS) - 2), html.Td(value, className="points")]
    )


def _help(column: str) -> str:
    return t(f"explain.help.{column}") if column in ("theta", "parent", "severity", "expected") else ""


def _family(row: dict[str, Any], points: float) -> html.Tr:
    cells = [
        t(f"family.{row['slug']}"),
        f"{100 * row['weight']:.0f}%",
        t("age.days", n=_plain(row["half_life_days"])),
        number(row["score"], 1),
        number(row["theta"], 2),
        number(row["parent_theta"], 2),
        number(row["severity"], 1),
        number(row["expected"], 1),
        f"{row['reference_per_10000_day']:.3f}",
    ]
    return html.Tr([*(html.Td(cell) for cell in cells), html.Td(signed(points, 2), className="points")])


def _parts(
    services: Services, region: int, found: dict[str, Any], points: Sequence[float], supervises: bool
) -> html.Table:
    """Each family's points shared out: to cases, to places inside, to what is borrowed or too small."""
    rows: list[Any] = []
    for family, whole in zip(found["families"], points, strict=False):
        mine = [part for part in found["parts"] if part["family"] == family["slug"]]
        rows.append(_part_head(family["slug"], whole))
        rows += _part_rows(services, region, mine, whole, supervises)
    return html.Table(html.Tbody(rows), className="parts-table")


def _part_head(slug: str, whole: float) -> html.Tr:
    return html.Tr(
        [
            html.Th(t(f"family.{slug}"), colSpan=3),
            html.Th(signed(whole, 2), className="points"),
        ],
        className="part-head",
    )


def _part_rows(
    services: Services, region: int, parts: Sequence[dict[str, Any]], whole: float, supervises: bool
) -> list[html.Tr]:
    strongest = sorted(parts, key=lambda part: -abs(part["points"]))
    named, small = strongest[:SHOWN_PARTS], strongest[SHOWN_PARTS:]
    exact = [*(part["points"] for part in named), *([sum(part["points"] for part in small)] if small else [])]
    shown = rounded_to_sum(exact, whole, 2)
    told = zip(named, shown, strict=False)
    rows = [_part_row(services, region, part, value, supervises) for part, value in told]
    if small:
        rows.append(_row(t("explain.small", n=len(small)), "", [], shown[-1]))
    return rows


def _part_row(
    services: Services, region: int, part: dict[str, Any], points: float, supervises: bool
) -> html.Tr:
    if part["kind"] == "case":
        level = t("why.level", level=f"{part['level']:02d}")
        said = (level, place_of_case(services, region, part["place"]))
        where = " · ".join(words for words in said if words)
        deeds = deed_buttons(part["case"]) if supervises else []
        return _row(case_name(part), where, deeds, points, part["case"])
    if part["kind"] == "place":
        inside = services.hierarchy.number_of(part["place"])
        where = full_name(services, inside, above=region) or name_of(services, inside)
        button = html.Button(where, type="button", className="link", **attributes(data_explain=part["place"]))
        return _row(button, t("explain.part.place"), [], points)
    return _row(t("explain.part.rest"), "", [], points)


def _row(name: Any, about: str, deeds: list[Any], points: float, title: str = "") -> html.Tr:
    return html.Tr(
        [
            html.Td(name, className="what"),
            html.Td(about, className="about", title=title or about),
            html.Td(deeds, className="deeds"),
            html.Td(signed(points, 2), className="points"),
        ],
        className="worse" if points < 0 else "",
    )
