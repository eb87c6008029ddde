"""At a glance: how the region stands, in sentences, and its map with the gravest cases."""

from __future__ import annotations

from functools import partial

from dashboard.views.aside import aside
from dashboard.views.brief.asked import Asked
from dashboard.views.brief.found import cases_of, explanation_of, level_of, moved_of
from dashboard.views.brief.gravest_cases import gravest_cases
from dashboard.views.brief.model import Block, Drawing, Section, Words
from dashboard.views.brief.wording import level_words
from dashboard.views.charts import PAPER, Mark, region_map
from dashboard.views.places import name_of
from dashboard.views.rounding import rounded, signed
from dashboard.views.texts import t
from dashboard.views.wording import number
from layers import palette

_LEGEND_LEVELS = (1, 2, 3, 4)
_SIZE = (720.0, 430.0)


def glance(asked: Asked) -> Section:
    """Always there: what is not known is said to be unknown."""
    said = [_standing(asked), _moved_by(asked), _caution(asked), _cases_in_short(asked)]
    blocks: list[Block] = [Words(sentence) for sentence in said if sentence]
    return Section("glance", t("brief.glance"), (*blocks, _map(asked), *_of_the_map(asked)))


def _standing(asked: Asked) -> str:
    """Score, level and interval."""
    place = name_of(asked.services, asked.region)
    found = explanation_of(asked)
    score = asked.sources.score(asked.region) if found is None else rounded(found["score"])
    if score is None:
        return t("brief.standing.unknown", place=place)
    level = level_words(level_of(asked, asked.region))
    if found is None:
        return t("brief.standing", place=place, score=f"{score:.1f}", level=level)
    low, high = found["interval"]
    return t(
        "brief.standing.interval",
        place=place,
        score=f"{score:.1f}",
        level=level,
        share=number(100 * found["interval_share"]),
        low=number(low, 1),
        high=number(high, 1),
    )


def _moved_by(asked: Asked) -> str:
    found = moved_of(asked)
    since = t(f"brief.since.{asked.period}")
    if found is None:
        return t("brief.moved.unknown", since=since)
    by = rounded(found["to_score"]) - rounded(found["from_score"])
    return t("brief.moved.by", since=since, score=number(found["from_score"], 1), change=signed(by))


def _caution(asked: Asked) -> str:
    """What the score does not say: too little behind it, or an open case of level 01 that keeps it down."""
    hatched, capped = asked.sources.hatched, asked.sources.capped
    if asked.region >= len(hatched):
        return ""
    said = [(hatched, "brief.hatched"), (capped, "brief.capped")]
    return " ".join(t(name) for flags, name in said if flags[asked.region])


def _cases_in_short(asked: Asked) -> str:
    found = cases_of(asked)
    if found is None:
        return ""
    counts = {name: number(found[name]) for name in ("new", "ended", "open", "overdue")}
    before = number(found["new_before"])
    return t("brief.cases.short", period=t(f"brief.this.{asked.period}"), before=before, **counts)


def _map(asked: Asked) -> Drawing:
    """The map, drawn beside the worker's other requests: a whole city takes a while."""
    services, sources = asked.services, asked.sources
    title = t("brief.map", place=name_of(services, asked.region))
    names = {child: name_of(services, child) for child in services.hierarchy.children(asked.region)}
    draw = partial(
        region_map,
        services.pack,
        services.hierarchy,
        asked.region,
        sources.levels,
        sources.hatched,
        PAPER,
        title,
        t("brief.map.unknown"),
        name_of=names.__getitem__,
        legend=_legend(services.cuts),
        marks=_marks(asked),
        size=_SIZE,
    )
    return Drawing(aside(draw), title)


def _legend(cuts: tuple[float, float, float]) -> dict[str, str]:
    """What each level's swatch means, and the stripes."""
    bounds = [*(t("level.from", cut=f"{cut:g}") for cut in cuts), t("level.below", cut=f"{cuts[-1]:g}")]
    told = {
        palette.LEVELS[level].numeral: f"{t(f'level.{level}')} {bound}"
        for level, bound in zip(_LEGEND_LEVELS, bounds, strict=True)
    }
    return {**told, "hatched": t("brief.map.hatched")}


def _marks(asked: Asked) -> list[Mark]:
    """The gravest cases that are still open, by their number in that section."""
    return [
        Mark(case.xy, str(number), case.words, case.level <= 2)
        for number, case in enumerate(gravest_cases(asked), 1)
        if case.is_open
    ]


def _of_the_map(asked: Asked) -> list[Words]:
    """What the map's signs mean, and how far its borders can be trusted."""
    said = [t("brief.map.signs")]
    if asked.services.pack.regions.derived[asked.services.hierarchy.region_of_grid(0)]:
        said.append(t("brief.map.derived"))
    return [Words(" ".join(said), "note")]
