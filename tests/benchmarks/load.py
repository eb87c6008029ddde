"""A steady load for benchmarks: entries as producers send them, at a rate, until killed.

    python -m tests.benchmarks.load PACK REDIS_URL EVENTS_PER_S [--packed]

Of a hundred events one is a report (hundreds of times as many as a city of four million has), thirty are
unit positions and the others camera states. Every event is a flat entry of its own; with `--packed`, units
and cameras of one tick share an entry, as those who have so many send them.
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import redis
from redis.client import Pipeline

from dashboard.streams.codecs import CAMERA_RECORD, UNIT_RECORD
from dashboard.streams.keys import Keys
from geodata import Pack, load_pack

TICK_S = 0.01
SHARES = {"reports": 0.01, "units": 0.3}  # the others are cameras
_DRAWN = 20_000  # values are drawn once and then taken in turns: drawing must not cost what is measured


class Load:
    """Makes the entries of a tick; every value is drawn from a seeded generator."""

    def __init__(self, pack: Pack, is_packed: bool, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        # Every other grid: the load must not colour those that markers are written into.
        grid_xy = pack.regions.label_xy[int(pack.regions.tier_start[4]) :: 2]
        self._cameras = rng.choice(np.flatnonzero(pack.cameras.networked), _DRAWN)
        self._status = rng.integers(1, 3, _DRAWN)
        self._units = rng.integers(0, len(pack.units.kind), _DRAWN)
        moved = pack.units.xy[self._units] + rng.integers(-2000, 2000, (_DRAWN, 2))
        self._unit_lonlat = np.column_stack(pack.to_lonlat(moved))
        self._report_lonlat = np.column_stack(
            pack.to_lonlat(grid_xy[rng.integers(len(grid_xy), size=_DRAWN)])
        )
        self._keys, self._is_packed = Keys(pack.regions.code[0]), is_packed
        self._sent = {"reports": 0, "units": 0, "cameras": 0}

    def add(self, pipe: Pipeline, events: int) -> None:
        """Append what is due so that `events` events will have been sent since the beginning."""
        due = {kind: int(events * share) for kind, share in SHARES.items()}
        due["cameras"] = events - sum(due.values())
        for kind, send in (
            ("reports", self._reports),
            ("units", self._unit_states),
            ("cameras", self._camera_states),
        ):
            first, self._sent[kind] = self._sent[kind], max(self._sent[kind], due[kind])
            numbers = np.arange(first, self._sent[kind])
            if len(numbers):
                send(pipe, numbers)

    def _reports(self, pipe: Pipeline, numbers: np.ndarray) -> None:
        for lon, lat in self._report_lonlat[numbers % _DRAWN].tolist():
            pipe.xadd(
                self._keys.raw("reports"),
                {"id": f"load-{time.time_ns()}", "type": "theft", "level": "04", "origin": "hotline",
                 "occurred_at": _now(), "lon": f"{lon:.6f}", "lat": f"{lat:.6f}"},
            )  # fmt: skip

    def _unit_states(self, pipe: Pipeline, numbers: np.ndarray) -> None:
        at = numbers % _DRAWN
        if self._is_packed:
            records = np.zeros(len(at), UNIT_RECORD)
            records["unit"], records["state"], records["at_ms"] = self._units[at], 1, time.time() * 1000
            records["lon"], records["lat"] = self._unit_lonlat[at].T
            pipe.xadd(self._keys.raw("units"), {"packed": records.tobytes()})
            return
        now = _now()
        for unit, (lon, lat) in zip(self._units[at].tolist(), self._unit_lonlat[at].tolist(), strict=True):
            pipe.xadd(
                self._keys.raw("units"),
                {"unit": str(unit), "state": "free", "lon": f"{lon:.6f}", "lat": f"{lat:.6f}", "at": now},
            )

    def _camera_states(self, pipe: Pipeline, numbers: np.ndarray) -> None:
        at = numbers % _DRAWN
        if self._is_packed:
            records = np.zeros(len(at), CAMERA_RECORD)
            records["camera"], records["status"] = self._cameras[at], self._status[at]
            records["at_ms"] = time.time() * 1000
            pipe.xadd(self._keys.raw("cameras"), {"packed": records.tobytes()})
            return
        now, words = _now(), {1: "online", 2: "offline"}
        for camera, status in zip(self._cameras[at].tolist(), self._status[at].tolist(), strict=True):
            pipe.xadd(self._keys.raw("cameras"), {"camera": str(camera), "status": words[status], "at": now})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def main() -> None:
    """Write until killed; says on standard output how many a second it wrote."""
    parser = argparse.ArgumentParser()
    parser.add_argument("pack", type=Path)
    parser.add_argument("url")
    parser.add_argument("rate", type=float)
    parser.add_argument("--packed", action="store_true")
    options = parser.parse_args()
    load = Load(load_pack(options.pack), options.packed)
    client = redis.Redis.from_url(options.url)
    begun_s = said_s = time.monotonic()
    while True:
        now_s = time.monotonic()
        events = int((now_s - begun_s) * options.rate)
        with client.pipeline(transaction=False) as pipe:
            load.add(pipe, events)
            pipe.execute()
        if now_s - said_s > 5:
            said_s = now_s
            print(f"{events / (now_s - begun_s):.0f} events/s", flush=True)
        time.sleep(max(0.0, now_s + TICK_S - time.monotonic()))


if __name__ == "__main__":
    main()
