"""Backing up and restoring in tests, and a city in which all has happened that a backup may meet."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis

from dashboard.domain.access import Identity
from dashboard.domain.webhooks import Told
from dashboard.streams import backup, outbox
from dashboard.streams.backup import write_backup
from dashboard.streams.backup_file import check
from dashboard.streams.city import CityModel
from dashboard.streams.client import as_fields, connect
from dashboard.streams.keys import DERIVED, Keys, sort_of
from dashboard.streams.restore import Restored, restore
from dashboard.streams.tokens import add_token
from dashboard.streams.writer import Writer
from tests.streams.projecting import append_all, project, url_of
from tests.streams.small_city import camera, now_ms, recent_load, report

GIVE_UP_S = 60.0
LAPSES_MS = 2_000_000_000_000
"""When a key of `lived` is to lapse, ms since 1970: no key that is kept does today, but one may."""
Record = dict[str, Any]


def until(holds: Callable[[], bool]) -> None:
    end_s = time.monotonic() + GIVE_UP_S
    while not holds():
        assert time.monotonic() < end_s, "it never did"
        time.sleep(0.02)


def back_up(client: redis.Redis, keys: Keys, path: Path) -> backup.Summary:
    with path.open("xb") as file, connect(url_of(client)) as own:
        return write_backup(own, keys, file, {})


def put_back(
    client: redis.Redis, keys: Keys, city: CityModel, path: Path, wait_replicas: int = 0
) -> Restored:
    manifest = check(path)
    with connect(url_of(client), connections=1) as own, connect(url_of(client)) as others:
        return restore(path, manifest, own, others, keys, city, wait_replicas=wait_replicas)


def kept(client: redis.Redis, keys: Keys) -> Record:
    """Everything of the city that is not derived, by name, read plainly; streams with where they end."""
    found: Record = {}
    for key in client.scan_iter(keys.every):
        name = str(keys.name_of(key.decode()))
        row = sort_of(name)
        assert row is not None, f"{name} is in no row of SORTS"
        if row.sort == DERIVED:
            continue
        kind = client.type(key)
        if kind == b"stream":
            info = client.xinfo_stream(key)
            found[name] = (client.xrange(key), info["last-generated-id"], info["max-deleted-entry-id"])
        elif kind == b"hash":
            found[name] = client.hgetall(key)
        else:
            found[name] = client.get(key)
    return found


def lived(client: redis.Redis, keys: Keys, city: CityModel, writer: Writer) -> None:
    """A city in which all has happened: late ids, letters, personal data, trimming, people's doings."""
    append_all(writer, recent_load(city, 3, 300))
    project(client, city)
    last: Any = client.xinfo_stream(keys.raw("reports"))["last-generated-id"]
    ms = int(last.decode().partition("-")[0])
    client.xadd(keys.raw("reports"), as_fields(report("late", ms, 3)), id=f"{ms}-500")
    writer.append("reports", report("personal", now_ms(), 2, name="张三"))
    at_ms = now_ms() - 100_000
    for number in range(120):
        writer.append("cameras", camera(number % 40, ("online", "fault")[number % 2], at_ms + number))
    project(client, city, telemetry_max=50)
    add_token(client, keys, Identity("值班席", "officer", "379901"), now_ms() + 10**9)
    client.hset(keys.webhooks, "a", b"\x00\xff not text")
    client.hset(keys.letters, "1-0", "dropped")
    client.pexpireat(keys.letters, LAPSES_MS)
    client.xadd(keys.audit, {"action": "sign_in"})
    client.xadd(keys.outbox("undelivered"), {"reason": "x"})
    with connect(url_of(client), connections=1) as own:
        owner = outbox.ownership(own, keys)
        owner.take(lambda: False)
        message = outbox.Message("a", "m-1", "c3-1", "opened", b"{}")
        outbox.commit(owner, keys, "1-0", "g", [message], {"c3-1": Told(1, "04", 3)})
        owner.release()
    client.set(keys.kept("cache:x"), "derived", ex=1000)
