"""`Totals`: how much of everything a city has. Its content is exact to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from geodata.content.borders import borders_of, ring_borders
from geodata.content.trails import trails_of
from geodata.errors import PackError
from geodata.land import Land
from geodata.tables import RINGS, UNIT_KINDS, VILLAGE

MIN_STAFF = 3
"""Posts that every centre of the city, a county or a town has at least."""

# People of a whole city to one response unit of each kind; where a city's table doesn't name the number.
_PEOPLE_PER_UNIT = {
    "patrol": 15_000,
    "fire": 70_000,
    "emergency": 100_000,
    "mediation": 35_000,
    "medical": 45_000,
}


@dataclass(frozen=True)
class Totals:
    """Totals of one city. The defaults are Weifang's published figures, but for the response units.

    `networked` counts among `cameras`, and so do the cameras of the three special kinds and those of the
    checkpoints. `centre_staff` are posts over city, counties and towns. The response units are those of
    `UNIT_KINDS` after the grid workers; 0 where a kind is to be derived from the people (`response_units`).
    """

    people: int = 4_210_000
    dwellings: int = 2_130_000
    grid_workers: int = 21_118
    patrol: int = 0
    fire: int = 0
    emergency: int = 0
    mediation: int = 0
    medical: int = 0
    cameras: int = 310_000
    networked: int = 250_000
    cameras_per_village: int = 6
    entrance_capture: int = 142
    augmented_reality: int = 40
    high_dome: int = 362
    checkpoints_city: int = 83
    checkpoints_county: int = 233
    checkpoints_police: int = 1_069
    centre_staff: int = 1_263
    companies: int = 125
    company_helpers: int = 11_000
    estates_served_share: float = 0.98

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """The totals of a pack's `[totals]`; raises `PackError` for a key or value that isn't one."""
        known: dict[str, Any] = {row.name: type(row.default) for row in fields(cls)}
        unknown, missing = set(table) - set(known), set(known) - set(table) - set(_PEOPLE_PER_UNIT)
        if unknown or missing:
            raise PackError(
                f"[totals] has a key too many or too few ({', '.join(sorted(unknown | missing))}); "
                f"the keys are {', '.join(known)}."
            )
        for key, value in table.items():
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or value < 0 or (known[key] is int and value != int(value)):
                raise PackError(f"{key} in [totals] is {value!r}; it must be a number, 0 or more.")
        totals = cls(**{key: known[key](value) for key, value in table.items()})
        if totals.estates_served_share > 1:
            raise PackError("estates_served_share in [totals] is a share; it must be 1 or less.")
        return totals

    @classmethod
    def for_land(cls, land: Land) -> Self:
        """Weifang's ratios for another city, by its number of grids, and never too few for `furnish`."""
        model, share = cls(), land.grid_count / _MODEL_GRIDS
        scaled = {
            row.name: max(1, round(getattr(model, row.name) * share))
            for row in fields(cls)
            if row.name not in _NOT_SCALED
        }
        for key, least in _least(land).items():
            scaled[key] = max(scaled[key], least) if least else 0
        totals = cls(**scaled, cameras_per_village=model.cameras_per_village)
        tied = totals.specials + sum(totals.checkpoints)
        cameras = max(totals.cameras, tied + totals.cameras_per_village * len(land.polygons[VILLAGE]))
        networked = max(round(cameras * model.networked / model.cameras), tied)
        return replace(totals, cameras=cameras, networked=networked)

    @property
    def specials(self) -> int:
        """Cameras of the three special kinds."""
        return self.entrance_capture + self.augmented_reality + self.high_dome

    @property
    def checkpoints(self) -> tuple[int, int, int]:
        """Checkpoints of the city, county and police ring."""
        return self.checkpoints_city, self.checkpoints_county, self.checkpoints_police

    @property
    def response_units(self) -> tuple[int, ...]:
        """Response units in the order of `UNIT_KINDS`, without the grid workers."""
        return tuple(
            getattr(self, kind) or max(1, round(self.people / _PEOPLE_PER_UNIT[kind]))
            for kind in UNIT_KINDS[1:]
        )


_MODEL_GRIDS = 12_044
_NOT_SCALED = {"cameras_per_village", "estates_served_share", *_PEOPLE_PER_UNIT}


def _least(land: Land) -> dict[str, int]:
    """The smallest totals with which a land can be furnished; 0 checkpoints for a ring without a border."""
    borders = borders_of(land)
    rings = [len(trails_of(ring)) for ring in ring_borders(borders, land)]
    return {
        "people": land.grid_count,
        "dwellings": 1,
        "grid_workers": land.grid_count,
        "centre_staff": MIN_STAFF * int(land.tier_start[VILLAGE]),
        "companies": 1,
        "company_helpers": 1,
        **{f"checkpoints_{ring}": least for ring, least in zip(RINGS[1:], rings, strict=True)},
    }
