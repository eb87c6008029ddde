"""Packs of cities: built from boundary files, kept on disk, checked, and asked where a point is."""

from geodata.errors import PackError
from geodata.locator import Locator
from geodata.pack import Pack, load_pack, save_pack

__all__ = ["Locator", "Pack", "PackError", "load_pack", "save_pack"]
