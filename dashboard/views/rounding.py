"""Points as they are written: rounded parts that still sum to the rounded whole."""

from __future__ import annotations

import math
from collections.abc import Sequence


def rounded_to_sum(values: Sequence[float], total: float, digits: int = 1) -> list[float]:
    """The values to `digits` decimals, so that they sum to `total` to as many decimals.

    Each is rounded down, and what is then missing goes by one unit to those that lost most (largest
    remainders). Where the values sum to `total`, none is off by a unit or more.
    """
    if not values:
        return []
    unit = 10**digits
    floors = [math.floor(value * unit) for value in values]
    share, more = divmod(round(total * unit) - sum(floors), len(values))
    by_loss = sorted(range(len(values)), key=lambda i: floors[i] - values[i] * unit)
    for rank, i in enumerate(by_loss):
        floors[i] += share + (rank < more)
    return [floor / unit for floor in floors]


def rounded(value: float, digits: int = 1) -> float:
    """A value as it is written to `digits` decimals; never −0."""
    unit: int = 10**digits
    return round(value * unit) / unit


def fine(points: float) -> int:
    """To how many decimals points are written so that something is seen of them: one to three."""
    return next((digits for digits in (1, 2) if abs(points) >= 0.5 / 10**digits), 3)


def signed(points: float, digits: int = 1) -> str:
    """Points with their sign and a real minus; none before 0."""
    text = f"{abs(points):.{digits}f}"
    if not any(digit in text for digit in "123456789"):
        return text
    return ("−" if points < 0 else "+") + text
