"""Figures of each of the city's systems, counted from the pack, the live state and the record of cases."""

from dashboard.live.systems.systems import Systems

__all__ = ["Systems"]
