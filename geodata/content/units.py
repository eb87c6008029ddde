"""Units: grid workers in their grids, response units in the seats of towns. Call signs, never persons."""

from __future__ import annotations

import numpy as np

from geodata.content.apportion import I64, apportion, numbered_within
from geodata.content.borders import owners
from geodata.content.ground import ROOMY, Ground
from geodata.content.seeds import generator
from geodata.content.totals import Totals
from geodata.errors import PackError
from geodata.land import Land
from geodata.tables import COUNTY, GRID, TOWN, UNIT_KINDS, VILLAGE, Units

# What a call sign begins with, by `UNIT_KINDS`: 网格, 巡逻, 消防, 应急, 调解, 医疗.
SIGNS = ("网", "巡", "消", "急", "调", "医")
_PREFIX = 4  # digits of province and city, with which all codes of a city begin
_TOWN_LIKE = 0.5  # from here on workers live all over their grid, not about a village's heart
_RURAL_SPREAD, _SEAT_SPREAD = 0.12, 0.1


def units_of(land: Land, totals: Totals, people: I64, seats: I64, ground: Ground) -> Units:
    """All units, sorted by home grid and kind.

    A grid has at least one worker, and more with more people. Response units are shared by the towns in
    proportion to their people. Call signs: `网-02001-001001-1` is the first worker of grid 001 in village
    001 of town 02001 (the grid's code without the digits of the city), `巡-370702-01` the first patrol of a
    county.
    """
    if totals.grid_workers < land.grid_count:
        raise PackError(
            f"{totals.grid_workers} grid workers don't suffice for {land.grid_count} grids; "
            "raise grid_workers in [totals]."
        )
    workers = np.repeat(np.arange(land.grid_count), apportion(totals.grid_workers, people, least=1))
    homes, kinds = [workers], [np.zeros(len(workers), dtype=np.int64)]
    for kind, count in enumerate(totals.response_units, start=1):
        homes.append(_at_seats(land, people, seats, count))
        kinds.append(np.full(count, kind))
    home, kind_of = np.concatenate(homes), np.concatenate(kinds)
    order = np.lexsort((kind_of, home))
    home, kind_of = home[order], kind_of[order]
    spread = np.where(land.urban[home] < _TOWN_LIKE, _RURAL_SPREAD, ROOMY)
    spread[kind_of > 0] = _SEAT_SPREAD
    return Units(
        call_sign=_call_signs(land, home, kind_of),
        kind=kind_of.astype(np.uint8),
        home_grid=home.astype(np.uint32),
        xy=ground.places(home, spread, generator(land.code[0], "units")),
    )


def _at_seats(land: Land, people: I64, seats: I64, count: int) -> I64:
    """The towns' seats, each as often as its share of `count` by people; one each where that suffices."""
    towns = seats[int(land.tier_start[TOWN]) : int(land.tier_start[VILLAGE])]
    share = apportion(count, np.bincount(owners(land, TOWN), people), least=int(count >= len(towns)))
    return np.repeat(towns, share)


def _call_signs(land: Land, home: I64, kind: I64) -> tuple[str, ...]:
    first = int(land.tier_start[GRID])
    city = land.code[0][:_PREFIX]
    places = [_spaced(code.removeprefix(city)) for code in land.code[first:]]
    counties = land.code[int(land.tier_start[COUNTY]) : int(land.tier_start[TOWN])]
    county = owners(land, COUNTY)[home]
    in_grid = numbered_within(home * len(UNIT_KINDS) + kind) + 1
    in_county = numbered_within(county * len(UNIT_KINDS) + kind) + 1
    return tuple(
        f"{SIGNS[k]}-{counties[c]}-{n_county:02d}" if k else f"{SIGNS[0]}-{places[g]}-{n_grid}"
        for k, g, c, n_grid, n_county in zip(
            kind.tolist(), home.tolist(), county.tolist(), in_grid.tolist(), in_county.tolist(), strict=True
        )
    )


def _spaced(code: str) -> str:
    """A grid's code with a stroke before the six characters of its village and grid."""
    return f"{code[:-6]}-{code[-6:]}" if len(code) > 6 else code
