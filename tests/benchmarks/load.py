"""A steady load for benchmarks: flat entries as producers send them, at a rate, until killed.

    python -m tests.benchmarks.load PACK REDIS_URL ENTRIES_PER_S

Of ten entries six are camera states, three unit positions and one a report, each on its raw stream.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import redis

from dashboard.streams.keys import Keys
from geodata import Pack, load_pack

TICK_S = 0.01


class Load:
    """Makes the entries; every value is drawn from a seeded generator."""

    def __init__(self, pack: Pack, seed: int = 1) -> None:
        self._rng = np.random.default_rng(seed)
        self._grid_xy = pack.regions.label_xy[int(pack.regions.tier_start[4]) :]
        self._networked = np.flatnonzero(pack.cameras.networked)
        self._pack, self._count = pack, 0

    def entry(self) -> tuple[str, dict[str, str]]:
        """(raw stream, fields) of the next entry."""
        self._count += 1
        kind = ("reports", "units", "units", "units")[self._count % 10 : self._count % 10 + 1] or ("cameras",)
        return kind[0], getattr(self, f"_{kind[0]}")()

    def _now(self) -> str:
        return datetime.now(UTC).isoformat(timespec="milliseconds")

    def _cameras(self) -> dict[str, str]:
        camera = int(self._rng.choice(self._networked))
        status = "offline" if self._rng.random() < 0.5 else "online"
        return {"camera": str(camera), "status": status, "at": self._now()}

    def _units(self) -> dict[str, str]:
        unit = int(self._rng.integers(len(self._pack.units.kind)))
        moved = self._pack.units.xy[unit] + self._rng.integers(-2000, 2000, 2)
        lon, lat = self._pack.to_lonlat(moved)
        return {
            "unit": str(unit),
            "state": "free",
            "lon": f"{lon:.6f}",
            "lat": f"{lat:.6f}",
            "at": self._now(),
        }

    def _reports(self) -> dict[str, str]:
        lon, lat = self._pack.to_lonlat(self._grid_xy[self._rng.integers(len(self._grid_xy))])
        return {
            "id": f"load-{time.time_ns()}",
            "type": "theft",
            "level": "04",
            "origin": "hotline",
            "occurred_at": self._now(),
            "lon": f"{lon:.6f}",
            "lat": f"{lat:.6f}",
        }


def main() -> None:
    """Write until killed; says on standard output how many a second it wrote."""
    path, url, rate = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    pack = load_pack(path)
    keys, load, client = Keys(pack.regions.code[0]), Load(pack), redis.Redis.from_url(url)
    begun, sent = time.monotonic(), 0
    while True:
        due = int((time.monotonic() - begun) * rate)
        with client.pipeline(transaction=False) as pipeline:
            for _ in range(due - sent):
                kind, fields = load.entry()
                pipeline.xadd(keys.raw(kind), fields)  # type: ignore[arg-type]
            pipeline.execute()
        sent = due
        if sent and sent % int(rate * 5) < rate * TICK_S:
            print(f"{sent / (time.monotonic() - begun):.0f} entries/s", flush=True)
        time.sleep(TICK_S)


if __name__ == "__main__":
    main()
