"""Rows of bars: places, types or stages beside each other, with what they were before as a mark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.views.charts import svg
from dashboard.views.charts.lettering import counted, cut, width_of
from dashboard.views.charts.scales import Scale, known, or_none
from dashboard.views.charts.themes import Theme

_ROW, _THICK, _EDGE, _GAP = 26.0, 12.0, 4.0, 8.0
_NAMES_SHARE, _NOTES_SHARE = 0.3, 0.25
_UNKNOWN = "—"


@dataclass(frozen=True)
class Bar:
    """A row: its name, its value (None: not known), the value before it, words at its end, its own colour."""

    label: str
    value: float | None
    before: float | None = None
    note: str = ""
    colour: str | None = None


@dataclass(frozen=True)
class _Columns:
    """Where a row's parts stand: names up to `names` wide, the bar by `x`, values that end at `values`, notes
    that begin at `notes`."""

    names: float
    x: Scale
    values: float
    notes: float
    width: float

    @classmethod
    def of(cls, rows: Sequence[Bar], values: Sequence[str], start: float, width: float) -> _Columns:
        names = min(width * _NAMES_SHARE, max(width_of(row.label) for row in rows))
        notes = min(width * _NOTES_SHARE, max(width_of(row.note) for row in rows))
        ends = width - (notes + _GAP if notes else 0.0)
        told = known([start, *(row.value for row in rows), *(row.before for row in rows)])
        right = ends - max(map(width_of, values)) - _GAP
        x = Scale(min(told), max(told), names + _GAP, max(names + _GAP + 1, right))
        return cls(names, x, ends, width - notes, width)


def bars(
    rows: Sequence[Bar],
    theme: Theme,
    title: str,
    nothing: str = "",
    start: float = 0.0,
    words: Callable[[float], str] = counted,
    width: float = 720.0,
) -> str:
    """Horizontal bars from `start`, each with its value; the drawing is as high as it has rows.

    What is below `start` runs to the left of it. A thin mark is the value before.
    """
    if not rows:
        return svg.blank(width, theme, title, nothing)
    values = [_UNKNOWN if (value := or_none(row.value)) is None else words(value) for row in rows]
    columns = _Columns.of(rows, values, start, width)
    parts = [
        _row(row, value, _EDGE + _ROW * (i + 0.5), start, columns, theme)
        for i, (row, value) in enumerate(zip(rows, values, strict=True))
    ]
    return svg.drawing(width, 2 * _EDGE + _ROW * len(rows), theme, title, *parts)


def _row(row: Bar, value: str, middle: float, start: float, at: _Columns, theme: Theme) -> str:
    base = middle + 0.35 * svg.SIZE
    note = svg.text(cut(row.note, at.width - at.notes), at.notes, base, theme.text_second) if row.note else ""
    return svg.element(
        "g",
        svg.hover(" · ".join(part for part in (row.label, value, row.note) if part)),
        svg.text(cut(row.label, at.names), 0.0, base, theme.text),
        _rect(at.x.start, at.x.end, middle, theme.hairline, fill_opacity=0.5),
        *_bar(row, middle, start, at.x, theme),
        *_mark(row, middle, at.x, theme),
        svg.text(value, at.values, base, theme.text, anchor="end"),
        note,
    )


def _bar(row: Bar, middle: float, start: float, x: Scale, theme: Theme) -> list[str]:
    value = or_none(row.value)
    if value is None:
        return []
    left, right = sorted((x(start), x(value)))
    return [_rect(left, right, middle, row.colour or theme.neutral, class_="bar")]


def _mark(row: Bar, middle: float, x: Scale, theme: Theme) -> list[str]:
    """The value before, as an upright stroke."""
    before = or_none(row.before)
    if before is None:
        return []
    half = _THICK / 2 + 3
    d = svg.path([(x(before), middle - half), (x(before), middle + half)])
    return [svg.element("path", d=d, stroke=theme.text, stroke_width=2.0)]


def _rect(left: float, right: float, middle: float, fill: str, **more: str | float) -> str:
    return svg.element(
        "rect", x=left, y=middle - _THICK / 2, width=right - left, height=_THICK, fill=fill, rx=2.0, **more
    )
