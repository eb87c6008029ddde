"""A crash or a kill while the index is published loses nothing and doubles nothing."""

from __future__ import annotations

import time

import numpy as np
import pytest
import redis

from dashboard.streams import reader
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.keys import Keys
from dashboard.streams.published import last_number
from dashboard.streams.writer import Writer
from tests.streams.projecting import project, rebuild_with, state, url_of
from tests.streams.projector_process import start, starter
from tests.streams.publishing import begin, named, publish, published, sent_by_kite, trouble, work
from tests.streams.small_city import now_ms

pytestmark = pytest.mark.valkey


@pytest.fixture(scope="session")
def city(city: CityModel) -> CityModel:
    return named(city)


@pytest.mark.parametrize("dies", ["before it sends", "after it sent"])
def test_a_crash_between_publishing_and_its_cases_loses_and_doubles_none(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, monkeypatch: pytest.MonkeyPatch,
    dies: str,
) -> None:  # fmt: skip
    trouble(writer, city)
    project(client, city)
    writer.append("commands", publish("p-1", now_ms()))
    with connect(url_of(client), connections=1) as own, monkeypatch.context() as patched:
        session = begin(own, city)
        if dies == "before it sends":
            patched.setattr(session._publishing, "is_waiting", lambda now: False)
        while not client.exists(keys.published):
            session.step()
        client.delete(keys.owner)
    assert bool(sent_by_kite(client, keys)) == (dies == "after it sent")
    for _ in range(2):
        work(client, keys, city)
    (made,) = published(client, keys)
    sent = sent_by_kite(client, keys)
    assert max(sent.values()) == 1
    assert {item.case for item in made.head.raised} <= set(sent)
    for item in made.head.raised:
        case = reader.read_case(client, keys, item.case)
        assert case is not None
        assert case.state == "assigned"
    assert not client.exists(keys.dead)


def test_kills_at_any_moment_lose_and_double_nothing(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """Twelve projectors are killed while the city is published and troubled by turns."""
    trouble(writer, city)
    context, rng = starter(), np.random.default_rng(3)
    for number in range(12):
        process = start(context, url_of(client))
        (trouble if number % 4 == 0 else lambda *_: None)(writer, city)
        writer.append("commands", publish(f"p-{number}", now_ms(), most="7"))
        if number % 2:
            deadline_s = time.monotonic() + 30
            while last_number(client, keys) < number:
                assert time.monotonic() < deadline_s
                time.sleep(0.001)
        time.sleep(float(rng.uniform(0.0, 0.2)))
        process.kill()
        process.join()
    work(client, keys, city)
    made = published(client, keys)
    assert [one.head.number for one in made] == list(range(1, 13))
    assert [one.head.id for one in made] == [f"p-{number}" for number in range(12)]
    raised = [item.case for one in made for item in one.head.raised]
    assert len(raised) == len(set(raised)) > 0
    sent = sent_by_kite(client, keys)
    assert max(sent.values()) == 1
    for name in raised:
        case = reader.read_case(client, keys, name)
        assert case is not None
        assert case.state == "assigned"
    first = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == first
