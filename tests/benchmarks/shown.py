"""From the moment an officer sends a command until all screens show what it did.

Screens are event streams in a process of their own, and one page of the desk in a real browser. A command
has reached a screen when it has the frame that holds the case's new version, and the page when the animation
frame after the paint of the queue's row and of the case's panel, both with the new state, has come.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import redis
from playwright.sync_api import Page

from dashboard.streams import frame
from dashboard.streams.keys import Keys
from dashboard.streams.reader import read_changes
from tests.benchmarks.asking import Asking
from tests.benchmarks.screens import Remote
from tests.benchmarks.updates import newest_change

PATIENCE_MS = 10_000
PAUSE_S = (0.2, 1.0)
"""Drawn between two commands, so that they fall anywhere between two looks of a page at what is new."""
STEPS: tuple[tuple[str, dict[str, object]], ...] = (
    ("accept", {}),
    ("assign", {"departments": ["住建局"]}),
    ("take_on", {}),
)
"""What is done with each case, which must be `reported` before: every step shows another state."""

# When the row of the case and its panel were painted with a state: ms since 1970 of the frame after that.
WATCH = """
([id, state, patience]) => {
  const text = kite_desk.words.page.states[state];
  const says = (element) => Boolean(element?.textContent.includes(text));
  const isShown = () => says(document.querySelector(`.desk-grid [row-id="${id}"]`))
    && says(document.querySelector('.desk-facts'));
  return { painted: new Promise((resolve) => {
    const seen = new MutationObserver(() => {
      if (!isShown()) return;
      seen.disconnect();
      clearTimeout(end);
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now())));
    });
    const end = setTimeout(() => { seen.disconnect(); resolve(null); }, patience);
    seen.observe(document.body, { subtree: true, childList: true, characterData: true });
  }) };
}
"""  # noqa: E501


@dataclass(frozen=True)
class Shown:
    """ms from sending a command: until its answer, until the last screen had it, until it was painted."""

    answered: float
    screens: float
    painted: float

    @property
    def everywhere(self) -> float:
        """Until the last of all of them."""
        return max(self.screens, self.painted)


class Commands:
    """Sends commands as an officer elsewhere does, and times what becomes of them."""

    def __init__(
        self, asking: Asking, client: redis.Redis, keys: Keys, remote: Remote, count: int, page: Page
    ) -> None:
        """`remote`: where `count` screens are; `page`: an open desk."""
        self._asking, self._client, self._keys = asking, client, keys
        self._remote, self._count, self._page = remote, count, page
        self._sent = 0

    def time(self, case_ids: Iterable[str]) -> Iterator[Shown]:
        """All steps of each case, one after the other."""
        self._remote.ask("watch")
        for case_id in case_ids:
            self._page.evaluate("(id) => kite_desk.desk.choose(id)", case_id)
            self._page.wait_for_selector(f'.desk-grid [row-id="{case_id}"]')
            for command, fields in STEPS:
                time.sleep(random.uniform(*PAUSE_S))
                yield self._time(case_id, command, fields)

    def _time(self, case_id: str, command: str, fields: dict[str, object]) -> Shown:
        version = self._page.evaluate("(id) => kite.store.cases.get(id).version", case_id)
        state = {"accept": "accepted", "assign": "assigned", "take_on": "handling"}[command]
        watch = self._page.evaluate_handle(WATCH, [case_id, state, PATIENCE_MS])
        before = str(newest_change(self._client, self._keys))
        self._sent += 1
        body = {"command": command, "version": version, "id": f"shown-{self._sent}", **fields}
        begun_ms = time.time() * 1000
        answer = self._asking.command(case_id, body)
        assert answer.status == 200, answer
        painted_ms = watch.evaluate("(watch) => watch.painted")
        assert painted_ms is not None, f"{command} of {case_id} was not painted"
        arrived = self._arrivals(self._position(before, case_id, answer.said["version"]))
        return Shown(answer.took_ms, max(arrived) - begun_ms, painted_ms - begun_ms)

    def _position(self, after: str, case_id: str, version: int) -> str:
        """The first change that has the case in this version."""
        for position, data in read_changes(self._client, self._keys, after):
            cases = frame.by_name(frame.decode(data)).get(("cases", "upserts"))
            rows = [] if cases is None else cases.json()
            if any(row["id"] == case_id and row["version"] >= version for row in rows):
                return position
        raise AssertionError(f"no change after {after} has version {version} of {case_id}")

    def _arrivals(self, position: str) -> Sequence[float]:
        end_s = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < end_s:
            arrived: list[float] = self._remote.ask("arrivals", position)
            if len(arrived) >= self._count:
                return arrived
            time.sleep(0.01)
        raise AssertionError(f"of {self._count} screens only {len(arrived)} have {position}")
