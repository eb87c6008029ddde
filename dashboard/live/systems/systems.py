"""`Systems`: one answer for each of the city's systems and any region (docs/systems.md)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import gevent

from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.systems import SYSTEMS, System, made_up
from dashboard.live.state import LiveState
from dashboard.live.systems import cameras, casework, places, rings
from dashboard.live.systems.camera_times import CameraTimes
from dashboard.live.systems.look import Look, Sources
from dashboard.settings import Settings
from dashboard.streams.keys import Keys
from geodata import Pack

PANELS: dict[str, Callable[[Look], dict[str, Any]]] = {
    "branches": places.branches,
    "whistles": casework.whistles,
    "stations": places.stations,
    "property": places.property_companies,
    "hearings": casework.hearings,
    "centres": places.centres,
    "loop": casework.loop,
    "population": places.population,
    "cameras": cameras.cameras,
    "rings": rings.rings,
    "devices": cameras.devices,
}
"""Key of `domain.systems.SYSTEMS` → its figures."""


class Systems:
    """Figures of the city's systems as plain values that JSON can hold. None means that it is not known."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    @classmethod
    def open(
        cls,
        settings: Settings,
        keys: Keys,
        pack: Pack,
        hierarchy: Hierarchy,
        state: LiveState,
        settling: Callable[[str], dict[str, Any] | None],
        leaders: Any = None,
    ) -> Systems:
        """Those of a city. `settling` is `Figures.settling`; without `leaders` what they count is unknown."""
        times = CameraTimes(settings.redis_url, keys, len(pack.cameras.grid))
        return cls(Sources(pack, hierarchy, state, times, settling, leaders, lambda: int(time.time() * 1000)))

    def forget(self) -> None:
        """Read everything anew: the city's history has been projected again."""
        self._sources.times.forget()

    def panel(self, code: str, key: str) -> dict[str, Any]:
        """The figures of one system in a region, in an envelope that says what they rest on.

        `{system, region, at_ms, simulated, made_up, as_of, …}`: the clock of what is live in them (None:
        nothing has come yet), whether that is simulated, the parts of the pack that are synthetic, and the
        day that the pack's totals are of (None where it isn't said). Raises `KeyError` for an unknown code
        or key.
        """
        return self._panel(Look(self._sources, self._sources.hierarchy.number_of(code)), SYSTEMS[key])

    def panels(self, code: str) -> dict[str, dict[str, Any]]:
        """All of them by key; other greenlets get their turn between two."""
        look = Look(self._sources, self._sources.hierarchy.number_of(code))
        found = {}
        for key, system in SYSTEMS.items():
            found[key] = self._panel(look, system)
            gevent.sleep(0)
        return found

    def rings(self, code: str) -> dict[str, Any]:
        """The panel of the three rings, with their gaps by name (see `systems.rings.rings`)."""
        return self.panel(code, "rings")

    def _panel(self, look: Look, system: System) -> dict[str, Any]:
        clock, manifest = self._sources.state.clock, self._sources.pack.manifest
        return {
            "system": system.slug,
            "region": look.code,
            "at_ms": clock.get("clock_ms") or None,
            "simulated": bool(clock.get("simulated", False)),
            "made_up": made_up(system, manifest.get("synthetic", {})),
            "as_of": manifest.get("as_of"),
            **PANELS[system.slug](look),
        }
