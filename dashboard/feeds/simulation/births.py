"""New simulated cases: what, where and when, as reports for the streams."""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from dashboard.feeds.simulation import rhythm, texts
from dashboard.feeds.simulation.clusters import Places
from dashboard.feeds.simulation.lifecycle import told_after_ms
from dashboard.feeds.simulation.world import DECIMALS, World
from dashboard.feeds.values import iso_times

SOURCE = "模拟"
_DIGITS = string.digits + string.ascii_lowercase
# Types that concern many at once.
_GROUP_SCALE = frozenset({"wage_dispute", "fundraising_dispute", "crowding"})


@dataclass(frozen=True)
class NewCases:
    """Some cases in the order of their reports; all arrays go with `ids`.

    `rows` are rows of the rhythm's table, `told_ms` when the report comes in, `lonlat` f64[n, 2].
    """

    ids: list[str]
    rows: NDArray[np.int64]
    levels: NDArray[np.int64]
    told_ms: NDArray[np.int64]
    occurred_ms: NDArray[np.int64]
    grids: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    reports: list[dict[str, str]]


class Births:
    """Draws new cases of a world by its rhythm and its hot spots."""

    def __init__(self, world: World, places: Places) -> None:
        self._world = world
        self._places = places

    def between(self, rng: np.random.Generator, cases_per_day: float, from_ms: int, to_ms: int) -> NewCases:
        """The cases whose reports come in within [from_ms, to_ms); a long span is drawn hour by hour."""
        offset = self._world.utc_offset_ms(from_ms)
        coming = rhythm.arrivals(rng, cases_per_day, from_ms, to_ms, offset)
        if not len(coming.rows):
            none = np.empty(0, dtype=np.int64)
            return NewCases([], none, none, none, none, none, np.empty((0, 2)), [])
        grids = np.empty(len(coming.rows), dtype=np.int64)
        hours = coming.at_ms // rhythm.HOUR_MS
        # One set of weights serves an hour; over a long past one of every sixth hour will do.
        blocks = hours if to_ms - from_ms <= 2 * rhythm.DAY_MS else hours // 6 * 6
        for hour in np.unique(blocks):
            chosen = blocks == hour
            families = rhythm.FAMILY_OF_ROW[coming.rows[chosen]]
            grids[chosen] = self._places.draw(rng, families, int(hour) * rhythm.HOUR_MS)
        return self._written(rng, coming, grids, offset)

    def _written(
        self, rng: np.random.Generator, coming: rhythm.Arrivals, grids: NDArray[np.int64], offset: int
    ) -> NewCases:
        rows = coming.rows
        levels = rhythm.levels(rng, rows)
        occurred = coming.at_ms - told_after_ms(rng, rows)
        lonlat = self._world.points_in(grids, rng)
        ids = self._ids(rng, grids, coming.at_ms, offset)
        origins, when = rhythm.origins(rng, rows), iso_times(occurred)
        reports = []
        for k, row in enumerate(rows.tolist()):
            slug = rhythm.TABLE[row].slug
            reports.append(
                {
                    "id": ids[k],
                    "type": rhythm.CODES[row],
                    "level": f"{levels[k]:02d}",
                    "scale": "02" if slug in _GROUP_SCALE else "01",
                    "origin": origins[k],
                    "occurred_at": when[k],
                    "lon": f"{lonlat[k, 0]:.{DECIMALS}f}",
                    "lat": f"{lonlat[k, 1]:.{DECIMALS}f}",
                    "place": texts.place(self._world, int(grids[k])),
                    "summary": texts.summary(slug, rng),
                    "source": SOURCE,
                    "simulated": "1",
                }
            )
        return NewCases(ids, rows, levels, coming.at_ms, occurred, grids, lonlat, reports)

    def _ids(
        self, rng: np.random.Generator, grids: NDArray[np.int64], at_ms: NDArray[np.int64], offset: int
    ) -> list[str]:
        """County, local day and second, and three characters of chance: distinct, and readable on a desk."""
        regions = self._world.pack.regions
        counties = regions.parent[self._world.town[grids]]
        chance = rng.integers(len(_DIGITS), size=(len(grids), 3))
        ids: dict[str, None] = {}
        for county, at, (a, b, c) in zip(counties.tolist(), at_ms.tolist(), chance.tolist(), strict=True):
            local = datetime.fromtimestamp((at + offset) / 1000, UTC)
            stem = f"{regions.code[county]}-{local:%Y%m%d-%H%M%S}"
            name = f"{stem}{_DIGITS[a]}{_DIGITS[b]}{_DIGITS[c]}"
            while name in ids:
                name = stem + "".join(_DIGITS[i] for i in rng.integers(len(_DIGITS), size=3))
            ids[name] = None
        return list(ids)
