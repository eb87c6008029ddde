"""The feeds with a real Valkey, its writer, its projector and its reader: nothing refused, nothing stuck."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import redis

from dashboard.feeds.backfill import backfill
from dashboard.feeds.importing import import_file
from dashboard.feeds.incidents import IncidentOptions
from dashboard.feeds.simulation.known import Known, nothing_known
from dashboard.feeds.simulation.rhythm import HOUR_MS
from dashboard.feeds.simulator import Simulator
from dashboard.streams import projector
from dashboard.streams.client import connect
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.keys import Keys
from dashboard.streams.reader import case_versions, known_ids, load_known
from dashboard.streams.writer import Writer
from tests.feeds.parts import CODE, small_area, small_city, small_world

pytestmark = pytest.mark.valkey

WORLD = small_world()
CITY = small_city(WORLD)
KEYS = Keys(CODE)
PATIENCE_S = 120.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path / "valkey") as running:
        yield running


@pytest.fixture
def client(server: EmbeddedServer) -> Iterator[redis.Redis]:
    with connect(server.url, wait_s=20.0) as connected:
        yield connected


@contextmanager
def running(work: Callable[[Event], Any]) -> Iterator[None]:
    """Something that runs beside the test until it is left; what it raises is raised."""
    stop, failed = Event(), []

    def run() -> None:
        try:
            work(stop)
        except BaseException as error:  # noqa: BLE001 - passed on below
            failed.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        if failed:
            raise failed[0]


def projecting(url: str) -> Any:
    return running(lambda stop: projector.run(url, CITY, 1000, 10**6, stop.is_set))


def living(client: redis.Redis, known: Known, **options: Any) -> Any:
    """A simulator of many cases."""
    simulator = Simulator(WORLD, Writer(client, KEYS), known, seed=1, say=lambda _: None, **options,
                          versions=lambda ids: case_versions(client, KEYS, list(ids)))  # fmt: skip
    return running(simulator.run)


def wait_until(true: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def cases_known(client: redis.Redis) -> int:
    return int(client.hlen(KEYS.state("cases")))


def flat(client: redis.Redis, kind: str) -> list[dict[bytes, bytes]]:
    """The flat events of a raw stream, heartbeats left out."""
    return [fields for _, fields in client.xrange(KEYS.raw(kind)) if b"id" in fields]


def refusals(client: redis.Redis) -> list[Any]:
    return client.xrange(KEYS.dead)


def test_a_written_past_is_what_the_reader_then_finds(server: EmbeddedServer, client: redis.Redis) -> None:
    known = backfill(Writer(client, KEYS), WORLD, history_days=10, cases_per_day=80.0, seed=1, worked_days=2)
    expected = {case.id: case.version for case in known.open_cases}
    with projecting(server.url):
        wait_until(lambda: {c.id: c.version for c in load_known(client, KEYS, CITY).open_cases} == expected)
        # Cameras and units come by themselves, a little later.
        wait_until(lambda: (load_known(client, KEYS, CITY).unit_state == known.unit_state).all())
        wait_until(lambda: (load_known(client, KEYS, CITY).camera_status == known.camera_status).all())
        found = load_known(client, KEYS, CITY)
    assert refusals(client) == []
    assert (found.camera_status == known.camera_status).all()
    assert (found.unit_state == known.unit_state).all()
    assert abs(found.unit_xy - known.unit_xy).max() <= 1
    assert [(case.state, case.unit) for case in found.open_cases] == [
        (case.state, case.unit) for case in sorted(known.open_cases, key=lambda case: case.id)
    ]


def test_simulated_days_are_taken_whole_and_go_on_after_a_restart(
    server: EmbeddedServer, client: redis.Redis
) -> None:
    # Hours ago, and twenty times as fast as the wall clock.
    begun_s, begun_ms = time.monotonic(), int(time.time() * 1000) - 6 * HOUR_MS

    def now_ms() -> int:
        return begun_ms + int((time.monotonic() - begun_s) * 20_000)

    known: Any = backfill(Writer(client, KEYS), WORLD, history_days=1, cases_per_day=1000.0, now_ms=begun_ms)
    with projecting(server.url):
        for _ in range(2):
            before = len(flat(client, "commands"))
            with living(client, known, rate=10.0, cases_per_day=20_000.0, now_ms=now_ms):
                wait_until(lambda low=before: len(flat(client, "commands")) >= low + 60)
            written = [fields[b"id"].decode() for fields in flat(client, "reports")]
            wait_until(lambda ids=written: len(known_ids(client, KEYS, ids)) == len(ids))
            known = load_known(client, KEYS, CITY)
    assert refusals(client) == []


def test_a_server_that_is_killed_is_waited_for(server: EmbeddedServer, client: redis.Redis) -> None:
    with living(client, nothing_known(WORLD), rate=100.0, cases_per_day=100_000.0):
        wait_until(lambda: int(client.xlen(KEYS.raw("units"))) > 20)
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        server.start()
        with connect(server.url, wait_s=20.0) as again:
            kept = int(again.xlen(KEYS.raw("units")))
            assert kept > 20
            wait_until(lambda: int(again.xlen(KEYS.raw("units"))) > kept + 20)


def test_an_imported_file_is_in_the_state_and_its_second_import_changes_nothing(
    server: EmbeddedServer, client: redis.Redis, tmp_path: Path
) -> None:
    points = WORLD.lonlat(WORLD.xy).tolist()
    rows = [f"2025-03-{1 + k % 28:02d} 10:00,{lon},{lat},theft" for k, (lon, lat) in enumerate(points)]
    path = tmp_path / "cases.csv"
    path.write_text("\n".join(["occurred_at,lon,lat,category", *rows, "2025-03-01,10,50,theft"]))

    def imported() -> Any:
        return import_file(path, IncidentOptions(), small_area(WORLD), Writer(client, KEYS),
                           known=lambda ids: known_ids(client, KEYS, list(ids)))  # fmt: skip

    with projecting(server.url):
        account = imported()
        wait_until(lambda: cases_known(client) == len(rows))
        state = client.hgetall(KEYS.state("cases"))
        again = imported()
        last = client.xinfo_stream(KEYS.raw("reports"))["last-generated-id"]
        wait_until(lambda: client.xinfo_groups(KEYS.raw("reports"))[0]["last-delivered-id"] == last)
    assert (account.accepted, account.duplicates, account.outside) == (len(rows), 0, 1)
    assert (again.accepted, again.duplicates, again.outside) == (len(rows), len(rows), 1)
    assert client.hgetall(KEYS.state("cases")) == state
    assert refusals(client) == []
