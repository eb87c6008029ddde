"""Statuses of cameras and units as the records that go on the streams."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.feeds.appending import Appender
from dashboard.feeds.simulation.cameras import CameraFleet
from dashboard.feeds.simulation.units import UnitFleet
from dashboard.feeds.simulation.world import World
from dashboard.streams.codecs import CAMERA_RECORD, UNIT_RECORD


def camera_records(fleet: CameraFleet, positions: NDArray[np.int64], at_ms: int) -> NDArray[Any]:
    """Records of cameras by their positions among the networked ones."""
    records = np.zeros(len(positions), dtype=CAMERA_RECORD)
    records["camera"] = fleet.networked[positions]
    records["status"] = fleet.status[positions]
    records["at_ms"] = at_ms
    return records


def unit_records(world: World, fleet: UnitFleet, units: NDArray[np.int64], at_ms: int) -> NDArray[Any]:
    """Records of units by their numbers."""
    records = np.zeros(len(units), dtype=UNIT_RECORD)
    records["unit"] = units
    records["state"] = fleet.state[units]
    records["lon"], records["lat"] = world.pack.to_lonlat(fleet.position(units, at_ms))
    records["at_ms"] = at_ms
    return records


def write_all(writer: Appender, world: World, cameras: CameraFleet, units: UnitFleet, at_ms: int) -> None:
    """The first word of every networked camera and of every unit."""
    everything = (
        ("cameras", camera_records(cameras, np.arange(len(cameras.networked)), at_ms)),
        ("units", unit_records(world, units, np.arange(len(units)), at_ms)),
    )
    for kind, records in everything:
        if len(records):
            writer.append_packed(kind, records, simulated=True)
