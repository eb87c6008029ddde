"""Lines over time: one region's score, several regions beside each other, this year and the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.views.charts import svg
from dashboard.views.charts.lettering import counted, cut, width_of, written
from dashboard.views.charts.scales import Scale, apart, known, nice_ticks, or_none, time_ticks
from dashboard.views.charts.themes import Theme

_TOP, _BOTTOM, _LEFT, _GAP = 12.0, 26.0, 44.0, 8.0
_NAMES_SHARE = 0.28
_LEAST_SPAN = 6.0
_SCORES = (0.0, 100.0)
_POINTS_PER_UNIT = 2.0
_LINE_APART = 15.0


@dataclass(frozen=True)
class Line:
    """A line: its name, a value for each time (None: a gap), its colour (or the theme's), dashed or not."""

    label: str
    values: Sequence[float | None]
    colour: str | None = None
    dashed: bool = False


def lines(
    series: Sequence[Line],
    times_ms: Sequence[float],
    theme: Theme,
    title: str,
    cuts: Sequence[float] = (),
    timezone: str = "UTC",
    nothing: str = "",
    size: tuple[float, float] = (720.0, 240.0),
) -> str:
    """The series over `times_ms` (UTC, rising), each named at its end.

    With `cuts` the values are scores: the lowest of blue, yellow and orange are dashed lines where they lie
    in what is drawn, and the axis stays within 0 to 100.
    """
    series = [line for line in series if known(line.values)]
    if not series or not times_ms:
        return svg.blank(size[0], theme, title, nothing)
    names = min(size[0] * _NAMES_SHARE, max(width_of(_end_words(line)) for line in series))
    low, high = _range(series, bool(cuts))
    x = Scale(times_ms[0], times_ms[-1], _LEFT, size[0] - names - 2 * _GAP)
    y = Scale(low, high, size[1] - _BOTTOM, _TOP)
    colours = [line.colour or theme.series[i % len(theme.series)] for i, line in enumerate(series)]
    parts = [
        *_grid(y, x, theme),
        *_times(x, timezone, size[1], theme),
        *(_line(line, times_ms, x, y, fill) for line, fill in zip(series, colours, strict=True)),
        *_cuts(cuts, x, y, theme),
        *_ends(series, colours, x.end + _GAP, y, names),
    ]
    return svg.drawing(*size, theme, title, *parts)


def _range(series: Sequence[Line], scores: bool) -> tuple[float, float]:
    """What the axis covers: all values, and not so little of it that noise looks like news."""
    values = [value for line in series for value in known(line.values)]
    low, high = min(values), max(values)
    if not scores:
        return min(0.0, low), max(high, low + 1.0)
    room = max(1.0, (_LEAST_SPAN - (high - low)) / 2)
    return max(_SCORES[0], low - room), min(_SCORES[1], high + room)


def _grid(y: Scale, x: Scale, theme: Theme) -> list[str]:
    found = []
    for tick in nice_ticks(y.low, y.high, 4):
        across = svg.path([(x.start, y(tick)), (x.end, y(tick))])
        found.append(svg.element("path", d=across, stroke=theme.hairline, stroke_width=1.0))
        at = y(tick) + 0.35 * svg.SIZE
        found.append(svg.text(counted(tick), x.start - _GAP, at, theme.text_second, 12.0, "end"))
    return found


def _times(x: Scale, timezone: str, height: float, theme: Theme) -> list[str]:
    most = max(2, int((x.end - x.start) / 72))
    return [
        svg.text(words, x(at), height - 8, theme.text_second, 12.0, "middle")
        for at, words in time_ticks(x.low, x.high, timezone, most)
    ]


def _cuts(cuts: Sequence[float], x: Scale, y: Scale, theme: Theme) -> list[str]:
    """Each with the numeral of the level that begins there."""
    found = []
    for level, cut_at in enumerate(cuts, 1):
        if not y.low <= cut_at <= y.high:
            continue
        colour = theme.signals[level]
        d = svg.path([(x.start, y(cut_at)), (x.end, y(cut_at))])
        found.append(svg.element("path", d=d, stroke=colour, stroke_dasharray="2 4", stroke_width=1.25))
        words = f"{level} ≥{counted(cut_at)}"
        found.append(svg.text(words, x.start + 4, y(cut_at) - 4, colour, 11.0, halo=theme.ground))
    return found


def _line(line: Line, times_ms: Sequence[float], x: Scale, y: Scale, colour: str) -> str:
    """The line, with gaps where nothing is known; what stands alone is a dot."""
    runs = [_thinned(run, x.end - x.start) for run in _runs(line, times_ms, x, y)]
    drawn = [
        svg.element(
            "path",
            d=svg.path(run),
            fill="none",
            stroke=colour,
            stroke_width=1.75,
            stroke_linejoin="round",
            stroke_dasharray="5 4" if line.dashed else None,
        )
        for run in runs
        if len(run) > 1
    ]
    alone = [run[0] for run in runs if len(run) == 1]
    dots = [svg.element("circle", cx=at[0], cy=at[1], r=2.0, fill=colour) for at in alone]
    return svg.element("g", svg.hover(line.label), *drawn, *dots)


def _runs(line: Line, times_ms: Sequence[float], x: Scale, y: Scale) -> list[list[tuple[float, float]]]:
    """The points of the line, parted at its gaps."""
    runs: list[list[tuple[float, float]]] = [[]]
    for at, value in zip(times_ms, line.values, strict=True):
        told = or_none(value)
        if told is not None:
            runs[-1].append((x(at), y(told)))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _thinned(run: list[tuple[float, float]], width: float) -> list[tuple[float, float]]:
    """The lowest and the highest of each bit of the way, where there are more points than one could see."""
    step = int(len(run) / (width * _POINTS_PER_UNIT)) + 1
    if step == 1:
        return run
    kept = {0, len(run) - 1}
    for first in range(0, len(run), 2 * step):
        part = range(first, min(first + 2 * step, len(run)))
        kept |= {min(part, key=lambda i: run[i][1]), max(part, key=lambda i: run[i][1])}
    return [run[i] for i in sorted(kept)]


def _end_words(line: Line) -> str:
    last = known(line.values)[-1]
    return f"{line.label} {written(last)}".strip()


def _ends(series: Sequence[Line], colours: Sequence[str], left: float, y: Scale, room: float) -> list[str]:
    """Each line's name and newest value beside its end, none over another."""
    wanted = [y(known(line.values)[-1]) for line in series]
    places = apart(wanted, _LINE_APART, y.end, y.start)
    return [
        svg.text(cut(_end_words(line), room), left, at + 0.35 * svg.SIZE, colour, 12.0)
        for line, colour, at in zip(series, colours, places, strict=True)
    ]
