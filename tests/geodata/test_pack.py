"""A pack on disk: the same back, the same bytes again, and never half of one."""

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer

from geodata import Pack, PackError, load_pack, save_pack
from geodata.tables import TABLES
from tests.geodata.made_pack import odd_pack, small_pack, with_table


@pytest.fixture(scope="module")
def pack() -> Pack:
    return small_pack()


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_loaded_is_what_was_saved(pack: Pack, tmp_path: Path) -> None:
    save_pack(pack, tmp_path / "small")
    back = load_pack(tmp_path / "small")
    assert back.manifest == pack.manifest
    assert back.digest == pack.digest
    for table, kind in TABLES.items():
        for column in fields(kind):
            one, other = (getattr(getattr(of, table), column.name) for of in (pack, back))
            assert type(one) is type(other)
            assert one == other if isinstance(one, tuple) else one.dtype == other.dtype
            assert np.array_equal(one, other)


def test_two_saves_are_the_same_bytes(pack: Pack, tmp_path: Path) -> None:
    save_pack(pack, tmp_path / "one")
    save_pack(load_pack(tmp_path / "one"), tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_arrays_are_of_the_types_that_the_tables_promise(pack: Pack) -> None:
    kinds = {"U8": np.uint8, "U32": np.uint32, "I32": np.int32, "F32": np.float32, "F64": np.float64,
             "NDArray[np.uint16]": np.uint16}  # fmt: skip
    for table, kind in TABLES.items():
        for column in fields(kind):
            value = getattr(getattr(pack, table), column.name)
            assert isinstance(value, tuple) or value.dtype == kinds[str(column.type)], (table, column.name)


def test_a_second_save_replaces_the_first_whole(pack: Pack, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    save_pack(odd_pack(), folder)
    (folder / "left-over.npy").write_bytes(b"")
    save_pack(pack, folder)
    assert load_pack(folder).digest == pack.digest
    assert "left-over.npy" not in files(folder)


@pytest.mark.parametrize("when", [1, 9, 20])
def test_a_save_that_fails_leaves_what_was_there_and_nothing_else(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: int
) -> None:
    save_pack(odd_pack(), tmp_path / "city")
    before, real, saved = files(tmp_path), np.save, []

    def full_disk(path: Path, column: np.ndarray, **options: bool) -> None:
        saved.append(path)
        if len(saved) == when:
            raise OSError(28, "No space left on device")
        real(path, column, **options)

    monkeypatch.setattr(np, "save", full_disk)
    with pytest.raises(OSError, match="No space"):
        save_pack(pack, tmp_path / "city")
    assert files(tmp_path) == before


def test_half_a_pack_is_not_read(pack: Pack, tmp_path: Path) -> None:
    with pytest.raises(PackError, match="geodata build"):
        load_pack(tmp_path)
    save_pack(pack, tmp_path / "cut")
    (tmp_path / "cut" / "cameras.xy.npy").unlink()
    with pytest.raises(PackError, match="build it again"):
        load_pack(tmp_path / "cut")


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"[1"])
@pytest.mark.parametrize("name", ["cameras.xy.npy", "regions.code.json", "manifest.json", "seal"])
def test_a_torn_file_is_no_pack(pack: Pack, tmp_path: Path, name: str, content: bytes) -> None:
    save_pack(pack, tmp_path / "torn")
    (tmp_path / "torn" / name).write_bytes(content)
    with pytest.raises(PackError, match="build it again"):
        load_pack(tmp_path / "torn")


def test_a_flipped_bit_or_a_file_of_another_pack_is_no_pack(pack: Pack, tmp_path: Path) -> None:
    save_pack(pack, tmp_path / "one")
    save_pack(odd_pack(), tmp_path / "two")
    people = tmp_path / "one" / "regions.population.npy"
    whole = people.read_bytes()
    people.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(PackError, match="isn't the one"):
        load_pack(tmp_path / "one")
    people.write_bytes((tmp_path / "two" / "regions.population.npy").read_bytes())
    with pytest.raises(PackError, match="isn't the one"):
        load_pack(tmp_path / "one")


def test_a_pack_of_another_version_is_not_read(pack: Pack, tmp_path: Path) -> None:
    save_pack(pack, tmp_path / "old")
    path = tmp_path / "old" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 0}))
    with pytest.raises(PackError, match="of another version"):
        load_pack(tmp_path / "old")


def test_digests_tell_packs_apart(pack: Pack) -> None:
    other = pack.cameras.networked.copy()
    other[0] ^= 1
    digests = {pack.digest, odd_pack().digest, with_table(pack, "cameras", networked=other).digest}
    assert len(digests) == 3


def test_map_units_are_those_of_proj(pack: Pack) -> None:
    lon, lat = np.meshgrid(np.linspace(118, 120.5, 30), np.linspace(35.5, 37.5, 30))
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True).transform(lon, lat)
    expected = (np.stack([x, y], axis=-1) - pack.manifest["origin"]) * 10
    assert np.abs(pack.from_lonlat(lon, lat) - expected).max() <= 0.5 + 1e-6


def test_a_pole_is_far_away_and_no_warning(pack: Pack) -> None:
    north, south = pack.from_lonlat([119.1, 119.1], [90.0, -89.999_999_999])
    assert north[1] == 2**31 - 1
    assert south[1] < -(10**9)


def test_degrees_come_back_from_map_units(pack: Pack) -> None:
    xy = np.random.default_rng(1).integers(0, 2_000_000, (1000, 2))
    assert (pack.from_lonlat(*pack.to_lonlat(xy)) == xy).all()


def test_a_grids_cameras_are_a_slice(pack: Pack) -> None:
    start = pack.grid_camera_start
    assert start[-1] == len(pack.cameras.grid)
    for grid in range(pack.grid_count):
        assert (pack.cameras.grid[start[grid] : start[grid + 1]] == grid).all()
