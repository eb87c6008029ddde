"""Updates without an end to them: flat entries of all kinds whose cases do not pile up.

Of 100 updates one is a report and one the command that merges it into another, as an officer does with a
duplicate; 32 are unit positions and 66 camera states. So what a screen holds stays as large as it was; the
projector keeps the merged cases for as long as it keeps any that is closed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import redis
from playwright.sync_api import Page

from dashboard.streams.codecs import EntryId
from dashboard.streams.keys import Keys
from geodata import Pack

PATIENCE_S = 120
STATUSES = ("online", "offline")
_SHUFFLED = 977  # a prime: neighbouring updates are of places far from each other
_REACHED = """
([ms, seq]) => {
  const [a, b] = kite.store.position.split('-').map(Number);
  return a > ms || (a === ms && b >= seq);
}
"""


class Updates:
    """Appends updates and knows which state the cameras must then have: `last_camera`, by number."""

    def __init__(self, pack: Pack, client: redis.Redis) -> None:
        self._client, self.keys, self.sent = client, Keys(pack.regions.code[0]), 0
        self._cameras = np.flatnonzero(pack.cameras.networked)
        self._unit_lonlat = np.column_stack(pack.to_lonlat(np.asarray(pack.units.xy)))
        self._grids = pack.regions.code[int(pack.regions.tier_start[4]) :]
        self._last: dict[str, EntryId] = {}
        self._name = f"endurance-{time.time_ns()}"
        self._append([("reports", self._report(f"{self._name}-into", 0))])
        self.last_camera: dict[int, int] = {}

    def write(self, count: int, batch: int = 250) -> None:
        """`count` updates, in pipelines of `batch`."""
        for first in range(self.sent, self.sent + count, batch):
            numbers = range(first, min(first + batch, self.sent + count))
            self._append([update for number in numbers for update in self._update(number)])
        self.sent += count

    def _append(self, entries: list[tuple[str, dict[str, str]]]) -> None:
        with self._client.pipeline(transaction=False) as pipe:
            for kind, fields in entries:
                pipe.xadd(self.keys.raw(kind), fields)  # type: ignore[arg-type]
            ids = pipe.execute()
        for (kind, _), entry_id in zip(entries, ids, strict=True):
            self._last[kind] = EntryId.parse(entry_id)

    def _update(self, number: int) -> Iterator[tuple[str, dict[str, str]]]:
        """The entry of an update: of 100, one a report, one a merging command, 32 units, 66 cameras."""
        now, place = datetime.now(UTC).isoformat(timespec="milliseconds"), number % 100
        case = f"{self._name}-{number // 100}"
        if place == 0:
            yield "reports", self._report(case, number // 100)
        elif place == 50:
            yield (
                "commands",
                {"id": f"{case}.merge", "case": case, "command": "merge", "into": f"{self._name}-into",
                 "at": now, "by": "01"},
            )  # fmt: skip
        elif place % 3 == 0:
            unit = number * _SHUFFLED % len(self._unit_lonlat)
            lon, lat = self._unit_lonlat[unit] + 0.001 * (number % 7 - 3)
            yield (
                "units",
                {"unit": str(unit), "state": "free", "lon": f"{lon:.6f}", "lat": f"{lat:.6f}", "at": now},
            )
        else:
            camera, status = int(self._cameras[number * _SHUFFLED % len(self._cameras)]), number // 7 % 2
            self.last_camera[camera] = status
            yield "cameras", {"camera": str(camera), "status": STATUSES[status], "at": now}

    def _report(self, case: str, number: int) -> dict[str, str]:
        grid = self._grids[number * _SHUFFLED % len(self._grids)]
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        return {"id": case, "type": "theft", "level": "04", "origin": "hotline", "grid": grid,
                "occurred_at": now}  # fmt: skip

    def wait_until_applied(self) -> EntryId:
        """Block until all that was sent is in the state; the changes' position that has it."""
        end_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < end_s:
            meta = self._client.hgetall(self.keys.state("meta"))
            applied = {kind: EntryId.parse(meta[f"position:{kind}".encode()]) for kind in self._last}
            if all(applied[kind] >= last for kind, last in self._last.items()):
                return newest_change(self._client, self.keys)
            time.sleep(0.02)
        raise AssertionError(f"The projector did not apply what was sent within {PATIENCE_S} s.")

    def refused(self) -> int:
        """Entries that could not be applied."""
        return int(self._client.xlen(self.keys.dead))


def newest_change(client: redis.Redis, keys: Keys) -> EntryId:
    """The position of the last change there is, which is what a page that keeps up will have reached."""
    newest: Any = client.xrevrange(keys.changes, count=1)
    return EntryId.parse(newest[0][0])


def wait_until_shown(page: Page, position: EntryId, patience_s: float = PATIENCE_S) -> None:
    """Block until Kite's page has taken the changes up to a position."""
    page.wait_for_function(_REACHED, arg=[position.ms, position.seq], timeout=patience_s * 1000)
