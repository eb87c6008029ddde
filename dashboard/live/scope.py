"""What of a city's frames a region's screens get: what lies in it, and of what lies above it the score.

Columns and tables that are not named here are in no narrowed frame, so a new one must be thought of first.
A dense section stays dense, and what lies outside is unknown in it; of a sparse one the places outside are
gone, and of a list the entries outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.hierarchy import Hierarchy
from dashboard.streams import frame
from dashboard.streams.tables import SCORE_UNKNOWN
from geodata import Pack

Mask = NDArray[np.bool_]
Opened = list[tuple[tuple[str, str], frame.Section, Any]]
"""A frame's sections: (table, column) name, section, and the value of a JSON column (else None)."""

COLUMNS: dict[tuple[str, str], tuple[str, int]] = {
    ("regions", "score"): ("seen", SCORE_UNKNOWN),
    ("regions", "level"): ("seen", 0),
    ("regions", "stability"): ("regions", SCORE_UNKNOWN),
    ("regions", "public_order"): ("regions", SCORE_UNKNOWN),
    ("regions", "criminal"): ("regions", SCORE_UNKNOWN),
    ("regions", "safety"): ("regions", SCORE_UNKNOWN),
    ("regions", "open_cases"): ("regions", 0),
    ("grids", "heat"): ("grids", 0),
    ("cameras", "status"): ("cameras", 0),
    ("units", "x"): ("units", 0),
    ("units", "y"): ("units", 0),
    ("units", "state"): ("units", 0),
}
"""Column → (which mask of `Scope` says what stays, what stands in a dense section for the rest)."""


def opened(data: bytes) -> Opened:
    """A frame decoded once for all scopes; raises `frame.FrameError`."""
    return [
        (frame.name_of(part), part, part.json() if isinstance(part.values, bytes) else None)
        for part in frame.decode(data)
    ]


class Scope:
    """One region's part of a city.

    Masks: `regions` [R] the region and all inside it, `seen` [R] these and the regions above it, `grids` [G],
    `cameras` [N] by grid, `units` [U] by home grid.
    """

    def __init__(
        self, region: int, hierarchy: Hierarchy, camera_grid: NDArray[Any], unit_home: NDArray[Any]
    ) -> None:
        """`camera_grid` [N], `unit_home` [U]: grid numbers."""
        self.region = region
        low, high = self._low, self._high = hierarchy.slice_of(region)
        # A region whose parent has no other part has the parent's slice too, hence the tier.
        inside = (hierarchy.grid_lo >= low) & (hierarchy.grid_hi <= high)
        inside &= hierarchy.tier >= hierarchy.tier[region]
        seen = inside.copy()
        seen[hierarchy.ancestors(region)] = True
        self._masks: dict[str, Mask] = {
            "regions": inside,
            "seen": seen,
            "grids": self._holds(np.arange(hierarchy.grid_count)),
            "cameras": self._holds(camera_grid),
            "units": self._holds(unit_home),
        }
        self._lists: dict[tuple[str, str], Callable[[Any], Any]] = {
            ("cases", "upserts"): self._cases,
            ("answers", "commands"): self._answers,
            ("clock", "clock"): lambda clock: clock,
        }

    @classmethod
    def of(cls, region: int, hierarchy: Hierarchy, pack: Pack) -> Scope:
        """The scope of a region of a pack."""
        return cls(region, hierarchy, pack.cameras.grid, pack.units.home_grid)

    def narrow(self, data: bytes) -> bytes:
        """The frame as the region's screens get it; raises `frame.FrameError` for bytes that are none."""
        return frame.encode(self.sections(opened(data)))

    def sections(self, parts: Opened) -> list[frame.Section]:
        """The sections that are left, in their order."""
        return [kept for name, part, value in parts if (kept := self._section(name, part, value)) is not None]

    def _section(self, name: tuple[str, str], part: frame.Section, value: Any) -> frame.Section | None:
        if name in self._lists:
            kept = self._lists[name](value)
            return frame.section(*name, kept) if kept else None
        if name not in COLUMNS:
            return None
        kind, unknown = COLUMNS[name]
        mask = self._masks[kind]
        return _dense(part, mask, unknown) if part.index is None else _sparse(part, part.index, mask)

    def _holds(self, grids: NDArray[Any]) -> Mask:
        return np.asarray((grids >= self._low) & (grids < self._high))

    def _has(self, grid: int | None) -> bool:
        return grid is not None and self._low <= grid < self._high

    def _cases(self, upserts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those inside as they are; of one that has left the region, that it is gone."""
        kept = []
        for case in upserts:
            if self._has(case.get("grid")):
                kept.append({name: value for name, value in case.items() if name != "left"})
            elif self._has(case.get("left")):
                kept.append({"id": case["id"], "closed": True})
        return kept

    def _answers(self, answers: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [answer for answer in answers if self._has(answer.get("grid"))]


def says_nothing(sections: list[frame.Section]) -> bool:
    """Whether a narrowed frame holds its clock alone, which every heartbeat tells too."""
    return all(frame.name_of(part) == ("clock", "clock") for part in sections)


def _sparse(part: frame.Section, index: NDArray[np.uint32], mask: Mask) -> frame.Section | None:
    kept = index < len(mask)
    kept[kept] = mask[index[kept]]
    if not kept.any():
        return None
    return replace(part, values=part.array()[kept], index=index[kept])


def _dense(part: frame.Section, mask: Mask, unknown: int) -> frame.Section:
    values = part.array().copy()
    known = mask[: len(values)]
    values[: len(known)][~known] = unknown
    values[len(known) :] = unknown
    return replace(part, values=values)
