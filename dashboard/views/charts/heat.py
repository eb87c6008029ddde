"""A table of counts as a field of cells, as of weekdays × hours: the more, the warmer, with its figure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dashboard.views.charts import svg
from dashboard.views.charts.lettering import counted, width_of
from dashboard.views.charts.themes import Theme

_TOP, _GAP, _EDGE = 22.0, 8.0, 1.0
_ROW = 24.0
_SMALL = 11.0
_ON_LIGHT, _ON_DARK = "#0E1216", "#E6EDF3"
_HALF_LIGHT = 0.18


def heat(
    counts: Sequence[Sequence[float | None]],
    row_labels: Sequence[str],
    column_labels: Sequence[str],
    theme: Theme,
    title: str,
    nothing: str = "",
    width: float = 720.0,
) -> str:
    """Cells of `counts` [rows][columns]; None is a cell that is not known, and 0 has no figure.

    Nothing is said only where no cell is known: a week without a case is a field of empty cells.
    """
    told = [value for row in counts for value in row if value is not None]
    if not told:
        return svg.blank(width, theme, title, nothing)
    left = max(width_of(label) for label in row_labels) + _GAP
    cell = (width - left) / len(column_labels)
    most = max([1.0, *told])
    every = max(1, math.ceil((max(width_of(label, _SMALL) for label in column_labels) + 4) / cell))
    heads = [
        svg.text(label, left + cell * (i + 0.5), _TOP - 7, theme.text_second, _SMALL, "middle")
        for i, label in enumerate(column_labels)
        if i % every == 0
    ]
    rows = [
        _row(row, label, column_labels, (left, _TOP + _ROW * i, cell), most, theme)
        for i, (row, label) in enumerate(zip(counts, row_labels, strict=True))
    ]
    return svg.drawing(width, _TOP + _ROW * len(counts) + 2, theme, title, *heads, *rows)


def _row(
    row: Sequence[float | None],
    label: str,
    column_labels: Sequence[str],
    place: tuple[float, float, float],
    most: float,
    theme: Theme,
) -> str:
    left, top, cell = place
    cells = [
        _cell(value, f"{label} {column}", (left + cell * i, top, cell), most, theme)
        for i, (value, column) in enumerate(zip(row, column_labels, strict=True))
    ]
    name = svg.text(label, left - _GAP, top + _ROW / 2 + 0.35 * svg.SIZE, theme.text_second, anchor="end")
    return svg.element("g", name, *cells)


def _cell(
    value: float | None, about: str, place: tuple[float, float, float], most: float, theme: Theme
) -> str:
    left, top, cell = place
    if value is None:
        return ""
    fill = mixed(*theme.heat, max(0.0, min(1.0, value / most)))
    words = counted(value)
    rect = svg.element(
        "rect",
        svg.hover(f"{about} · {words}"),
        x=left,
        y=top,
        width=max(0.0, cell - _EDGE),
        height=_ROW - _EDGE,
        fill=fill,
    )
    if not value or width_of(words, _SMALL) > cell:
        return rect
    on = _ON_LIGHT if luminance(fill) > _HALF_LIGHT else _ON_DARK
    return rect + svg.text(words, left + cell / 2, top + _ROW / 2 + 0.35 * _SMALL, on, _SMALL, "middle")


def mixed(low: str, high: str, share: float) -> str:
    """The colour `share` of the way from one #rrggbb to another."""
    parts = zip(_channels(low), _channels(high), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in parts)


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb, 0 black to 1 white (WCAG 2.2)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
