"""A web process whose own position is gone, trimmed or lost with a primary, begins at the snapshot again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis

from dashboard.live.follower import Follower
from dashboard.live.hub import Hub
from dashboard.live.screens import Screens
from dashboard.live.state import LiveState
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from tests.streams.projecting import project, url_of
from tests.streams.small_city import make_city, now_ms, report

pytestmark = pytest.mark.valkey

Following = tuple[Follower, LiveState, redis.Redis]


@pytest.fixture(scope="module")
def city() -> CityModel:
    return make_city()


@pytest.fixture
def following(client: redis.Redis, city: CityModel) -> Iterator[Following]:
    """A follower that has read what there is: a case `a`."""
    keys, state = Keys(city.code), LiveState()
    Writer(client, keys).append("reports", report("a", now_ms(), 3, city))
    project(client, city)
    with connect(url_of(client)) as own:
        follower = Follower(url_of(client), keys, state, Screens(Hub()), lambda: None)
        follower._catch_up(own)
        yield follower, state, own


def follow_on(client: redis.Redis, keys: Keys, state: LiveState) -> None:
    """Read the changes after the follower's position, as it does in its loop."""
    answer: Any = client.xread({keys.changes: state.position})
    for _, entries in answer:
        for entry, fields in entries:
            state.apply(entry.decode(), fields[b"frame"])


def test_it_goes_on_where_it_was(following: Following, client: redis.Redis, city: CityModel) -> None:
    follower, state, own = following
    held = state.position
    Writer(client, Keys(city.code)).append("reports", report("b", now_ms(), 4, city))
    project(client, city)
    follower._catch_up(own)
    assert state.position == held  # nothing was loaded anew
    follow_on(client, Keys(city.code), state)
    assert {"a", "b"} <= set(state.open_cases)


def test_a_change_that_was_lost_with_a_primary_is_taken_back(
    following: Following, client: redis.Redis, city: CityModel
) -> None:
    """As on the replica that takes over: what the last commit wrote is not there, and others come."""
    follower, state, own = following
    keys = Keys(city.code)
    before = {key: client.dump(key) for key in client.keys(keys.every)}
    Writer(client, keys).append("reports", report("lost", now_ms(), 4, city))
    project(client, city)
    follow_on(client, keys, state)
    assert "lost" in state.open_cases
    client.flushall()
    for key, packed in before.items():
        client.restore(key, 0, packed)
    Writer(client, keys).append("reports", report("kept", now_ms(), 4, city))
    project(client, city)
    follower._catch_up(own)
    follow_on(client, keys, state)
    assert "lost" not in state.open_cases
    assert {"a", "kept"} <= set(state.open_cases)
