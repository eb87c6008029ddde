"""When a camera's status was last said, which a web process isn't told: read from the store, and kept."""

from __future__ import annotations

import time
from typing import Any

import gevent
import numpy as np
from numpy.typing import NDArray

from dashboard.streams.camera_times import read_camera_states
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys
from dashboard.streams.telemetry import CAMERA_STATE

KEPT_S = 20.0
"""How long what was read counts; a camera that repeats its status is then taken at its newer word."""


class CameraTimes:
    """Asks the store for those cameras alone of which it does not know enough."""

    def __init__(self, url: str, keys: Keys, camera_count: int) -> None:
        self._client, self._keys = client_of(url, keys), keys
        self._known = np.zeros(camera_count, dtype=CAMERA_STATE)
        self._read_s = np.full(camera_count, -np.inf)

    def forget(self) -> None:
        """Read everything anew."""
        self._read_s[:] = -np.inf

    def of(self, cameras: NDArray[np.int64], status: NDArray[Any]) -> NDArray[np.int64] | None:
        """When each camera was last said to have the status that it has now, ms since 1970 UTC.

        0 where that isn't stored (yet); None while the store does not answer. A camera that repeats its
        status has had it for longer: what comes is the latest moment at which it may have begun.
        """
        now_s = time.monotonic()
        outdated = now_s - self._read_s[cameras] > KEPT_S
        outdated |= self._known["status"][cameras] != status
        try:
            for numbers, records in read_camera_states(self._client, self._keys, cameras[outdated]):
                there = numbers < len(self._known)
                self._known[numbers[there]] = records[there]
                self._read_s[numbers[there]] = now_s
                gevent.sleep(0)
        except FAILED:
            return None
        known = self._known[cameras]
        return np.where(known["status"] == status, known["at_ms"], 0)
