"""The desk's page with a long queue: until it is filled, what changes cost it, and the next case by a key."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import redis
from playwright.sync_api import Browser, Page

from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from tests.benchmarks.open_cases import BY
from tests.benchmarks.pages import PATIENCE_MS
from tests.benchmarks.probes import opened

CHANGES_PER_S = 20
LONG_TASK_MS = 50

# The queue has all its rows: ms from navigation to the frame after the one in which they were there.
FILLED = """
(count) => new Promise((resolve) => {
  const look = () => {
    const grid = window.kite_desk?.desk?.queue.grid;
    const isFilled = grid && grid.getDisplayedRowCount() >= count && document.querySelector('.desk-grid [row-id]');
    if (isFilled) requestAnimationFrame(() => resolve(performance.now()));
    else requestAnimationFrame(look);
  };
  look();
})
"""  # noqa: E501
# Tasks over 50 ms from now on, and how many ms each key press took until another case's panel was painted,
# and until its suggestions were there.
INSTALL = """
() => {
  const bench = { tasks: [], shown: [], told: [] };
  new PerformanceObserver((list) => bench.tasks.push(...list.getEntries().map((task) => task.duration)))
    .observe({ type: 'longtask' });
  const id = () => document.querySelector('.desk-id')?.textContent ?? '';
  const timed = (begun, isDone, kept) => {
    const seen = new MutationObserver(() => {
      if (!isDone()) return;
      seen.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => kept.push(performance.now() - begun)));
    });
    seen.observe(document.getElementById('case'), { subtree: true, childList: true, characterData: true });
  };
  document.addEventListener('keydown', (event) => {
    const before = id();
    timed(event.timeStamp, () => id() !== before, bench.shown);
    timed(event.timeStamp, () => id() !== before && document.querySelector('.desk-units button:not(.desk-similar)'),
      bench.told);
  }, true);
  window.benchDesk = bench;
}
"""  # noqa: E501


@contextmanager
def desk_page(browser: Browser, url: str, rows: int) -> Iterator[tuple[Page, float]]:
    """The desk in a profile of its own, its queue filled with at least so many rows, and the ms it took."""
    with opened(browser, f"{url}/dispatch/") as page:
        page.set_default_timeout(PATIENCE_MS)
        filled_ms = float(page.evaluate(FILLED, rows))
        yield page, filled_ms


class Changes:
    """Changes to open cases at a steady rate, from a thread: accepted ones, and cards shown to others."""

    def __init__(self, redis_url: str, keys: Keys, states: Mapping[str, str]) -> None:
        """`states`: id → state of the open cases."""
        self._writer = Writer(redis.Redis.from_url(redis_url), keys)
        self._waiting = [case_id for case_id, state in states.items() if state == "reported"]
        self._all = list(states)
        self.written = 0

    @contextmanager
    def going_on(self, per_s: float = CHANGES_PER_S) -> Iterator[None]:
        """Written until this is left."""
        end = threading.Event()
        thread = threading.Thread(target=self._write, args=(end, per_s))
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join()

    def _write(self, end: threading.Event, per_s: float) -> None:
        begun_s, first = time.monotonic(), self.written
        while not end.wait(max(0.0, begun_s + (self.written - first) / per_s - time.monotonic())):
            self._writer.append("commands", self._command())
            self.written += 1

    def _command(self) -> dict[str, str]:
        if self._waiting and self.written % 2:
            own = {"case": self._waiting.pop(), "command": "accept"}
        else:
            own = {"case": random.choice(self._all), "command": "supervise", "card": "yellow"}
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        return {"id": f"change-{self.written}", "at": now, "by": BY, **own}


def long_tasks(page: Page, seconds: float) -> list[float]:
    """ms of the tasks over 50 ms in so many seconds."""
    page.evaluate("() => { benchDesk.tasks.length = 0; }")
    page.wait_for_timeout(seconds * 1000)
    found: list[float] = page.evaluate("benchDesk.tasks")
    return found


def next_cases(page: Page, presses: int, pause_s: float = 0.5) -> tuple[Sequence[float], Sequence[float]]:
    """ms from each press of `j` to the next case's painted panel, and to its painted suggestions."""
    for press in range(presses):
        page.keyboard.press("j")
        page.wait_for_function("(count) => benchDesk.shown.length >= count", arg=press + 1)
        page.wait_for_timeout(1000 * random.uniform(0.5, 1.5) * pause_s)
    shown, told = page.evaluate("[benchDesk.shown, benchDesk.told]")
    return shown, told


def heap_mb(page: Page) -> float:
    """JavaScript heap after its garbage was collected."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6
