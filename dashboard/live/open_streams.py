"""How many event streams each account or token has open in one web process, and how many it may have.

A stream costs little and lasts for days, so it counts for no rate; without an end to their number one account
alone could take every connection that a process has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator


class OpenStreams:
    """The open streams by the name of who follows them; each may have `most`, or any number where it is 0."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    def is_full(self, name: str) -> bool:
        """Whether that one may open none now."""
        return 0 < self._most <= self._open[name]

    def counted(self, name: str, messages: Iterator[bytes]) -> Iterator[bytes]:
        """The messages, as one stream of that name; none where it has become full since it was asked."""
        if self.is_full(name):
            return
        self._open[name] += 1
        try:
            yield from messages
        finally:
            self._open[name] -= 1
            if not self._open[name]:
                del self._open[name]
