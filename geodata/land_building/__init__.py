"""From boundary sources to a `Land`: polygons of every tier, numbered so that a region is a slice."""

from geodata.land_building.build import Progress, build_land

__all__ = ["Progress", "build_land"]
