"""`build`: from sources to a pack on disk, whole or not at all. Same sources in, same bytes out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from geodata import registry
from geodata.content import Content, Totals, furnish
from geodata.errors import PackError
from geodata.land import Land
from geodata.land_building import Progress, build_land
from geodata.land_building.sources import Sources, read_boundary_files, read_pack_sources
from geodata.lighten import lighten
from geodata.pack import FORMAT, Pack, save_pack
from geodata.shapes import MapUnits, Shapes, shape
from geodata.tables import CITY, NO_PARENT, TIERS, U32, Regions

MOST_GRIDS = 65_534
"""Screens number grids in 16 bits, with one number for outside."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SYNTHETIC = ("population", "cameras", "units", "centres", "stations", "companies", "branches")
_UNNAMED_TERMS = "as the giver of the files has set them"


@dataclass(frozen=True)
class BuildAccount:
    """What was built: where the pack is, how many regions each tier has, and what was made or mended."""

    name: str
    title: str
    folder: Path
    counts: Mapping[str, int]
    derived: tuple[str, ...]
    repairs: tuple[str, ...]
    digest: str

    def lines(self) -> list[str]:
        """The account in sentences, for a terminal."""
        counted = ", ".join(f"{count:,} {tier}" for tier, count in self.counts.items())
        made = ", ".join(self.derived) or "none"
        return [
            f"{self.title} is built in {self.folder}: {counted}.",
            f"Outlines that were made, not surveyed: {made}.",
            *(f"Mended: {repair}" for repair in self.repairs),
        ]


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def build(
    name: str,
    data_dir: Path,
    *,
    boundaries: Sequence[Path] = (),
    grids: int | None = None,
    timezone: str | None = None,
    progress: Progress = quiet,
    **options: Any,
) -> BuildAccount:
    """Build the pack `name` under `data_dir`, replacing the one that is there once the new one is whole.

    From `boundaries` where there are any (`options` are those of `read_boundary_files`: title, title_en,
    code, name_column, code_column, layer, gcj02), else from the sources that come with the project. `grids`
    and `timezone` go before what the sources say. `progress` is called with a stage, how much of it is done,
    and of how much. Raises `PackError`, and leaves everything as it was, when that can't be done.
    """
    if not _NAME.fullmatch(name):
        raise PackError(f"{name!r} can't be the name of a pack: use small letters, digits, - and _.")
    sources = _read(name, boundaries, grids, timezone, options)
    land, simplified = lighten(build_land(sources, progress))
    sources = replace(sources, account=(*sources.account, *simplified))
    pack = make_pack(land, sources, _built_from(name, boundaries), progress)
    folder = registry.pack_path(data_dir, name)
    progress("save", 0, 1)
    try:
        save_pack(pack, folder)
    except OSError as problem:
        raise PackError(f"The pack can't be written to {folder} ({problem.strerror}).") from None
    progress("save", 1, 1)
    derived = tuple(tier for tier in TIERS if pack.manifest["derived"][tier])
    counts = dict(zip(TIERS, np.diff(pack.regions.tier_start).tolist(), strict=True))
    return BuildAccount(name, pack.manifest["title"], folder, counts, derived, sources.account, pack.digest)


def make_pack(
    land: Land, sources: Sources, built_from: Mapping[str, Any], progress: Progress = quiet
) -> Pack:
    """The pack of the land built from `sources`, in memory; `built_from` is kept in its manifest."""
    to_map_units = MapUnits.of(land)
    progress("shapes", 0, 1)
    shapes = shape(land, to_map_units)
    progress("shapes", 1, 1)
    progress("content", 0, 1)
    totals = _totals(sources, land)
    content = furnish(land, totals, to_map_units)
    progress("content", 1, 1)
    return Pack(
        manifest=_manifest(sources, land, totals, to_map_units, built_from),
        regions=_regions(land, shapes, content),
        geometry=shapes.geometry,
        cameras=content.cameras,
        checkpoints=content.checkpoints,
        units=content.units,
        centres=content.centres,
        stations=content.stations,
        companies=content.companies,
        branches=content.branches,
    )


def _read(
    name: str,
    boundaries: Sequence[Path],
    grids: int | None,
    timezone: str | None,
    options: Mapping[str, Any],
) -> Sources:
    """The sources, with the operator's wishes put in."""
    if boundaries:
        sources = read_boundary_files(boundaries, name=name, grids=grids, **options)
    else:
        if any(options.values()):
            raise PackError("Names, columns, layers and GCJ-02 are of boundary files; give --boundaries.")
        sources = read_pack_sources(registry.source_of(name))
    sources = replace(sources, grids=grids or sources.grids, timezone=timezone or sources.timezone)
    if sources.grids > MOST_GRIDS:
        raise PackError(f"{sources.grids} grids are too many for a screen; ask for {MOST_GRIDS} or fewer.")
    try:
        ZoneInfo(sources.timezone)
    except (ValueError, OSError, KeyError):
        raise PackError(f"{sources.timezone!r} is no time zone; name one like Asia/Shanghai.") from None
    return sources


def _built_from(name: str, boundaries: Sequence[Path]) -> dict[str, Any]:
    files = list(boundaries) or list(registry.source_of(name).iterdir())
    return {
        "builder": registry.builder_digest(),
        "sources": registry.digest_of(files),
        "boundaries": sorted(path.name for path in boundaries),
    }


def _totals(sources: Sources, land: Land) -> Totals:
    """The published totals, tables within the table flattened; scaled ones where none are known."""
    flat: dict[str, Any] = {}
    for key, value in sources.totals.items():
        kinds = value.items() if isinstance(value, dict) else ()
        flat.update({f"{key}_{kind}": count for kind, count in kinds} or {key: value})
    return Totals.from_table(flat) if flat else Totals.for_land(land)


def _manifest(
    sources: Sources, land: Land, totals: Totals, to_map_units: MapUnits, built_from: Mapping[str, Any]
) -> dict[str, Any]:
    credits = [{"name": f"{row.what}: {row.by}", "terms": row.terms} for row in sources.credits]
    given = [{"name": file, "terms": _UNNAMED_TERMS} for file in built_from.get("boundaries", ())]
    return {
        "format": FORMAT,
        "name": sources.name,
        "code": land.code[0],
        "title": sources.title,
        "title_en": sources.title_en,
        "timezone": sources.timezone,
        "origin": list(to_map_units.origin),
        "crs": sources.crs,
        "derived": {tier: bool(land.derived[land.tier_start[number]]) for number, tier in enumerate(TIERS)},
        "synthetic": dict.fromkeys(_SYNTHETIC, True),
        "sources": credits + given,
        "totals": asdict(totals),
        "as_of": sources.as_of or None,
        "built_from": dict(built_from),
        "repairs": list(sources.account),
    }


def _regions(land: Land, shapes: Shapes, content: Content) -> Regions:
    return Regions(
        code=land.code,
        name=land.name,
        name_en=land.name_en,
        tier=land.tier,
        parent=np.where(land.tier == CITY, NO_PARENT, land.parent).astype(np.int32),
        grid_lo=land.grid_lo,
        grid_hi=land.grid_hi,
        tier_start=land.tier_start,
        area_m2=shapes.area_m2,
        population=_summed(content.population, land),
        dwellings=_summed(content.dwellings, land),
        label_xy=shapes.label_xy,
        bbox=shapes.bbox,
        derived=land.derived,
    )


def _summed(per_grid: U32, land: Land) -> U32:
    """The sum over each region's slice of grids."""
    sums = np.concatenate([[0], np.cumsum(per_grid, dtype=np.int64)])
    return np.asarray(sums[land.grid_hi] - sums[land.grid_lo], dtype=np.uint32)
