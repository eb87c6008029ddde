"""`show`: a region of a pack as lines for a terminal, its figures first and then its children."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

import numpy as np
from numpy.typing import NDArray

from geodata.errors import PackError
from geodata.pack import Pack
from geodata.tables import BRANCH_KINDS, CITY, GRID, RINGS, TIERS, U32

_HEADS = ("code", "name", "", "km²", "people", "dwellings", "cameras", "grids", "outline")
_LEFT = 3  # columns of text, aligned to the left; figures to the right


def show(pack: Pack, code: str | None = None) -> list[str]:
    """The region of `code`, the city where it is None; raises `PackError` when there is no such region."""
    region = _number_of(pack, code)
    regions = pack.regions
    tier = TIERS[int(regions.tier[region])]
    title = f"{regions.name[region]} {regions.name_en[region]}".strip()
    above = " › ".join(regions.name[number] for number in reversed(_above(pack, region)))
    children = np.flatnonzero(regions.parent == region)
    facts = [f"  {name:<20} {value}" for name, value in _facts(pack, region)]
    lines = [f"{title}, {tier} {regions.code[region]}" + (f", in {above}" if above else ""), *facts]
    if len(children):
        rows = [_row(pack, int(child)) for child in children]
        below = TIERS[int(regions.tier[region]) + 1]
        lines += ["", f"{len(children):,} of tier {below}:", *_table([_HEADS, *rows])]
    return lines


def _number_of(pack: Pack, code: str | None) -> int:
    if code is None:
        return CITY
    try:
        return pack.regions.code.index(code)
    except ValueError:
        raise PackError(
            f"There is no region {code!r} in {pack.manifest['title']}; without a code the city is shown."
        ) from None


def _above(pack: Pack, region: int) -> list[int]:
    """The regions that hold this one, nearest first."""
    above: list[int] = []
    while (region := int(pack.regions.parent[region])) >= 0:
        above.append(region)
    return above


def _facts(pack: Pack, region: int) -> Iterable[tuple[str, str]]:
    """(what, figure) of one region."""
    regions, cameras = pack.regions, pack.cameras
    lo, hi = int(regions.grid_lo[region]), int(regions.grid_hi[region])
    own = slice(int(pack.grid_camera_start[lo]), int(pack.grid_camera_start[hi]))
    lon, lat = pack.to_lonlat(regions.label_xy[region])
    area_km2, people = regions.area_m2[region] / 1e6, int(regions.population[region])
    points = pack.checkpoints.ring[_within(pack.checkpoints.grid, lo, hi)]
    rings = ", ".join(f"{name} {int((points == n).sum()):,}" for n, name in enumerate(RINGS) if n)
    serving = pack.stations.station_of_grid[lo:hi]
    yield "outline", "derived" if regions.derived[region] else "given"
    yield "middle", f"{lat:.5f} N, {lon:.5f} E"
    yield "area", f"{area_km2:,.3f} km²"
    yield "people", f"{people:,} ({people / area_km2:,.0f} to a km²)"
    yield "dwellings", f"{int(regions.dwellings[region]):,}"
    yield "grids", f"{hi - lo:,}, number {lo:,} to {hi - 1:,}"
    yield "cameras", f"{own.stop - own.start:,}, networked {int(cameras.networked[own].sum()):,}"
    yield "checkpoints", rings
    yield "units at home", f"{int(_within(pack.units.home_grid, lo, hi).sum()):,}"
    yield "service stations", f"{len(np.unique(serving[serving >= 0])):,}"
    kinds = np.bincount(pack.branches.kind[lo:hi], minlength=len(BRANCH_KINDS)).tolist()
    yield "party", ", ".join(f"{name} {n:,}" for name, n in zip(BRANCH_KINDS, kinds, strict=True) if n)
    yield "property companies", f"{int(_within(pack.companies.grid, lo, hi).sum()):,}"


def _within(grid: U32, lo: int, hi: int) -> NDArray[np.bool_]:
    return np.asarray((grid >= lo) & (grid < hi))


def _row(pack: Pack, region: int) -> tuple[str, ...]:
    regions, start = pack.regions, pack.grid_camera_start
    lo, hi = int(regions.grid_lo[region]), int(regions.grid_hi[region])
    return (
        regions.code[region],
        regions.name[region],
        regions.name_en[region],
        f"{regions.area_m2[region] / 1e6:,.3f}",
        f"{int(regions.population[region]):,}",
        f"{int(regions.dwellings[region]):,}",
        f"{int(start[hi]) - int(start[lo]):,}",
        f"{hi - lo:,}" if regions.tier[region] < GRID else "",
        "derived" if regions.derived[region] else "given",
    )


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows under their heads, columns as wide as they have to be."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return ["  " + "  ".join(map(_padded, row, widths, range(len(row)))).rstrip() for row in rows]


def _padded(text: str, width: int, column: int) -> str:
    space = " " * (width - _width(text))
    return text + space if column < _LEFT or column == len(_HEADS) - 1 else space + text


def _width(text: str) -> int:
    """Columns of a terminal that a text takes: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
