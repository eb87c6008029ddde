"""How old what comes last of a stream is, where its id can't say: it is ahead of this process's clock.

The server's clock may have been set back, or ours be behind it. By its id such an entry would look fresh
until our clock has come to it, however long nothing follows. So it is as old as it is known here.
"""

from __future__ import annotations

from collections.abc import Mapping

AHEAD_MS = 1_000
"""Two machines' clocks may differ by so much without a lie."""


class Sightings:
    """The times of the newest ids, by the stream's name, as far as they can be believed."""

    def __init__(self) -> None:
        self._first_seen: dict[str, tuple[int, int]] = {}

    def believed(self, newest_ms: Mapping[str, int | None], now_ms: int) -> dict[str, int | None]:
        """The ids' own times; of those that are ahead of `now_ms`, when they were seen here first. ms."""
        return {name: self._of(name, id_ms, now_ms) for name, id_ms in newest_ms.items()}

    def _of(self, name: str, id_ms: int | None, now_ms: int) -> int | None:
        if id_ms is None or id_ms <= now_ms + AHEAD_MS:
            self._first_seen.pop(name, None)
            return id_ms
        seen = self._first_seen.get(name)
        if seen is None or seen[0] != id_ms or seen[1] > now_ms:
            seen = self._first_seen[name] = id_ms, now_ms
        return seen[1]
