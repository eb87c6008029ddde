"""A city on a real cluster of Valkey servers: found through any node, and followed when it moves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import redis

from dashboard.streams import overdue, projector
from dashboard.streams.city import CityModel
from dashboard.streams.client import LOST, as_fields, client_of, connect
from dashboard.streams.cluster import Route
from dashboard.streams.embedded import HOST
from dashboard.streams.keys import Keys
from dashboard.streams.reader import load_snapshot, read_changes
from tests.benchmarks.cluster import Cluster, running_cluster
from tests.streams.failing_over import fail_over
from tests.streams.projecting import cases_of, is_caught_up, project, state
from tests.streams.small_city import START_MS, random_load

pytestmark = pytest.mark.valkey

CODES = ("370700", "370100", "379900", "110000", "990100")
GIVE_UP_S = 60.0


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three primaries, each with two replicas."""
    with running_cluster(tmp_path_factory.mktemp("cluster"), replicas=6) as cluster:
        yield cluster


@pytest.fixture
def keys(nodes: Cluster) -> Iterator[Keys]:
    """The keys of the small city, of which nothing is left afterwards."""
    keys = Keys("379900")
    yield keys
    with connect(nodes.other(keys).url, keys=keys) as client:
        client.flushall()


def until(holds: Callable[[], bool]) -> None:
    """Block until it does; what a cluster says while it is failing over counts as not yet."""
    end_s = time.monotonic() + GIVE_UP_S
    while True:
        try:
            if holds():
                return
        except (redis.RedisError, AssertionError):
            pass
        assert time.monotonic() < end_s, "it never did"
        time.sleep(0.05)


@contextmanager
def projecting(url: str, city: CityModel) -> Iterator[None]:
    """A projector in a thread."""
    stop = threading.Event()
    work = threading.Thread(target=projector.run, args=(url, city, 10_000, 1_000_000, stop.is_set))
    work.start()
    try:
        yield
    finally:
        stop.set()
        work.join(GIVE_UP_S)
        assert not work.is_alive()


def append_at_fixed_times(client: redis.Redis, keys: Keys, load: list[tuple[str, dict[str, str]]]) -> None:
    """Append entries whose ids are a second apart, so that they are applied in the same order anywhere."""
    for number, (kind, fields) in enumerate(load):
        client.xadd(keys.raw(kind), as_fields(fields), id=f"{START_MS + number * 1000}-0")


def port_of(client: redis.Redis) -> int:
    """The port of the server that really answers."""
    return int(client.config_get("port")["port"])


@pytest.mark.parametrize("code", CODES)
def test_a_city_is_found_through_every_node(nodes: Cluster, code: str) -> None:
    keys = Keys(code)
    theirs = redis.RedisCluster(host=HOST, port=nodes.primaries[0].port).get_node_from_key(keys.owner)
    assert theirs is not None
    for node in nodes.nodes:
        with connect(node.url, keys=keys) as client:
            assert port_of(client) == theirs.port == nodes.holder(keys).port
            assert client.get(keys.owner) is None


def test_all_keys_of_a_city_lie_in_the_slot_that_the_servers_compute(nodes: Cluster) -> None:
    node = nodes.primaries[0]
    for code in CODES:
        keys = Keys(code)
        every = (*keys.raw_streams, keys.changes, keys.dead, keys.order, keys.snapshot, *keys.states)
        assert {node.ask("CLUSTER", "KEYSLOT", key) for key in every} == {Route(keys.owner).slot}


def test_a_city_is_projected_as_on_a_server_of_its_own(
    nodes: Cluster, keys: Keys, city: CityModel, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overdue, "AT_ONCE", 0)  # commands of its own have times of their own
    load = random_load(city, np.random.default_rng(3), 400, START_MS)
    append_at_fixed_times(client, keys, load)
    project(client, city)
    url = nodes.other(keys).url
    with connect(url, keys=keys) as ours, projecting(url, city):
        append_at_fixed_times(ours, keys, load)
        until(lambda: is_caught_up(ours, keys))
        assert state(ours, keys) == state(client, keys)
        assert cases_of(ours, keys)
        assert ours.xlen(keys.dead) == client.xlen(keys.dead)
        assert load_snapshot(ours, keys) is not None
        assert read_changes(ours, keys, "0-0")


def test_a_client_goes_where_the_slot_went(nodes: Cluster, keys: Keys) -> None:
    slot, there = Route(keys.owner).slot, nodes.other(keys)
    client = client_of(nodes.holder(keys).url, keys)
    assert client.set(keys.owner, "before")
    client.delete(keys.owner)  # only an empty slot can be handed over by a word
    try:
        for node in (there, *(node for node in nodes.primaries if node is not there)):
            node.ask("CLUSTER", "SETSLOT", slot, "NODE", there.id)
        with pytest.raises(LOST):
            client.set(keys.owner, "moved")
        assert client.set(keys.owner, "after")
        assert port_of(client) == there.port
        move_back(nodes, keys, client)
        transaction = client.pipeline().set(keys.owner, "in a transaction").get(keys.owner)
        with pytest.raises(LOST):
            transaction.execute()
        assert client.get(keys.owner) is None
        assert port_of(client) == nodes.holder(keys).port
    finally:
        client.close()


def move_back(nodes: Cluster, keys: Keys, client: redis.Redis) -> None:
    """Give the slot to the one that had it first."""
    client.delete(keys.owner)
    holder = nodes.holder(keys)
    for node in (holder, *(node for node in nodes.primaries if node is not holder)):
        node.ask("CLUSTER", "SETSLOT", Route(keys.owner).slot, "NODE", holder.id)


def test_the_primary_is_killed_and_nothing_acknowledged_is_lost(
    nodes: Cluster, keys: Keys, city: CityModel
) -> None:
    """The projector and the producer go on with a replica."""
    holder, url = nodes.holder(keys), nodes.other(keys).url
    assert holder.process is not None
    outcome = fail_over(url, keys, city, 1, holder.process.kill)
    print(f"cluster: primary killed, {outcome.seconds:.2f} s until the next acknowledgement")
    with connect(url, keys=keys) as client:
        assert port_of(client) in [replica.port for replica in nodes.replicas]
        client.flushall()


def test_a_cluster_that_does_not_serve_the_slot_is_told(tmp_path: Path) -> None:
    with running_cluster(tmp_path, primaries=1) as cluster:
        (node,) = cluster.primaries
        node.ask("CLUSTER", "DELSLOTS", Route(Keys("370700").owner).slot)
        with pytest.raises(Exception, match="holds slot"):
            connect(node.url, keys=Keys("370700"))
