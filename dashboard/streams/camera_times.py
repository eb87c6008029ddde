"""What the projector has stored of single cameras: their status, and when it was said last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import redis
from numpy.typing import NDArray

from dashboard.streams.keys import Keys
from dashboard.streams.telemetry import CAMERA_STATE, CHUNK

_CHUNKS_AT_ONCE = 256  # 8,192 cameras: a reply that is read in a few milliseconds


def read_camera_states(
    client: redis.Redis, keys: Keys, cameras: NDArray[Any]
) -> Iterator[tuple[NDArray[np.int64], NDArray[Any]]]:
    """(camera numbers, their records `telemetry.CAMERA_STATE`) in steps, so that a caller can rest between.

    Besides the cameras asked for come those that are stored beside them; of a camera that nothing was ever
    heard of, nothing may come.
    """
    chunks = np.unique(np.asarray(cameras, dtype=np.int64) // CHUNK)
    for first in range(0, len(chunks), _CHUNKS_AT_ONCE):
        some = chunks[first : first + _CHUNKS_AT_ONCE].tolist()
        found: Any = client.hmget(keys.state("cameras"), list(map(str, some)))
        held = [(chunk, data) for chunk, data in zip(some, found, strict=True) if data is not None]
        if held:
            sizes = [len(data) // CAMERA_STATE.itemsize for _, data in held]
            numbers = [chunk * CHUNK + np.arange(size) for (chunk, _), size in zip(held, sizes, strict=True)]
            records = np.frombuffer(b"".join(data for _, data in held), CAMERA_STATE)
            yield np.concatenate(numbers), records
