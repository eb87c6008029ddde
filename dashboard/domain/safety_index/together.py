"""The index of several cities as one: recomputed from their summed E and X, never averaged from scores.

What `evaluation` says of a parent holds for the province above the cities: with E and X·ρ_ref summed over
them, each against its own reference, and ρ above the whole the reference itself,

    θ_f = (Σ E_f + m)/(Σ X·ρ_ref_f + m),  Θ = (Σ_f w_f θ_f²)^½,  S = clip(85 − 10·log₂ Θ, 0, 100),

at most `cap` while a level-01 case is unresolved in any of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.safety_index.evaluation import Evaluation
from dashboard.domain.safety_index.parameters import IndexParameters

_TINY = 1e-12


class Share(NamedTuple):
    """What one city brings in: E f64[F], X·ρ_ref f64[F], and whether a level-01 case is unresolved in it."""

    severity: NDArray[np.float64]
    expected: NDArray[np.float64]
    critical: bool

    @classmethod
    def of(cls, evaluation: Evaluation, critical: bool) -> Share:
        """A city's share: that of the first region of its evaluation."""
        return cls(evaluation.severity[0], evaluation.expected[0], critical)


def score_together(shares: Sequence[Share], parameters: IndexParameters) -> float:
    """The score of the whole, 0 to 100; of no city at all, that of a place that is as expected.

    `parameters`: the weights and constants, which all cities must share; not their references.
    """
    families = len(parameters.weights)
    severity = sum((share.severity for share in shares), np.zeros(families))
    expected = sum((share.expected for share in shares), np.zeros(families))
    theta = (severity + parameters.shrinkage) / (expected + parameters.shrinkage)
    mixed = float(np.square(theta) @ np.array(parameters.weights))
    score = parameters.base_score - parameters.points_per_doubling / 2 * math.log2(max(mixed, _TINY))
    limit = parameters.cap if any(share.critical for share in shares) else 100.0
    return min(max(score, 0.0), limit)
