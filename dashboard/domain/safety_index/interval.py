"""How sure a score is: the interval that the gamma posteriors of its families leave it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import gammaincinv, ndtri

from dashboard.domain.safety_index.evaluation import Array, Evaluation

_POINTS = 4096
_LARGE_SHAPE = 100.0
"""From here on the exact quantile takes longer, and an approximation of it is good enough."""


@lru_cache(maxsize=4)
def _even_points(dimensions: int) -> Array:
    """Points that fill the unit cube evenly, the same every time, f64[_POINTS, dimensions].

    The R-sequence: multiples of powers of the root of x^(d+1) = x + 1, modulo one.
    """
    root = 2.0
    for _ in range(64):
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1)
    return np.asarray((0.5 + np.arange(1, _POINTS + 1)[:, None] * steps) % 1.0, dtype=np.float64)


def gamma_quantiles(shape: float, probability: Array) -> Array:
    """Quantiles of Gamma(shape, 1); of large shapes by Wilson and Hilferty's cube, off by under 0.1 %."""
    if shape < _LARGE_SHAPE:
        return np.asarray(gammaincinv(shape, probability), dtype=np.float64)
    spread = 1 / (9 * shape)
    return np.asarray(shape * (1 - spread + ndtri(probability) * spread**0.5) ** 3, dtype=np.float64)


def score_interval(evaluation: Evaluation, region: int) -> tuple[float, float]:
    """The central interval (80 % by default) of a region's score, lowest first.

    The families' relative risks are independent gammas of shape E + m·θ_parent and rate X·ρ_ref + m (see
    `evaluation`); the score's quantiles are taken over 4,096 evenly spread points of their joint
    distribution, so the answer is always the same, and off by less than half a point. The sum of decayed
    events varies less than a gamma of its shape (decay halves its variance) and more by mixed severities (by
    E s²/E s, about 1.3); together the interval is a little wide, never narrow.
    What caps the score caps it too.
    """
    parameters = evaluation.parameters
    shape = evaluation.severity[region] + parameters.shrinkage * evaluation.parent_theta[region]
    rate = evaluation.expected[region] + parameters.shrinkage
    points = _even_points(len(shape))
    mixed = np.zeros(len(points))
    for family, weight in enumerate(parameters.weights):
        theta = gamma_quantiles(float(shape[family]), points[:, family]) / rate[family]
        mixed += weight * np.square(theta)
    score = parameters.base_score - parameters.points_per_doubling / 2 * np.log2(np.maximum(mixed, 1e-12))
    tail = (1 - parameters.interval) / 2
    most = parameters.cap if evaluation.capped[region] else 100.0
    low, high = np.clip(np.quantile(score, [tail, 1 - tail]), 0.0, most)
    return float(low), float(high)
