"""The city as the simulator needs it: a few arrays of its pack, and points inside its grids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geodata import Locator, Pack

VILLAGE, GRID = 3, 4
MAP_UNITS_PER_M = 10.0
DECIMALS = 6  # of degrees, 0.1 m
_TRIES = 8

Locate = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[Any]]
"""Grid numbers of points by longitude and latitude; -1 outside the city."""


def utc_offset_ms(at_ms: int, timezone: ZoneInfo) -> int:
    """What turns UTC into a zone's wall clock at a moment."""
    offset = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(timezone).utcoffset()
    return int(offset.total_seconds() * 1000) if offset else 0


@dataclass(frozen=True)
class World:
    """Grids with their people, centres and village; everything in grid order.

    `xy` f64[G, 2] are map units (decimetres of web mercator), `scale` the map units of a metre on the ground.
    """

    pack: Pack
    locate: Locate
    population: NDArray[np.float64]
    xy: NDArray[np.float64]
    bbox: NDArray[np.int64]
    village: NDArray[np.int64]
    town: NDArray[np.int64]
    scale: float
    timezone: ZoneInfo

    @classmethod
    def of(cls, pack: Pack, locate: Locate | None = None) -> World:
        """The world of a pack; `locate` where there is a locator already."""
        regions = pack.regions
        start = int(regions.tier_start[GRID])
        village = regions.parent[start:].astype(np.int64)
        lat = float(pack.to_lonlat(regions.label_xy[0])[1])
        return cls(
            pack=pack,
            locate=locate or Locator(pack).locate,
            population=regions.population[start:].astype(np.float64),
            xy=regions.label_xy[start:].astype(np.float64),
            bbox=regions.bbox[start:].astype(np.int64),
            village=village,
            town=regions.parent[village].astype(np.int64),
            scale=MAP_UNITS_PER_M / float(np.cos(np.radians(lat))),
            timezone=ZoneInfo(pack.manifest["timezone"]),
        )

    @property
    def grid_count(self) -> int:
        """Number of grids."""
        return len(self.population)

    def utc_offset_ms(self, at_ms: int) -> int:
        """What turns UTC into the city's wall clock at a moment."""
        return utc_offset_ms(at_ms, self.timezone)

    def points_in(self, grids: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
        """A random point (lon, lat) inside each of `grids`, [n, 2]; a thin grid may get its label point.

        Points have `DECIMALS`, so that one near a border stays on its side when it is written out.
        """
        points = np.round(self.lonlat(self.xy[grids]), DECIMALS)
        left = np.arange(len(grids))
        for _ in range(_TRIES):
            if not len(left):
                break
            box = self.bbox[grids[left]]
            xy = box[:, :2] + rng.random((len(left), 2)) * (box[:, 2:] - box[:, :2])
            candidate = np.round(self.lonlat(xy), DECIMALS)
            inside = self.locate(candidate[:, 0], candidate[:, 1]) == grids[left]
            points[left[inside]] = candidate[inside]
            left = left[~inside]
        return points

    def lonlat(self, xy: NDArray[Any]) -> NDArray[np.float64]:
        """Longitude and latitude of map units, [n, 2]."""
        return np.stack(self.pack.to_lonlat(xy), axis=-1)

    def name(self, region: int) -> str:
        """A region's Chinese name."""
        return self.pack.regions.name[region]
