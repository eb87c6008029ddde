"""Packs for the tests: of the small city, and of the shaken lattice with its enclave and exclave."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from geodata import Pack
from geodata.builder import make_pack
from geodata.land_building import build_land
from tests.geodata.conftest import no_progress, small_sources
from tests.geodata.made_land import made_land


@cache
def small_pack() -> Pack:
    """The pack of `small_sources`."""
    return make_pack(build_land(small_sources(), no_progress), small_sources(), {"boundaries": []})


@cache
def odd_pack(seed: int = 3, cell_m: float = 900.0) -> Pack:
    """The pack of `made_land`."""
    return make_pack(made_land(seed=seed, cell_m=cell_m), small_sources(), {"boundaries": []})


def with_table(pack: Pack, table: str, **columns: Any) -> Pack:
    """The pack with some columns of a table put in."""
    return replace(pack, **{table: replace(getattr(pack, table), **columns)})
