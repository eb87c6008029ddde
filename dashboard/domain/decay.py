"""Decaying sums that do not depend on order: integer contributions against a common epoch.

An event of severity s at time t is worth s·2^((t − now)/H). Summed as s·2^((t − epoch)/H) for a fixed
epoch, a whole sum ages by one factor 2^((epoch − now)/H), and adding an event costs the same
however many there are. The contributions are 64-bit integers (2^32 is one), computed in integers
alone, so that sums are the same to the bit in whatever order events come, on any machine, and what
is taken away again leaves no trace.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

UNIT = 1 << 32
"""The contribution of severity 1 at the epoch."""
SEVERITY_UNIT = 256
"""Severities enter as integers, in 256ths."""
HORIZON_HALF_LIVES = 12
"""An event that is older than this at the epoch contributes nothing (it would be under 1/4096)."""
AHEAD_HALF_LIVES = 6
"""An event that is further ahead of the epoch than this counts as if it were just so far ahead."""
DAY_MS = 86_400_000

_FRACTION_BITS = 24
_HALF_BITS = 12
_TABLE_UNIT = 1 << 30
# 2^x for the two halves of a 24-bit fraction: first 12 bits, last 12 bits.
_COARSE = np.array([round(_TABLE_UNIT * 2.0 ** (i / 2**12)) for i in range(2**12)], dtype=np.int64)
_FINE = np.array([round(_TABLE_UNIT * 2.0 ** (i / 2**24)) for i in range(2**12)], dtype=np.int64)


def contributions(
    severity: NDArray[Any], at_ms: NDArray[Any], half_life_ms: NDArray[Any] | int, epoch_ms: int
) -> NDArray[np.int64]:
    """round(UNIT · severity/256 · 2^((at − epoch)/H)) for n events, i64[n].

    `severity` in 256ths (up to 2^12), `at_ms` and `half_life_ms` integers [n] or, for the half-life,
    one for all. Off from the real number by at most 5e-8 of it and half a unit.
    """
    half_life = np.asarray(half_life_ms, dtype=np.int64)
    ahead = np.asarray(at_ms, dtype=np.int64) - epoch_ms
    too_old = ahead < -HORIZON_HALF_LIVES * half_life
    ahead = np.clip(ahead, -HORIZON_HALF_LIVES * half_life, AHEAD_HALF_LIVES * half_life)
    exponent = ((ahead << _FRACTION_BITS) + half_life // 2) // half_life
    fraction = exponent & ((1 << _FRACTION_BITS) - 1)
    # In [2^60, 2^61], so the product fits; 28 bits less make it 2^32 · 2^fraction.
    power = (_COARSE[fraction >> _HALF_BITS] * _FINE[fraction & ((1 << _HALF_BITS) - 1)]) >> 28
    shift = 8 - (exponent >> _FRACTION_BITS)
    value = (np.asarray(severity, dtype=np.int64) * power + (np.int64(1) << (shift - 1))) >> shift
    return np.where(too_old, np.int64(0), value)


def epoch_of(clock_ms: int, period_ms: int) -> int:
    """The epoch that belongs to a clock: the last whole multiple of the period since 1970."""
    return clock_ms // period_ms * period_ms


def remaining(now_ms: int, epoch_ms: int, half_life_ms: NDArray[Any] | float) -> Any:
    """2^((epoch − now)/H) / UNIT: what turns integer sums into severity at `now_ms`."""
    return np.exp2((epoch_ms - now_ms) / np.asarray(half_life_ms, dtype=np.float64)) / UNIT
