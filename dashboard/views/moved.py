"""What moved a score since an earlier time, or makes it what it is: a waterfall with the cases by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.views.addresses import region_path
from dashboard.views.attributes import attributes
from dashboard.views.charts import DARK, Step, waterfall
from dashboard.views.ids import LeaderId
from dashboard.views.places import name_of
from dashboard.views.rounding import fine, rounded, rounded_to_sum, signed
from dashboard.views.services import Services
from dashboard.views.texts import t
from dashboard.views.wording import change, deed_buttons, moment, place_of_case

NOW = "now"
SINCES = (NOW, "day", "week", "month")
"""Against what: the reference of the index, and one day, week or month ago."""
SHOWN = 12
"""Cases and places that are listed."""
SIZE = (620.0, 150.0)
_LEAST_SHOWN = 0.05


def moved(services: Services, region: int, since: str, supervises: bool) -> dict[str, Any]:
    """What the panel shows: `drawing`, the `note` beside the title, `when` it is, `rows` of cases, `reasons`.

    `reasons`: whether the list of reasons stands in the place of the cases, as the score is measured against
    the reference or nothing is known of what moved it.
    """
    code = services.hierarchy.codes[region]
    if since == NOW:
        found = services.leaders.explanation(code)
        return _shown(services, region, _of_reference(found), "")
    found = services.leaders.moved(code, since)
    if found is None:
        return _shown(services, region, [], t(f"moved.short.{since}"))
    rows = _rows(services, region, found, supervises)
    shown = _shown(services, region, _of_change(found), _note(found))
    return {
        **shown,
        "when": t(
            "counts.period", first=moment(services, found["from_ms"]), last=moment(services, found["to_ms"])
        ),
        "rows": rows or [html.Li(t("moved.no_case"), className="note")],
        "reasons": False,
    }


def unread() -> dict[str, Any]:
    """The same while the history is still being read."""
    nothing = t("leaders.reading")
    drawing = waterfall([], DARK, t("moved.title"), nothing, SIZE)
    return _panel(drawing, t("value.none"))


def _shown(services: Services, region: int, steps: Sequence[Step], said: str) -> dict[str, Any]:
    title = t("moved.drawing", place=name_of(services, region))
    drawing = waterfall(steps, DARK, title, said, SIZE)
    return _panel(drawing, said if steps else t("value.none"))


def _panel(drawing: str, note: str) -> dict[str, Any]:
    """What is shown where no case is named."""
    return {
        "drawing": {LeaderId.MOVED_GRAPH: drawing}, "note": note, "when": "", "rows": [], "reasons": True,
    }  # fmt: skip


def _of_change(found: dict[str, Any]) -> list[Step]:
    families = [(t(f"family.{row['slug']}"), row["points"]) for row in found["families"]]
    more = [(t("moved.cap"), found["cap_points"]), (t("moved.rest"), found["rest_points"])]
    first = (t(f"since.{found['since']}"), found["from_score"])
    return steps_between(first, [*families, *seen(more)], (t("moved.now"), found["to_score"]))


def _of_reference(found: dict[str, Any] | None) -> list[Step]:
    if found is None:
        return []
    families = [(t(f"family.{row['slug']}"), row["points"]) for row in found["families"]]
    limit = [(t("moved.cap"), found["limit_points"])]
    first = (t("moved.reference"), found["base_score"])
    return steps_between(first, [*families, *seen(limit)], (t("moved.now"), found["score"]))


def seen(parts: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Those of the parts that can be seen in a score of one decimal."""
    return [(label, points) for label, points in parts if abs(points) >= _LEAST_SHOWN]


def steps_between(
    first: tuple[str, float], parts: Sequence[tuple[str, float]], last: tuple[str, float]
) -> list[Step]:
    """The steps of a waterfall in tenths, whose parts as they are written lead from end to end."""
    whole = rounded(last[1]) - rounded(first[1])
    points = rounded_to_sum([points for _, points in parts], whole)
    return [
        Step(first[0], rounded(first[1]), "total"),
        *(Step(label, part) for (label, _), part in zip(parts, points, strict=True)),
        Step(last[0], rounded(last[1]), "total"),
    ]


def _note(found: dict[str, Any]) -> str:
    by = rounded(found["to_score"]) - rounded(found["from_score"])
    return t("moved.since", since=t(f"since.{found['since']}"), change=change(by, 1))


def _rows(services: Services, region: int, found: dict[str, Any], supervises: bool) -> list[html.Li]:
    """Cases, and places inside with all that happened there, by how much of the change is theirs."""
    cases = [(case["points"], _case_row(services, region, case, supervises)) for case in found["cases"]]
    places = [(place["points"], _place_row(services, place)) for place in found["places"]]
    strongest = sorted([*cases, *places], key=lambda row: -abs(row[0]))
    return [row for _, row in strongest[:SHOWN]]


def _place_row(services: Services, place: dict[str, Any]) -> html.Li:
    code, points = place["code"], place["points"]
    name = name_of(services, services.hierarchy.number_of(code))
    return html.Li(
        [
            html.A(name, href=region_path(code), className="what"),
            html.Span(t("moved.place"), className="about", title=t("moved.place.help")),
            html.Span(signed(points, fine(points)), className="points"),
        ],
        className="worse" if points < 0 else "better",
    )


def _case_row(services: Services, region: int, case: dict[str, Any], supervises: bool) -> html.Li:
    about = [
        t("why.level", level=f"{case['level']:02d}"),
        place_of_case(services, region, case["place"]),
        t(f"family.{case['family']}"),
        t(f"moved.what.{case['what']}"),
    ]
    said = " · ".join(part for part in about if part)
    return html.Li(
        [
            case_name(case),
            html.Span(said, className="about", title=f"{said}\n{case['case']}"),
            html.Span(deed_buttons(case["case"]) if supervises else [], className="deeds"),
            html.Span(signed(case["points"], fine(case["points"])), className="points"),
        ],
        className="worse" if case["points"] < 0 else "better",
    )


def case_name(case: dict[str, Any]) -> html.A | html.Span:
    """What a case is, as a link to where it is."""
    what = t(f"case_type.{case['case_type']}")
    if case["place"] is None:
        return html.Span(what, className="what")
    return html.A(
        what, href=region_path(case["place"]), className="what", **attributes(data_case=case["case"])
    )
