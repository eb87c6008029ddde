"""A primary, its replicas and the sentinels that watch them: real Valkey processes on loopback."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from dashboard.streams.embedded import HOST, EmbeddedServer
from tests.faults.proxy import Proxy

SERVICE = "kite"
PATIENCE_S = 60.0
# How often, ms, sentinels ask servers and tell each other; a fail-over is at their own pace.
FAST = {"INFO-PERIOD": 200, "PUBLISH-PERIOD": 100, "ASK-PERIOD": 100}
AS_USUAL = {"INFO-PERIOD": 10_000, "PUBLISH-PERIOD": 2_000, "ASK-PERIOD": 1_000}


class Server(EmbeddedServer):
    """An embedded server that may follow another, or what is at the end of a line."""

    def __init__(self, folder: Path, follows: EmbeddedServer | Proxy | None = None) -> None:
        super().__init__(folder)
        self._follows = follows

    @property
    def command(self) -> list[str]:
        """As of a server alone, with whom it follows."""
        known = super().command
        return known if self._follows is None else [*known, "--replicaof", HOST, str(self._follows.port)]

    def ask(self, *words: str | int) -> Any:
        """The server's own answer to one command, as it came."""
        with redis.Redis(host=HOST, port=self.port, protocol=2) as client:
            client.response_callbacks.clear()
            return client.execute_command(*words)

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()


class Watcher(Server):
    """A sentinel."""

    def __init__(
        self, folder: Path, primary: EmbeddedServer | Proxy, quorum: int, down_after_ms: int
    ) -> None:
        super().__init__(folder)
        self._conf = self.folder / "sentinel.conf"
        self._conf.write_text(
            f"bind {HOST}\nport {self.port}\ndir {self.folder}\nlogfile {self.folder}/sentinel.log\n"
            f"sentinel monitor {SERVICE} {HOST} {primary.port} {quorum}\n"
            f"sentinel down-after-milliseconds {SERVICE} {down_after_ms}\n"
            f"sentinel failover-timeout {SERVICE} 5000\n"
        )

    @property
    def command(self) -> list[str]:
        """The same program, told to be a sentinel."""
        at = super().command.index("--port")
        return [*super().command[:at], str(self._conf), "--sentinel"]


@dataclass
class Watched:
    """The first primary, the replicas, the sentinels."""

    primary: Server
    replicas: list[Server]
    sentinels: list[Watcher]

    @property
    def url(self) -> str:
        """What REDIS_URL says for them."""
        hosts = ",".join(f"{HOST}:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis+sentinel://{hosts}/{SERVICE}"

    def server_at(self, port: int) -> Server:
        """The server on this port."""
        return next(server for server in (self.primary, *self.replicas) if server.port == port)


@contextmanager
def running_sentinels(
    folder: Path, replicas: int = 1, sentinels: int = 3, down_after_ms: int = 1000,
    line: Callable[[str], AbstractContextManager[Proxy]] | None = None,
) -> Iterator[Watched]:  # fmt: skip
    """All of them, knowing of each other; ended on leaving.

    `line`: from the first primary's address, the line by which replicas and sentinels reach it.
    """
    with ExitStack() as stack:
        primary = stack.enter_context(Server(folder / "primary"))
        seen: EmbeddedServer | Proxy = primary
        if line is not None:
            seen = stack.enter_context(line(f"{HOST}:{primary.port}"))
            primary.ask("CONFIG", "SET", "replica-announce-port", seen.port)  # once it follows another
        following = [
            stack.enter_context(Server(folder / f"replica-{number}", seen)) for number in range(replicas)
        ]
        for server in following:
            until(lambda server=server: b"master_link_status:up" in server.ask("INFO", "replication"))
        quorum = sentinels // 2 + 1
        watching = [
            stack.enter_context(Watcher(folder / f"sentinel-{number}", seen, quorum, down_after_ms))
            for number in range(sentinels)
        ]
        _pace(watching, FAST)
        for watcher in watching:
            until(lambda watcher=watcher: _knows(watcher, replicas, sentinels))
        _pace(watching, AS_USUAL)
        yield Watched(primary, following, watching)


def _pace(watching: list[Watcher], periods: dict[str, int]) -> None:
    for watcher in watching:
        for name, period_ms in periods.items():
            watcher.ask("SENTINEL", "DEBUG", name, period_ms)


def _knows(watcher: Watcher, replicas: int, sentinels: int) -> bool:
    flat = watcher.ask("SENTINEL", "MASTER", SERVICE)
    said = dict(zip(flat[::2], flat[1::2], strict=True))
    return int(said[b"num-slaves"]) == replicas and int(said[b"num-other-sentinels"]) == sentinels - 1


def until(holds: Callable[[], bool]) -> None:
    """Block until it does."""
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s, f"not within {PATIENCE_S:g} s"
        time.sleep(0.05)
