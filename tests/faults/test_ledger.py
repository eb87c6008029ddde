"""The ledger finds what is lost, what is there twice, and what was said wrongly."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from dashboard.streams.client import connect
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from tests.faults.ledger import Ledger
from tests.streams.projecting import project
from tests.streams.small_city import command, make_city, report

pytestmark = pytest.mark.valkey
CITY = make_city()
KEYS = Keys(CITY.code)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Redis]:
    """A store in which two reports, a command and a camera's state have been applied."""
    with EmbeddedServer(Path(tmp_path_factory.mktemp("valkey"))) as server, connect(server.url) as client:
        writer, at_ms = Writer(client, KEYS), time.time_ns() // 1_000_000
        writer.append_many("reports", [report("r-1", at_ms, 1), report("r-2", at_ms, 2)])
        writer.append("commands", command("r-1", "accept", at_ms, "c-1"))
        project(client, CITY)
        yield client


def right() -> Ledger:
    ledger = Ledger()
    ledger.acknowledged["reports"] |= {"r-1", "r-2"}
    ledger.acknowledged["commands"].add("c-1")
    ledger.cases["c-1"] = "r-1"
    return ledger


def test_all_is_right(client: redis.Redis) -> None:
    assert right().check(client, KEYS) == {}


def test_what_was_acknowledged_and_is_not_there_is_lost(client: redis.Redis) -> None:
    ledger = right()
    ledger.acknowledged["reports"].add("r-3")
    ledger.acknowledged["commands"].add("c-2")
    ledger.cases["c-2"] = "r-2"
    ledger.telemetry.add("1-1")
    assert ledger.check(client, KEYS) == {
        "acknowledged reports not in the record": ["r-3"],
        "acknowledged reports not applied": ["r-3"],
        "acknowledged commands not in the record": ["c-2"],
        "acknowledged commands not applied": ["c-2"],
        "acknowledged cameras' states not in the record": ["1-1"],
    }


def test_what_was_said_not_to_be_written_and_is_there_was_said_wrongly(client: redis.Redis) -> None:
    ledger = right()
    ledger.denied["reports"].add("r-2")
    assert ledger.check(client, KEYS) == {"reports said not to be written that are": ["r-2"]}


def test_what_nobody_knows_of_may_be_there_or_not(client: redis.Redis) -> None:
    ledger = right()
    ledger.acknowledged["reports"].discard("r-2")
    ledger.unsure["reports"] |= {"r-2", "r-4"}
    assert ledger.check(client, KEYS) == {}


def test_what_is_in_the_record_and_not_in_the_state_is_found_and_what_is_there_twice(
    client: redis.Redis,
) -> None:
    ledger = right()
    ledger.unsure["reports"] |= {"r-5"}
    at_ms = time.time_ns() // 1_000_000
    for _ in range(2):  # behind the projector's back
        client.xadd(KEYS.raw("reports"), report("r-5", at_ms, 3))  # type: ignore[arg-type]
    assert ledger.check(client, KEYS) == {
        "reports of the record not applied": ["r-5"],
        "reports written twice": ["r-5"],
    }
