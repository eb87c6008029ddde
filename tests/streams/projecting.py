"""Running a projector inside a test, and looking at what it left."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import redis

from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.keys import RAW_KINDS, Keys
from dashboard.streams.projector import Session, rebuild
from dashboard.streams.writer import Writer

GIVE_UP_S = 60.0
State = dict[str, dict[bytes, bytes]]


def url_of(client: redis.Redis) -> str:
    """The server that a client is connected to."""
    known = client.connection_pool.connection_kwargs
    return f"redis://{known['host']}:{known['port']}/0"


def project(client: redis.Redis, city: CityModel, telemetry_max: int = 1_000_000) -> None:
    """Run a projector in this thread until everything that is in the raw streams has been applied."""
    with connect(url_of(client), connections=1) as own:
        session = Session(own, city, 10_000, telemetry_max)
        session.begin(lambda: False)
        step_until_caught_up(session, client, Keys(city.code))
        session.end()


def step_until_caught_up(session: Session, client: redis.Redis, keys: Keys) -> None:
    """Let a projector's session work until nothing is left to do."""
    deadline_s = time.monotonic() + GIVE_UP_S
    while not is_caught_up(client, keys):
        assert time.monotonic() < deadline_s, "the projector does not get on"
        session.step()


def is_caught_up(client: redis.Redis, keys: Keys) -> bool:
    """Whether the last entry of every raw stream has been applied (or was taken out of it)."""
    meta: Any = client.hgetall(keys.state("meta"))
    for kind in RAW_KINDS:
        last: Any = client.xrevrange(keys.raw(kind), count=1)
        reached = meta.get(f"position:{kind}".encode(), b"0-0")
        if last and _number(reached) < _number(last[0][0]):
            return False
    return bool(meta)


def _number(entry: bytes) -> tuple[int, int]:
    ms, _, seq = entry.partition(b"-")
    return int(ms), int(seq)


def state(client: redis.Redis, keys: Keys) -> State:
    """Every field of every hash of the state."""
    return {key: dict(client.hgetall(key)) for key in keys.states}


def append_all(writer: Writer, entries: Iterable[tuple[str, dict[str, str]]]) -> None:
    """Append (kind, fields) one by one, in their order."""
    for kind, fields in entries:
        writer.append(kind, fields)


def cases_of(client: redis.Redis, keys: Keys) -> set[str]:
    """Ids of all cases of the state."""
    return {case.decode() for case in client.hkeys(keys.state("cases"))}


def rebuild_with(client: redis.Redis, keys: Keys, city: CityModel) -> list[tuple[int, int]]:
    """Project the record again, as the command does; (done, total) as it was told."""
    told: list[tuple[int, int]] = []
    with connect(url_of(client), connections=1) as own:
        rebuild(own, keys, city, lambda done, total: told.append((done, total)))
    return told
