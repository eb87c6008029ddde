"""A pack's folder, `geodata/packs/NAME/`: `pack.toml` names its files, their columns and their terms.

`pack.toml`: name, code, title, title_en, timezone, crs and grids; `[divisions]` file; `[outlines]` file, tier
and the column `code`; `[[points]]` file (code, lon, lat) and tier; `[[sources]]` what, by, terms; `[totals]`;
and `as_of`, the day that the totals are of, where their source says it.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from geodata.errors import PackError
from geodata.land import Polygons
from geodata.land_building.boundary_layers import Wanted, read_layers
from geodata.land_building.given import Credit, ListedTier, Points, Sources
from geodata.land_building.mending import fitted
from geodata.land_building.projecting import layer_in_metres, to_metres
from geodata.tables import TIERS


def read_pack_sources(folder: Path) -> Sources:
    """The sources in a pack's folder; raises `PackError` when they are not whole."""
    path = folder / "pack.toml"
    if not path.exists():
        raise PackError(f"There is no {path}; name a folder with a pack.toml, or give boundary files.")
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
        return _sources(folder, settings)
    except tomllib.TOMLDecodeError as problem:
        raise PackError(f"{path} is not valid TOML ({problem}); mend it.") from None
    except KeyError as problem:
        raise PackError(f"{path} or a file it names has no {problem}; add it.") from None
    except OSError as problem:
        raise PackError(f"{problem.filename} can't be read; put it there or mend {path}.") from None


def _sources(folder: Path, settings: Mapping[str, Any]) -> Sources:
    crs = settings["crs"]
    points: dict[int, dict[str, tuple[float, float]]] = {}
    for entry in settings.get("points", ()):
        points.setdefault(TIERS.index(entry["tier"]), {}).update(_points(folder / entry["file"]))
    tiers = _listed(folder / settings["divisions"]["file"], points, crs)
    outlines = settings["outlines"]
    tier = TIERS.index(outlines["tier"])
    account: list[str] = []
    polygons = _outlines(folder / outlines["file"], outlines["code"], tiers[tier], crs, account)
    return Sources(
        name=settings["name"],
        title=settings["title"],
        title_en=settings["title_en"],
        timezone=settings["timezone"],
        crs=crs,
        tiers=tiers,
        outline_tier=tier,
        outlines=polygons,
        grids=settings["grids"],
        totals=settings.get("totals", {}),
        credits=tuple(Credit(**row) for row in settings.get("sources", ())),
        account=tuple(account),
        as_of=str(settings.get("as_of", "")),
    )


def _listed(
    path: Path, points: Mapping[int, Mapping[str, tuple[float, float]]], crs: str
) -> tuple[ListedTier, ...]:
    """The divisions of each tier, depth first: by parent, then by code."""
    rows: dict[int, list[dict[str, str]]] = {}
    for row in _table(path):
        rows.setdefault(TIERS.index(row["level"]), []).append(row)
    tiers: list[ListedTier] = []
    place: dict[str, int] = {"": 0}
    for tier in sorted(rows):
        orphan = next((row for row in rows[tier] if row["parent"] not in place), None)
        if orphan is not None or tier != len(tiers):
            code = (orphan or rows[tier][0])["code"]
            raise PackError(f"{path} has no parent of {code}; add a row for it.")
        ordered = sorted(rows[tier], key=lambda row: (place[row["parent"]], row["code"]))
        own = tuple(row["code"] for row in ordered)
        tiers.append(
            ListedTier(
                own,
                tuple(row["name"] for row in ordered),
                tuple(row["name_en"] for row in ordered),
                np.array([place[row["parent"]] for row in ordered], dtype=np.int64),
                _metric_points(own, points.get(tier, {}), crs),
            )
        )
        place = {code: number for number, code in enumerate(own)}
    for upper, lower in pairwise(tiers):
        empty = sorted(set(range(len(upper))) - set(lower.parent.tolist()))
        if empty:
            raise PackError(f"{path} lists nothing inside {upper.code[empty[0]]}; add what is there.")
    return tuple(tiers)


def _metric_points(code: tuple[str, ...], known: Mapping[str, tuple[float, float]], crs: str) -> Points:
    """Points of these codes in metres, NaN where unknown."""
    lonlat = np.array([known.get(own, (np.nan, np.nan)) for own in code], dtype=np.float64)
    told = ~np.isnan(lonlat[:, 0])
    metric = np.full_like(lonlat, np.nan)
    metric[told] = to_metres(lonlat[told], crs)
    return metric


def _points(path: Path) -> dict[str, tuple[float, float]]:
    return {row["code"]: (float(row["lon"]), float(row["lat"])) for row in _table(path)}


def _outlines(path: Path, column: str, rows: ListedTier, crs: str, account: list[str]) -> Polygons:
    """The polygons of `rows` from a boundary file, in metres and a valid coverage."""
    by_code: dict[str, Any] = {}
    for layer in read_layers([path], Wanted(code_column=column), account):
        by_code.update(zip(layer.code, layer_in_metres(layer, crs).polygons, strict=True))
    missing = [code for code in rows.code if code not in by_code]
    if missing:
        raise PackError(f"{path} has no polygon of {missing[0]}; add it.")
    polygons = np.array([by_code[code] for code in rows.code], dtype=object)
    return fitted(polygons, rows.name, path.name, crs, account)


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
