"""Many cheap screens in one process: connects, reads and measures them; a benchmark steers it by lines.

    python -m tests.benchmarks.screens KIND PORT COUNT [--callback NAME]

Each line of standard input is a JSON list, a method of `Screens` with its arguments; the answer is a line of
JSON. `Remote` is the other end. The time of a message is taken when its screen has read it, against the
millisecond in its own id (what the Redis server's clock said when it was appended).
"""

from __future__ import annotations

import argparse
import heapq
import json
import select
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.benchmarks.report import percentile
from tests.benchmarks.screen_kinds import DashSocket, EventStream, Screen, missed

_AT_ONCE = 65_536
_CONNECTING_AT_ONCE = 100  # on their way at a time when all are opened first; a storm knows no such limit


class Screens:
    """All screens, and what was measured since `begin`."""

    def __init__(self, screens: list[Screen]) -> None:
        self.screens = screens
        self.latencies_ms = array("d")
        self._poll = select.epoll()
        self._by_file: dict[int, Screen] = {}
        self._greeted: set[int] = set()
        self._wanted: list[tuple[float, int]] = []
        self._stalled: set[int] = set()
        self._arrivals: dict[str, list[float]] | None = None
        self._tended_at_s = 0.0
        self._unopened = list(range(len(screens)))[::-1]
        self._orders = -1

    def work(self) -> None:
        """One round: what came, what is to be opened, and every second a look at all."""
        for file, events in self._poll.poll(0.05, 512):
            if file == self._orders:
                self._obey()
                continue
            screen = self._by_file.get(file)
            if screen is not None:
                self._take(screen, file, events)
        now_s = time.monotonic()
        while self._wanted and self._wanted[0][0] <= now_s:
            at_s, number = heapq.heappop(self._wanted)
            if self.screens[number].wanted_at_s == at_s:  # not put off since
                self._open(number, now_s)
        while self._unopened and sum(not s.is_live for s in self._by_file.values()) < _CONNECTING_AT_ONCE:
            self._open(self._unopened.pop(), now_s)
        if now_s - self._tended_at_s > 1.0:
            self._tended_at_s = now_s
            for number, screen in enumerate(self.screens):
                if screen.heard_at_s and number not in self._stalled:
                    self._watched(screen, lambda screen=screen: screen.tend(now_s))

    def listen(self) -> None:
        """Take orders from standard input."""
        self._orders = sys.stdin.fileno()
        self._poll.register(self._orders, select.EPOLLIN)

    def _open(self, number: int, now_s: float) -> None:
        screen = self.screens[number]
        connection = screen.open(now_s)
        file = connection.fileno()
        self._by_file[file] = screen
        self._poll.register(file, select.EPOLLIN | select.EPOLLOUT)

    def _take(self, screen: Screen, file: int, events: int) -> None:
        if file not in self._greeted:
            failed = screen.connection is None or screen.connection.getsockopt(1, 4)  # SOL_SOCKET, SO_ERROR
            if failed:
                self._watched(screen, lambda: screen.lost(time.monotonic()))
                return
            self._greeted.add(file)
            self._poll.modify(file, select.EPOLLIN)
            self._watched(screen, screen.greet)
            return
        self._watched(screen, lambda: self._read(screen))

    def _read(self, screen: Screen) -> None:
        assert screen.connection is not None
        try:
            data = screen.connection.recv(_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            screen.lost(time.monotonic())
            return
        now_ms = time.time() * 1000
        for position in screen.receive(data, time.monotonic()):
            self.latencies_ms.append(now_ms - int(position.partition(b"-")[0]))
            if self._arrivals is not None:
                self._arrivals.setdefault(position.decode(), []).append(now_ms)

    def _watched(self, screen: Screen, act: Any) -> None:
        """Do something with a screen, and note when that ended its connection or asks for another."""
        file = -1 if screen.connection is None else screen.connection.fileno()
        before_s = screen.wanted_at_s
        act()
        if screen.connection is None:
            self._by_file.pop(file, None)
            self._greeted.discard(file)
        if screen.wanted_at_s is not None and screen.wanted_at_s != before_s:
            heapq.heappush(self._wanted, (screen.wanted_at_s, screen.number))

    def _obey(self) -> None:
        line = sys.stdin.readline()
        if not line:
            raise SystemExit
        method, *arguments = json.loads(line)
        print(json.dumps(getattr(self, method)(*arguments)), flush=True)

    def count(self, newest: str = "") -> dict[str, int]:
        """How many are live, and of them how many have received the message `newest` last."""
        live = [screen for screen in self.screens if screen.is_live]
        at_newest = sum(bool(s.received) and s.received[-1] == newest for s in live)
        return {"live": len(live), "at_newest": at_newest, "resets": sum(s.resets for s in self.screens)}

    def begin(self) -> None:
        """Forget what was measured."""
        self.latencies_ms = array("d")
        for screen in self.screens:
            screen.received.clear()
            screen.resets = 0

    def end(self, expected: list[str]) -> dict[str, Any]:
        """Figures since `begin`: latencies in ms, and how many screens missed any expected message."""
        reading = [s for number, s in enumerate(self.screens) if number not in self._stalled]
        lost = [missed(expected, screen.received) for screen in reading]
        shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
        return {
            "messages": len(self.latencies_ms),
            "screens": len(reading),
            "incomplete": sum(bool(count) for count in lost),
            "missed": sum(lost),
            **{name: percentile(self.latencies_ms or [0.0], share) for name, share in shares.items()},
        }

    def watch(self) -> None:
        """From now on, and anew with each call, keep when each message came to each screen."""
        self._arrivals = {}

    def arrivals(self, position: str) -> list[float]:
        """When the screens had a message, ms since 1970, in that order; of those that have it by now."""
        return [] if self._arrivals is None else self._arrivals.get(position, [])

    def stall(self, count: int) -> None:
        """The first `count` screens stop reading."""
        for number in range(count):
            connection = self.screens[number].connection
            assert connection is not None
            self._poll.unregister(connection.fileno())
            self._stalled.add(number)

    def resume(self) -> None:
        """Those that stopped read again."""
        for number in self._stalled:
            connection = self.screens[number].connection
            assert connection is not None
            self._poll.register(connection.fileno(), select.EPOLLIN)
        self._stalled.clear()


class Remote:
    """The process of the screens, as a benchmark sees it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, method: str, *arguments: Any) -> Any:
        """Call a method of `Screens` there."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([method, *arguments]) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the screens' process has ended"
        return json.loads(answer)

    def wait(self, patience_s: float, newest: str = "", **at_least: int) -> dict[str, int]:
        """Ask `count` until each of its figures that is named is at least so much; the last answer."""
        end_s = time.monotonic() + patience_s
        while True:
            found: dict[str, int] = self.ask("count", newest)
            if all(found[name] >= least for name, least in at_least.items()) or time.monotonic() > end_s:
                return found
            time.sleep(0.05)


@contextmanager
def screens(kind: str, port: int, count: int, callback: str = "") -> Iterator[Remote]:
    """`count` screens of a server on their way; gone on leaving."""
    command = [sys.executable, "-m", "tests.benchmarks.screens", kind, str(port), str(count)]
    pipe = subprocess.PIPE
    process = subprocess.Popen([*command, "--callback", callback], stdin=pipe, stdout=pipe, text=True)
    try:
        yield Remote(process)
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Keep the screens until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("kite", "dash"))
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--callback", default="")
    options = parser.parse_args()
    made: list[Screen] = [
        EventStream(number, options.port)
        if options.kind == "kite"
        else DashSocket(number, options.port, callback=options.callback)
        for number in range(options.count)
    ]
    everything = Screens(made)
    everything.listen()
    while True:
        everything.work()


if __name__ == "__main__":
    main()
