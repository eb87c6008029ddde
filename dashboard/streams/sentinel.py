"""A store under Sentinel: every connection asks the sentinels who the primary is when it is made.

That is redis-py's own means (`redis.sentinel`); a primary that died, or was made a replica, ends a connection
as a lost one, which every process survives already, and the next one is made to the new primary. One that
can still be reached but has lost its replicas may have been replaced as well: where it refuses a write for
want of them, the sentinels are asked again.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from redis import ResponseError
from redis.connection import ConnectionPool, parse_url
from redis.sentinel import (
    Sentinel,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)

_SCHEMES = {"redis+sentinel": False, "rediss+sentinel": True}  # over TLS?
_PORT = 26379
ASK_S = 1.0  # how long one sentinel may take, before the next is asked
_TOO_FEW = "NOREPLICAS"  # of `min-replicas-to-write`
_FOR_SENTINELS = ("protocol", "retry", "socket_keepalive", "socket_keepalive_options")


class AskingConnection(SentinelManagedConnection):
    """A connection that is made anew after the server has refused a write for want of replicas."""

    _is_doubtful = False

    def read_response(self, *args: Any, **options: Any) -> Any:
        """The next reply; of a refusal it remembers that this may be the primary no more."""
        try:
            return super().read_response(*args, **options)
        except ResponseError as problem:
            self._is_doubtful |= str(problem).startswith(_TOO_FEW)
            raise

    def send_packed_command(self, *args: Any, **options: Any) -> None:
        """Send, to whom the sentinels name now where there was a doubt."""
        if self._is_doubtful:
            self._is_doubtful = False
            self.disconnect()  # type: ignore[no-untyped-call]
            self.connect()  # type: ignore[no-untyped-call]
        super().send_packed_command(*args, **options)  # type: ignore[no-untyped-call]


class AskingTlsConnection(AskingConnection, SentinelManagedSSLConnection):
    """The same over TLS."""


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
    given["connection_class"] = AskingConnection
    theirs = {name: given[name] for name in _FOR_SENTINELS if name in given}
    for name in ("username", "password"):
        if f"sentinel_{name}" in given:
            theirs[name] = given.pop(f"sentinel_{name}")
    if _SCHEMES[parts.scheme]:
        theirs |= {"ssl": True, **{name: value for name, value in given.items() if name.startswith("ssl_")}}
        given["connection_class"] = AskingTlsConnection
    sentinel = Sentinel(  # type: ignore[no-untyped-call]
        sentinels, sentinel_kwargs={**theirs, "socket_timeout": ASK_S, "socket_connect_timeout": ASK_S}
    )
    return SentinelConnectionPool(service, sentinel, **given)  # type: ignore[no-untyped-call]


def _address(text: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if not separator or text.endswith("]"):  # an IPv6 address stands in brackets
        host, port = text, str(_PORT)
    if not host.strip("[]"):
        raise ValueError("a host is missing")
    return host.strip("[]"), int(port)
