"""The map of a region on a page or on paper: its grids by level, its parts' borders and names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.hierarchy import GRID, VILLAGE, Hierarchy
from dashboard.views.charts import svg
from dashboard.views.charts.heat import luminance
from dashboard.views.charts.lettering import width_of
from dashboard.views.charts.map_shapes import PER_UNIT, Frame, borders, fields
from dashboard.views.charts.themes import Theme
from geodata import Pack
from geodata.tables import Geometry

_EDGE, _LEGEND = 6.0, 30.0
_NAME, _NUMERAL = 13.0, 10.0
_TALL = 0.6 * _NAME
_FEW_GRIDS, _SOME_GRIDS = 80, 600
_GRAVE = 3
_MARK = 8.5
_GIVE_WAY = ((0, 0), (0, 14), (0, -14), (16, 0), (-16, 0), (16, 14), (-16, 14), (16, -14), (-16, -14))
Box = tuple[float, float, float, float]
_ROOM = 15.0
_SWATCH = 16.0
_STRIPES_APART, _STRIPE = 50.0, 9.0
_TENTHS = f"scale({1 / PER_UNIT})"
_HATCHED = 8
"""Added to a level: the class of grids whose score has too little behind it."""
_WIDTHS = {-1: 1.8, 0: 1.2, 1: 1.0, 2: 0.9, 3: 0.8, 4: 0.5}
"""How broad the borders of each tier are; -1 is the region's own."""


@dataclass(frozen=True)
class Mark:
    """A place that words elsewhere refer to: map units, the numeral in it, and whether it is a grave one."""

    xy: tuple[float, float]
    numeral: str
    words: str
    grave: bool = False


def region_map(
    pack: Pack,
    hierarchy: Hierarchy,
    region: int,
    levels: NDArray[Any],
    hatched: NDArray[Any],
    theme: Theme,
    title: str,
    nothing: str = "",
    name_of: Callable[[int], str] | None = None,
    legend: Mapping[str, str] | None = None,
    marks: Sequence[Mark] = (),
    size: tuple[float, float] = (720.0, 480.0),
) -> str:
    """The region, north up, in at most `size`.

    `levels` u8[R] are levels 0 (unknown) … 4 of all regions, `hatched` bool[R] says which scores have too
    little behind them; both may be empty while nothing is known, which `nothing` then says. `name_of`: a
    region's name; `legend`: what "1" … "4" and "hatched" mean. Levels are told by colour, by the numeral
    beside a part's name, and in single grids where there is room.
    """
    if not len(levels):
        return svg.blank(size[0], theme, title, nothing)
    room = size[1] - (_LEGEND if legend else 0.0)
    frame, height = Frame.fit(pack.regions.bbox[region], size[0], room, _EDGE)
    low, high = hierarchy.slice_of(region)
    plan = _Plan(pack, hierarchy, region, levels, hatched, frame, theme)
    parts = [
        _stripes(theme),
        svg.element("g", *_fields(plan, low, high), *_borders(plan, low, high), transform=_TENTHS),
        *_numerals(plan, low, high),
        *(_names(plan, name_of, marks) if name_of else []),
        *(_mark(mark, frame, theme) for mark in marks),
        *(_legend(legend, height, theme) if legend else []),
    ]
    return svg.drawing(size[0], height + (_LEGEND if legend else 0.0), theme, title, *parts)


@dataclass(frozen=True)
class _Plan:
    """What is drawn, where, and how."""

    pack: Pack
    hierarchy: Hierarchy
    region: int
    levels: NDArray[Any]
    hatched: NDArray[Any]
    frame: Frame
    theme: Theme

    @property
    def geometry(self) -> Geometry:
        return self.pack.geometry

    def size_of(self, regions: NDArray[Any] | slice) -> NDArray[np.float64]:
        """Width and height of regions in the drawing, [n, 2]."""
        boxes = self.pack.regions.bbox[regions].astype(np.float64)
        return np.asarray((boxes[:, 2:] - boxes[:, :2]) * self.frame.per_map_unit)

    def label_of(self, regions: NDArray[Any] | slice) -> NDArray[np.float64]:
        """The places of names in the drawing, [n, 2]."""
        return self.frame.at(self.pack.regions.label_xy[regions])


def _fields(plan: _Plan, low: int, high: int) -> list[str]:
    grids = slice(plan.hierarchy.region_of_grid(low), plan.hierarchy.region_of_grid(high))
    classes = plan.levels[grids].astype(np.int64) + _HATCHED * plan.hatched[grids].astype(np.int64)
    drawn = []
    for number, d in sorted(fields(plan.geometry, low, high, classes, plan.frame).items()):
        level = number % _HATCHED
        fill = plan.theme.levels[level]
        drawn.append(svg.element("path", d=d, fill=fill, fill_rule="evenodd", class_=f"level-{level}"))
        if number >= _HATCHED:
            striped = f"url(#{_stripes_id(plan.theme)})"
            drawn.append(svg.element("path", d=d, fill=striped, fill_rule="evenodd"))
    return drawn


def _borders(plan: _Plan, low: int, high: int) -> list[str]:
    """The region's outline, those of its parts, and single grids' where they can be told apart."""
    tier = int(plan.hierarchy.tier[plan.region])
    finest = GRID if high - low <= _SOME_GRIDS else min(tier + 1, GRID)
    found = borders(plan.geometry, low, high, finest, plan.frame)
    return [
        svg.element(
            "path",
            d=d,
            fill="none",
            stroke=plan.theme.border if at <= min(tier + 1, VILLAGE) else plan.theme.border_thin,
            stroke_width=_WIDTHS[at] * PER_UNIT,
            stroke_linejoin="round",
        )
        for at, d in sorted(found.items(), reverse=True)
    ]


def _numerals(plan: _Plan, low: int, high: int) -> list[str]:
    """The level's numeral in single grids with room for it: in all of a few, else in the bad ones."""
    grids = np.arange(plan.hierarchy.region_of_grid(low), plan.hierarchy.region_of_grid(high))
    told = plan.levels[grids] >= (1 if len(grids) <= _FEW_GRIDS else _GRAVE)
    grids = grids[told & (plan.size_of(grids).min(axis=1) >= _ROOM)]
    return [
        svg.text(
            str(int(plan.levels[grid])),
            x,
            y + 0.35 * _NUMERAL,
            _on(plan.theme.levels[int(plan.levels[grid])]),
            _NUMERAL,
            "middle",
        )
        for grid, (x, y) in zip(grids.tolist(), plan.label_of(grids).tolist(), strict=True)
    ]


def _on(fill: str) -> str:
    """Letters that can be read on a colour."""
    return "#0E1216" if luminance(fill) > 0.18 else "#FFFFFF"


def _names(plan: _Plan, name_of: Callable[[int], str], marks: Sequence[Mark]) -> list[str]:
    """The names of the parts with the numerals of their levels, large parts first, none over another.

    A name that has no room gives way by a line or a letter, or is left out.
    """
    children = np.array(plan.hierarchy.children(plan.region), dtype=np.int64)
    if not len(children) or plan.hierarchy.tier[children[0]] == GRID:
        return []
    sizes, places = plan.size_of(children), plan.label_of(children)
    drawn: list[str] = []
    taken = [_around(plan.frame.at(np.array(mark.xy)).tolist(), _MARK, _MARK) for mark in marks]
    for at in np.argsort(-sizes.prod(axis=1), kind="stable").tolist():
        child, (x, y) = int(children[at]), places[at].tolist()
        numeral = int(plan.levels[child])
        words = f"{name_of(child)} {numeral}" if numeral else name_of(child)
        half = width_of(words, _NAME) / 2
        ways = ((x + right, y + down) for right, down in _GIVE_WAY)
        free = (way for way in ways if not any(_overlap(_around(way, half, _TALL), box) for box in taken))
        if (way := next(free, None)) is not None:
            taken.append(_around(way, half, _TALL))
            line = way[1] + 0.35 * _NAME
            drawn.append(svg.text(words, way[0], line, plan.theme.text, _NAME, "middle", plan.theme.ground))
    return drawn


def _around(at: Sequence[float], half_width: float, half_height: float) -> Box:
    return at[0] - half_width, at[1] - half_height, at[0] + half_width, at[1] + half_height


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _mark(mark: Mark, frame: Frame, theme: Theme) -> str:
    x, y = frame.at(np.array(mark.xy)).tolist()
    fill = theme.text if mark.grave else theme.text_second
    return svg.element(
        "g",
        svg.hover(mark.words),
        svg.element("circle", cx=x, cy=y, r=_MARK, fill=fill, stroke=theme.ground, stroke_width=1.5),
        svg.text(mark.numeral, x, y + 3.6, _on(fill), 10.0, "middle"),
    )


def _stripes_id(theme: Theme) -> str:
    return f"stripes-{theme.name}"


def _stripes(theme: Theme) -> str:
    """The pattern that lies over scores with too little behind them; in tenths, as the fields are."""
    stripe = svg.element("rect", width=_STRIPE, height=_STRIPES_APART, fill=theme.ground, fill_opacity=0.5)
    pattern = svg.element(
        "pattern",
        stripe,
        id=_stripes_id(theme),
        patternUnits="userSpaceOnUse",
        width=_STRIPES_APART,
        height=_STRIPES_APART,
        patternTransform="rotate(45)",
    )
    return svg.element("defs", pattern)


def _legend(legend: Mapping[str, str], top: float, theme: Theme) -> list[str]:
    """Swatches with the numeral of their level, and what they mean."""
    found, x = [], _EDGE
    y = top + 7.0
    for key, words in legend.items():
        level = int(key) if key.isdigit() else 0
        box = {"x": x, "y": y, "width": _SWATCH, "height": _SWATCH, "rx": 2.0}
        fill = theme.levels[level] if key.isdigit() else theme.levels[1]
        found.append(svg.element("rect", **box, fill=fill, stroke=theme.hairline, stroke_width=0.5))
        if key.isdigit():
            numeral = svg.text(key, x + _SWATCH / 2, y + 12.0, _on(fill), 10.5, "middle")
            found.append(numeral)
        else:
            found.append(_swatch_stripes(x, y, theme))
        found.append(svg.text(words, x + _SWATCH + 6, y + 12.5, theme.text_second, 12.0))
        x += _SWATCH + 6 + width_of(words, 12.0) + 18
    return found


def _swatch_stripes(x: float, y: float, theme: Theme) -> str:
    """The stripes of the map, at its own scale."""
    side = _SWATCH * PER_UNIT
    box = svg.element("rect", width=side, height=side, fill=f"url(#{_stripes_id(theme)})")
    return svg.element("g", box, transform=f"translate({svg.number(x)} {svg.number(y)}) {_TENTHS}")
