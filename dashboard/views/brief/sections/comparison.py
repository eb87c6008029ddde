"""The region's parts beside each other: their scores as bars, and their figures."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.views.brief.asked import Asked
from dashboard.views.brief.found import Found
from dashboard.views.brief.model import Block, Column, Drawing, Section, Table, Words, figures_table
from dashboard.views.brief.wording import level_words, unread
from dashboard.views.charts import PAPER, Bar, bars
from dashboard.views.page import BAR_FROM
from dashboard.views.places import name_of, tab_name
from dashboard.views.texts import t
from dashboard.views.wording import change, number, percent

SHOWN = 20


def comparison(asked: Asked) -> Section | None:
    """The lowest scores first; None for a grid, which has no parts."""
    if asked.is_grid:
        return None
    heading = t("brief.comparison", parts=tab_name(asked.services, asked.region))
    found = asked.leaders.children(asked.code) if asked.leaders else None
    if found is None:
        return Section("comparison", heading, (unread(),))
    rows = sorted(found["rows"], key=lambda row: (row["score"] is None, row["score"] or 0.0, row["code"]))
    shown = rows[:SHOWN]
    left = len(rows) - len(shown)
    notes = [t("brief.comparison.left", n=number(left))] if left else []
    note = Words(" ".join([*notes, t("brief.comparison.note")]), "note")
    return Section("comparison", heading, (*_drawing(asked, shown), _table(asked, shown), note))


def _name(asked: Asked, row: Found) -> str:
    return name_of(asked.services, asked.services.hierarchy.number_of(row["code"]))


def _drawing(asked: Asked, rows: Sequence[Found]) -> list[Block]:
    """Scores as bars from where scores begin to matter, in the colours of their levels."""
    told = [
        Bar(
            _name(asked, row),
            row["score"],
            None if row["score"] is None or row[asked.period] is None else row["score"] - row[asked.period],
            level_words(row["level"]) if row["level"] else "",
            PAPER.signals[row["level"]],
        )
        for row in rows
    ]
    if not any(row["score"] is not None for row in rows):
        return []
    title = t("brief.comparison.drawing", before=t(f"brief.since.{asked.period}"))
    drawing = bars(told, PAPER, title, "", _start(rows), lambda score: number(score, 1))
    return [Drawing(drawing, title, title)]


def _start(rows: Sequence[Found]) -> float:
    """Where the bars begin: as on the page, or lower where a score is."""
    return min([BAR_FROM, *(float(row["score"]) - 2 for row in rows if row["score"] is not None)])


def _table(asked: Asked, rows: Sequence[Found]) -> Table:
    names = ("place", "score", "level", "change", "open_now", "overdue", "new", "kept_share", "per_10000")
    widths = {"place": 2.2, "level": 0.9, "per_10000": 1.1}
    words = ("place", "level")
    heads = [Column(t(f"brief.column.{name}"), widths.get(name, 1.0), name not in words) for name in names]
    return figures_table(*heads, rows=[_row(asked, row) for row in rows])


def _row(asked: Asked, row: Found) -> tuple[str, ...]:
    return (
        _name(asked, row),
        number(row["score"], 1),
        level_words(row["level"] or 0),
        change(row[asked.period], 1),
        number(row["open"]),
        number(row["overdue"]),
        number(row["new"]),
        percent(row["kept_share"]),
        number(row["per_10000"], 1),
    )
