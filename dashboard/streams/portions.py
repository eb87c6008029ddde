"""How many entries are read at once, when a server tells no sizes before it sends them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

BYTES_AT_ONCE = 32_000_000
"""What a read of one stream is to bring at most, about: 500 of the largest entries that Kite packs itself."""
_FEW = 16


class Portion:
    """Begins with few, doubles while they are small, and after large ones is as many of these as fit.

    So entries of megabytes come a few at a time, also after a start in the midst of them. Where many small
    ones stand before many large ones in a backlog, one read may still bring more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.count = min(_FEW, most)

    def note(self, sizes: Iterable[int], was_full: bool) -> None:
        """Take the bytes of each entry that came; `was_full`: as many came as were asked for."""
        largest = max(sizes, default=0)
        wanted = 2 * self.count if was_full else self.count
        self.count = max(1, min(self._most, wanted, BYTES_AT_ONCE // max(largest, 1)))


def sizes_of(entries: Iterable[tuple[Any, Mapping[bytes, bytes]]]) -> Iterator[int]:
    """The bytes of the values of entries as the client gives them: (id, fields)."""
    return (sum(map(len, fields.values())) for _, fields in entries)
