"""From one total over its parts to the next: what moved a score, or what makes it up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.views.charts import svg
from dashboard.views.charts.lettering import Names, width_of, written
from dashboard.views.charts.scales import Scale, or_none
from dashboard.views.charts.themes import Theme

_SIDE, _TOP = 8.0, 24.0
_SHARE, _WIDEST = 0.62, 92.0
_GAP = 6.0
_LEAST_LETTERS = 7.0
_FLOOR_SHARE = 0.6


@dataclass(frozen=True)
class Step:
    """One bar: a total that stands on the ground, or a part that adds `points` to what stood before it."""

    label: str
    points: float
    kind: Literal["total", "part"] = "part"


@dataclass(frozen=True)
class _Bar:
    """A step with the levels that it runs between."""

    step: Step
    before: float
    after: float


def waterfall(
    steps: Sequence[Step],
    theme: Theme,
    title: str,
    nothing: str = "",
    size: tuple[float, float] = (720.0, 240.0),
) -> str:
    """The steps as bars, each with its value over it: parts that add in blue, those that take away in orange.

    Totals are grey and may begin above 0, which a cut through their feet says; the heights of parts are to
    one scale. `nothing` is said where there is no step.
    """
    steps = [step for step in steps if or_none(step.points) is not None]
    if not steps:
        return svg.blank(size[0], theme, title, nothing)
    bars = _levels(steps)
    slot = (size[0] - 2 * _SIDE) / len(bars)
    names = Names.plan([step.label for step in steps], slot)
    bottom = size[1] - names.height
    low, high = _range(bars)
    y = Scale(low, high, bottom, _TOP)
    centres = [_SIDE + slot * (i + 0.5) for i in range(len(bars))]
    width = min(_WIDEST, slot * _SHARE)
    letters = _letters(steps, slot)
    placed = list(zip(bars, centres, strict=True))
    parts = [
        *_joints(bars, centres, width, y, theme),
        *(_bar(bar, x, width, y, low, theme) for bar, x in placed),
        *(_foot(x, width, bottom, theme) for bar, x in placed if low != 0 and bar.step.kind == "total"),
        *(_value(bar, x, y, letters, theme) for bar, x in placed if letters),
        *names.drawn(centres, bottom, theme.text_second),
    ]
    return svg.drawing(*size, theme, title, *parts)


def _levels(steps: Sequence[Step]) -> list[_Bar]:
    bars, running = [], 0.0
    for step in steps:
        before = running
        running = step.points if step.kind == "total" else running + step.points
        bars.append(_Bar(step, before, running))
    return bars


def _range(bars: Sequence[_Bar]) -> tuple[float, float]:
    """Lowest and highest level of the drawing."""
    ends = [bar.after for bar in bars] + [bar.before for bar in bars if bar.step.kind == "part"]
    low, high = min(ends), max(ends)
    floor = low - max(high - low, 1.0) * _FLOOR_SHARE
    floor = max(0.0, floor) if low >= 0 else floor
    return floor, max(high, floor + 1e-6)


def _letters(steps: Sequence[Step], slot: float) -> float:
    """Height of the values' letters; 0 where there is no room for any."""
    widest = max(width_of(_words(step), 1.0) for step in steps)
    height = min(svg.SIZE, (slot - 2) / widest)
    return height if height >= _LEAST_LETTERS else 0.0


def _words(step: Step) -> str:
    return written(step.points, signed=step.kind == "part")


def _bar(bar: _Bar, x: float, width: float, y: Scale, low: float, theme: Theme) -> str:
    from_level = low if bar.step.kind == "total" else bar.before
    top, foot = sorted((y(from_level), y(bar.after)))
    return svg.element(
        "rect",
        svg.hover(f"{bar.step.label} {_words(bar.step)}"),
        x=x - width / 2,
        y=top,
        width=width,
        height=foot - top,
        fill=_colour(bar.step, theme),
    )


def _colour(step: Step, theme: Theme) -> str:
    if step.kind == "total":
        return theme.neutral
    return theme.worse if step.points < 0 else theme.better


def _foot(x: float, width: float, bottom: float, theme: Theme) -> str:
    """The cut through the foot of a total that does not begin at 0."""
    half = width / 2 + 2
    points = [(x + half * share, bottom - up) for share, up in ((-1, 5), (-1 / 3, 9), (1 / 3, 5), (1, 9))]
    return svg.element("path", d=svg.path(points), fill="none", stroke=theme.ground, stroke_width=2.0)


def _joints(
    bars: Sequence[_Bar], centres: Sequence[float], width: float, y: Scale, theme: Theme
) -> list[str]:
    """Thin lines from where a bar ends to where the next begins, also along what moves nothing."""
    return [
        svg.element(
            "path",
            d=svg.path([(at - width / 2, y(bar.after)), (following + width / 2, y(bar.after))]),
            stroke=theme.text_faint,
            stroke_width=0.75,
        )
        for bar, at, following in zip(bars, centres, centres[1:], strict=False)
    ]


def _value(bar: _Bar, x: float, y: Scale, letters: float, theme: Theme) -> str:
    top = min(y(bar.after), y(bar.before) if bar.step.kind == "part" else y(bar.after))
    return svg.text(_words(bar.step), x, top - _GAP, theme.text, letters, "middle")
