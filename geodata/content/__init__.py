"""What is on a city's land: people, cameras, checkpoints, units, branches, centres, stations, companies."""

from geodata.content.furnish import Content, furnish
from geodata.content.totals import Totals

__all__ = ["Content", "Totals", "furnish"]
