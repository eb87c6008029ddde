"""Finding the node of a cluster that holds a city, and following the city when it moves to another.

All keys of a city lie in one hash slot (see `keys`), so one plain connection to that slot's node does all
that a server of its own would: transactions, WATCH and blocking reads. Each connection looks the node up
when it is made: it asks any node it knows for CLUSTER SLOTS, which a server outside a cluster refuses and is
then the one. A node that no longer holds the slot says so; that ends the connection as a lost one, which
every process survives already, and the next connection is made to the new node.
"""

from __future__ import annotations

from typing import Any

import redis
from redis.connection import ConnectionPool, parse_url
from redis.crc import key_slot
from redis.exceptions import AskError, ClusterDownError, MovedError, TryAgainError

Node = tuple[str, int]
_ELSEWHERE = (MovedError, AskError, ClusterDownError, TryAgainError)
_MOST_HOPS = 5  # from node to node, while they disagree about who holds the slot


class Route:
    """The way to the node that holds a key; shared by the connections of one client."""

    def __init__(self, key: str) -> None:
        self.slot = key_slot(key.encode())
        self.nodes: list[Node] = []
        """Who can be asked, whoever answered last first."""

    def learn(self, slots: Any, asked: Node) -> Node | None:
        """Take the answer of `asked` to CLUSTER SLOTS: the node that holds the slot, None when nobody does.

        Each row is first slot, last slot, primary, replicas…; a node is host, port, and more. A node that
        doesn't know its own host gives none: it is the one by which it was reached.
        """
        holder = None
        found = [asked]
        for first, last, *nodes in slots:
            addresses = [(_host(node[0]) or asked[0], int(node[1])) for node in nodes]
            found += addresses
            if int(first) <= self.slot <= int(last):
                holder = addresses[0]
        self.nodes = list(dict.fromkeys([holder or asked, *found]))
        return holder


class CityConnection(redis.Connection):
    """A connection to whichever node holds the key of a `Route`."""

    def __init__(self, route: Route, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self._route = route
        self._named: Node = (self.host, self.port)

    def connect(self) -> None:
        """Connect, unless connected; raises `redis.ConnectionError` when no node holds the slot."""
        if self.is_connected:
            return
        failed: redis.RedisError | None = None
        for node in dict.fromkeys([*self._route.nodes, self._named]):
            try:
                self._connect_by(node)
                return
            except (redis.ConnectionError, redis.TimeoutError) as problem:
                self.disconnect()  # type: ignore[no-untyped-call]
                if isinstance(problem, redis.AuthenticationError):
                    raise
                failed = failed or problem
        raise failed or redis.ConnectionError("There is no node to ask.")

    def _connect_by(self, node: Node) -> None:
        """Connect to the slot's node, asking this one first."""
        for _ in range(_MOST_HOPS):
            self.host, self.port = node
            super().connect()  # type: ignore[no-untyped-call]
            holder = self._holder(node)
            if holder == node:
                return
            self.disconnect()  # type: ignore[no-untyped-call]
            node = holder
        raise redis.ConnectionError(f"The cluster's nodes disagree on who holds slot {self._route.slot}.")

    def _holder(self, asked: Node) -> Node:
        self.send_command("CLUSTER", "SLOTS")  # type: ignore[no-untyped-call]
        try:
            slots = super().read_response()
        except redis.ResponseError:  # no cluster, or one that does not tell: then it is this server
            return asked
        holder = self._route.learn(slots, asked)
        if holder is None:
            raise redis.ConnectionError(f"No node of the cluster holds slot {self._route.slot} at present.")
        return holder

    def read_response(self, *args: Any, **options: Any) -> Any:
        """The next reply; one that says to look elsewhere ends the connection, as if it were lost."""
        try:
            return super().read_response(*args, **options)
        except _ELSEWHERE as problem:
            self.disconnect()  # type: ignore[no-untyped-call]
            raise redis.ConnectionError(f"The city has moved to another node ({problem}).") from None


class CityTlsConnection(CityConnection, redis.SSLConnection):
    """The same over TLS."""


_CLASSES: dict[type[Any], type[CityConnection]] = {
    redis.Connection: CityConnection,
    redis.SSLConnection: CityTlsConnection,
}


def pool(url: str, key: str | None, **options: Any) -> ConnectionPool:
    """Connections to the server at `url`; with `key`, to the node of its cluster that holds this key.

    Raises `ValueError` for a URL that can't be read. Nothing is connected yet.
    """
    options = {**options, **parse_url(url)}  # type: ignore[no-untyped-call]
    kind = options.pop("connection_class", redis.Connection)
    if key is None or kind not in _CLASSES:
        return ConnectionPool(connection_class=kind, **options)
    return ConnectionPool(connection_class=_CLASSES[kind], route=Route(key), **options)


def _host(name: bytes | str | None) -> str:
    text = name.decode() if isinstance(name, bytes) else name or ""
    return "" if text == "?" else text
