"""Reading what a land is built from: a pack's folder, or any city's boundary files."""

from geodata.land_building.boundary_files import read_boundary_files
from geodata.land_building.given import Credit, ListedTier, Sources
from geodata.land_building.pack_sources import read_pack_sources

__all__ = ["Credit", "ListedTier", "Sources", "read_boundary_files", "read_pack_sources"]
