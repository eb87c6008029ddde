"""Which of a webhook's messages is next: those of one case in order, of different cases whichever is due."""

from __future__ import annotations

import heapq
from collections import deque

from dashboard.streams.outbox import Message


class Schedule:
    """Messages that wait for one webhook, by entry. Of each case only the first is up for delivery."""

    def __init__(self) -> None:
        self._by_case: dict[str, deque[Message]] = {}
        self._oldest_first: dict[str, str] = {}  # entry → case
        self._up: list[tuple[int, int, Message]] = []  # due, running number; may hold what has gone meanwhile
        self._number = 0

    def __len__(self) -> int:
        return len(self._oldest_first)

    def add(self, message: Message) -> None:
        """Behind all of its case; nothing for one that waits already."""
        if message.entry in self._oldest_first:
            return
        self._oldest_first[message.entry] = message.case
        line = self._by_case.setdefault(message.case, deque())
        line.append(message)
        if len(line) == 1:
            self._push(message)

    def _push(self, message: Message) -> None:
        self._number += 1
        heapq.heappush(self._up, (message.due_ms, self._number, message))

    def next_ms(self) -> int | None:
        """When the next one is due; None when nothing is up."""
        while self._up and not self._is_first(self._up[0][2]):
            heapq.heappop(self._up)
        return self._up[0][0] if self._up else None

    def _is_first(self, message: Message) -> bool:
        line = self._by_case.get(message.case)
        return bool(line) and line[0] is message  # type: ignore[index]

    def take(self, now_ms: int) -> Message | None:
        """One that is due, if there is one; to be followed by `done` or `again`."""
        next_ms = self.next_ms()
        return None if next_ms is None or next_ms > now_ms else heapq.heappop(self._up)[2]

    def oldest(self) -> Message:
        """The one that has waited longest, which is always the first of its case; there must be one."""
        return self._by_case[next(iter(self._oldest_first.values()))][0]

    def done(self, message: Message) -> None:
        """The first of its case waits no longer; the next one is up."""
        line = self._by_case[message.case]
        line.popleft()
        del self._oldest_first[message.entry]
        if line:
            self._push(line[0])
        else:
            del self._by_case[message.case]

    def again(self, message: Message) -> None:
        """The first of its case waits on, now with another time."""
        self._by_case[message.case][0] = message
        self._push(message)

    def clear(self) -> list[Message]:
        """Let go of all of them, which are given."""
        left = [message for line in self._by_case.values() for message in line]
        self._by_case, self._oldest_first, self._up = {}, {}, []
        return left
