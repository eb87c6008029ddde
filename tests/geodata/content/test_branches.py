from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geodata.bits import bit_counts, first_bits, how_many
from geodata.content.branches import BRANCH_FROM, branches_of
from geodata.tables import BRANCH_KINDS, DEPARTMENTS
from tests.geodata.content.conftest import City


def said(bits: int) -> list[str]:
    """The departments of a number, bit by bit."""
    return [name for place, name in enumerate(DEPARTMENTS) if f"{bits:032b}"[-1 - place] == "1"]


def test_every_grid_has_what_its_dwellings_give(city: City) -> None:
    branches = city.content.branches
    for kind, dwellings in zip(branches.kind.tolist(), city.content.dwellings.tolist(), strict=True):
        wanted = "branch" if dwellings >= BRANCH_FROM else "group" if dwellings else "none"
        assert BRANCH_KINDS[kind] == wanted
    assert len(branches.kind) == city.land.grid_count


def test_whoever_has_a_branch_has_departments_and_nobody_else(city: City) -> None:
    branches = city.content.branches
    for kind, bits in zip(branches.kind.tolist(), branches.departments.tolist(), strict=True):
        assert len(said(bits)) in {0: {0}, 1: {1}, 2: {2, 3}}[kind]


@given(st.lists(st.integers(0, 900), min_size=1, max_size=80), st.data())
def test_in_any_run_of_grids_departments_are_even(dwellings: list[int], data: st.DataObject) -> None:
    departments = branches_of(np.array(dwellings, dtype=np.int64)).departments
    first = data.draw(st.integers(0, len(dwellings) - 1))
    last = data.draw(st.integers(first, len(dwellings)))
    names = [name for bits in departments[first:last].tolist() for name in said(bits)]
    counts = [names.count(name) for name in DEPARTMENTS]
    assert max(counts) - min(counts) <= 1
    assert counts == bit_counts(departments[first:last], len(DEPARTMENTS))


@given(st.lists(st.integers(0, 31), min_size=1, max_size=20))
def test_first_bits_are_so_many_and_the_lowest(counts: list[int]) -> None:
    bits = first_bits(counts)
    assert [f"{number:b}".count("1") for number in bits.tolist()] == counts
    assert all(number == 2**count - 1 for number, count in zip(bits.tolist(), counts, strict=True))
    assert how_many(bits, 32).tolist() == counts
