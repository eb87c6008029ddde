"""Who may commit to a city: the next one waits, and a guard that was lost guards nothing unseen."""

from __future__ import annotations

from typing import Any

import pytest
import redis

from dashboard.streams import reader
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.errors import NotOwner
from dashboard.streams.keys import Keys
from dashboard.streams.ownership import Ownership
from dashboard.streams.projector import Session
from dashboard.streams.writer import Writer
from tests.streams.projecting import cases_of, project, step_until_caught_up, url_of
from tests.streams.small_city import now_ms, report

pytestmark = pytest.mark.valkey

def test_two_projectors_one_commits(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """The first is cut off from its city (as if it hung): what it holds it can't commit any more."""
    with connect(url_of(client), connections=1) as one, connect(url_of(client), connections=1) as two:
        first, second = (Session(own, city, 1000, 100_000) for own in (one, two))
        first.begin(lambda: False)
        with pytest.raises(NotOwner, match="Another projector is running"):
            second.begin(lambda: True)
        writer.append("reports", report("a", now_ms(), 1))
        client.delete(keys.owner)  # what its expiry does
        second.begin(lambda: False)
        with pytest.raises(NotOwner):
            step_until_caught_up(first, client, keys)
        step_until_caught_up(second, client, keys)
    assert cases_of(client, keys) == {"a"}
    versions = reader.case_versions(client, keys, ["a", "b"])
    assert versions == {"a": (1, 0)}


def test_a_city_lost_between_reading_and_committing_is_not_committed_to(
    client: redis.Redis, keys: Keys, city: CityModel
) -> None:
    """The token is touched after a tick's read, which found it in order: the transaction itself must fail."""
    project(client, city)
    with connect(url_of(client), connections=1) as own:
        ownership = Ownership(own, keys)
        ownership.take(lambda: False)
        for touched in (keys.owner, keys.state("meta")):
            with own.pipeline(transaction=False) as look:
                ownership.watch(look)
                ownership.check(look.execute()[-1])
            before: Any = client.hgetall(touched) if touched != keys.owner else client.get(touched)
            if touched == keys.owner:
                client.set(touched, before)
            else:
                client.hset(touched, mapping=before)
            pipe = ownership.transaction()
            pipe.hset(keys.snapshot, "position", "9-9")
            with pytest.raises(NotOwner, match="committed to this city meanwhile"):
                ownership.execute(pipe)
    assert client.hget(keys.snapshot, "position") != b"9-9"


@pytest.mark.parametrize("in_cluster", [False, True])
def test_a_connection_lost_between_reading_and_committing_is_not_made_again(
    client: redis.Redis, keys: Keys, city: CityModel, in_cluster: bool
) -> None:
    """With it went the WATCH; the client would connect again by itself and commit without a guard."""
    project(client, city)
    with connect(url_of(client), connections=1, keys=keys if in_cluster else None) as own:
        ownership = Ownership(own, keys)
        ownership.take(lambda: False)
        with own.pipeline(transaction=False) as look:
            ownership.watch(look)
            ownership.check(look.execute()[-1])
        (number,) = (each["id"] for each in client.client_list() if each["name"] == ownership.token)
        client.client_kill_filter(_id=number)
        pipe = ownership.transaction()
        pipe.hset(keys.snapshot, "position", "9-9")
        with pytest.raises(redis.ConnectionError, match="lost between a read and its commit"):
            ownership.execute(pipe)
    assert client.hget(keys.snapshot, "position") != b"9-9"
