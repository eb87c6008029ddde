"""Packing a snapshot beside the projector's ticks: copies are taken at once, a thread encodes them.

zlib works without Python's lock, so ticks go on meanwhile. The thread never talks to the server: what it has
packed is handed back to the loop, which writes it in a transaction of its owner like everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from dashboard.domain.safety_index import GridSums
from dashboard.streams.snapshots import pack_sums, snapshot_fields

Fields = dict[str, str | bytes]


class SnapshotPacker:
    """Packs one snapshot at a time."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="snapshot")
        self._packing: Future[Fields] | None = None

    @property
    def is_packing(self) -> bool:
        """Whether a snapshot has been begun that was not taken yet."""
        return self._packing is not None

    def begin(self, position: str, frame: Callable[[], bytes], sums: GridSums, now_ms: int) -> None:
        """Pack what was told up to `position`; neither `frame` nor `sums` may rest on what still changes."""
        self._packing = self._thread.submit(pack, position, frame, sums, now_ms)

    def take(self) -> Fields | None:
        """The fields of a snapshot that has been packed since it was last asked for."""
        if self._packing is None or not self._packing.done():
            return None
        packed, self._packing = self._packing.result(), None
        return packed

    def stop(self) -> None:
        """End the thread; what it is at is dropped."""
        self._packing = None
        self._thread.shutdown()


def pack(position: str, frame: Callable[[], bytes], sums: GridSums, now_ms: int) -> Fields:
    """The fields of a snapshot, at once."""
    return snapshot_fields(position, frame(), pack_sums(sums, now_ms))
