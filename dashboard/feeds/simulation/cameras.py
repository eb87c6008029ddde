"""Cameras that fail and come back: one by one, by a village's switch, by a town's power.

Every process is memoryless, so a simulator that starts again from the last known statuses goes on as if
it had never stopped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.cameras import FAULT, NOT_NETWORKED, OFFLINE, ONLINE, UNKNOWN
from dashboard.feeds.simulation.world import World

HOUR_MS = 3_600_000.0
_MOST = 0.8
_FEWEST = 3


@dataclass(frozen=True)
class CameraHabits:
    """Shares of networked cameras that are down at a time by each cause, and mean times to repair in hours.

    Together about 2.4 %: single failures, faults (a useless picture), village switches, town power cuts.
    """

    single: float = 0.012
    single_h: float = 7.0
    fault: float = 0.004
    fault_h: float = 20.0
    village: float = 0.006
    village_h: float = 1.5
    town: float = 0.0025
    town_h: float = 0.7


@dataclass
class _Cause:
    """Things that go down at random and are repaired at random: `down` by number, of `total`."""

    down: NDArray[np.bool_]
    share: float
    mean_ms: float

    def step(self, rng: np.random.Generator, dt_ms: float) -> NDArray[np.int64]:
        """Let `dt_ms` pass; the numbers of those that went down or came up."""
        up, down = np.flatnonzero(~self.down), np.flatnonzero(self.down)
        # In the steady state share/(1-share) of the working ones fail in one mean time to repair.
        fails = rng.poisson(len(up) * self.share / (1 - self.share) * dt_ms / self.mean_ms)
        repairs = rng.binomial(len(down), -np.expm1(-dt_ms / self.mean_ms))
        changed = np.concatenate(
            [
                rng.choice(up, min(fails, len(up)), replace=False) if fails and len(up) else up[:0],
                rng.choice(down, repairs, replace=False) if repairs else down[:0],
            ]
        )
        self.down[changed] = ~self.down[changed]
        return changed

    def settle(self, rng: np.random.Generator) -> None:
        """A draw from the steady state."""
        self.down[:] = rng.random(len(self.down)) < self.share


class CameraFleet:
    """The status of every camera of a pack over time."""

    def __init__(self, world: World, habits: CameraHabits | None = None) -> None:
        cameras, habits = world.pack.cameras, habits or CameraHabits()
        self.networked = np.flatnonzero(cameras.networked)
        grid = cameras.grid[self.networked].astype(np.int64)
        tier = world.pack.regions.tier_start
        # Cameras are sorted by grid, so a village's or a town's networked ones are a slice.
        self._village = world.village[grid] - int(tier[3])
        self._town = world.town[grid] - int(tier[2])
        villages, towns = int(tier[4] - tier[3]), int(tier[3] - tier[2])
        count = len(self.networked)
        self._single = _Cause(np.zeros(count, bool), habits.single, habits.single_h * HOUR_MS)
        self._fault = _Cause(np.zeros(count, bool), habits.fault, habits.fault_h * HOUR_MS)
        self._villages = _Cause(np.zeros(villages, bool), habits.village, habits.village_h * HOUR_MS)
        self._towns = _Cause(np.zeros(towns, bool), habits.town, habits.town_h * HOUR_MS)
        self.status = np.full(count, ONLINE, dtype=np.uint8)

    def settle(self, rng: np.random.Generator) -> None:
        """Put all cameras into a draw from the steady state."""
        for cause in (self._single, self._fault, self._villages, self._towns):
            cause.settle(rng)
        self.status = self._statuses()

    def take_up(self, status: NDArray[np.uint8]) -> None:
        """Go on from the statuses u8[N] of all the pack's cameras; unknown ones count as online."""
        known = status[self.networked]
        offline = known == OFFLINE
        self._towns.down[:] = _mostly(offline, self._town, len(self._towns.down))
        left = offline & ~self._towns.down[self._town]
        self._villages.down[:] = _mostly(left, self._village, len(self._villages.down))
        self._single.down[:] = left & ~self._villages.down[self._village]
        self._fault.down[:] = known == FAULT
        self.status = np.where((known == UNKNOWN) | (known == NOT_NETWORKED), ONLINE, known).astype(np.uint8)

    def advance(self, rng: np.random.Generator, dt_ms: float) -> NDArray[np.int64]:
        """Let `dt_ms` pass; positions in `networked` of the cameras whose status changed, in order."""
        touched = [
            cause.step(rng, dt_ms).size for cause in (self._single, self._fault, self._villages, self._towns)
        ]
        if not any(touched):
            return np.empty(0, dtype=np.int64)
        before, self.status = self.status, self._statuses()
        return np.flatnonzero(before != self.status)

    def _statuses(self) -> NDArray[np.uint8]:
        offline = self._single.down | self._villages.down[self._village] | self._towns.down[self._town]
        return np.where(offline, OFFLINE, np.where(self._fault.down, FAULT, ONLINE)).astype(np.uint8)


def _mostly(flags: NDArray[np.bool_], group: NDArray[np.int64], groups: int) -> NDArray[np.bool_]:
    """For each group, whether most of its members (and not just a few of few) are flagged."""
    flagged = np.bincount(group, weights=flags, minlength=groups)
    members = np.bincount(group, minlength=groups)
    return (flagged >= _FEWEST) & (flagged >= _MOST * members)
