"""How the score went over the period, with the period before it dashed."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.views.brief.asked import Asked
from dashboard.views.brief.model import Block, Drawing, Section, Words
from dashboard.views.charts import PAPER, Line, lines
from dashboard.views.places import name_of
from dashboard.views.texts import t
from dashboard.views.wording import number

_HOUR_MS = 3_600_000
_SIZE = (720.0, 200.0)


def trend(asked: Asked) -> Section:
    """The hourly scores; of a grid, of which none are kept, those of its village."""
    services, region = asked.services, asked.region
    said: list[Block] = []
    if asked.is_grid:
        region = int(services.hierarchy.parent[region])
        said.append(Words(t("brief.trend.parent", place=name_of(services, region)), "note"))
    times, scores = services.region_trend(services.hierarchy.codes[region], asked.hours)
    known = [score for score in scores if score is not None]
    if len(known) < 2:
        return Section("trend", t("brief.trend"), (*said, Words(t("brief.trend.none"), "note")))
    ends = {"low": min(known), "high": max(known), "last": known[-1]}
    words = t("brief.trend.words", **{name: number(value, 1) for name, value in ends.items()})
    series = [
        Line(t(f"brief.this.{asked.period}"), scores),
        Line(t(f"brief.before.{asked.period}"), _before(asked, region, times), PAPER.text_faint, True),
    ]
    zone = services.pack.manifest["timezone"]
    title = t("brief.trend.of", place=name_of(services, region))
    drawing = lines(series, times, PAPER, title, services.cuts, zone, t("brief.trend.none"), _SIZE)
    return Section("trend", t("brief.trend"), (*said, Words(words), Drawing(drawing, words)))


def _before(asked: Asked, region: int, times: Sequence[int]) -> list[float | None]:
    """The score one period before each of the times, None where no record is."""
    shift = asked.hours * _HOUR_MS
    code = asked.services.hierarchy.codes[region]
    past_times, past = asked.services.past_trend(code, asked.hours, asked.hours)
    by_hour = {(at + shift) // _HOUR_MS: score for at, score in zip(past_times, past, strict=True)}
    return [by_hour.get(at // _HOUR_MS) for at in times]
