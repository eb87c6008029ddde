"""Chance that is always the same: one generator for each kind of content of a city."""

from __future__ import annotations

import numpy as np

# What is drawn → the number of its generator, so that a change in one kind moves nothing of another.
_NUMBER = {"people": 1, "cameras": 2, "units": 3, "centres": 4, "stations": 5, "companies": 6}


def generator(city_code: str, what: str) -> np.random.Generator:
    """The generator of one kind of content, seeded by the city's code (text of any kind)."""
    return np.random.default_rng([int.from_bytes(city_code.encode(), "big"), _NUMBER[what]])
