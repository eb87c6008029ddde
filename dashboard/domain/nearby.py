"""What stands near a place: cameras and how they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.cameras import STATUSES

RADIUS_M = 500.0
LISTED = 6
_SLUGS = {number: slug for slug, (number, _) in STATUSES.items()}


@dataclass(frozen=True, slots=True)
class NearCamera:
    """A camera by its number, with its status (a key of `STATUSES`) and its distance."""

    camera: int
    status: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class Surveyed:
    """The cameras within `radius_m` of a place: how many there are by status, and the nearest of them."""

    radius_m: float
    by_status: dict[str, int]
    nearest: tuple[NearCamera, ...]


def cameras_near(
    xy: tuple[float, float],
    cameras: NDArray[np.int32],
    status: NDArray[np.uint8],
    m_per_unit: float,
    radius_m: float = RADIUS_M,
    listed: int = LISTED,
) -> Surveyed:
    """The cameras (`cameras` i32[N, 2] map units, `status` u8[N]) around `xy`, the nearest first.

    `m_per_unit`: metres on the ground per map unit there. Equally near ones come by their numbers.
    """
    reach = radius_m / m_per_unit
    box = (np.abs(cameras[:, 0] - xy[0]) <= reach) & (np.abs(cameras[:, 1] - xy[1]) <= reach)
    inside = np.flatnonzero(box)
    metres: NDArray[Any] = np.hypot(cameras[inside, 0] - xy[0], cameras[inside, 1] - xy[1]) * m_per_unit
    inside, metres = inside[metres <= radius_m], metres[metres <= radius_m]
    count = Counter(_SLUGS[int(number)] for number in status[inside])
    order = np.argsort(metres, kind="stable")[:listed]
    return Surveyed(
        radius_m,
        {slug: count[slug] for slug in STATUSES if count[slug]},
        tuple(NearCamera(int(inside[i]), _SLUGS[int(status[inside[i]])], float(metres[i])) for i in order),
    )
