"""From scores to levels: what is shown, and the dead band that keeps a level from trembling."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.safety_index.parameters import IndexParameters

_MOST_TENTHS = 1000


def tenths(score: NDArray[np.float64]) -> NDArray[np.uint16]:
    """Scores in whole tenths, halves up, as they are sent and shown; u16 of the same shape."""
    shown = score * 10.0
    shown += 0.5
    return shown.astype(np.uint16)  # cuts off, as no score is below 0


def levels(
    score: NDArray[np.float64], previous: NDArray[np.uint8], parameters: IndexParameters
) -> NDArray[np.uint8]:
    """Levels 1 blue … 4 red of scores [R], given the levels before them (0: none yet).

    A level worsens as soon as the score, in tenths as it is shown, is under its cut; it improves only
    once the score is the dead band above the cut. So a shown level is never better than its score, an
    open level-01 case is red at once, and a score that trembles about a cut changes the level once.
    """
    plain_of, cautious_of = _tables(parameters.cuts, parameters.dead_band)
    shown = tenths(score)
    plain = plain_of[shown]
    kept = np.minimum(cautious_of[shown], previous)
    return np.where(previous == 0, plain, np.maximum(plain, kept))


@lru_cache(maxsize=8)
def _tables(
    cuts: tuple[float, float, float], dead_band: float
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Level by score in tenths, u8[1001]: at the cuts, and with the dead band on top of them."""
    edges = tenths(np.array(cuts))[:, None].astype(np.int64)
    shown = np.arange(_MOST_TENTHS + 1)
    plain, cautious = (
        (1 + (shown < edges + band).sum(axis=0)).astype(np.uint8) for band in (0, int(dead_band * 10 + 0.5))
    )
    return plain, cautious
