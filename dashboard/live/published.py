"""The index as it was published last, evaluated once for all who ask in this process."""

from __future__ import annotations

import zlib
from typing import NamedTuple

from dashboard.domain.hierarchy import GRID, Hierarchy
from dashboard.domain.safety_index import Evaluation, GridSums, IndexParameters, evaluate_sums
from dashboard.streams.client import client_of
from dashboard.streams.keys import Keys
from dashboard.streams.snapshots import read_sums, sums_version
from geodata import Pack


class Latest(NamedTuple):
    """An evaluation; `version` differs whenever the sums behind it do, and is alike in all processes."""

    version: str
    evaluation: Evaluation


class Published:
    """Reads the sums that the projector leaves with its snapshot."""

    def __init__(
        self, url: str, keys: Keys, hierarchy: Hierarchy, pack: Pack, parameters: IndexParameters
    ) -> None:
        self._client, self._keys, self._hierarchy = client_of(url, keys), keys, hierarchy
        self.population = pack.regions.population[hierarchy.tier_slice(GRID)]
        """Of each grid."""
        self.parameters = parameters
        self._snapshot = ""
        self._latest: Latest | None = None

    def forget(self) -> None:
        """Another history begins."""
        self._latest = None

    def latest(self) -> Latest:
        """The evaluation now; raises what a store that does not answer raises (`streams.client.FAILED`)."""
        snapshot = sums_version(self._client, self._keys)
        if self._latest is None or snapshot != self._snapshot:
            sums = read_sums(self._client, self._keys)
            version = f"{sums.now_ms}-{mark_of(sums.grids):08x}"
            if self._latest is None or version != self._latest.version:
                evaluation = evaluate_sums(
                    self._hierarchy, self.population, self.parameters, sums.grids, sums.now_ms
                )
                self._latest = Latest(version, evaluation)
            self._snapshot = sums.version
        return self._latest


def mark_of(sums: GridSums) -> int:
    """Something that differs when the sums do."""
    mark = zlib.crc32(f"{sums.epoch_ms}/{sums.record_from_ms}".encode())
    for array in (sums.decaying, sums.steady, sums.critical):
        mark = zlib.crc32(array.tobytes(), mark)
    return mark
