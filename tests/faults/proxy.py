"""A TCP line whose weather is made: slow, narrow, cut now and then, or silent without being closed.

    python -m tests.faults.proxy LISTEN TARGET

where each is `HOST:PORT` or the path of a Unix socket, passes everything on: a bridge out of a network
namespace, as the file system is the same in all of them.
"""

from __future__ import annotations

import asyncio
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_PIECE = 65_536
_LOOK_S = 0.01


@dataclass
class Weather:
    """How a line is; changed at any moment.

    `delay_s`: seconds that each piece waits, in each direction; `bytes_per_s`: at most so many in each
    direction, 0 for any; `silent`: nothing passes, and nobody is told; `cut_after_s`: a connection is cut
    after about so many seconds, 0 for never.
    """

    delay_s: float = 0.0
    bytes_per_s: float = 0.0
    silent: bool = False
    cut_after_s: float = 0.0


class Proxy:
    """Listens at `listen` and passes on to `target`, as the `weather` is; in a thread of its own."""

    def __init__(self, target: str, listen: str = "127.0.0.1:0", weather: Weather | None = None) -> None:
        self.target, self.weather = target, weather or Weather()
        self.address = listen
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._run, args=(listen,), daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.address.rpartition(":")[2])

    def start(self) -> None:
        """Listen; returns once it does."""
        self._thread.start()
        self._ready.wait(10)

    def cut(self) -> None:
        """Cut every connection that there is."""
        self._loop.call_soon_threadsafe(self._cut_all)

    def stop(self) -> None:
        """End it, with all connections."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self, listen: str) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen(listen))
        self._ready.set()
        self._loop.run_forever()
        self._cut_all()
        self.weather = Weather()
        self._loop.run_until_complete(self._let_end())

    async def _listen(self, listen: str) -> None:
        if "/" in listen:
            self._server = await asyncio.start_unix_server(self._serve, listen)
            return
        host, _, port = listen.rpartition(":")
        self._server = await asyncio.start_server(self._serve, host, int(port), limit=_PIECE)
        self.address = f"{host}:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection. In silence the other side is not even asked: a cut line reaches nobody."""
        self._writers.add(writer)
        other = None
        try:
            await self._hold()
            from_target, other = await self._connect()
            self._writers.add(other)
            ends = [
                asyncio.ensure_future(self._pass(reader, other)),
                asyncio.ensure_future(self._pass(from_target, writer)),
            ]
            lives_s = self.weather.cut_after_s * random.uniform(0.5, 1.5) or None
            await asyncio.wait(ends, timeout=lives_s, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                end.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
        except OSError:
            pass
        finally:
            for one in (writer, other):
                if one is not None:
                    self._writers.discard(one)
                    one.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if "/" in self.target:
            return await asyncio.open_unix_connection(self.target)
        host, _, port = self.target.rpartition(":")
        return await asyncio.open_connection(host, int(port))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(4_096 if self.weather.bytes_per_s else _PIECE):
                weather = self.weather
                slow_s = len(data) / weather.bytes_per_s if weather.bytes_per_s else 0.0
                if weather.delay_s or slow_s:
                    await asyncio.sleep(weather.delay_s + slow_s)
                await self._hold()
                writer.write(data)
                await writer.drain()

    async def _hold(self) -> None:
        while self.weather.silent:
            await asyncio.sleep(_LOOK_S)

    async def _let_end(self) -> None:
        """Connections that were cut find that out by themselves; no new ones come."""
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]
        if others:
            await asyncio.wait(others, timeout=2)

    def _cut_all(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()


@contextmanager
def proxy(target: str, listen: str = "127.0.0.1:0", weather: Weather | None = None) -> Iterator[Proxy]:
    """A line to `target` while in the context."""
    line = Proxy(target, listen, weather)
    line.start()
    try:
        yield line
    finally:
        line.stop()


def main(listen: str, target: str) -> None:
    """Pass on until killed."""
    with proxy(target, listen):
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
