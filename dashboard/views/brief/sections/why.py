"""Why the score is what it is: parts that sum to it, by family and one by one."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.views.brief.asked import Asked
from dashboard.views.brief.found import Found, explanation_of
from dashboard.views.brief.model import Block, Column, Drawing, Section, Words, figures_table
from dashboard.views.brief.wording import joined, named, where
from dashboard.views.charts import PAPER, Step, waterfall
from dashboard.views.moved import seen, steps_between
from dashboard.views.rounding import rounded, rounded_to_sum, signed
from dashboard.views.texts import t
from dashboard.views.wording import number, type_name

SHOWN = 10
SIZE = (720.0, 200.0)


def why(asked: Asked) -> Section:
    """Says that it is not known where it isn't."""
    found = explanation_of(asked)
    if found is None:
        return Section("why", t("brief.why.none"), (Words(t("brief.why.unknown"), "note"),))
    heading = t("brief.why", score=f"{rounded(found['score']):.1f}")
    points = _family_points(found)
    equation = _equation(found, points)
    drawing = waterfall(_steps(found), PAPER, heading, "", SIZE)
    return Section(
        "why",
        heading,
        (
            Words(t("brief.why.words", base=number(found["base_score"]), version=found["formula"])),
            Drawing(drawing, equation),
            Words(equation, "strong"),
            _families(found, points),
            *_parts(asked, found["parts"]),
        ),
    )


def _family_points(found: Found) -> list[float]:
    """The points of each family and then of the limit in hundredths, which sum to the score's."""
    exact = [*(row["points"] for row in found["families"]), found["limit_points"]]
    return rounded_to_sum(exact, rounded(found["score"], 2) - rounded(found["base_score"], 2), 2)


def _steps(found: Found) -> list[Step]:
    families = [(t(f"family.{row['slug']}"), row["points"]) for row in found["families"]]
    limit = seen([(t("brief.limit"), found["limit_points"])])
    first, last = (t("brief.reference"), found["base_score"]), (t("brief.now"), found["score"])
    return steps_between(first, [*families, *limit], last)


def _equation(found: Found, points: Sequence[float]) -> str:
    """85.00 −1.20 … = 81.20, with the name of each part."""
    names = [*(t(f"family.{row['slug']}") for row in found["families"]), t("brief.limit")]
    told = [(name, part) for name, part in zip(names, points, strict=True) if part or name != names[-1]]
    terms = " ".join(t("brief.why.term", points=signed(part, 2), part=name) for name, part in told)
    return f"{found['base_score']:.2f} {terms} =\N{NO-BREAK SPACE}{found['score']:.2f}"


def _families(found: Found, points: Sequence[float]) -> Block:
    rows: list[tuple[str, ...]] = [
        (t(f"family.{row['slug']}"), number(row["score"], 1), f"{row['theta']:.2f}", signed(part, 2))
        for row, part in zip(found["families"], points, strict=False)
    ]
    return figures_table(
        Column(t("brief.column.family"), 2),
        Column(t("brief.column.score"), 1, True),
        Column(t("brief.column.theta"), 1.4, True),
        Column(t("brief.column.points"), 1, True),
        rows=rows,
    )


def _parts(asked: Asked, parts: Sequence[Found]) -> list[Block]:
    """The cases and places that weigh most, and in one row all others; they sum to the families' points."""
    strongest = sorted(parts, key=lambda part: -abs(part["points"]))
    shown, left = strongest[:SHOWN], strongest[SHOWN:]
    if not shown:
        return []
    exact = [*(part["points"] for part in shown), sum(part["points"] for part in left)]
    total = rounded(sum(exact), 2)
    points = rounded_to_sum(exact, total, 2)
    rows: list[tuple[str, ...]] = [
        (*_words(asked, part), t(f"family.{part['family']}"), signed(value, 2))
        for part, value in zip(shown, points, strict=False)
    ]
    if left:
        rows.append((t("brief.parts.rest", n=number(len(left))), "", "", signed(points[-1], 2)))
    rows.append((t("brief.total"), "", "", signed(total, 2)))
    return [
        figures_table(
            Column(t("brief.column.what"), 2.4),
            Column(t("brief.column.where"), 3.2),
            Column(t("brief.column.family"), 1.6),
            Column(t("brief.column.points"), 1, True),
            rows=rows,
            caption=t("brief.parts"),
            total=1,
        )
    ]


def _words(asked: Asked, part: Found) -> tuple[str, str]:
    """What a part is, and where."""
    if part["kind"] == "case":
        level = t("why.level", level=f"{part['level']:02d}")
        return joined(type_name(part["case_type"]), level), where(asked, part["place"])
    if part["kind"] == "place":
        return t("brief.part.place"), named(asked, part["place"])
    return t("brief.part.rest"), ""
