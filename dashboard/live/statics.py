"""The pack's files for the page: frames of static columns, named by their content, compressed once."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.streams import frame
from dashboard.streams.tables import TABLE_BY_NAME
from geodata import Pack


@dataclass(frozen=True)
class StaticFile:
    """A gzipped body and the name it is served under: `<stem>-<hash of the content>.bin`."""

    name: str
    body: bytes


def build_statics(pack: Pack, cache_dir: Path | None = None) -> dict[str, StaticFile]:
    """Stem → file for every row of `_FILES`; `cache_dir` keeps the compressed bodies between starts."""
    key = hashlib.sha256(repr((pack.digest, frame.tables_json())).encode()).hexdigest()[:16]
    return {stem: _load_or_make(stem, make, pack, key, cache_dir) for stem, make in _FILES.items()}


def _load_or_make(
    stem: str, make: Callable[[Pack], bytes], pack: Pack, key: str, cache_dir: Path | None
) -> StaticFile:
    path = cache_dir / f"{stem}-{key}.bin.gz" if cache_dir else None
    if path and path.exists():
        body = path.read_bytes()
    else:
        body = gzip.compress(make(pack), compresslevel=9, mtime=0)
        if path:
            _write_whole(path, body)
    return StaticFile(f"{stem}-{hashlib.sha256(body).hexdigest()[:16]}.bin", body)


def _write_whole(path: Path, body: bytes) -> None:
    """Write so that another process never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{id(body):x}.part")
    part.write_bytes(body)
    part.replace(path)


def _columns(table: str, **columns: Any) -> Iterable[frame.Section]:
    return (frame.section(table, name, values) for name, values in columns.items())


def _geometry(pack: Pack) -> bytes:
    columns = {c.name: getattr(pack.geometry, c.name) for c in TABLE_BY_NAME["geometry"].columns}
    return frame.encode(_columns("geometry", **columns))


def _regions(pack: Pack) -> bytes:
    r = pack.regions
    names = {"code": list(r.code), "name": list(r.name), "name_en": list(r.name_en)}
    arrays = (
        "tier_start",
        "parent",
        "grid_lo",
        "grid_hi",
        "label_xy",
        "bbox",
        "population",
        "derived",
        "area_m2",
        "dwellings",
    )
    return frame.encode(
        [
            *_columns("regions_static", **{name: getattr(r, name) for name in arrays}),
            frame.section("regions_static", "names", names),
        ]
    )


def _cameras(pack: Pack) -> bytes:
    cameras = pack.cameras
    corner = pack.regions.bbox[pack.regions.tier_start[4] :][cameras.grid, :2]
    offset_m = np.round((cameras.xy - corner) / 10).clip(0, 65535).astype(np.uint16)
    flags = cameras.networked.astype(np.uint8) | (cameras.ring.astype(np.uint8) << 1)
    return frame.encode(
        _columns(
            "cameras_static",
            grid_camera_start=pack.grid_camera_start,
            dx=offset_m[:, 0],
            dy=offset_m[:, 1],
            kind=cameras.kind,
            flags=flags,
        )
    )


def _units(pack: Pack) -> bytes:
    u = pack.units
    return frame.encode(
        [
            *_columns("units_static", kind=u.kind, home_grid=u.home_grid, xy=u.xy),
            frame.section("units_static", "names", {"call_sign": list(u.call_sign)}),
        ]
    )


def _places(pack: Pack) -> bytes:
    points, centres = pack.checkpoints, pack.centres
    stations, companies = pack.stations, pack.companies
    return frame.encode(
        [
            *_columns(
                "checkpoints",
                ring=points.ring,
                grid=points.grid,
                camera=points.camera,
                xy=points.xy,
                length_m=points.length_m,
                stretch_start=points.stretch_start,
                stretch_xy=points.stretch_xy,
            ),
            *_columns("centres", region=centres.region, xy=centres.xy, staff=centres.staff),
            *_columns("stations", xy=stations.xy, area_m2=stations.area_m2),
            *_columns(
                "companies",
                xy=companies.xy,
                helpers=companies.helpers,
                estates=companies.estates,
                served=companies.estates_served,
            ),
        ]
    )


_FILES: dict[str, Callable[[Pack], bytes]] = {
    "geometry": _geometry,
    "regions": _regions,
    "cameras": _cameras,
    "units": _units,
    "places": _places,
}
