"""What moved the score over the period: families as a waterfall, and the cases that did it."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.views.brief.asked import Asked
from dashboard.views.brief.found import Found, moved_of
from dashboard.views.brief.model import Block, Column, Drawing, Section, Words, figures_table
from dashboard.views.brief.sections.why import SIZE
from dashboard.views.brief.wording import clock, joined, named, where
from dashboard.views.charts import PAPER, Step, waterfall
from dashboard.views.moved import seen, steps_between
from dashboard.views.rounding import rounded, signed
from dashboard.views.texts import t
from dashboard.views.wording import type_name

SHOWN = 10
_LEAST = 0.005
"""Points that are not 0.00 as they are written."""


def moved(asked: Asked) -> Section:
    """Says that no record reaches back so far where none does."""
    since = t(f"brief.since.{asked.period}")
    heading = t("brief.moved", since=since)
    found = moved_of(asked)
    if found is None:
        sentence = t("brief.moved.unknown", since=since) if asked.leaders else t("brief.unread")
        return Section("moved", heading, (Words(sentence, "note"),))
    by = rounded(found["to_score"]) - rounded(found["from_score"])
    first, last = (clock(asked.services, found[end]) for end in ("from_ms", "to_ms"))
    words = t("brief.moved.words", first=first, last=last, change=signed(by))
    drawing = waterfall(_steps(found, since), PAPER, heading, "", SIZE)
    more = (*_cases(asked, found["cases"]), *_places(asked, found["places"]))
    nothing = () if more else (Words(t("brief.moved.no_case"), "note"),)
    return Section("moved", heading, (Words(words), Drawing(drawing, words), *more, *nothing))


def _steps(found: Found, since: str) -> list[Step]:
    families = [(t(f"family.{row['slug']}"), row["points"]) for row in found["families"]]
    more = [(t("brief.limit"), found["cap_points"]), (t("brief.rest"), found["rest_points"])]
    last = (t("brief.now"), found["to_score"])
    return steps_between((since, found["from_score"]), [*families, *seen(more)], last)


def _seen(items: Sequence[Found]) -> list[Found]:
    told = [item for item in items if abs(item["points"]) >= _LEAST]
    return sorted(told, key=lambda item: -abs(item["points"]))[:SHOWN]


def _places(asked: Asked, places: Sequence[Found]) -> list[Block]:
    """The parts of the region that moved its score most."""
    strongest = _seen(places)
    if not strongest:
        return []
    rows: list[tuple[str, ...]] = [
        (named(asked, place["code"]), signed(place["points"], 2)) for place in strongest
    ]
    heads = (Column(t("brief.column.where"), 4), Column(t("brief.column.points"), 1, True))
    return [figures_table(*heads, rows=rows, caption=t("brief.moved.places"))]


def _cases(asked: Asked, cases: Sequence[Found]) -> list[Block]:
    """The cases that moved the score most, as far as it can be seen."""
    strongest = _seen(cases)
    if not strongest:
        return []
    rows: list[tuple[str, ...]] = [
        (
            joined(type_name(case["case_type"]), t("why.level", level=f"{case['level']:02d}")),
            where(asked, case["place"]),
            joined(t(f"family.{case['family']}"), t(f"brief.what.{case['what']}")),
            signed(case["points"], 2),
        )
        for case in strongest
    ]
    return [
        figures_table(
            Column(t("brief.column.what"), 2.4),
            Column(t("brief.column.where"), 3.0),
            Column(t("brief.column.how"), 2.0),
            Column(t("brief.column.points"), 0.9, True),
            rows=rows,
            caption=t("brief.moved.cases"),
        )
    ]
