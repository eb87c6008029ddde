"""How sure a score is: the interval that the gamma posteriors of its families leave it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from dashboard.domain.safety_index.evaluation import Array, Evaluation
from dashboard.domain.safety_index.parameters import IndexParameters

_POINTS = 1024


def _even_points(dimensions: int) -> Array:
    """Points that fill the unit cube evenly, the same every time, f64[_POINTS, dimensions].

    The R-sequence: multiples of powers of the root of x^(d+1) = x + 1, modulo one.
    """
    root = 2.0
    for _ in range(64):
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1)
    return (0.5 + np.arange(1, _POINTS + 1)[:, None] * steps) % 1.0


def rate_interval(shape: Array, rate: Array, probability: float) -> NDArray[np.float64]:
    """The central interval of Gamma(shape, rate), f64[..., 2]."""
    tails = np.array([(1 - probability) / 2, (1 + probability) / 2])
    return np.asarray(gammaincinv(shape[..., None], tails) / rate[..., None], dtype=np.float64)


def score_interval(evaluation: Evaluation, parameters: IndexParameters, region: int) -> tuple[float, float]:
    """The central interval (80 % by default) of a region's score, lowest first.

    The families' rates are independent gammas (see `evaluation`); the score's quantiles are taken over
    1,024 evenly spread points of their joint distribution, so the answer is always the same. The sum
    of decayed events varies less than a gamma of its shape (decay halves its variance) and more by
    mixed severities (by E s²/E s, about 1.3); together the interval is a little wide, never narrow.
    """
    prior = evaluation.kappa * evaluation.parent_rate[region]
    shape = evaluation.severity[region] + prior
    rate = evaluation.exposure[region] + evaluation.kappa
    drawn = gammaincinv(shape, _even_points(len(shape))) / rate / evaluation.reference
    mixed = (drawn * drawn) @ np.asarray(parameters.weights)
    score = parameters.base_score - parameters.points_per_doubling / 2 * np.log2(np.maximum(mixed, 1e-12))
    tail = (1 - parameters.interval) / 2
    low, high = np.clip(np.quantile(score, [tail, 1 - tail]), 0.0, 100.0)
    if evaluation.score[region] < evaluation.uncapped[region]:
        low, high = min(low, parameters.cap), min(high, parameters.cap)
    return float(low), float(high)
