"""Counts per day as columns, with the period before as a line and the year before as another."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.views.charts import svg
from dashboard.views.charts.lettering import Names, counted, width_of
from dashboard.views.charts.scales import Scale, known, nice_ticks, or_none
from dashboard.views.charts.themes import Theme

_LEFT, _RIGHT, _TOP, _GAP = 40.0, 8.0, 38.0, 8.0
_SHARE = 0.72
_SMALL = 11.0
_SWATCH = 14.0
_ROOM_BESIDE_LINES = 40.0
"""Narrower columns have no figures where lines cross them: one could read neither."""


def columns(
    values: Sequence[float | None],
    labels: Sequence[str],
    theme: Theme,
    title: str,
    before: Sequence[float | None] = (),
    year_ago: Sequence[float | None] = (),
    names: Sequence[str] = (),
    nothing: str = "",
    size: tuple[float, float] = (720.0, 220.0),
) -> str:
    """A column for each value, named by `labels` where there is room.

    `before` and `year_ago`, where given, are as long as `values`; `names` says what the three are, in that
    order, in a legend. None is a column, or a part of a line, that is not there.
    """
    told = known([*values, *before, *year_ago])
    if not known(values):
        return svg.blank(size[0], theme, title, nothing)
    slot = (size[0] - _LEFT - _RIGHT) / len(values)
    days = Names.sparse(labels, slot, 12.0)
    y = Scale(min(0.0, *told), max(1.0, *told), size[1] - days.height, _TOP)
    centres = [_LEFT + slot * (i + 0.5) for i in range(len(values))]
    there = (True, bool(known(before)), bool(known(year_ago)))
    crossed = any(there[1:]) and slot < _ROOM_BESIDE_LINES
    parts = [
        *_grid(y, size[0], theme),
        *_columns(values, labels, centres, slot, y, theme),
        _line(before, centres, y, theme.text, None),
        _line(year_ago, centres, y, theme.text_second, "3 4"),
        *([] if crossed else _figures(values, centres, slot, y, theme)),
        *days.drawn(centres, y.start, theme.text_second),
        *_legend(names, there, size[0], theme),
    ]
    return svg.drawing(*size, theme, title, *parts)


def _grid(y: Scale, width: float, theme: Theme) -> list[str]:
    found = []
    for tick in nice_ticks(y.low, y.high, 4, whole=True):
        d = svg.path([(_LEFT, y(tick)), (width - _RIGHT, y(tick))])
        found.append(svg.element("path", d=d, stroke=theme.hairline, stroke_width=1.0))
        at = y(tick) + 0.35 * svg.SIZE
        found.append(svg.text(counted(tick), _LEFT - _GAP, at, theme.text_second, 12.0, "end"))
    return found


def _columns(
    values: Sequence[float | None],
    labels: Sequence[str],
    centres: Sequence[float],
    slot: float,
    y: Scale,
    theme: Theme,
) -> list[str]:
    found = []
    for value, label, x in zip(values, labels, centres, strict=True):
        told = or_none(value)
        if told is None:
            continue
        top, foot = sorted((y(told), y(0.0)))
        found.append(
            svg.element(
                "rect",
                svg.hover(f"{label} {counted(told)}"),
                x=x - slot * _SHARE / 2,
                y=top,
                width=slot * _SHARE,
                height=foot - top,
                fill=theme.neutral,
            )
        )
    return found


def _figures(
    values: Sequence[float | None], centres: Sequence[float], slot: float, y: Scale, theme: Theme
) -> list[str]:
    """The counts over their columns, where the widest has room."""
    if max(width_of(counted(value), _SMALL) for value in known(values)) + 2 > slot:
        return []
    return [
        svg.text(counted(told), x, min(y(told), y(0.0)) - 4, theme.text, _SMALL, "middle", theme.ground)
        for value, x in zip(values, centres, strict=True)
        if (told := or_none(value)) is not None
    ]


def _line(
    values: Sequence[float | None], centres: Sequence[float], y: Scale, colour: str, dashes: str | None
) -> str:
    """The line of another period; a gap ends it."""
    if not known(values):
        return ""
    d, pen = "", "M"
    for value, x in zip(values, centres, strict=True):
        told = or_none(value)
        if told is not None:
            d += f"{pen}{svg.number(x)},{svg.number(y(told))}"
        pen = "L" if told is not None else "M"
    return svg.element("path", d=d, fill="none", stroke=colour, stroke_width=1.5, stroke_dasharray=dashes)


def _legend(names: Sequence[str], there: tuple[bool, bool, bool], width: float, theme: Theme) -> list[str]:
    """What the columns and the lines are, from the right; those that are not drawn are left out."""
    kinds = ((theme.neutral, None), (theme.text, "none"), (theme.text_second, "3 4"))
    shown = [(name, kind) for name, kind, is_there in zip(names, kinds, there, strict=False) if is_there]
    found, right = [], width - _RIGHT
    for name, (colour, dashes) in reversed(shown):
        left = right - width_of(name, 12.0)
        found.append(svg.text(name, left, 14.0, theme.text_second, 12.0))
        found.append(_swatch(left - _SWATCH - 4, colour, dashes))
        right = left - _SWATCH - 20
    return found


def _swatch(x: float, colour: str, dashes: str | None) -> str:
    if dashes is None:
        return svg.element("rect", x=x, y=5.0, width=_SWATCH, height=9.0, fill=colour)
    d = svg.path([(x, 10.0), (x + _SWATCH, 10.0)])
    return svg.element("path", d=d, stroke=colour, stroke_width=1.5, stroke_dasharray=dashes)
