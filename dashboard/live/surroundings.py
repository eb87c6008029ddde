"""What lies around a place now: its grid, the units that could come, cases like it, the cameras nearby."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dashboard.domain.dispatch import Suggestion, UnitTable, suggest
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.nearby import Surveyed, cameras_near
from dashboard.domain.similar import NEAR_M, similar
from dashboard.domain.units import OFF
from dashboard.live.state import LiveState
from geodata import Pack
from geodata.locator import Locator
from geodata.pack import UNITS_PER_M

MapUnits = tuple[float, float]
Grids = tuple[int, int]
"""[first, last + 1): the grids that who asks may look at."""


@dataclass(frozen=True)
class Row:
    """An open case as `similar` wants it."""

    id: str
    type: str
    state: str
    x: float
    y: float
    occurred_at_ms: int

    @classmethod
    def of(cls, case: Mapping[str, Any]) -> Row:
        """From a case as the wire has it."""
        return cls(*(case[name] for name in ("id", "type", "state", "x", "y", "occurred_at_ms")))


class Surroundings:
    """Answers from the pack and the live state of one city."""

    def __init__(self, pack: Pack, hierarchy: Hierarchy, state: LiveState) -> None:
        self._pack, self._hierarchy, self._state = pack, hierarchy, state
        self._locator = Locator(pack)
        self._unit_numbers = {call_sign: number for number, call_sign in enumerate(pack.units.call_sign)}

    def grid_at(self, lon: float | None, lat: float | None) -> int | None:
        """The grid that a point (WGS 84 degrees) lies in; None outside of the city."""
        grid = int(self._locator.locate(np.array([lon], dtype=float), np.array([lat], dtype=float))[0])
        return grid if grid >= 0 else None

    def unit_number(self, text: str | None) -> int | None:
        """The unit of a call sign or a number, as the projector reads it."""
        number = self._unit_numbers.get(text or "")
        if number is None and text and text.isascii() and text.isdigit() and len(text) < 10:
            return int(text) if int(text) < len(self._unit_numbers) else None
        return number

    def units(self, code: str, grid: int, xy: MapUnits, own: Grids) -> list[Suggestion]:
        """The best units at home in the grids `own` for a case of type `code`, by where they are now."""
        return suggest(code, grid, xy, self._units(own), self._m_per_unit(xy[1]))

    def similar(self, case: Mapping[str, Any], own: Grids) -> list[tuple[Row, float]]:
        """(case, metres) of open cases in the grids `own` that this one may be merged with."""
        low, high = own
        m_per_unit = self._m_per_unit(case["y"])
        near = self._state.case_index.near(case["x"], case["y"], NEAR_M / m_per_unit)
        others = [Row.of(row) for row in near if low <= row["grid"] < high]
        return similar(Row.of(case), others, m_per_unit)

    def cameras(self, xy: MapUnits, own: Grids) -> Surveyed:
        """The cameras in the grids `own` nearby and how they are; unknown before their first entry."""
        fixed = self._pack.cameras
        status = _padded(self._state.column("cameras", "status"), len(fixed.grid), 0)
        first, last = np.searchsorted(fixed.grid, own)  # cameras are sorted by grid
        found = cameras_near(xy, fixed.xy[first:last], status[first:last], self._m_per_unit(xy[1]))
        nearest = tuple(replace(near, camera=near.camera + int(first)) for near in found.nearest)
        return replace(found, nearest=nearest)

    def _units(self, own: Grids) -> UnitTable:
        """All units as they are now; those at home elsewhere count as off duty."""
        fixed = self._pack.units
        count = len(fixed.kind)
        x, y, states = (
            _padded(self._state.column("units", name), count, OFF) for name in ("x", "y", "state")
        )
        load = np.zeros(count, dtype=np.int64)
        for call_sign, cases in self._state.case_index.in_hand.items():
            number = self._unit_numbers.get(call_sign)
            if number is not None:
                load[number] = cases
        at_home = (fixed.home_grid >= own[0]) & (fixed.home_grid < own[1])
        states = np.where(at_home, states, OFF).astype(np.uint8)
        return UnitTable(fixed.kind, states, np.stack((x, y), axis=1), fixed.home_grid, load)

    def _m_per_unit(self, y: float) -> float:
        """Metres on the ground per map unit: web mercator stretches by the cosine of the latitude."""
        _, lat = self._pack.to_lonlat(np.array([[0.0, y]]))
        return float(np.cos(np.radians(lat[0]))) / UNITS_PER_M


def _padded(column: np.ndarray[Any, Any], count: int, missing: int) -> np.ndarray[Any, Any]:
    """A column that may not have come whole."""
    if len(column) >= count:
        return column[:count]
    return np.concatenate([column, np.full(count - len(column), missing, column.dtype)])
