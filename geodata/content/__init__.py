"""What stands on a city's land: people, cameras, checkpoints, units, centres, stations and companies."""

from geodata.content.furnish import Content, furnish
from geodata.content.totals import Totals

__all__ = ["Content", "Totals", "furnish"]
