"""What a brief is asked about, and what its sections look it up in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.hierarchy import GRID
from dashboard.live.city import City
from dashboard.live.kept import Kept
from dashboard.live.state import LiveState
from dashboard.live.supervision import Supervision
from dashboard.streams.tables import LEVEL_CAPPED, LEVEL_HATCHED, LEVEL_MASK, SCORE_UNKNOWN
from dashboard.views.services import Services

PERIODS: dict[str, int] = {"day": 24, "week": 168, "month": 720}
"""Period of a brief → its hours; the names are also those of `Leaders.moved` and `Leaders.cases`."""
FIRST_PERIOD = "week"
Found = TypeVar("Found")


@dataclass(frozen=True)
class Sources:
    """Where the figures of briefs and exports come from. What is None is said to be unknown."""

    services: Services
    state: LiveState
    kept: Kept | None = None
    supervision: Supervision | None = None

    @classmethod
    def of(cls, services: Services, city: City) -> Sources:
        """Those of a city as it is served."""
        supervision = Supervision(city.settings.redis_url, city.keys, city.hierarchy)
        return cls(services, city.state, city.kept, supervision)

    @property
    def levels(self) -> NDArray[np.uint8]:
        """Levels 0 (unknown) … 4 of all regions; empty before the first snapshot."""
        return (self.state.column("regions", "level") & LEVEL_MASK).astype(np.uint8)

    @property
    def hatched(self) -> NDArray[np.bool_]:
        """Which scores have too little behind them."""
        return (self.state.column("regions", "level") & LEVEL_HATCHED) > 0

    @property
    def capped(self) -> NDArray[np.bool_]:
        """Which scores an open case of level 01 keeps down."""
        return (self.state.column("regions", "level") & LEVEL_CAPPED) > 0

    def score(self, region: int) -> float | None:
        """The score of a region as screens show it; None while unknown."""
        scores = self.state.column("regions", "score")
        if region >= len(scores) or scores[region] == SCORE_UNKNOWN:
            return None
        return float(scores[region]) / 10

    def data_ms(self) -> int | None:
        """Of which moment the newest report or command is that has been applied; None before the first."""
        positions = self.state.clock.get("positions", {})
        times = [int(positions.get(kind, "0-0").partition("-")[0]) for kind in ("reports", "commands")]
        return max(times) or None


@dataclass(frozen=True)
class Asked:
    """A brief that somebody asks for: of which region and period, and when."""

    sources: Sources
    region: int
    period: str
    now_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    _known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, what: str, ask: Callable[[], Found]) -> Found:
        """What `ask` gives, asked once for the whole brief: all of it is of one moment."""
        if what not in self._known:
            self._known[what] = ask()
        found: Found = self._known[what]
        return found

    @property
    def services(self) -> Services:
        return self.sources.services

    @property
    def leaders(self) -> Any:
        """The services' `leaders` once they have read the history of cases, else None."""
        leaders = self.services.leaders
        return leaders if leaders is not None and leaders.ready else None

    @property
    def code(self) -> str:
        return self.services.hierarchy.codes[self.region]

    @property
    def tier(self) -> int:
        return int(self.services.hierarchy.tier[self.region])

    @property
    def is_grid(self) -> bool:
        return self.tier == GRID

    @property
    def hours(self) -> int:
        return PERIODS[self.period]

    @property
    def from_ms(self) -> int:
        """When the period began, by the clock."""
        return self.now_ms - self.hours * 3_600_000
