"""A narrowed frame holds what a hand finds in the whole one that lies in the region, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.hierarchy import Hierarchy, from_parents
from dashboard.live.scope import COLUMNS, Scope, opened, says_nothing
from dashboard.live.state import LIVE_TABLES, LiveState
from dashboard.streams import frame
from dashboard.streams.projection import Projection
from dashboard.streams.publish import Publisher
from dashboard.streams.tables import DTYPES, JSON_DTYPE, SCORE_UNKNOWN, TABLES
from tests.domain.made import parent_lists
from tests.streams.small_city import START_MS, command, grid_code, make_city, random_load, report
from tests.streams.test_projection import apply

FAMILIES = ("stability", "public_order", "criminal", "safety")
Inside = Callable[[int], bool]


class Made:
    """A made city with cameras and units in its grids, and one of its regions."""

    def __init__(self, hierarchy: Hierarchy, cameras: list[int], homes: list[int], region: int) -> None:
        self.hierarchy, self.region = hierarchy, region
        self.cameras, self.homes = np.array(cameras, dtype=np.int64), np.array(homes, dtype=np.int64)
        self.scope = Scope(region, hierarchy, self.cameras, self.homes)

    # By hand: with the ancestors of each, not with slices.

    def has_region(self, r: int) -> bool:
        return self.region in (r, *self.hierarchy.ancestors(r))

    def has_grid(self, grid: int) -> bool:
        return self.has_region(self.hierarchy.region_of_grid(grid))

    def inside(self, table: str, column: str) -> Inside:
        """Whether element i of a column may be told."""
        above = self.hierarchy.ancestors(self.region)
        return {
            "regions": lambda i: self.has_region(i) or (column in ("score", "level") and i in above),
            "grids": self.has_grid,
            "cameras": lambda i: self.has_grid(int(self.cameras[i])),
            "units": lambda i: self.has_grid(int(self.homes[i])),
        }[table]

    def count(self, table: str) -> int:
        sizes = {"regions": len(self.hierarchy), "grids": self.hierarchy.grid_count}
        return {**sizes, "cameras": len(self.cameras), "units": len(self.homes)}[table]


@st.composite
def made_cities(draw: st.DrawFn) -> Made:
    hierarchy = from_parents(draw(parent_lists()))
    grids = st.integers(0, hierarchy.grid_count - 1)
    cameras, homes = (sorted(draw(st.lists(grids, max_size=20))) for _ in range(2))
    return Made(hierarchy, cameras, homes, draw(st.integers(0, len(hierarchy) - 1)))


@st.composite
def frames(draw: st.DrawFn, city: Made) -> list[frame.Section]:
    """Dense and sparse columns of every live table, cases, answers and a clock, each or not."""
    sections = []
    for table in TABLES:
        for column in table.columns if table.name in LIVE_TABLES else ():
            count, dtype = city.count(table.name), np.dtype(DTYPES[column.dtype])
            if not count or draw(st.booleans()):
                continue
            value = st.integers(1, 200)
            places = draw(st.none() | st.lists(st.integers(0, count - 1), unique=True, min_size=1))
            size = count if places is None else len(places)
            values = draw(st.lists(value, min_size=size, max_size=size))
            sections.append(frame.section(table.name, column.name, np.array(values, dtype), places))
    grid = st.integers(0, city.hierarchy.grid_count - 1)
    case = st.fixed_dictionaries({"grid": grid, "closed": st.booleans()}, optional={"left": grid})
    answer = st.fixed_dictionaries({"grid": st.none() | grid, "state": st.just("accepted")})
    for name, items in (("cases.upserts", case), ("answers.commands", answer)):
        found = [{"id": f"c{n}", **item} for n, item in enumerate(draw(st.lists(items, max_size=6)))]
        if found:
            sections.append(frame.section(*name.split("."), found))
    if draw(st.booleans()):
        sections.append(frame.section("clock", "clock", {"clock_ms": START_MS}))
    return sections


UNKNOWN = {("regions", name): SCORE_UNKNOWN for name in ("score", *FAMILIES)}


def by_hand(city: Made, part: frame.Section) -> tuple[Any, ...] | None:
    """What must be left of a section: (name, index, values), or None."""
    table, column = frame.name_of(part)
    if table == "clock":
        return (table, column), None, part.json()
    if table == "answers":
        kept = [row for row in part.json() if row["grid"] is not None and city.has_grid(row["grid"])]
        return ((table, column), None, kept) if kept else None
    if table == "cases":
        cases = []
        for row in part.json():
            left = row.pop("left", None)
            if city.has_grid(row["grid"]):
                cases.append(row)
            elif left is not None and city.has_grid(left):
                cases.append({"id": row["id"], "closed": True})
        return ((table, column), None, cases) if cases else None
    inside, unknown = city.inside(table, column), UNKNOWN.get((table, column), 0)
    values = part.array().tolist()
    if part.index is None:
        return (table, column), None, [v if inside(i) else unknown for i, v in enumerate(values)]
    pairs = [(i, v) for i, v in zip(part.index.tolist(), values, strict=True) if inside(i)]
    return ((table, column), [i for i, _ in pairs], [v for _, v in pairs]) if pairs else None


def told(part: frame.Section) -> tuple[Any, ...]:
    index = None if part.index is None else part.index.tolist()
    values = part.json() if isinstance(part.values, bytes) else part.array().tolist()
    return frame.name_of(part), index, values


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_what_is_left_is_what_a_hand_leaves(data: st.DataObject) -> None:
    city = data.draw(made_cities())
    sections = data.draw(frames(city))
    narrowed = frame.decode(city.scope.narrow(frame.encode(sections)))
    expected = [left for part in sections if (left := by_hand(city, part)) is not None]
    assert [told(part) for part in narrowed] == expected
    assert says_nothing(narrowed) == ({name for (name, _), _, _ in expected} <= {"clock"})


def test_every_live_column_has_its_rule() -> None:
    """A column that is added has no place in narrowed frames until somebody has thought of it."""
    live = {(t.name, c.name) for t in TABLES if t.number < 10 for c in t.columns if c.dtype != JSON_DTYPE}
    assert set(COLUMNS) == live


def test_what_is_not_known_is_left_out() -> None:
    """Also elements beyond those of the pack, which nobody can place."""
    city = Made(from_parents([[0, 0], [0, 1], [0, 1], [0, 1]]), [0, 1], [0, 1], 1)
    parts = [frame.section("geometry", "vertex_xy", [1, 2]), frame.section("cameras", "status", [1], [7])]
    assert frame.decode(city.scope.narrow(frame.encode(parts))) == []
    longer = frame.encode([frame.section("cameras", "status", [1, 1, 1])])
    assert frame.decode(city.scope.narrow(longer))[0].array().tolist() == [1, 0, 0]
    with pytest.raises(frame.FrameError):
        city.scope.narrow(b"not a frame at all")


def filtered(state: LiveState, city: Made) -> tuple[Any, ...]:
    """A state's columns and cases as a hand narrows them."""
    columns = {}
    for (table, column), values in state.columns.items():
        inside, unknown = city.inside(table, column), UNKNOWN.get((table, column), 0)
        columns[table, column] = [v if inside(i) else unknown for i, v in enumerate(values.tolist())]
    return columns, {key: case for key, case in state.open_cases.items() if city.has_grid(case["grid"])}


def held(state: LiveState) -> tuple[Any, ...]:
    return {name: values.tolist() for name, values in state.columns.items()}, state.open_cases


@pytest.mark.parametrize("seed", range(3))
def test_a_screen_of_a_region_always_holds_its_part_of_the_city(seed: int) -> None:
    """Through the projector's own frames: reports, cameras, units, and cases that move away and back."""
    model = make_city()
    rng = np.random.default_rng(seed)
    hierarchy = model.hierarchy
    cameras = np.sort(rng.integers(0, model.grid_count, model.camera_count)).tolist()
    homes = np.sort(rng.integers(0, model.grid_count, model.unit_count)).tolist()
    regions = [1, hierarchy.tier_start[2] + 1, hierarchy.tier_start[3] + 2, hierarchy.tier_start[4] + 7]
    cities = [Made(hierarchy, cameras, homes, region) for region in regions]
    projection = Projection(model)
    publisher = Publisher(projection)
    whole, parts = LiveState(), [LiveState() for _ in cities]
    first = publisher.snapshot({})
    whole.apply("1-0", first)
    for city, part in zip(cities, parts, strict=True):
        part.apply("1-0", city.scope.narrow(first))
    load = [row for row in random_load(model, rng, 300, START_MS) if row[0] != "commands"]
    moved = 0
    for step in range(0, len(load), 10):
        ms = START_MS + step * 1000
        given_now = load[step : step + 10]
        for case in list(projection.cases.open.values())[:3]:
            to = int(rng.integers(model.grid_count))
            moved += to != case.grid
            given_now.append(("commands", command(case.id, "accept", ms, f"a{case.id}")))
            moving = command(case.id, "triage", ms, f"t{step}{case.id}", grid=grid_code(model, to))
            given_now.append(("commands", moving))
        data = publisher.changes(apply(projection, *given_now, ms=ms), {})
        whole.apply(f"{step + 2}-0", data)
        for city, part in zip(cities, parts, strict=True):
            part.apply(f"{step + 2}-0", city.scope.narrow(data))
            assert held(part) == filtered(whole, city)
    assert moved > 20
    assert all(part.open_cases for part in parts[:2])


def test_a_case_that_leaves_is_told_to_be_gone_and_its_answer_is_the_new_regions() -> None:
    model = make_city()
    projection = Projection(model)
    publisher = Publisher(projection)
    last = model.grid_count - 1
    apply(projection, ("reports", report("a", START_MS, 0, model)))
    publisher = Publisher(projection)
    ms = START_MS + 1000
    moving = command("a", "triage", ms, grid=grid_code(model, last))
    outcome = apply(projection, ("commands", command("a", "accept", ms)), ("commands", moving), ms=ms)
    data = publisher.changes(outcome, {})
    nothing = np.zeros(0, dtype=np.int64)
    here, there = (Scope(region, model.hierarchy, nothing, nothing) for region in (1, 2))
    seen = {frame.name_of(part): value for _, part, value in opened(here.narrow(data))}
    assert seen["cases", "upserts"] == [{"id": "a", "closed": True}]
    assert seen["answers", "commands"][0]["grid"] == 0  # it was accepted here, before it left
    seen = {frame.name_of(part): value for _, part, value in opened(there.narrow(data))}
    assert [(case["id"], "left" in case) for case in seen["cases", "upserts"]] == [("a", False)]
    assert [answer["grid"] for answer in seen["answers", "commands"]] == [last]
