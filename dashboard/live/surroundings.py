"""What lies around a place now: its grid, the units that could come, cases like it, the cameras nearby."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard.domain.dispatch import Suggestion, UnitTable, suggest
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.nearby import Surveyed, cameras_near
from dashboard.domain.similar import similar
from dashboard.domain.units import OFF
from dashboard.live.state import LiveState
from geodata import Pack
from geodata.locator import Locator
from geodata.pack import UNITS_PER_M

MapUnits = tuple[float, float]


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

    def units(self, code: str, grid: int, xy: MapUnits) -> list[Suggestion]:
        """The best units for a case of type `code` there, by where they are now."""
        return suggest(code, grid, xy, self._units(), self._m_per_unit(xy[1]))

    def similar(self, case: Mapping[str, Any]) -> list[tuple[Row, float]]:
        """(case, metres) of open cases that this one (as the wire has it) may be merged with."""
        kind = case["type"][:2]  # what `similar` asks first, before ten thousand rows are made
        others = [Row.of(other) for other in self._state.open_cases.values() if other["type"][:2] == kind]
        return similar(Row.of(case), others, self._m_per_unit(case["y"]))

    def cameras(self, xy: MapUnits) -> Surveyed:
        """The cameras nearby and how they are; unknown before their first entry."""
        fixed = self._pack.cameras
        status = _padded(self._state.column("cameras", "status"), len(fixed.grid), 0)
        return cameras_near(xy, fixed.xy, status, self._m_per_unit(xy[1]))

    def _units(self) -> UnitTable:
        fixed = self._pack.units
        count = len(fixed.kind)
        x, y, states = (
            _padded(self._state.column("units", name), count, OFF) for name in ("x", "y", "state")
        )
        load = np.zeros(count, dtype=np.int64)
        for case in self._state.open_cases.values():
            number = self._unit_numbers.get(case["unit"]) if case.get("unit") else None
            if number is not None:
                load[number] += 1
        return UnitTable(
            fixed.kind, states.astype(np.uint8), np.stack((x, y), axis=1), fixed.home_grid, load
        )

    def _m_per_unit(self, y: float) -> float:
        """Metres on the ground per map unit: web mercator stretches by the cosine of the latitude."""
        _, lat = self._pack.to_lonlat(np.array([[0.0, y]]))
        return float(np.cos(np.radians(lat[0]))) / UNITS_PER_M


def _padded(column: np.ndarray[Any, Any], count: int, missing: int) -> np.ndarray[Any, Any]:
    """A column that may not have come whole."""
    if len(column) >= count:
        return column[:count]
    return np.concatenate([column, np.full(count - len(column), missing, column.dtype)])
