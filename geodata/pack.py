"""A pack: one city's places, in memory and on disk.

On disk it is a folder: `manifest.json`, one `.npy` file per array and one `.json` file per list of texts,
named `<table>.<column>`, with the digest of all that as its `seal`. The same pack gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.errors import PackError
from geodata.tables import (
    GRID,
    TABLES,
    Branches,
    Cameras,
    Centres,
    Checkpoints,
    Companies,
    Geometry,
    Regions,
    Stations,
    Units,
)

FORMAT = 2
UNITS_PER_M = 10.0
_SEAL = "seal"
_I32_MAX = 2**31 - 1
_RADIUS_M = 6_378_137.0  # the sphere of EPSG:3857


@dataclass(frozen=True)
class Pack:
    """All of a city. `manifest`: format, name, code, title, title_en, timezone, origin [x, y] (EPSG:3857,
    metres), crs (metric CRS of the build), derived and synthetic (which parts are), sources (name, terms),
    totals (what the content is exact to), as_of (the day that they are of, None where it isn't said),
    built_from (digests), repairs (sentences).
    """

    manifest: Mapping[str, Any]
    regions: Regions
    geometry: Geometry
    cameras: Cameras
    checkpoints: Checkpoints
    units: Units
    centres: Centres
    stations: Stations
    companies: Companies
    branches: Branches

    @property
    def grid_count(self) -> int:
        """G"""
        return len(self.regions) - int(self.regions.tier_start[GRID])

    @cached_property
    def grid_camera_start(self) -> NDArray[np.uint32]:
        """Grid → its first camera, u32[G + 1]."""
        return np.searchsorted(self.cameras.grid, np.arange(self.grid_count + 1)).astype(np.uint32)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything in the pack, in hexadecimal."""
        hashed = hashlib.sha256(_manifest_bytes(self.manifest))
        for name, column in _columns(self):
            hashed.update(name.encode())
            texts = isinstance(column, tuple)
            hashed.update(_texts_bytes(column) if texts else f"{column.dtype}{column.shape}".encode())
            hashed.update(b"" if texts else column.tobytes())
        return hashed.hexdigest()

    def from_lonlat(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int32]:
        """Map units i32[n, 2] of WGS 84 degrees; the poles, which are endlessly far, at the end of i32."""
        xy = np.round(np.stack(self.project(lon, lat), axis=-1))
        return np.clip(xy, -_I32_MAX, _I32_MAX).astype(np.int32)

    def project(self, lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(x, y) in map units, not rounded, of WGS 84 degrees; spherical web mercator (EPSG:3857)."""
        x0, y0 = self.manifest["origin"]
        x = np.asarray(lon, dtype=np.float64) * (np.pi / 180 * _RADIUS_M)
        y = np.log(np.tan(np.pi / 4 + np.asarray(lat, dtype=np.float64) * (np.pi / 360))) * _RADIUS_M
        return (x - x0) * UNITS_PER_M, (y - y0) * UNITS_PER_M

    def to_lonlat(self, xy: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(lon, lat) in WGS 84 degrees of map units [..., 2]."""
        origin = np.asarray(self.manifest["origin"], dtype=np.float64)
        metres = np.asarray(xy, dtype=np.float64) / UNITS_PER_M + origin
        lat = np.degrees(2 * np.arctan(np.exp(metres[..., 1] / _RADIUS_M)) - np.pi / 2)
        return np.degrees(metres[..., 0] / _RADIUS_M), lat


def _columns(pack: Pack) -> list[tuple[str, Any]]:
    return [
        (f"{table}.{row.name}", getattr(getattr(pack, table), row.name))
        for table, kind in TABLES.items()
        for row in fields(kind)
    ]


def _texts_bytes(texts: tuple[str, ...]) -> bytes:
    return json.dumps(texts, ensure_ascii=False, indent=0).encode()


def _manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def save_pack(pack: Pack, folder: Path) -> None:
    """Write the pack to `folder`, whole or not at all; what was there before is replaced."""
    part, old = (folder.with_name(f".{folder.name}.{what}") for what in ("part", "old"))
    for left_over in (part, old):
        shutil.rmtree(left_over, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        for name, column in _columns(pack):
            if isinstance(column, tuple):
                (part / f"{name}.json").write_bytes(_texts_bytes(column))
            else:
                np.save(part / f"{name}.npy", column, allow_pickle=False)
        (part / "manifest.json").write_bytes(_manifest_bytes(pack.manifest))
        (part / _SEAL).write_text(f"{pack.digest}\n")
        if folder.exists():
            folder.replace(old)
        part.replace(folder)
    except OSError:
        if old.exists() and not folder.exists():
            old.replace(folder)
        raise
    finally:
        for left_over in (part, old):
            shutil.rmtree(left_over, ignore_errors=True)


def load_pack(folder: Path) -> Pack:
    """The pack in `folder`; raises `PackError` when it is not one, not whole, or of another format.

    Whole is what its seal says, so files of two packs, or a file with a flipped bit, are no pack.
    """
    if not (folder / "manifest.json").exists():
        raise PackError(f"There is no pack in {folder}; build one with: python app.py geodata build NAME.")
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        if manifest["format"] != FORMAT:
            raise PackError(f"The pack in {folder} is of another version; build it again.")
        tables = {
            table: kind(**{row.name: _read(folder, f"{table}.{row.name}") for row in fields(kind)})
            for table, kind in TABLES.items()
        }
        seal = (folder / _SEAL).read_text().strip()
    except (OSError, EOFError, ValueError, LookupError, TypeError) as problem:
        raise PackError(f"The pack in {folder} can't be read ({problem}); build it again.") from None
    pack = Pack(manifest, **tables)
    if pack.digest != seal:
        raise PackError(f"The pack in {folder} isn't the one that was saved there; build it again.")
    return pack


def _read(folder: Path, name: str) -> Any:
    texts = folder / f"{name}.json"
    if texts.exists():
        return tuple(json.loads(texts.read_bytes()))
    return np.load(folder / f"{name}.npy", allow_pickle=False)
