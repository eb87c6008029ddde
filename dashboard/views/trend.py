"""What the drawing of a region's score over time shows; `assets/views/trend.js` draws it as a small SVG.

It is not a Plotly figure: with one, opening the tab took a task of 0.9–1.1 s of the main thread (4.8 MB of
script are compiled and run before the first line is drawn), in which the living map stands still; no task of
the page may take over 50 ms. An SVG of one line, three cuts and two axes takes a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.views.texts import t
from layers import palette

HOUR_MS = 3_600_000
YEAR_HOURS = 365 * 24
Past = tuple[str, int, Sequence[int], Sequence[float | None]]
"""An earlier period: its name ("before", "year_ago"), how many hours ago it was, its times and scores."""

FLOOR = 60.0
"""The axis begins here unless the score has been lower."""
_STEPS = (
    (36, timedelta(hours=4)),
    (240, timedelta(days=1)),
    (1_000_000, timedelta(days=5)),
)
"""Up to so many hours are shown: how far the ticks of the time axis are apart."""


def trend_drawing(
    times_ms: Sequence[int],
    scores: Sequence[float | None],
    cuts: tuple[float, float, float],
    timezone: str,
    past: Sequence[Past] = (),
) -> dict[str, Any]:
    """The scores as a line in the city's own time, with the cuts of the levels and the names of their bands.

    `x` runs from 0 to 1, `labels` say the hour of each point, `ticks` are [x, text], `cuts` [score, level],
    `bands` [score in the middle, text]; `low` is the foot of the axis of scores, whose top is 100. `past` are
    earlier periods, drawn over the same room: their `kind`, `name`, `x` and `scores`.
    """
    zone = ZoneInfo(timezone)
    local = [datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone) for ms in times_ms]
    span_ms = max(1, times_ms[-1] - times_ms[0]) if len(times_ms) else 1
    x = [round((ms - times_ms[0]) / span_ms, 5) for ms in times_ms]
    known = [score for score in scores if score is not None]
    before = [_past(period, times_ms[0], span_ms) for period in past] if len(times_ms) else []
    all_known = [*known, *(score for line in before for score in line["scores"] if score is not None)]
    low = min([FLOOR, *(score - 2 for score in all_known)])
    levels = list(zip(palette.LEVELS[1:], [100.0, *cuts], [*cuts, low], strict=True))
    return {
        "x": x,
        "scores": list(scores),
        "labels": [f"{at:%m-%d %H:%M}" for at in local],
        "ticks": _ticks(x, local),
        "low": low,
        "cuts": [[cut, level.number] for level, _, cut in levels[:3]],
        "bands": [
            [(top + bottom) / 2, f"{level.numeral} {t(f'level.{level.number}')}"]
            for level, top, bottom in levels
        ],
        "spoken": _spoken(known),
        "past": [line for line in before if any(score is not None for score in line["scores"])],
    }


def _past(period: Past, first_ms: int, span_ms: int) -> dict[str, Any]:
    """An earlier period with its times as if they were of this one."""
    kind, ago, times_ms, scores = period
    later = [ms + ago * HOUR_MS - first_ms for ms in times_ms]
    inside = [i for i, ms in enumerate(later) if 0 <= ms <= span_ms]
    return {
        "kind": kind,
        "name": t(f"trend.{kind}"),
        "x": [round(later[i] / span_ms, 5) for i in inside],
        "scores": [scores[i] for i in inside],
    }


def _ticks(x: Sequence[float], local: Sequence[datetime]) -> list[list[Any]]:
    """[x, text] of the round hours or days among the points; the first hour of a day is its date."""
    step = next(step for hours, step in _STEPS if len(local) <= hours)
    hours, days = max(1, step.seconds // 3600), max(1, step.days)
    found, day = [], -1
    for at, point in zip(x, local, strict=True):
        if point.minute or point.hour % (hours if step.days == 0 else 24):
            continue
        day += point.hour == 0
        if point.hour == 0 and day % days == 0:
            found.append([at, f"{point:%m-%d}"])
        elif step.days == 0:
            found.append([at, f"{point:%H:%M}"])
    return found


def _spoken(known: Sequence[float]) -> str:
    """The line in words, for who does not see it."""
    if not known:
        return ""
    return t("trend.spoken", low=f"{min(known):.1f}", high=f"{max(known):.1f}", last=f"{known[-1]:.1f}")
