"""Run by a test: every GET route of a web application whose store is away, full or read-only.

    python -m tests.faults.walk FOLDER

prints a JSON object: state of the store → path → status and sentence. `FOLDER` holds the small city's pack.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()  # as `app.py web` does

import json  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
import redis  # noqa: E402
from flask import Flask  # noqa: E402

import app  # noqa: E402
from dashboard.settings import Settings  # noqa: E402
from dashboard.streams.client import connect  # noqa: E402
from dashboard.streams.embedded import EmbeddedServer  # noqa: E402
from dashboard.streams.from_pack import city_of  # noqa: E402
from geodata import load_pack  # noqa: E402
from tests.e2e.conftest import CITY  # noqa: E402
from tests.streams.projecting import project  # noqa: E402

_READY_S = 60.0
_GIVEN = ((r"<int:[^>]*>", "1"), (r"<(code|region)[^>]*>", "990100"), (r"<[^>]*>", "x"))
_ENDLESS = "/live/events"


def paths(server: Flask) -> list[str]:
    """A path for every rule that answers GET, but for the event stream, which would never end."""
    rules = [rule.rule for rule in server.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return sorted({_filled(rule) for rule in rules if rule != _ENDLESS})


def _filled(rule: str) -> str:
    for pattern, value in _GIVEN:
        rule = re.sub(pattern, value, rule)
    return rule


def look(server: Flask) -> dict[str, tuple[int, str]]:
    """What each path answers, and a report that is sent."""
    client, found = server.test_client(), {}
    for path in paths(server):
        answer = client.get(path)
        found[path] = answer.status_code, answer.data[:200].decode(errors="replace")
    report = {"type": "theft", "origin": "hotline", "lon": 119.05, "lat": 36.65, "place": "测试路口"}
    sent = client.post("/api/v1/reports", json=report)
    found["POST /api/v1/reports"] = sent.status_code, sent.data[:400].decode(errors="replace")
    return found


def main(folder: Path) -> None:
    """Make the application with a state to show, and look at it under each trouble."""
    with EmbeddedServer(folder / "valkey") as store:
        with connect(store.url) as client:
            project(client, city_of(load_pack(folder / "packs" / CITY)))
            server = app.create_app(Settings(city=CITY, data_dir=folder, redis_url=store.url, sign_in="off"))
            with gevent.Timeout(_READY_S):
                while server.test_client().get("/readyz").status_code != 200:
                    gevent.sleep(0.05)
            found = {name: look(server) for name, begin in troubles(client, store).items() if begin() is None}
        print(json.dumps(found), flush=True)
        os._exit(0)  # its greenlets go on for ever


def troubles(client: redis.Redis, store: EmbeddedServer) -> dict[str, Callable[[], Any]]:
    """What befalls the store, one after the other."""

    def fill() -> None:
        client.config_set("maxmemory", "1")

    def lock() -> None:
        client.config_set("maxmemory", "0")
        client.execute_command("REPLICAOF", "127.0.0.1", "1")

    def go() -> None:
        assert store.process is not None
        store.process.kill()
        store.process.wait()

    return {"full": fill, "read-only": lock, "away": go}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
