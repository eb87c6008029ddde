"""A line of a few centimetres without axes: which way something has gone."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.views.charts import svg
from dashboard.views.charts.scales import Scale, known, or_none
from dashboard.views.charts.themes import Theme

_EDGE = 3.0


def spark(
    values: Sequence[float | None], theme: Theme, title: str = "", size: tuple[float, float] = (100.0, 24.0)
) -> str:
    """The values from left to right, between their lowest and their highest; the newest is a dot.

    Without a value the drawing is empty, and as large as it would be.
    """
    told = known(values)
    if not told:
        return svg.drawing(*size, theme, title)
    x = Scale(0.0, max(1.0, len(values) - 1), _EDGE, size[0] - _EDGE)
    y = Scale(min(told), max(told), size[1] - _EDGE, _EDGE)
    if min(told) == max(told):
        y = Scale(0.0, 0.0, size[1] / 2, size[1] / 2)
    d, pen, last = "", "M", (0.0, 0.0)
    for i, value in enumerate(values):
        at = or_none(value)
        if at is not None:
            last = x(i), y(at)
            d += f"{pen}{svg.number(last[0])},{svg.number(last[1])}"
        pen = "L" if at is not None else "M"
    line = svg.element("path", d=d, fill="none", stroke=theme.text_second, stroke_width=1.5)
    dot = svg.element("circle", cx=last[0], cy=last[1], r=2.0, fill=theme.text)
    return svg.drawing(*size, theme, title, line, dot)
