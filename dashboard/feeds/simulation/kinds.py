"""Kinds of units by their number, as the pack has them."""

from __future__ import annotations

GRID_WORKER, PATROL, FIRE, EMERGENCY, MEDIATION, MEDICAL = range(6)
