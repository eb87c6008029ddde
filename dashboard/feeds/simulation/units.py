"""Units that walk their grids, go to cases and come back, in shifts. A unit is a call sign, not a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.units import BUSY, EN_ROUTE, FREE, OFF, ON_SCENE
from dashboard.feeds.simulation.kinds import GRID_WORKER, PATROL
from dashboard.feeds.simulation.rhythm import DAY_MS, HOUR_MS
from dashboard.feeds.simulation.world import World

# Metres per second on the way to a case (roads are longer than the straight line), and about the home grid.
SPEED_TO_CASE = np.array([4.0, 10.0, 12.0, 12.0, 8.0, 12.0])
SPEED_ABOUT = np.array([1.3, 5.0, 1.0, 1.0, 1.0, 1.0])
DETOUR = 1.35
_MOVING_REPORT_MS = 4_000


@dataclass(frozen=True)
class UnitHabits:
    """Shifts in the city's wall clock: day from `day_from_h` to `day_to_h`, changing over `change_h`.

    `by_day` and `by_night` are the shares of grid workers on duty; response units keep `response` always.
    """

    day_from_h: float = 7.5
    day_to_h: float = 20.5
    change_h: float = 1.0
    by_day: float = 0.97
    by_night: float = 0.22
    response: float = 0.97


class UnitFleet:
    """Where every unit is, what it does, and which of them have something to say."""

    def __init__(self, world: World, seed: int, habits: UnitHabits | None = None) -> None:
        units, self._world, self._habits = world.pack.units, world, habits or UnitHabits()
        self.call_sign = units.call_sign
        self.kind = np.asarray(units.kind, dtype=np.int64)
        self._home = np.asarray(units.xy, dtype=np.float64)
        count = len(self.kind)
        rng = np.random.default_rng([seed, 2])
        self._nature = rng.random((3, count))
        self._seed = seed
        self.state = np.full(count, OFF, dtype=np.uint8)
        self._from = self._home.copy()
        self._to = self._home.copy()
        self._start = np.zeros(count)
        self._end = np.ones(count)
        self._said = np.zeros(count)
        self._news = np.zeros(count, dtype=bool)
        self._turn = 0
        self._order = rng.permutation(count)
        self._radius = self._roaming(units.home_grid.astype(np.int64))

    def __len__(self) -> int:
        return len(self.kind)

    def on_duty(self, at_ms: int) -> NDArray[np.bool_]:
        """Who is on duty at a moment: a function of the clock, the unit and the day."""
        habits = self._habits
        local = at_ms + self._world.utc_offset_ms(at_ms)
        # Everyone comes and goes within the change of shift, at a moment of their own.
        shift = (self._nature[0] - 0.5) * habits.change_h
        hour = (local % DAY_MS) / HOUR_MS
        by_day = (hour >= habits.day_from_h + shift) & (hour < habits.day_to_h + shift)
        # A night belongs to the day it began on.
        day = (local - int(habits.day_from_h * HOUR_MS)) // DAY_MS
        lot = np.modf(self._nature[1] + day * 0.6180339887)[0]
        share = np.where(
            self.kind == GRID_WORKER, np.where(by_day, habits.by_day, habits.by_night), habits.response
        )
        return np.asarray(lot < share)

    def start(self, at_ms: int, rng: np.random.Generator) -> None:
        """Everybody on duty is somewhere about the home grid, free."""
        self.state[:] = np.where(self.on_duty(at_ms), FREE, OFF)
        self._from = self._about(np.arange(len(self)), rng)
        self._to = self._from.copy()
        self._start[:], self._end[:] = at_ms - 1, at_ms

    def take_up(self, state: NDArray[np.uint8], xy: NDArray[np.float64], at_ms: int) -> None:
        """Go on from the states u8[n] and positions f64[n, 2] (map units) that are known."""
        self.state[:] = state
        self._from, self._to = xy.astype(np.float64).copy(), xy.astype(np.float64).copy()
        self._start[:], self._end[:] = at_ms - 1, at_ms

    def position(self, units: NDArray[np.int64], at_ms: int) -> NDArray[np.float64]:
        """Map units f64[n, 2] of some units at a moment."""
        span = np.maximum(self._end[units] - self._start[units], 1.0)
        done = np.clip((at_ms - self._start[units]) / span, 0.0, 1.0)[:, None]
        return np.asarray(self._from[units] + (self._to[units] - self._from[units]) * done)

    def change_shifts(self, at_ms: int) -> None:
        """Send home who is off and free, call in who is on; those at work finish first."""
        duty = self.on_duty(at_ms)
        leaving, coming = ~duty & (self.state == FREE), duty & (self.state == OFF)
        self.state[leaving], self.state[coming] = OFF, FREE
        changed = np.flatnonzero(leaving | coming)
        self._stay(changed, at_ms)
        self._news[changed] = True

    def nearest_free(self, kind: int, xy: NDArray[np.float64]) -> int | None:
        """The free unit of a kind that is nearest to a point (map units), by where it is headed."""
        free = np.flatnonzero((self.kind == kind) & (self.state == FREE))
        if not len(free):
            return None
        return int(free[np.argmin(((self._to[free] - xy) ** 2).sum(axis=1))])

    def reserve(self, unit: int) -> None:
        """The unit has a case and is not there to be found any more."""
        self._set(unit, BUSY)

    def leave_for(self, unit: int, xy: NDArray[np.float64], at_ms: int) -> int:
        """Set out for a point; when it will be there (ms)."""
        here = self.position(np.array([unit]), at_ms)[0]
        metres = float(np.hypot(*(xy - here))) / self._world.scale * DETOUR
        end = at_ms + int(metres / SPEED_TO_CASE[self.kind[unit]] * 1000) + 20_000
        self._leg(np.array([unit]), here[None], xy[None], at_ms, np.array([end]))
        self._set(unit, EN_ROUTE)
        return end

    def arrive(self, unit: int) -> None:
        """The unit is on scene."""
        self._set(unit, ON_SCENE)

    def release(self, unit: int, at_ms: int) -> None:
        """The unit is free again, and off when its shift is over by now."""
        self._stay(np.array([unit]), at_ms)
        self._set(unit, FREE if self.on_duty(at_ms)[unit] else OFF)

    def pick(self, count: int, at_ms: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Up to `count` units that report now: news first, then those on their way, then the rest in turn."""
        news = np.flatnonzero(self._news)[:count]
        self._news[news] = False
        moving = np.flatnonzero((self.state == EN_ROUTE) & (at_ms - self._said > _MOVING_REPORT_MS))
        moving = np.setdiff1d(moving, news, assume_unique=True)[: count - len(news)]
        others = self._next_in_turn(count - len(news) - len(moving))
        picked = np.unique(np.concatenate([news, moving, others]))
        self._said[picked] = at_ms
        self._walk_on(picked, at_ms, rng)
        return picked

    def _next_in_turn(self, count: int) -> NDArray[np.int64]:
        """The next on-duty units of the round; at most one round."""
        chosen: list[NDArray[np.int64]] = []
        looked = 0
        while count > 0 and looked < len(self):
            # Most are on duty by day, few at night: look at somewhat more than wanted.
            block = self._order[self._turn : self._turn + max(2 * count, 64)]
            on = block[self.state[block] != OFF]
            taken = on[:count]
            used = len(block) if len(taken) < count else int(np.flatnonzero(block == taken[-1])[0]) + 1
            self._turn = (self._turn + used) % len(self)
            looked += used
            count -= len(taken)
            chosen.append(taken)
        return np.concatenate(chosen) if chosen else np.empty(0, dtype=np.int64)

    def _walk_on(self, units: NDArray[np.int64], at_ms: int, rng: np.random.Generator) -> None:
        """Free units that have come to the end of their leg begin another."""
        idle = units[(self.state[units] == FREE) & (self._end[units] <= at_ms)]
        if not len(idle):
            return
        here, there = self.position(idle, at_ms), self._about(idle, rng)
        metres = np.hypot(*(there - here).T) / self._world.scale
        # Nobody walks without a pause.
        pause_ms = rng.exponential(240_000, len(idle))
        end = at_ms + metres / SPEED_ABOUT[self.kind[idle]] * 1000 + pause_ms
        self._leg(idle, here, there, at_ms, end)

    def _about(self, units: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
        spread = self._radius[units, None] * rng.normal(0, 0.5, (len(units), 2))
        return np.asarray(self._home[units] + spread)

    def _roaming(self, home_grid: NDArray[np.int64]) -> NDArray[np.float64]:
        """How far (map units) a unit goes about: within its grid; response units wait at their station."""
        regions = self._world.pack.regions
        area = np.asarray(regions.area_m2, dtype=np.float64)[int(regions.tier_start[4]) :][home_grid]
        metres = np.where(self.kind == GRID_WORKER, np.minimum(np.sqrt(area) * 0.4, 1200.0),
                          np.where(self.kind == PATROL, 1500.0, 15.0))  # fmt: skip
        return np.asarray(metres * self._world.scale)

    def _stay(self, units: NDArray[np.int64], at_ms: int) -> None:
        here = self.position(units, at_ms)
        self._leg(units, here, here, at_ms, np.full(len(units), at_ms))

    def _leg(
        self, units: NDArray[np.int64], start: NDArray[np.float64], end: NDArray[np.float64], at_ms: float,
        end_ms: NDArray[np.float64],
    ) -> None:  # fmt: skip
        self._from[units], self._to[units] = start, end
        self._start[units], self._end[units] = at_ms, end_ms

    def _set(self, unit: int, state: int) -> None:
        self.state[unit] = state
        self._news[unit] = True
