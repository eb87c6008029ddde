from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain import systems
from dashboard.domain.systems import BRANCH_KINDS, DEPARTMENTS, SERVICES, SYSTEMS, made_up, middle, slugs_of
from geodata import builder, tables
from layers import discover

OF_THE_ISSUE = (
    "branches", "whistles", "stations", "property", "hearings", "centres", "loop", "population", "cameras",
    "rings", "devices",
)  # fmt: skip


def test_the_systems_are_the_eleven_with_their_names() -> None:
    assert tuple(SYSTEMS) == OF_THE_ISSUE
    assert all(row.slug == key and row.zh and row.en for key, row in SYSTEMS.items())
    assert len({row.zh for row in SYSTEMS.values()}) == len({row.en for row in SYSTEMS.values()}) == 11


def test_a_systems_layer_is_one_of_the_maps() -> None:
    assert {row.layer for row in SYSTEMS.values()} - {""} <= {layer.key for layer in discover()}


def test_codes_are_those_of_the_pack_in_its_order() -> None:
    assert tuple(BRANCH_KINDS) == tables.BRANCH_KINDS
    assert tuple(DEPARTMENTS) == tables.DEPARTMENTS
    assert tuple(SERVICES) == tables.SERVICES


def test_what_a_system_rests_on_is_flagged_in_packs() -> None:
    parts = {part for row in SYSTEMS.values() for part in row.rests_on}
    assert parts <= set(builder._SYNTHETIC)


@given(st.sets(st.sampled_from(list(DEPARTMENTS))))
def test_bits_say_which(chosen: set[str]) -> None:
    bits = sum(2 ** list(DEPARTMENTS).index(slug) for slug in chosen)
    assert set(slugs_of(bits, DEPARTMENTS)) == chosen


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_the_middle_has_as_many_on_either_side(values: list[int]) -> None:
    found = middle(values)
    assert found in values
    below, above = sum(v < found for v in values), sum(v > found for v in values)
    assert below <= (len(values) - 1) // 2
    assert above <= len(values) // 2


def test_of_nothing_there_is_no_middle() -> None:
    assert middle([]) is None


def test_made_up_are_the_parts_that_the_manifest_flags() -> None:
    assert made_up(SYSTEMS["branches"], {"branches": True, "units": True, "population": False}) == [
        "branches", "units",
    ]  # fmt: skip
    assert made_up(SYSTEMS["loop"], {"cameras": True}) == []
    assert 0 < systems.ESTATES_SERVED < 1
