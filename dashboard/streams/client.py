"""Connecting to Redis or Valkey: one way for every process, and a clear sentence when it fails."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dashboard.streams import cluster, sentinel
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import Keys
from dashboard.streams.replies import keep_every_value

CONNECT_TIMEOUT_S = 5.0
REPLY_TIMEOUT_S = 20.0
"""So long a server may take for one request; nothing here lets it wait for as long."""
# One whose machine or network has gone is given up sooner: it is asked after when nothing comes, and what is
# sent must be confirmed. By default that takes minutes.
KEEPALIVE = {
    option: value
    for name, value in (
        ("TCP_KEEPIDLE", 4), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", 10_000)
    )
    if (option := getattr(socket, name, None)) is not None
}  # fmt: skip
Client = redis.Redis
UNAVAILABLE = (redis.RedisError, StreamsError)  # what a store is the cause of
FAILED = (*UNAVAILABLE, OSError)  # whatever a server may answer, or not
LOST = (redis.ConnectionError, redis.TimeoutError)  # the server is away, or was while it answered


class _Patience:
    """How long this process waits for a connection and for a reply, seconds."""

    connect_s, reply_s = CONNECT_TIMEOUT_S, REPLY_TIMEOUT_S


def hurry(connect_s: float, reply_s: float) -> None:
    """Let every client that this process makes from now on wait for no longer: somebody waits for it."""
    _Patience.connect_s, _Patience.reply_s = connect_s, reply_s


def client_of(url: str, keys: Keys | None = None, connections: int | None = None) -> redis.Redis:
    """A client of the server at `url` that connects when it is first used.

    With `keys` the server may be any node of a cluster: the client is one of the node that holds the city,
    also after the city has moved (see `cluster`). A URL that names sentinels gives one of the primary that
    they name (see `sentinel`). `connections` limits it to that many. Replies stay bytes.
    Nothing is retried behind the caller's back: a command whose reply got lost may have been carried out,
    and an XADD must not be sent twice. Raises `StreamsError` for a URL that can't be read.
    """
    options: dict[str, Any] = {
        "protocol": 2,
        "decode_responses": False,
        "retry": Retry(NoBackoff(), 0),
        "socket_connect_timeout": _Patience.connect_s,
        "socket_timeout": _Patience.reply_s,
        "socket_keepalive": True,
        "socket_keepalive_options": KEEPALIVE,
        "max_connections": connections,
    }
    try:
        pool = (
            sentinel.pool(url, **options)
            if sentinel.is_meant(url)
            else cluster.pool(url, keys.owner if keys else None, **options)
        )
    except ValueError as problem:
        raise StreamsError(
            f"REDIS_URL={_shown(url)} can't be read ({problem}); write redis://HOST:PORT/0."
        ) from None
    client = redis.Redis.from_pool(pool)
    keep_every_value(client)
    return client


def connect(
    url: str, wait_s: float = 0.0, connections: int | None = None, keys: Keys | None = None
) -> redis.Redis:
    """A client as of `client_of` that answers, or `StreamsError` after trying for `wait_s` seconds."""
    client = client_of(url, keys, connections)
    deadline_s = time.monotonic() + wait_s
    while True:
        try:
            client.ping()
            return client
        except redis.RedisError as problem:
            if time.monotonic() >= deadline_s or isinstance(problem, redis.AuthenticationError):
                raise StreamsError(
                    f"The server at {_shown(url)} does not answer ({_reason(problem)}); "
                    "start it, or correct REDIS_URL, or leave REDIS_URL empty for the embedded one."
                ) from None
        time.sleep(0.1)


def durability_warning(client: redis.Redis, wait_replicas: int = 0) -> str | None:
    """A sentence when the server does not keep what it has acknowledged on disk, else None.

    Nor, with `wait_replicas`, on so many replicas.
    """
    connected = int(client.info("replication").get("connected_slaves", 0))
    if connected < wait_replicas:
        return (
            f"The server has {connected} replicas and KITE_WAIT_REPLICAS is {wait_replicas}: "
            "nothing is acknowledged until there are so many."
        )
    if client.info("persistence").get("aof_enabled") != 1:
        return "The server has no append-only file: a crash loses entries; set appendonly yes."
    try:
        fsync = client.config_get("appendfsync").get("appendfsync")
    except redis.ResponseError:  # a hosted server may not show its configuration
        return None
    if fsync != "always":
        return f"The server has appendfsync {fsync}: a crash can lose a second of entries; set always."
    return None


def as_fields(mapping: Mapping[Any, Any]) -> dict[Any, Any]:
    """A mapping as redis-py's annotations want the fields of an entry or a hash."""
    return dict(mapping)


def _shown(url: str) -> str:
    """The URL without its password."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc="***@" + parts.netloc.rpartition("@")[2]))


def _reason(problem: redis.RedisError) -> str:
    return str(problem).split("\n")[0].rstrip(".") or type(problem).__name__
