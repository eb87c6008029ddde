"""The simulator run on a virtual clock, and what it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.domain.cases import Case
from dashboard.feeds.simulation.known import nothing_known
from dashboard.feeds.simulator import Simulator
from tests.feeds.parts import Clock, Memory, lived_through, small_world

WORLD = small_world()
# 08:00 in the city, so that people are about.
MORNING_S = 8 * 3600.0
BUSY_DAY = 40_000.0


def lived(
    seconds_long: float, *, known: Any = None, start_s: float = MORNING_S, memory: Memory | None = None,
    jumps: Sequence[tuple[float, float]] = (), stretch: float = 1.0, **options: Any,
) -> Memory:  # fmt: skip
    """What the simulator writes in some seconds of a virtual clock."""
    clock = Clock(start_s + seconds_long, list(jumps), start_s, stretch=stretch)
    memory = memory or Memory()
    memory.clock = clock
    options = {"rate": 50.0, "cases_per_day": BUSY_DAY, "seed": 3, "say": lambda _: None} | options
    Simulator(WORLD, memory, known or nothing_known(WORLD), now_ms=clock.now_ms, **options).run(clock)
    return memory


def events_per_s(memory: Memory, after_s: float, seconds_long: float) -> float:
    return sum(len(call.events) for call in memory.written if call.at_s > after_s) / seconds_long


def state_of(memory: Memory, now_ms: int) -> dict[str, Case]:
    return lived_through(memory.written, WORLD, now_ms)
