"""A store under Sentinel: every connection asks the sentinels who the primary is when it is made.

That is redis-py's own means (`redis.sentinel`); a primary that died, or was made a replica, ends a connection
as a lost one, which every process survives already, and the next one is made to the new primary.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from redis.connection import ConnectionPool, parse_url
from redis.sentinel import Sentinel, SentinelConnectionPool

_SCHEMES = {"redis+sentinel": False, "rediss+sentinel": True}  # over TLS?
_PORT = 26379
ASK_S = 1.0  # how long one sentinel may take, before the next is asked
_FOR_SENTINELS = ("protocol", "retry", "socket_keepalive", "socket_keepalive_options")


def is_meant(url: str) -> bool:
    """Whether the URL names sentinels."""
    return urlsplit(url).scheme in _SCHEMES


def pool(url: str, **options: Any) -> ConnectionPool:
    """Connections to the primary of `redis+sentinel://[USER:PASSWORD@]HOST[:PORT],HOST[:PORT]/SERVICE`.

    User and password are the store's. In its query `db` numbers the database, `sentinel_username` and
    `sentinel_password` are for the sentinels, and further names are redis-py's. Raises `ValueError` for a URL
    that can't be read. Nothing is connected yet.
    """
    parts = urlsplit(url)
    credentials, _, hosts = parts.netloc.rpartition("@")
    service = parts.path.strip("/")
    if not service or "/" in service:
        raise ValueError("it names no service, as in redis+sentinel://HOST:26379,HOST:26379/SERVICE")
    sentinels = [_address(host) for host in hosts.split(",")]
    plain = urlunsplit(("redis", f"{credentials}@store" if credentials else "store", "", parts.query, ""))
    given = {**options, **parse_url(plain)}  # type: ignore[no-untyped-call]
    given.pop("host", None)
    theirs = {name: given[name] for name in _FOR_SENTINELS if name in given}
    for name in ("username", "password"):
        if f"sentinel_{name}" in given:
            theirs[name] = given.pop(f"sentinel_{name}")
    if _SCHEMES[parts.scheme]:
        theirs |= {"ssl": True, **{name: value for name, value in given.items() if name.startswith("ssl_")}}
        given["ssl"] = True
    sentinel = Sentinel(  # type: ignore[no-untyped-call]
        sentinels, sentinel_kwargs={**theirs, "socket_timeout": ASK_S, "socket_connect_timeout": ASK_S}
    )
    return SentinelConnectionPool(service, sentinel, **given)  # type: ignore[no-untyped-call]


def _address(text: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if separator and not text.endswith("]"):  # an IPv6 address stands in brackets
        return host.strip("[]"), int(port)
    if not text:
        raise ValueError("a host is missing")
    return text.strip("[]"), _PORT
