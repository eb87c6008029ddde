"""A city with many open cases in all states, and units on duty that have some of them in hand.

Cases are reported as packed entries, as a system that has many sends them, and moved by commands. What is
drawn comes from a seeded generator. Some lie beside another of their kind, as two calls about one matter do.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import orjson
import redis

from dashboard.domain.case_types import CASE_TYPES, KITES_ORIGIN, LEVELS, ORIGINS
from dashboard.domain.units import BUSY, EN_ROUTE, FREE, OFF, ON_SCENE
from dashboard.streams.codecs import UNIT_RECORD, EntryId
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from geodata import Pack

LEVEL_SHARES = (0.01, 0.04, 0.25, 0.7)
STATE_SHARES = {
    "reported": 0.4, "accepted": 0.2, "assigned": 0.15, "handling": 0.15, "resolved": 0.07, "verified": 0.03,
}  # fmt: skip
UNIT_SHARES = {OFF: 0.1, FREE: 0.6, BUSY: 0.1, EN_ROUTE: 0.1, ON_SCENE: 0.1}
TWIN_SHARE = 0.05
"""Of the cases, how many are the same matter as the one before."""
_ORIGINS = [origin for origin in ORIGINS if origin != KITES_ORIGIN]
"""Kite refuses reports that say they are its own."""
BY = "值班席00"
_WAY: tuple[tuple[str, dict[str, str]], ...] = (
    ("accept", {}),
    ("assign", {}),
    ("take_on", {}),
    ("resolve", {"outcome": "handled"}),
    ("verify", {}),
)
_PATIENCE_S = 120.0


class Cases:
    """Draws reports of one city, and writes them and the commands that spread them over the states."""

    def __init__(self, pack: Pack, client: redis.Redis, seed: int = 1) -> None:
        self._pack, self._client, self.keys = pack, client, Keys(pack.regions.code[0])
        self._writer = Writer(client, self.keys)
        self._rng = np.random.default_rng(seed)
        self._grid_xy = pack.regions.label_xy[int(pack.regions.tier_start[4]) :]
        self._drawn = 0

    def report(self, count: int) -> dict[str, str]:
        """Report so many cases and move each to a state: id → state, once all of it is applied."""
        reports = list(self.drawn(count, "open"))
        now = _iso(datetime.now(UTC))
        self._writer.append_packed("reports", reports)
        states = self._rng.choice(list(STATE_SHARES), count, p=list(STATE_SHARES.values())).tolist()
        found = {report["id"]: state for report, state in zip(reports, states, strict=True)}
        wait_until_applied(self._client, self.keys)
        self._writer.append_packed("commands", list(self._commands(found, now)))
        wait_until_applied(self._client, self.keys)
        return found

    def drawn(self, count: int, name: str) -> Iterator[dict[str, str]]:
        """So many reports of the last hour, with ids of their own that begin with `name`."""
        rng, now, first = self._rng, datetime.now(UTC), self._drawn
        self._drawn += count
        xy = self._grid_xy[rng.integers(len(self._grid_xy), size=count)]
        kinds, levels = rng.integers(len(CASE_TYPES), size=count), rng.choice(4, count, p=LEVEL_SHARES)
        is_twin = rng.random(count) < TWIN_SHARE
        is_twin[0] = False
        for at in np.flatnonzero(is_twin).tolist():
            xy[at], kinds[at] = xy[at - 1], kinds[at - 1]
        lon, lat = self._pack.to_lonlat(xy)
        ages_s, origins = rng.integers(3600, size=count).tolist(), rng.choice(_ORIGINS, count).tolist()
        for at in range(count):
            kind = CASE_TYPES[int(kinds[at])]
            yield {
                "id": f"{name}-{first + at}",
                "type": kind.slug,
                "level": f"{list(LEVELS)[int(levels[at])]:02d}",
                "origin": origins[at],
                "occurred_at": _iso(now - timedelta(seconds=ages_s[at])),
                "lon": f"{lon[at]:.6f}",
                "lat": f"{lat[at]:.6f}",
                "summary": kind.zh,
            }

    def _commands(self, states: dict[str, str], now: str) -> Iterator[dict[str, str]]:
        """The way of each case to its state, those that are assigned to a unit each."""
        call_signs, length = self._pack.units.call_sign, list(STATE_SHARES)
        units = self._rng.integers(len(call_signs), size=len(states)).tolist()
        for (case_id, state), unit in zip(states.items(), units, strict=True):
            for name, fields in _WAY[: length.index(state)]:
                own = {"unit": call_signs[unit]} if name == "assign" else fields
                yield {
                    "id": f"{name}-{case_id}", "case": case_id, "command": name, "at": now, "by": BY, **own,
                }  # fmt: skip

    def put_units_on_duty(self) -> None:
        """Every unit somewhere about its home, in a state of `UNIT_SHARES`."""
        units = self._pack.units
        records = np.zeros(len(units.kind), UNIT_RECORD)
        near = units.xy + self._rng.integers(-20_000, 20_000, (len(units.kind), 2))
        records["unit"] = np.arange(len(units.kind))
        records["state"] = self._rng.choice(list(UNIT_SHARES), len(records), p=list(UNIT_SHARES.values()))
        records["lon"], records["lat"] = self._pack.to_lonlat(near)
        records["at_ms"] = int(time.time() * 1000)
        self._writer.append_packed("units", records)
        wait_until_applied(self._client, self.keys)


def wait_until_applied(client: redis.Redis, keys: Keys, patience_s: float = _PATIENCE_S) -> None:
    """Block until all that is in the raw streams now is in the state."""
    wanted: dict[str, EntryId] = {}
    for stream in keys.raw_streams:
        newest: Any = client.xrevrange(stream, count=1)
        if newest:
            wanted[stream.rpartition(":")[2]] = EntryId.parse(newest[0][0])
    end_s = time.monotonic() + patience_s
    while time.monotonic() < end_s:
        meta: Any = client.hgetall(keys.state("meta"))
        applied = {kind: EntryId.parse(meta.get(f"position:{kind}".encode(), b"0-0")) for kind in wanted}
        if all(applied[kind] >= last for kind, last in wanted.items()):
            return
        time.sleep(0.02)
    raise AssertionError(f"the projector did not apply what was sent within {patience_s:g} s")


def stored_cases(client: redis.Redis, keys: Keys) -> dict[str, dict[str, Any]]:
    """All cases as the store has them, by id."""
    packed: Any = client.hgetall(keys.state("cases"))
    return {case_id.decode(): orjson.loads(data) for case_id, data in packed.items()}


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
