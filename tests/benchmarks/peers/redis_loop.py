"""A one-entry loop with redis-py: what most people would write to turn stream entries into state.

After "Redis streaming with redis-py" (redis.io, develop/use-cases) and redis-py's own stream examples: a
consumer group, `xreadgroup(count=1)`, `hset` of the new state, `xack`. Points are located as shapely's manual
does it, with `STRtree.query(point, predicate="within")`.

    python -m tests.benchmarks.peers.redis_loop PACK REDIS_URL AFTER_ID EVENTS

Takes at least EVENTS events of the entries after AFTER_ID, then prints what it did as JSON:
`{"seconds": …, "events": {stream: how many}}`.
"""

from __future__ import annotations

import json
import struct
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import redis
import shapely

from dashboard.streams.keys import RAW_KINDS, Keys
from geodata import Pack, load_pack
from geodata.outlines import tier_polygons
from geodata.tables import GRID

GROUP, CONSUMER, PREFIX = "plain", "worker-1", "plain:"
RECORDS = {
    "cameras": (struct.Struct("<IIq"), ("camera", "status", "at_ms")),
    "units": (struct.Struct("<IIddq"), ("unit", "state", "lon", "lat", "at_ms")),
}


class PlainLoop:
    """Consumes the four raw streams, one entry of each at a time."""

    def __init__(self, client: redis.Redis, pack: Pack) -> None:
        self._client = client
        keys = Keys(pack.regions.code[0])
        self._kinds = {keys.raw(kind).encode(): kind for kind in RAW_KINDS}
        outlines = tier_polygons(pack.geometry, pack.regions, GRID)
        self._tree = shapely.STRtree(
            shapely.transform(
                outlines, lambda xy: shapely.get_coordinates(shapely.points(*pack.to_lonlat(xy)))
            )
        )
        self.done: Counter[str] = Counter()

    def begin(self, after: str) -> None:
        """Make the group anew, and forget the state of an earlier run."""
        for stream in self._kinds:
            self._client.xgroup_create(stream, GROUP, id=after, mkstream=True)
        for key in self._client.scan_iter(f"{PREFIX}*", count=10_000):
            self._client.delete(key)

    def end(self) -> None:
        """Leave no group behind."""
        for stream in self._kinds:
            self._client.xgroup_destroy(stream, GROUP)

    def run(self, events: int) -> None:
        """Consume until at least `events` events are done."""
        while self.done.total() < events:
            new: dict[Any, Any] = dict.fromkeys(self._kinds, ">")
            answer: Any = self._client.xreadgroup(GROUP, CONSUMER, new, count=1, block=1000)
            for stream, messages in answer:
                for entry_id, fields in messages:
                    self._take(self._kinds[stream], fields)
                    self._client.xack(stream, GROUP, entry_id)

    def _take(self, kind: str, fields: dict[bytes, bytes]) -> None:
        for event in _events(kind, fields):
            getattr(self, f"_{kind}")(event)
            self.done[kind] += 1

    def _reports(self, event: dict[str, Any]) -> None:
        point = shapely.Point(float(event["lon"]), float(event["lat"]))
        grid = int(self._tree.query(point, predicate="within")[0])
        state: dict[Any, Any] = {**event, "state": "reported", "grid": grid}
        self._client.hset(f"{PREFIX}case:{event['id']}", mapping=state)
        self._client.hincrby(f"{PREFIX}open", str(grid), 1)

    def _commands(self, event: dict[str, Any]) -> None:
        self._client.hset(f"{PREFIX}case:{event['case']}", "state", f"{event['command']}ed")

    def _cameras(self, event: dict[str, Any]) -> None:
        self._client.hset(f"{PREFIX}cameras", event["camera"], event["status"])

    def _units(self, event: dict[str, Any]) -> None:
        state: dict[Any, Any] = {name: event[name] for name in ("state", "lon", "lat")}
        self._client.hset(f"{PREFIX}unit:{event['unit']}", mapping=state)


def _events(kind: str, fields: dict[bytes, bytes]) -> list[dict[str, Any]]:
    if b"packed" not in fields:
        return [{name.decode(): value.decode() for name, value in fields.items()}]
    if kind not in RECORDS:
        events: list[dict[str, Any]] = json.loads(fields[b"packed"])
        return events
    record, names = RECORDS[kind]
    return [dict(zip(names, row, strict=True)) for row in record.iter_unpack(fields[b"packed"])]


def main() -> None:
    """Consume, and say how long it took."""
    path, url, after, events = sys.argv[1:]
    loop = PlainLoop(redis.Redis.from_url(url), load_pack(Path(path)))
    loop.begin(after)
    begun_s = time.perf_counter()
    loop.run(int(events))
    seconds = time.perf_counter() - begun_s
    loop.end()
    print(json.dumps({"seconds": seconds, "events": loop.done}))


if __name__ == "__main__":
    main()
