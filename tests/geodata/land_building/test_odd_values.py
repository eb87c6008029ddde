"""Boundary files whose values are of an odd kind are read, or refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from geodata.errors import PackError
from geodata.land_building.boundary_files import read_boundary_files


def square(west: float, name: Any) -> dict[str, Any]:
    ring = [[west, 36.0], [west + 0.1, 36.0], [west + 0.1, 36.1], [west, 36.1], [west, 36.0]]
    properties = {"name": name, "code": f"9901{int(west * 10) % 100:02d}"}
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": shape}


@pytest.mark.parametrize("name", [["东城", "区"], {"zh": "东城区"}, [], None, 5, 5.0, True])
def test_a_name_may_be_anything(tmp_path: Path, name: Any) -> None:
    """A list has no truth of its own, so comparing it with itself fails."""
    file = tmp_path / "land.geojson"
    document = {"type": "FeatureCollection", "features": [square(119.0, name), square(119.1, "西城区")]}
    file.write_text(json.dumps(document), encoding="utf-8")
    names = read_boundary_files([file], name="odd").tiers[1].name
    assert len(names) == 2
    assert any("西城区" in text for text in names)


@pytest.mark.parametrize(
    "ring", [[[119.0, 36.0], [119.1, 36.0], [119.1, 36.1], [119.0, 36.1]], [[119.0, 36.0]] * 2]
)
def test_a_ring_that_is_none_is_refused(tmp_path: Path, ring: list[list[float]]) -> None:
    area = square(119.0, "东城区")
    area["geometry"]["coordinates"] = [ring]
    file = tmp_path / "land.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [area]}), encoding="utf-8")
    with pytest.raises(PackError, match="damaged"):
        read_boundary_files([file], name="odd")
