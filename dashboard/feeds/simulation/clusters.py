"""Hot spots: places where more happens for some days or weeks, beside a quiet base that follows the people.

Which hot spots there are is a function of the seed and the day alone, so a simulator that starts again finds
the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_types import FAMILIES
from dashboard.feeds.simulation.rhythm import DAY_MS
from dashboard.feeds.simulation.world import World


@dataclass(frozen=True)
class HotSpotHabits:
    """How hot spots come and go.

    `alive` hot spots at a time on average, lasting `days` (shortest, longest), of `radius_m` (standard
    deviation of their bell, smallest, largest), with `peak` times the base rate of an affected family at the
    centre; other families get `spill` of that. `share_of_city` bounds the people in one standard deviation.
    """

    alive: float = 14.0
    days: tuple[float, float] = (12.0, 70.0)
    radius_m: tuple[float, float] = (1500.0, 4500.0)
    peak: tuple[float, float] = (4.0, 12.0)
    spill: float = 0.3
    share_of_city: float = 0.012


@dataclass(frozen=True)
class HotSpot:
    """One of them: its middle grid, its span of time, its size, and by how much it raises each family."""

    grid: int
    from_ms: int
    to_ms: int
    radius_m: float
    raise_by: tuple[float, ...]

    def strength(self, at_ms: int) -> float:
        """0 before and after, rising over the first fifth of its time, fading over the last third."""
        done = (at_ms - self.from_ms) / (self.to_ms - self.from_ms)
        if not 0.0 < done < 1.0:
            return 0.0
        return min(1.0, done / 0.2, (1.0 - done) / 0.33)


class HotSpots:
    """All hot spots of a city for a seed."""

    def __init__(self, world: World, seed: int, habits: HotSpotHabits | None = None) -> None:
        self._world = world
        self._seed = seed
        self._habits = habits or HotSpotHabits()
        self._by_day: dict[int, list[HotSpot]] = {}
        # The middle of a hot spot is where many people are close together.
        density = world.population / np.maximum(_areas_m2(world), 1.0)
        weight = world.population * np.sqrt(density)
        self._middles = np.cumsum(weight / weight.sum())

    def born_on(self, day: int) -> list[HotSpot]:
        """The hot spots that begin on a day (days since the epoch)."""
        if day not in self._by_day:
            habits = self._habits
            rng = np.random.default_rng([self._seed, 1, day])
            per_day = habits.alive / (sum(habits.days) / 2)
            self._by_day[day] = [self._draw(rng, day) for _ in range(rng.poisson(per_day))]
        return self._by_day[day]

    def at(self, at_ms: int) -> list[HotSpot]:
        """The hot spots alive at a moment."""
        today = at_ms // DAY_MS
        days = range(today - int(self._habits.days[1]) - 1, today + 1)
        return [spot for day in days for spot in self.born_on(day) if spot.strength(at_ms) > 0]

    def weights(self, at_ms: int) -> NDArray[np.float64]:
        """Relative frequency of cases per family and grid at a moment, [F, G]; the base is the population."""
        world = self._world
        factor = np.ones((len(FAMILIES), world.grid_count))
        for spot in self.at(at_ms):
            bell = self._bell(spot)
            factor += spot.strength(at_ms) * np.outer(spot.raise_by, bell)
        return factor * world.population

    def _bell(self, spot: HotSpot) -> NDArray[np.float64]:
        offset = self._world.xy - self._world.xy[spot.grid]
        squared_m = (offset**2).sum(axis=1) / self._world.scale**2
        return np.asarray(np.exp(-squared_m / (2 * spot.radius_m**2)))

    def _draw(self, rng: np.random.Generator, day: int) -> HotSpot:
        habits = self._habits
        grid = int(np.searchsorted(self._middles, rng.random()))
        start = day * DAY_MS + int(rng.integers(DAY_MS))
        length = rng.uniform(*habits.days) * DAY_MS
        main = int(rng.integers(len(FAMILIES)))
        peak = rng.uniform(*habits.peak)
        raise_by = tuple(
            peak if family == main else peak * habits.spill * rng.uniform(0.3, 1.7)
            for family in range(len(FAMILIES))
        )
        radius = self._bounded(grid, rng.uniform(*habits.radius_m))
        return HotSpot(grid, start, int(start + length), radius, raise_by)

    def _bounded(self, grid: int, radius_m: float) -> float:
        """The radius, smaller in a dense town, where it would take in too much of the city."""
        offset = self._world.xy - self._world.xy[grid]
        distance_m = np.hypot(offset[:, 0], offset[:, 1]) / self._world.scale
        order = np.argsort(distance_m, kind="stable")
        people = np.cumsum(self._world.population[order])
        within = int(np.searchsorted(people, people[-1] * self._habits.share_of_city))
        return float(min(radius_m, max(distance_m[order[min(within, len(order) - 1)]], 250.0)))


def _areas_m2(world: World) -> NDArray[np.float64]:
    regions = world.pack.regions
    return np.asarray(regions.area_m2[int(regions.tier_start[4]) :], dtype=np.float64)


class Places:
    """Draws grids for cases, by family and moment; the weights are renewed every hour."""

    def __init__(self, hot_spots: HotSpots) -> None:
        self._hot_spots = hot_spots
        self._hour = -1
        self._sums: NDArray[np.float64] = np.empty(0)

    def draw(self, rng: np.random.Generator, families: NDArray[np.int64], at_ms: int) -> NDArray[np.int64]:
        """A grid number for every case of these families around one moment."""
        hour = at_ms // (DAY_MS // 24)
        if hour != self._hour:
            self._sums = np.cumsum(self._hot_spots.weights(at_ms), axis=1)
            self._hour = hour
        draws = rng.random(len(families))
        out = np.empty(len(families), dtype=np.int64)
        for family in np.unique(families):
            chosen = families == family
            sums = self._sums[family]
            out[chosen] = np.searchsorted(sums, draws[chosen] * sums[-1], side="right")
        return out
