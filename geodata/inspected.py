"""A pack while it is being checked: what several verdicts need, computed once and when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from geodata.counts import Counts, count
from geodata.land import Polygons
from geodata.locator import Locator
from geodata.outlines import Ints, tier_polygons
from geodata.pack import UNITS_PER_M, Pack
from geodata.tables import F64, GRID


@dataclass(frozen=True)
class Verdict:
    """Whether something that has to be true is, and what was found, in words or numbers."""

    name: str
    ok: bool
    found: Any


@dataclass(frozen=True)
class Inspected:
    """A pack with its polygons, put together from its own vertices."""

    pack: Pack

    def polygons(self, tier: int) -> Polygons:
        """The polygons of a tier in map units, in region order; raises `PackError` where rings are open."""
        if tier not in self._polygons:
            self._polygons[tier] = tier_polygons(self.pack.geometry, self.pack.regions, tier)
        return self._polygons[tier]

    @cached_property
    def _polygons(self) -> dict[int, Polygons]:
        return {}

    @cached_property
    def drawn_m2(self) -> F64:
        """Area of every region's outline as it is drawn, measured in the metric CRS of the build."""
        manifest = self.pack.manifest
        to_metres = Transformer.from_crs("EPSG:3857", manifest["crs"], always_xy=True)

        def turn(xy: F64) -> F64:
            x, y = (xy / UNITS_PER_M + manifest["origin"]).T
            return np.stack(to_metres.transform(x, y), axis=1)

        tiers = [self.polygons(tier) for tier in range(GRID + 1)]
        return np.asarray(shapely.area(shapely.transform(np.concatenate(tiers), turn)))

    @cached_property
    def locator(self) -> Locator:
        """Finds grids by the pack's arcs."""
        return Locator(self.pack)

    @cached_property
    def counts(self) -> Counts:
        """The figures of the pack."""
        return count(self.pack)

    @cached_property
    def arc_lines(self) -> Polygons:
        """The arcs as lines in map units."""
        geometry = self.pack.geometry
        length = geometry.arc_start[1:].astype(np.int64) - geometry.arc_start[:-1]
        xy = geometry.vertex_xy[geometry.arc_vertex].astype(np.float64)
        return np.asarray(shapely.linestrings(xy, indices=np.repeat(np.arange(len(length)), length)))

    def stretch_lines(self, which: Ints) -> Polygons:
        """What some checkpoints guard, as lines in map units."""
        start, xy = self.pack.checkpoints.stretch_start, self.pack.checkpoints.stretch_xy.astype(np.float64)
        return np.array([shapely.LineString(xy[start[i] : start[i + 1]]) for i in which], dtype=object)
