"""What is known of a city when the simulator begins: from the state, or from the past it has just written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.cameras import NOT_NETWORKED, UNKNOWN
from dashboard.domain.case_record import Case
from dashboard.domain.units import OFF
from dashboard.feeds.simulation.world import World


class Known(Protocol):
    """As `dashboard.streams.reader.load_known` gives it.

    `camera_status` u8[N] of all the pack's cameras, `unit_state` u8[U], `unit_xy` [U, 2] map units, and the
    cases that are open.
    """

    @property
    def camera_status(self) -> NDArray[Any]: ...

    @property
    def unit_state(self) -> NDArray[Any]: ...

    @property
    def unit_xy(self) -> NDArray[Any]: ...

    @property
    def open_cases(self) -> Iterable[Case]: ...


@dataclass(frozen=True)
class KnownCity:
    """A `Known` of the simulator's own making."""

    camera_status: NDArray[np.uint8]
    unit_state: NDArray[np.uint8]
    unit_xy: NDArray[np.float64]
    open_cases: tuple[Case, ...] = ()


def nothing_known(world: World) -> KnownCity:
    """A city that nothing was ever heard of."""
    pack = world.pack
    networked = np.asarray(pack.cameras.networked, dtype=bool)
    return KnownCity(
        np.where(networked, UNKNOWN, NOT_NETWORKED).astype(np.uint8),
        np.full(len(pack.units.kind), OFF, dtype=np.uint8),
        np.asarray(pack.units.xy, dtype=np.float64),
    )
