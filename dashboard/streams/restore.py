"""Putting a backup back: into a store that has nothing of the city, and the same state made of it again.

The whole file is checked before anything is written. While it is written, `Keys.restoring` is there and the
city has an owner, so no projector touches half a record, nor one whose restore was cut off: that is to begin
again. Where replicas are waited for, that mark goes only once they have all of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from dashboard.streams.backup_file import Manifest, requests_of
from dashboard.streams.city import CityModel
from dashboard.streams.data_version import VERSION
from dashboard.streams.errors import NotOwner, NotReplicated, StreamsError
from dashboard.streams.keys import DERIVED, Keys, sort_of
from dashboard.streams.ownership import Ownership
from dashboard.streams.rebuild import project_again
from dashboard.streams.state_store import StateStore
from dashboard.streams.upgrading import steps_from

_BYTES_AT_ONCE = 1_000_000
REPLICAS_WITHIN_S = 60.0  # a replica that was away copies all of it first
_ASK_MS = 3_000
_CHANGES_MAX = 1  # none but the first are told: screens load the snapshot

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Restored:
    """What came of it; `at_ms`: of when it is, `cases_then` in the state then, None where it says none."""

    at_ms: int
    entries: int
    cases: int
    cases_then: int | None


def restore(
    path: Path, manifest: Manifest, client: redis.Redis, others: redis.Redis, keys: Keys, city: CityModel,
    tell: Tell = lambda done, total: None, wait_replicas: int = 0,
) -> Restored:  # fmt: skip
    """Write a checked backup to the store and project its record; `tell` is told how far each of the two is.

    `client` has one connection only (see `ownership`), `others` is for everything else. Raises
    `StreamsError` when the store has something of this city already, or somebody works on it, and
    `NotReplicated` when `wait_replicas` replicas don't have it in time: it is to be done again then.
    """
    if manifest.city != keys.city:
        raise StreamsError(
            f"The backup is of {manifest.city}, and the pack of {keys.city}; set KITE_CITY to its pack."
        )
    ownership = Ownership(client, keys)
    try:
        ownership.take(may_wait=lambda: False)
    except NotOwner:
        raise StreamsError("A projector is running for this city; stop Kite, then restore.") from None
    try:
        _clear(client, keys)
        _write(path, manifest, others, ownership, tell)
        entries = _insist_all_there(client, keys, manifest)
        for step in steps_from(manifest.data_version):
            step.do(client, keys)
        store = StateStore(client, keys, city, ownership, _CHANGES_MAX)
        projection, _ = project_again(client, keys, city, store, tell)
        _insist_on_replicas(client, ownership, wait_replicas)
        pipe = ownership.transaction()
        pipe.set(keys.format, VERSION)
        pipe.delete(keys.restoring)
        ownership.execute(pipe)
        return Restored(manifest.trailer["at_ms"], entries, len(projection.cases), manifest.trailer["cases"])
    finally:
        ownership.release()


def _clear(client: redis.Redis, keys: Keys) -> None:
    """Insist on an empty store, but for what lapses; what an earlier restore left half done is taken away."""
    found = [str(keys.name_of(key.decode())) for key in client.scan_iter(keys.every, count=1_000)]
    if not client.exists(keys.restoring):
        held = sorted(name for name in found if (row := sort_of(name)) is None or row.sort != DERIVED)
        if held:
            raise StreamsError(
                f"The store already holds data of {keys.city} ({', '.join(held[:3])}); "
                "restore into an empty one."
            )
    client.set(keys.restoring, "1")
    for name in found:
        if keys.kept(name) not in (keys.owner, keys.restoring):
            client.delete(keys.kept(name))


def _write(path: Path, manifest: Manifest, others: redis.Redis, ownership: Ownership, tell: Tell) -> None:
    connection = others.connection_pool.get_connection()
    try:
        waiting: list[bytes] = []
        size = done = 0
        for request in requests_of(path):
            if request.words[0] == b"ECHO":
                continue
            waiting.append(request.raw)
            size += len(request.raw)
            if size > _BYTES_AT_ONCE:
                done += _send(connection, waiting)
                waiting, size = [], 0
                ownership.renew()
                tell(done, manifest.requests)
        tell(done + _send(connection, waiting), manifest.requests)
    finally:
        others.connection_pool.release(connection)


def _send(connection: Any, requests: list[bytes]) -> int:
    connection.send_packed_command(requests)
    for _ in requests:
        try:
            connection.read_response()
        except redis.ResponseError as problem:
            raise StreamsError(f"The store does not take the backup ({problem}).") from None
    return len(requests)


def _insist_all_there(client: redis.Redis, keys: Keys, manifest: Manifest) -> int:
    """That every stream is as long as it was, and ends where it did; how many entries there are in all."""
    total = 0
    for name, (length, last) in manifest.trailer["streams"].items():
        found: Any = client.xinfo_stream(keys.kept(name)) if client.exists(keys.kept(name)) else {}
        there = (found.get("length", 0), found.get("last-generated-id", b"0-0").decode())
        if there != (length, last):
            raise StreamsError(
                f"The stream {name} is not what it was when the backup was made "
                f"({there[0]} entries, not {length}); something else writes to this store."
            )
        total += length
    return total


def _insist_on_replicas(client: redis.Redis, ownership: Ownership, wanted: int) -> None:
    """That so many replicas have all of it: `client` has written last, so what others wrote is there too."""
    end_s = time.monotonic() + REPLICAS_WITHIN_S
    while wanted:
        ownership.renew()
        known = int(client.wait(wanted, _ASK_MS))
        if known >= wanted:
            return
        if time.monotonic() > end_s:
            raise NotReplicated(
                f"All of it is written, but after {REPLICAS_WITHIN_S:g} s on {known} of {wanted} replicas; "
                "see to them, then restore again."
            )
