"""What leaders ask of a web process, in a process of its own: reading all cases, and each method's time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import redis
from flask import Flask

from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.safety_index import IndexParameters
from dashboard.live.kept import Kept
from dashboard.live.leaders import Leaders
from dashboard.live.published import Published
from dashboard.live.state import LiveState
from dashboard.live.trends import Trends
from dashboard.settings import Settings
from dashboard.streams.client import connect
from dashboard.streams.from_pack import hierarchy_of
from dashboard.streams.keys import Keys
from dashboard.streams.reader import load_snapshot
from geodata import Pack

Call = Callable[[Leaders, str], Any]

METHODS: dict[str, Call] = {
    "version": lambda leaders, code: leaders.version(code),
    "explanation": lambda leaders, code: leaders.explanation(code),
    "moved, a day": lambda leaders, code: leaders.moved(code, "day"),
    "moved, a month": lambda leaders, code: leaders.moved(code, "month"),
    "cases, a month": lambda leaders, code: leaders.cases(code, "month"),
    "calendar, a year": lambda leaders, code: leaders.calendar(code, "year"),
    "daily, a month": lambda leaders, code: leaders.daily(code, "month"),
    "children": lambda leaders, code: leaders.children(code),
    "flow, a month": lambda leaders, code: leaders.flow(code, "month"),
    "whistles, a month": lambda leaders, code: leaders.whistles(code, "month"),
    "case_rows, 50 of a month": lambda leaders, code: leaders.case_rows(code, "month", 50),
}


class Time(NamedTuple):
    """How long a call took, and how long it kept its process at work, ms: so long nobody else had a turn."""

    took: float
    worked: float


class Times(NamedTuple):
    """The same by tier, medians."""

    took: dict[str, float]
    worked: dict[str, float]

    @classmethod
    def of(cls, runs: dict[str, list[tuple[Time, Time]]], which: int) -> Times:
        """Of the first or the second time of each round."""
        took, worked = (
            {tier: statistics.median(run[which][part] for run in rounds) for tier, rounds in runs.items()}
            for part in (0, 1)
        )
        return cls(took, worked)


def codes_of(hierarchy: Hierarchy) -> dict[str, str]:
    """A region of each tier: the city, and inside it always the one with most grids."""
    region, found = 0, {}
    for name in ("city", "county", "town", "village", "grid"):
        found[name] = hierarchy.codes[region]
        children = hierarchy.children(region)
        if children:
            sizes = hierarchy.grid_hi[list(children)] - hierarchy.grid_lo[list(children)]
            region = children[int(sizes.argmax())]
    return found


class Leading:
    """The leaders' figures of a running Kite, in this process."""

    def __init__(self, data: Path, pack: Pack, redis_url: str) -> None:
        settings = Settings(data_dir=data, redis_url=redis_url)
        self.keys, self.hierarchy = Keys(pack.regions.code[0]), hierarchy_of(pack)
        self._client = redis.Redis.from_url(redis_url)
        kept, state = Kept(settings, self.keys), LiveState()
        kept.install(Flask("bench"))
        parameters = IndexParameters.default(int(pack.regions.population[0]))
        trends = Trends(redis_url, self.keys, self.hierarchy, state)
        published = Published(redis_url, self.keys, self.hierarchy, pack, parameters)
        self.leaders = Leaders(settings, self.keys, self.hierarchy, pack, published, state, trends, kept)
        self._state, self._url = state, redis_url

    def read(self) -> tuple[int, float, float]:
        """(cases, seconds, megabytes that this process grew by) of reading all cases."""
        process = psutil.Process()
        with connect(self._url, keys=self.keys) as client:
            loaded = load_snapshot(client, self.keys)
            assert loaded is not None
            self.leaders.forget()
            self._state.apply(loaded.position, loaded.frame)
            before, begun_s = process.memory_info().rss, time.perf_counter()
            self.leaders.history.step(client)
            took_s = time.perf_counter() - begun_s
        assert self.leaders.ready
        return len(self.leaders.history.columns), took_s, (process.memory_info().rss - before) / 1e6

    def times(self, rounds: int) -> Iterator[tuple[str, Times, Times]]:
        """(method, times cold, times warm), medians; cold: nothing is kept by anybody but the cases."""
        for name, call in METHODS.items():
            runs = {
                tier: [self._round(call, code) for _ in range(rounds)]
                for tier, code in codes_of(self.hierarchy).items()
            }
            yield name, Times.of(runs, 0), Times.of(runs, 1)

    def _round(self, call: Call, code: str) -> tuple[Time, Time]:
        forget_cache(self._client, self.keys)
        self.leaders.forget_derived()
        return self._time(call, code), self._time(call, code)

    def _time(self, call: Call, code: str) -> Time:
        begun_s, worked_s = time.perf_counter(), time.thread_time()
        assert call(self.leaders, code) is not None
        return Time((time.perf_counter() - begun_s) * 1000, (time.thread_time() - worked_s) * 1000)


def forget_cache(client: redis.Redis, keys: Keys) -> None:
    """Empty the cache of derived figures."""
    found = list(client.scan_iter(match=f"{{{keys.city}}}:cache:*", count=1000))
    if found:
        client.delete(*found)
