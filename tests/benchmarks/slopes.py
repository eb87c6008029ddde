"""Growth: the slope of a figure over what was done meanwhile, with its 95 % interval.

Theil–Sen (the median of the slopes between all pairs of samples; its interval after Sen 1968, as SciPy has
it) and not least squares: what is left of a heap after a collection jumps by steps (compiled code given up,
an answer just on its way), upwards far more than downwards, and the least squares' t interval takes such
residuals for normal ones. A figure that stays the same but for a few jumps has a slope of exactly 0 here.
Neither knows that neighbouring samples resemble each other, so the interval is rather too narrow than too
wide: a verdict of "growth" may come too easily, never too late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import theilslopes

from tests.benchmarks.report import Row, number

CONFIDENCE = 0.95
_LEAST = 5


@dataclass(frozen=True)
class Slope:
    """Growth per unit of what was done: the estimate and its interval; `samples` is how many there were."""

    value: float
    low: float
    high: float
    samples: int

    def times(self, factor: float) -> Slope:
        """The growth per `factor` units."""
        return Slope(self.value * factor, self.low * factor, self.high * factor, self.samples)


def slope(done: Sequence[float], figure: Sequence[float]) -> Slope:
    """The slope of a figure over what had been done at each sample. Raises `ValueError` below 5 samples."""
    if len(done) < _LEAST:
        raise ValueError(f"{len(done)} samples say nothing of a slope; take {_LEAST} or more.")
    value, _, low, high = theilslopes(figure, done, CONFIDENCE)
    return Slope(float(value), float(low), float(high), len(done))


@dataclass(frozen=True)
class GrowthRow(Row):
    """A row whose target of 0 is reached unless its whole interval lies above what is negligible.

    `low` is the lower end of the interval and `negligible` the growth not worth a word, in the row's unit.
    """

    low: float = 0.0
    negligible: float = 0.0

    @property
    def reached(self) -> bool | None:
        """Whether what grows for certain is negligible; None where there is no target."""
        return None if self.target is None else self.low <= self.target + self.negligible


def growth_row(
    metric: str,
    unit: str,
    ours: Slope,
    peer: Slope | None = None,
    negligible: float | None = None,
    note: str = "",
) -> GrowthRow:
    """The row of a growth, ours beside the peer's; without `negligible` it has no target."""
    words = [interval("ours", ours)] + ([interval("peer", peer)] if peer else []) + ([note] if note else [])
    return GrowthRow(
        metric, unit, ours.value, peer.value if peer else None, None if negligible is None else 0.0,
        note="; ".join(words), low=ours.low, negligible=negligible or 0.0,
    )  # fmt: skip


def interval(who: str, found: Slope) -> str:
    """The interval in words, as the note of a row has it."""
    return f"{who} 95 % {number(found.low)} … {number(found.high)}, n={found.samples}"
