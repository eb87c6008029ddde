"""A made city with a live state, so that its systems can be counted: all numbers from one seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboard.domain.cameras import FAULT, NOT_NETWORKED, OFFLINE, ONLINE, UNKNOWN
from dashboard.domain.case_types import CASE_TYPES, ORIGINS
from dashboard.domain.commands import OPEN
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.settling import SHAPE, figures
from dashboard.live.cases import open_cases_in
from dashboard.live.settling import hearings_of
from dashboard.live.state import LiveState
from dashboard.live.systems import Systems
from dashboard.live.systems.look import Sources
from dashboard.streams.from_pack import hierarchy_of
from geodata import Pack
from tests.assets.city import make_city

NOW_MS = 1_795_000_000_000
HOUR_MS = 3_600_000
DEPARTMENTS = ("司法所", "住建局", "交警大队")


class Times:
    """Says of camera n that its status was told n seconds before now; nothing of every seventh."""

    def __init__(self) -> None:
        self.silent = False

    def of(self, cameras: np.ndarray, status: np.ndarray) -> np.ndarray | None:
        return None if self.silent else np.where(cameras % 7 == 0, 0, NOW_MS - 1000 * cameras)

    def forget(self) -> None: ...


class Leaders:
    """A record of cases in which every grid whistled twice, and once in vain."""

    ready = True

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy

    def _calls(self, region: int) -> dict[str, int]:
        grids = int(self._hierarchy.grid_hi[region] - self._hierarchy.grid_lo[region])
        return {"called": 2 * grids, "on_time": grids, "late": grids, "waiting": 0}

    def whistles(self, code: str, period: str) -> dict[str, Any]:
        region = self._hierarchy.number_of(code)
        calls = self._calls(region)
        children = self._hierarchy.children(region)
        return {
            "open": 0,
            "overdue": calls["late"],
            "by_department": [{"department": DEPARTMENTS[0], **calls}],
            "by_region": [{"code": self._hierarchy.codes[r], **self._calls(r)} for r in children],
        }

    def flow(self, code: str, period: str) -> dict[str, Any]:
        waits = [
            {"state": state, "open": 1, "overdue": 0, "median_h": 3.0 + n, "oldest_h": 90.0}
            for n, state in enumerate(OPEN)
        ]
        return {"stages": [], "levels": [], "waits": waits}


class Made:
    """The city, and its `systems`; the state, the times and the leaders can be changed by a test."""

    def __init__(self, seed: int = 7, cases: int = 400, pack: Pack | None = None) -> None:
        rng = np.random.default_rng(seed)
        self.pack = pack or make_city(seed=seed)
        self.hierarchy = hierarchy_of(self.pack)
        self.state = LiveState()
        networked = self.pack.cameras.networked > 0
        told = rng.choice([ONLINE, OFFLINE, FAULT, UNKNOWN], len(networked), p=[0.7, 0.2, 0.05, 0.05])
        self.status = np.where(networked, told, NOT_NETWORKED).astype(np.uint8)
        self.unit_state = rng.integers(0, 5, len(self.pack.units.kind)).astype(np.uint8)
        self.state.columns["cameras", "status"] = self.status
        self.state.columns["units", "state"] = self.unit_state
        self.state.clock = {"clock_ms": NOW_MS, "simulated": True}
        grids = self.hierarchy.grid_count
        self.state.open_cases = {f"c{n}": self.case(n, int(rng.integers(grids)), rng) for n in range(cases)}
        self.settled = rng.integers(0, 4, (grids, *SHAPE))
        self.times = Times()
        self.sources = Sources(
            self.pack, self.hierarchy, self.state, self.times, self.settling,  # type: ignore[arg-type]
            Leaders(self.hierarchy), lambda: NOW_MS,
        )  # fmt: skip
        self.systems = Systems(self.sources)

    def case(self, number: int, grid: int, rng: np.random.Generator) -> dict[str, Any]:
        """An open case as the wire has it."""

        def one_of(values: Any) -> Any:
            return list(values)[int(rng.integers(len(list(values))))]

        kind = one_of(CASE_TYPES)
        late_ms = int(rng.integers(-HOUR_MS, HOUR_MS))
        paused = one_of(["", "", "court"])
        due = {"phase": "accept", "yellow_ms": 0, "red_ms": NOW_MS + late_ms, "paused": paused}
        hearing = {"team": "grid", "scheduled_ms": NOW_MS + late_ms, "since_ms": NOW_MS - HOUR_MS}
        return {
            "id": f"c{number}", "type": kind.code, "level": int(rng.integers(1, 5)), "state": one_of(OPEN),
            "grid": grid, "origin": one_of(ORIGINS), "card": one_of(["normal", "yellow", "red"]),
            "occurred_at_ms": NOW_MS - int(rng.integers(0, 90 * 24)) * HOUR_MS,
            "called": [name for name in DEPARTMENTS if rng.random() < 0.2],
            "centre": int(rng.integers(5)), "due": one_of([None, due, due]),
            "hearing": hearing if kind.is_dispute and rng.random() < 0.3 else None,
        }  # fmt: skip

    def settling(self, code: str) -> dict[str, Any] | None:
        """How disputes are settled, as `live.settling` counts them, from the made counts."""
        region = self.hierarchy.number_of(code)
        low, high = self.hierarchy.slice_of(region)
        found = figures(self.settled[low:high].sum(axis=0))
        cases = open_cases_in(self.state, self.hierarchy, region)
        undecided = [case for case in cases if case["state"] not in ("verified", "closed")]
        disputes = {kind.code for kind in CASE_TYPES if kind.is_dispute}
        return {
            "open": sum(case["type"] in disputes for case in undecided),
            "ended": found.ended,
            "success": found.success._asdict(),
            "paths": [{"path": path, **results} for path, (results, _) in found.paths.items()],
            "hearings": hearings_of(undecided, NOW_MS),
        }

    @property
    def codes(self) -> list[str]:
        """Codes of all regions."""
        return self.hierarchy.codes

    def grids_of(self, code: str) -> range:
        """The grids of a region, by walking up from each grid."""
        region = self.hierarchy.number_of(code)
        inside = [
            grid
            for grid in range(self.hierarchy.grid_count)
            if region in (own := self.hierarchy.region_of_grid(grid), *self.hierarchy.ancestors(own))
        ]
        return range(inside[0], inside[-1] + 1)
