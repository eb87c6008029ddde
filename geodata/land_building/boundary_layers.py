"""Reading boundary files: the polygons, names and codes of every layer in them, in WGS 84 degrees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataSourceError

from geodata.errors import PackError
from geodata.land import Polygons

NAME_COLUMNS = (
    *("name", "name_zh", "name_cn", "fullname", "label", "title", "名称", "名字", "区划名称", "地名"),
    *("namelsad", "district", "neighbourhood", "neighborhood", "nom", "nombre"),
    *("name_4", "name_3", "name_2", "name_1", "adm4_name", "adm3_name", "adm2_name", "adm1_name"),
)
NAME_EN_COLUMNS = ("name_en", "english", "name_eng", "en_name", "英文名称")
CODE_COLUMNS = (
    *("code", "adcode", "区划代码", "行政区划代码", "代码", "编码", "xzqdm", "pac", "gb"),
    *("geoid", "gid", "gisjoin", "ons_code", "insee", "ags"),
)
_CODE_LENGTHS = frozenset({6, 9, 12, 15})


@dataclass(frozen=True)
class Wanted:
    """How the files are to be read: columns and layer by name (None: found), and whether they are GCJ-02."""

    name_column: str | None = None
    code_column: str | None = None
    layer: str | None = None
    gcj02: bool = False


@dataclass(frozen=True)
class BoundaryLayer:
    """The areas of one layer: polygons in WGS 84 degrees, with names and codes ("" where there is none)."""

    title: str
    polygons: Polygons
    name: tuple[str, ...]
    name_en: tuple[str, ...]
    code: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.name)

    def rows(self, chosen: Sequence[int]) -> BoundaryLayer:
        """The same layer with only these rows, in this order."""
        return replace(
            self,
            polygons=self.polygons[list(chosen)],
            name=tuple(self.name[row] for row in chosen),
            name_en=tuple(self.name_en[row] for row in chosen),
            code=tuple(self.code[row] for row in chosen),
        )


def read_layers(files: Sequence[Path], wanted: Wanted, account: list[str]) -> list[BoundaryLayer]:
    """All layers of the files that hold polygons; what was repaired or left out is added to `account`.

    Raises `PackError` for a file that can't be read, is empty, has no polygons or no coordinate system.
    """
    if not files:
        raise PackError("No boundary file was given; name one or more after --boundaries.")
    return [
        part
        for file in files
        for layer in _layers_of(Path(file), wanted, account)
        for part in _by_code_length(layer)
    ]


def _layers_of(file: Path, wanted: Wanted, account: list[str]) -> Iterator[BoundaryLayer]:
    if not file.exists():
        raise PackError(f"There is no file {file}; check the path.")
    frames = [(title, _read(file, title)) for title in _layer_names(file, wanted)]
    if all(len(frame) == 0 for _, frame in frames):
        raise PackError(f"{file} is empty; give a file with at least one area.")
    areas = [(title, frame) for title, frame in frames if _has_polygons(frame)]
    if not areas:
        kinds = sorted({str(kind) for _, frame in frames for kind in _kinds(frame)}) or ["no geometry"]
        raise PackError(f"{file} has no polygons, only {', '.join(kinds)}; give a file of areas.")
    for title, frame in areas:
        name = f"{file.name}:{title}" if len(areas) > 1 else file.name
        yield _layer(name, frame, wanted, account)


def _layer_names(file: Path, wanted: Wanted) -> list[str]:
    try:
        names = [str(row[0]) for row in pyogrio.list_layers(file)]
    except DataSourceError:
        if file.stat().st_size == 0:
            raise PackError(f"{file} is empty; give a file with at least one area.") from None
        raise PackError(
            f"{file} can't be read; give GeoJSON, a Shapefile, a GeoPackage or FlatGeobuf."
        ) from None
    if wanted.layer is None:
        return names
    if wanted.layer not in names:
        raise PackError(f"{file} has no layer {wanted.layer}, only {', '.join(names)}; name one of them.")
    return [wanted.layer]


def _read(file: Path, layer: str) -> Any:
    try:
        if file.suffix.lower() != ".shp" or file.with_suffix(".cpg").exists():
            return geopandas.read_file(file, layer=layer)
        try:  # a Shapefile that doesn't tell its encoding: Chinese ones are in GB 18030, others in UTF-8
            return geopandas.read_file(file, layer=layer, encoding="utf-8")
        except UnicodeDecodeError:
            return geopandas.read_file(file, layer=layer, encoding="gb18030")
    except (DataSourceError, shapely.GEOSException, ValueError, RuntimeError) as problem:
        raise PackError(f"{file} is damaged ({problem}); export it again.") from None


def _kinds(frame: Any) -> list[str]:
    if not hasattr(frame, "geom_type"):
        return []
    return list(frame.geom_type.dropna().unique())


def _has_polygons(frame: Any) -> bool:
    return any(kind in ("Polygon", "MultiPolygon", "GeometryCollection") for kind in _kinds(frame))


def _layer(title: str, frame: Any, wanted: Wanted, account: list[str]) -> BoundaryLayer:
    if frame.crs is None:
        raise PackError(
            f"{title} doesn't say its coordinate system; add it (a Shapefile's .prj) or export as GeoJSON."
        )
    names = _texts(frame, wanted.name_column, NAME_COLUMNS, title)
    codes = [_national(code) for code in _texts(frame, wanted.code_column, CODE_COLUMNS, title)]
    english = _texts(frame, None, NAME_EN_COLUMNS, title)
    names = [
        own or other or code or f"{number}"
        for number, (own, other, code) in enumerate(zip(names, english, codes, strict=True), start=1)
    ]
    polygons = repaired(np.asarray(frame.geometry.array, dtype=object), names, title, account)
    keep = [row for row, polygon in enumerate(polygons) if polygon is not None]
    layer = BoundaryLayer(
        title=title,
        polygons=_degrees(polygons, frame.crs, wanted.gcj02, title),
        name=tuple(names),
        name_en=tuple(other or own for other, own in zip(english, names, strict=True)),
        code=tuple(codes),
    )
    return _joined_by_code(layer.rows(keep))


def _texts(frame: Any, asked: str | None, usual: Sequence[str], title: str) -> list[str]:
    """A column as texts: the one asked for, else the first of the usual ones that is there, else "" each."""
    columns = {str(column).lower(): column for column in frame.columns if column != frame.geometry.name}
    if asked is not None:
        if asked.lower() not in columns:
            there = ", ".join(str(column) for column in columns.values())
            raise PackError(f"{title} has no column {asked}, only {there}; name one of them.")
        return [_text(value) for value in frame[columns[asked.lower()]]]
    for name in usual:
        if name in columns:
            return [_text(value) for value in frame[columns[name]]]
    return [""] * len(frame)


def _text(value: Any) -> str:
    """A cell as text; whole numbers without a point, missing ones as ""."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):  # a list is neither
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _national(code: str) -> str:
    """A national code at its own length: without the country (156) and the zeros in place of finer tiers."""
    if code.isdigit() and len(code) == 9 and code.startswith("156"):
        code = code[3:]
    while code.isdigit() and len(code) in (9, 12, 15) and code.endswith("000"):
        code = code[:-3]
    return code


def repaired(shapes: Polygons, names: Sequence[str], title: str, account: list[str]) -> Polygons:
    """Valid polygons only: crossed rings are made valid, features without an area become None; both named."""
    mended = np.empty(len(shapes), dtype=object)
    for row, shape in enumerate(shapes):
        if shape is not None and not shapely.is_valid(shape):
            account.append(f"{title}: {names[row]} was repaired ({shapely.is_valid_reason(shape)}).")
            shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
        mended[row] = _polygons_in(shape)
        if mended[row] is None:
            account.append(f"{title}: {names[row]} has no area and was left out.")
    if all(polygon is None for polygon in mended):
        raise PackError(f"{title} has no polygons with an area; give a file of areas.")
    return mended


def _polygons_in(shape: Any) -> Any:
    if shape is None or shapely.is_empty(shape):
        return None
    shape = shapely.force_2d(shape)
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    parts = [part for part in getattr(shape, "geoms", ()) if part.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else None


def _degrees(polygons: Polygons, crs: Any, gcj02: bool, title: str) -> Polygons:
    """WGS 84 degrees of polygons in `crs`; GCJ-02 ones are moved to where they really are."""
    degrees = np.asarray(geopandas.GeoSeries(polygons, crs=crs).to_crs("EPSG:4326").array, dtype=object)
    west, south, east, north = shapely.total_bounds(degrees[[one is not None for one in degrees]])
    if not (-360 <= west <= east <= 360 and -90 <= south <= north <= 90):
        raise PackError(
            f"{title} has coordinates that are no longitudes and latitudes; set its coordinate system"
            " (GeoJSON is always in WGS 84 degrees)."
        )
    if not gcj02:
        return degrees
    from geodata.gcj02 import to_wgs84

    moved = shapely.transform(degrees, lambda lonlat: np.column_stack(to_wgs84(*lonlat.T)))
    return np.asarray(moved, dtype=object)


def _joined_by_code(layer: BoundaryLayer) -> BoundaryLayer:
    """Features of one code are one area."""
    first: dict[str, int] = {}
    members: dict[int, list[int]] = {}
    for row, code in enumerate(layer.code):
        members.setdefault(first.setdefault(code, row) if code else row, []).append(row)
    if len(members) == len(layer):
        return layer
    joined = layer.polygons.copy()
    for row, others in members.items():
        joined[row] = shapely.union_all(layer.polygons[others])
    return replace(layer, polygons=joined).rows(list(members))


def _by_code_length(layer: BoundaryLayer) -> list[BoundaryLayer]:
    """A layer that holds several tiers, told by the lengths of their codes, as one layer of each."""
    lengths = sorted({len(code) for code in layer.code})
    national = all(code.isdigit() and len(code) in _CODE_LENGTHS for code in layer.code)
    if not national:
        return [layer]
    groups = [[row for row, code in enumerate(layer.code) if len(code) == length] for length in lengths]
    cities = [row for row in groups[0] if lengths[0] == 6 and layer.code[row].endswith("00")]
    if len(cities) == 1 and len(groups[0]) > 1:
        groups[:1] = [cities, [row for row in groups[0] if row not in cities]]
    return [layer.rows(group) for group in groups]
