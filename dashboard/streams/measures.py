"""What an operator measures of a city's store, in three round trips: streams, letters, the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import redis

from dashboard.streams.codecs import EntryId
from dashboard.streams.dead_letters import read_counts
from dashboard.streams.keys import RAW_KINDS, Keys


@dataclass(frozen=True, slots=True)
class StreamMeasures:
    """One raw stream: entries ever added, entries held, and when the newest and the newest applied one came.

    Times are ms since 1970 by the store's clock; 0 where there is none.
    """

    added: int
    held: int
    newest_ms: int
    applied_ms: int


@dataclass(frozen=True, slots=True)
class Measures:
    """One city in its store at one moment."""

    now_ms: int
    streams: dict[str, StreamMeasures]
    changes_ms: int
    """When the newest change was committed; 0 before the first."""
    dead_letters: int
    """Those that are held."""
    letters: dict[tuple[str, str, str], int]
    """(arrived, resent or dropped; raw stream; reason) → how many ever."""
    audit_entries: int
    messages_waiting: int
    messages_given_up: int
    has_projector: bool
    has_deliverer: bool
    memory_bytes: int
    memory_limit_bytes: int
    """0 where the store has none."""
    clients: int
    replicas: int
    is_kept_on_disk: bool
    """Whether the append-only file is on, and could be written the last time."""


def measure(client: redis.Redis, keys: Keys) -> Measures:
    """Read them; raises one of `client.FAILED`."""
    pipe = client.pipeline(transaction=False)
    pipe.time()
    for kind in RAW_KINDS:
        pipe.exists(keys.raw(kind))
    pipe.hmget(keys.state("meta"), [f"position:{kind}" for kind in RAW_KINDS])
    pipe.xrevrange(keys.changes, count=1)
    for key in (keys.dead, keys.audit, keys.outbox(), keys.outbox("undelivered")):
        pipe.xlen(key)
    pipe.exists(keys.owner)
    pipe.exists(keys.outbox("owner"))
    for section in ("memory", "clients", "replication", "persistence"):
        pipe.info(section)
    answers: Any = iter(pipe.execute())
    seconds, microseconds = next(answers)
    there = [kind for kind in RAW_KINDS if next(answers)]
    applied = {
        kind: EntryId.parse(position).ms if position else 0
        for kind, position in zip(RAW_KINDS, next(answers), strict=True)
    }
    changes = next(answers)
    dead, audit, waiting, given_up, projector, deliverer, memory, clients, replication, persistence = answers
    streams, nothing = _streams(client, keys, there), (0, 0, 0)
    return Measures(
        now_ms=seconds * 1000 + microseconds // 1000,
        streams={kind: StreamMeasures(*streams.get(kind, nothing), applied[kind]) for kind in RAW_KINDS},
        changes_ms=EntryId.parse(changes[0][0]).ms if changes else 0,
        dead_letters=int(dead),
        letters=read_counts(client, keys),
        audit_entries=int(audit),
        messages_waiting=int(waiting),
        messages_given_up=int(given_up),
        has_projector=bool(projector),
        has_deliverer=bool(deliverer),
        memory_bytes=int(memory["used_memory"]),
        memory_limit_bytes=int(memory["maxmemory"]),
        clients=int(clients["connected_clients"]),
        replicas=int(replication["connected_slaves"]),
        is_kept_on_disk=persistence["aof_enabled"] == 1
        and persistence.get("aof_last_write_status", "ok") == "ok",
    )


def _streams(client: redis.Redis, keys: Keys, kinds: list[str]) -> dict[str, tuple[int, int, int]]:
    """Kind → (entries ever added, entries held, ms of the newest id)."""
    pipe = client.pipeline(transaction=False)
    for kind in kinds:
        pipe.xinfo_stream(keys.raw(kind))
    answers: Any = pipe.execute()
    return {
        kind: (
            int(found.get("entries-added", found["length"])),
            int(found["length"]),
            EntryId.parse(found["last-generated-id"]).ms,
        )
        for kind, found in zip(kinds, answers, strict=True)
    }
