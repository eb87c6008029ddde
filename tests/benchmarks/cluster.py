"""A real cluster of Valkey servers on loopback: three primaries and, if asked, replicas."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import redis
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot

from dashboard.streams.embedded import HOST, EmbeddedServer
from dashboard.streams.keys import Keys
from tests.parts import free_port

PATIENCE_S = 60.0


class Node(EmbeddedServer):
    """An embedded server that is part of a cluster."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bus_port = free_port()

    @property
    def command(self) -> list[str]:
        """As of a server alone, with what makes it a node; its bus has a free port, not one 10,000 above."""
        return [
            *super().command,
            *("--cluster-enabled", "yes"),
            *("--cluster-port", str(self.bus_port)),
            *("--cluster-node-timeout", "1500"),
            *("--cluster-replica-validity-factor", "0"),
        ]

    def ask(self, *words: str | int) -> Any:
        """The node's own answer to one command, as it came."""
        with redis.Redis(host=HOST, port=self.port, protocol=2) as client:
            client.response_callbacks.clear()
            return client.execute_command(*words)

    @property
    def id(self) -> str:
        """The node's name in the cluster."""
        return str(self.ask("CLUSTER", "MYID").decode())


@dataclass
class Cluster:
    """Primaries with equal shares of the slots, and their replicas, dealt out in turn."""

    primaries: list[Node]
    replicas: list[Node]

    @property
    def nodes(self) -> list[Node]:
        """All of them."""
        return [*self.primaries, *self.replicas]

    def holder(self, keys: Keys) -> Node:
        """The primary that was given the slot of this city at first."""
        return self.primaries[key_slot(keys.owner.encode()) * len(self.primaries) // REDIS_CLUSTER_HASH_SLOTS]

    def other(self, keys: Keys) -> Node:
        """A primary that does not hold this city."""
        return next(node for node in self.primaries if node is not self.holder(keys))


@contextmanager
def running_cluster(folder: Path, primaries: int = 3, replicas: int = 0) -> Iterator[Cluster]:
    """A cluster that answers for every slot; ended on leaving."""
    with ExitStack() as stack:
        nodes = [
            stack.enter_context(Node(folder / f"node-{number}")) for number in range(primaries + replicas)
        ]
        cluster = Cluster(nodes[:primaries], nodes[primaries:])
        _join(cluster)
        yield cluster


def _join(cluster: Cluster) -> None:
    """What `valkey-cli --cluster create` does."""
    first, count = cluster.primaries[0], len(cluster.primaries)
    for number, node in enumerate(cluster.nodes):
        node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        node.ask("CLUSTER", "MEET", HOST, first.port, first.bus_port)
    for number, node in enumerate(cluster.primaries):
        # The slots s with s * count // all == number, as `holder` counts.
        low, high = (-(-(number + at) * REDIS_CLUSTER_HASH_SLOTS // count) for at in (0, 1))
        node.ask("CLUSTER", "ADDSLOTSRANGE", low, high - 1)
    everybody = str(len(cluster.nodes)).encode()
    _until(lambda: all(_info(node)[b"cluster_known_nodes"] == everybody for node in cluster.nodes))
    for replica, primary in zip(cluster.replicas, cycle(cluster.primaries), strict=False):
        replica.ask("CLUSTER", "REPLICATE", primary.id)
    for replica in cluster.replicas:
        _until(lambda node=replica: b"master_link_status:up" in node.ask("INFO", "replication"))
    _until(lambda: all(_info(node)[b"cluster_state"] == b"ok" for node in cluster.nodes))
    _until(lambda: all(_is_told(node, cluster) for node in cluster.nodes))


def _is_told(node: Node, cluster: Cluster) -> bool:
    """Whether a node knows of the shares of all others."""
    ports = {nodes[0][1] for _, _, *nodes in node.ask("CLUSTER", "SLOTS")}
    return ports == {primary.port for primary in cluster.primaries}


def _info(node: Node) -> dict[bytes, bytes]:
    lines = node.ask("CLUSTER", "INFO").split()
    return dict(line.split(b":", 1) for line in lines if b":" in line)


def _until(holds: Callable[[], bool]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s, f"the cluster did not come up within {PATIENCE_S:g} s"
        time.sleep(0.05)
