"""Borders joined to trails: as few and as straight lines as cover a ring's whole boundary exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.content.borders import I64, Borders
from geodata.tables import F64

_END = -1


@dataclass(frozen=True)
class Trail:
    """A line along borders: `vertices` [k + 1] and the `edges` [k] between them; closed when it ends where it
    began. `measure_m` f64[k + 1] is the length up to each vertex.
    """

    vertices: I64
    edges: I64
    measure_m: F64

    @property
    def length_m(self) -> float:
        """Length of the whole trail."""
        return float(self.measure_m[-1])


def trails_of(borders: Borders) -> list[Trail]:
    """Trails that cover every edge once, the western end first.

    Where three or more borders meet, the straightest pairs go on into each other and one is left to end
    there, so that a graph with 2n odd nodes gives about n trails. A perimeter by itself is one closed trail.
    """
    count = len(borders.ends)
    onward = _onward(borders)
    length = borders.length_m
    # A half h of an edge is its end at vertex `at[h]`; the other half is `(h + count) % (2 · count)`.
    at = borders.ends.T.ravel()
    seen = np.zeros(count, dtype=bool)
    open_ends, any_end = np.flatnonzero(onward == _END), np.arange(2 * count)
    found = []
    for halves in (open_ends, any_end):
        for half in halves[np.argsort(at[halves], kind="stable")].tolist():
            if not seen[half % count]:
                path = _follow(half, onward, seen)
                edges, last = path % count, (path[-1] + count) % (2 * count)
                measure = np.concatenate([[0.0], np.cumsum(length[edges])])
                found.append(Trail(np.append(at[path], at[last]), edges, measure))
    return found


def _follow(half: int, onward: I64, seen: NDArray[np.bool_]) -> I64:
    """The halves at which the edges of a trail are entered, from `half` on."""
    count = len(seen)
    path = []
    while half != _END and not seen[half % count]:
        seen[half % count] = True
        path.append(half)
        half = int(onward[(half + count) % (2 * count)])
    return np.array(path, dtype=np.int64)


def _onward(borders: Borders) -> I64:
    """For each half, the half of the next edge at the same vertex; `_END` where the trail ends."""
    at = borders.ends.T.ravel()
    to = borders.ends[:, ::-1].T.ravel()
    order = np.argsort(at, kind="stable")
    first = np.flatnonzero(np.r_[True, np.diff(at[order]) > 0])
    degree = np.diff(np.r_[first, len(at)])
    onward = np.full(len(at), _END, dtype=np.int64)
    plain = first[degree == 2]
    onward[order[plain]], onward[order[plain + 1]] = order[plain + 1], order[plain]
    for start, halves in zip(first[degree > 2], degree[degree > 2], strict=True):
        meeting = order[start : start + halves]
        _pair_straightest(meeting, borders.xy[to[meeting]] - borders.xy[at[meeting]], onward)
    return onward


def _pair_straightest(meeting: I64, away: NDArray[Any], onward: I64) -> None:
    """Pair the halves that meet at one vertex, those first that point most nearly away from each other."""
    unit = away / np.linalg.norm(away, axis=1, keepdims=True)
    bend = np.round(unit @ unit.T, 9)  # rounded, so that the last bit of a platform's product doesn't decide
    for one, other in sorted(combinations(range(len(meeting)), 2), key=lambda pair: (bend[pair], pair)):
        if onward[meeting[one]] == _END and onward[meeting[other]] == _END:
            onward[meeting[one]], onward[meeting[other]] = meeting[other], meeting[one]
