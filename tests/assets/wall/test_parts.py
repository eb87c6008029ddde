"""The wall's smaller parts: reloads that never loop, the pixel shift, sums, rings, strip and charts."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from geodata import Pack
from tests.assets.server import CityServer

pytestmark = pytest.mark.browser
settings.load_profile("browser")

RELEASE = """async ([own, heard, ready, storing]) => {
  const { Release } = await import('/assets/wall/release.mjs');
  const { Reloads } = await import('/assets/wall/reloads.mjs');
  const stored = new Map(), reloads = [];
  const setItem = (key, value) => {
    if (!storing) throw new DOMException('full', 'QuotaExceededError');
    stored.set(key, value);
  };
  const storage = { getItem: (key) => stored.get(key) ?? null, setItem };
  let now = 0;
  // What a reload gives is a page of the same release again: the worst case.
  const reload = () => { reloads.push(now / 1000); };
  const make = () => new Release(own, new Reloads(storage, async () => ready, reload));
  let release = make();
  for (const [second, name] of heard) {
    now = 1000 * second;
    const before = reloads.length;
    await release.hear(name, now);
    if (reloads.length > before) release = make();
  }
  return reloads;
}"""


def reloads(
    page: Page, heard: list[tuple[int, str]], ready: bool = True, storing: bool = True
) -> list[float]:
    """Seconds at which a page of release "old" loads itself anew, by what it hears and when."""
    found: list[float] = page.evaluate(RELEASE, ["old", heard, ready, storing])
    return found


def every(step: int, until: int, name: str = "new", first: int = 0) -> list[tuple[int, str]]:
    return [(second, name) for second in range(first, until, step)]


def test_a_page_goes_to_a_new_release_once_it_is_there_to_stay(modules: Page) -> None:
    assert reloads(modules, [*every(5, 30, "old"), *every(5, 120, first=30)])[0] == 90
    assert reloads(modules, every(5, 3600, "old")) == []


def test_servers_that_are_changed_one_after_the_other_do_not_throw_it_about(modules: Page) -> None:
    changing = [(second, "new" if second % 10 else "old") for second in range(0, 600, 5)]
    assert reloads(modules, changing) == []


def test_it_never_loops_even_where_the_reload_gives_the_same_page(modules: Page) -> None:
    found = reloads(modules, every(5, 4 * 3600))
    assert found[0] == 60
    assert len(found) <= 8
    assert min(b - a for a, b in pairwise(found)) >= 1800


def test_it_does_not_leave_for_a_server_that_is_not_ready(modules: Page) -> None:
    assert reloads(modules, every(5, 600), ready=False) == []


def test_what_cannot_be_remembered_is_not_done(modules: Page) -> None:
    assert reloads(modules, every(5, 7200), storing=False) == []


def test_the_picture_moves_by_small_steps_and_comes_back(modules: Page) -> None:
    found = modules.evaluate(
        """async () => {
          const { shiftAt, PLACES } = await import('/assets/wall/burn-in.mjs');
          const minutes = Array.from({ length: 2 * PLACES.length }, (_, i) => shiftAt(60_000 * i, 16));
          return [minutes, PLACES.length, shiftAt(59_999, 16), shiftAt(60_000, 32)];
        }"""
    )
    minutes, count, within, large = found
    assert minutes[:count] == minutes[count:]
    assert len({tuple(place) for place in minutes}) == count >= 8
    assert within == minutes[0]
    assert large == [2 * v for v in minutes[1]]
    steps = np.abs(np.diff(np.array([*minutes[:count], minutes[0]]), axis=0))
    assert steps.max() <= 5
    assert np.abs(np.array(minutes)).max() <= 4
    assert np.abs(np.array(minutes[:count]).mean(axis=0)).max() <= 1


LOOP_CASE = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["reported", "accepted", "assigned", "handling", "resolved", "verified"]),
        "card": st.sampled_from(["normal", "yellow", "red"]),
        "due": st.none()
        | st.fixed_dictionaries({"red_ms": st.integers(900, 1100), "paused": st.sampled_from(["", "court"])}),
    }
)


@given(st.lists(LOOP_CASE, max_size=40))
def test_the_loops_sums_are_those_of_the_cases(modules: Page, cases: list[dict[str, Any]]) -> None:
    found = modules.evaluate(
        """async ([cases, now]) => {
          const { loopOf } = await import('/assets/wall/loop-panel.mjs');
          return loopOf(cases, now);
        }""",
        [cases, 1000],
    )
    late = [c for c in cases if c["due"] and not c["due"]["paused"] and c["due"]["red_ms"] <= 1000]
    assert found["over"] == len(late)
    assert found["red"] == sum(c["card"] == "red" for c in cases)
    assert found["yellow"] == sum(c["card"] == "yellow" for c in cases)
    assert sum(stage["open"] for stage in found["stages"].values()) == len(cases)
    assert sum(stage["over"] for stage in found["stages"].values()) == len(late)
    for state, stage in found["stages"].items():
        assert stage["open"] == sum(c["state"] == state for c in cases)


def test_what_is_watched_of_the_rings_is_numpys(modules: Page, city: Pack, quiet_server: CityServer) -> None:
    found = modules.evaluate(
        """async (region) => {
          const { ringsOf } = await import('/assets/wall/rings-panel.mjs');
          return [ringsOf(kite.store, 0), ringsOf(kite.store, region)];
        }""",
        int(city.regions.tier_start[1]),
    )
    status = quiet_server.state.column("cameras", "status")
    points = city.checkpoints
    for told, region in zip(found, (0, int(city.regions.tier_start[1])), strict=True):
        inside = (points.grid >= city.regions.grid_lo[region]) & (points.grid < city.regions.grid_hi[region])
        for ring in (1, 2, 3):
            mine = inside & (points.ring == ring)
            if not mine.any():
                assert str(ring) not in told
                continue
            on = mine & (status[points.camera] == 1)
            row = told[str(ring)]
            assert (row["checkpoints"], row["online"]) == (mine.sum(), on.sum())
            assert row["share"] == pytest.approx(points.length_m[on].sum() / points.length_m[mine].sum())


@given(
    st.lists(st.integers(0, 5), min_size=6, max_size=6),
    st.integers(0, 5 * 600_000),
    st.lists(st.integers(-600_000, 12 * 600_000), max_size=30),
)
def test_the_strip_shows_at_least_what_the_page_has_seen(
    modules: Page, told: list[int], passed_ms: int, occurred: list[int]
) -> None:
    """Six ten minutes as the server told them, and `passed_ms` later the open cases that the page has."""
    size, step = len(told), 600_000
    now_ms = size * step - 1 + passed_ms
    found = modules.evaluate(
        """async ([told, cases, now]) => {
          const { newOf } = await import('/assets/wall/watch-panel.mjs');
          return newOf(told, cases, now);
        }""",
        [{"from_ms": 0, "by_ten_minutes": told}, [{"occurred_at_ms": at} for at in occurred], now_ms],
    )
    last = now_ms // step
    for i, count in enumerate(found):
        bucket = last - size + 1 + i
        seen = sum(at // step == bucket for at in occurred)
        assert count == max(seen, told[bucket] if bucket < size else 0)


def test_a_line_is_broken_where_nothing_is_known(modules: Page) -> None:
    found = modules.evaluate(
        """async () => {
          const { lineThrough, axisOf, yOf, barsOf } = await import('/assets/wall/charts.mjs');
          const axis = axisOf([80, null, 90], 4);
          const line = lineThrough([[0, 1], [1, 2], [2, null], [3, 4]]), bars = barsOf([0, 2, 4], 4, 30, 10);
          const [foot, top] = axis.map((value) => yOf(value, axis, 50));
          return [line, axis, foot, top, axisOf([85], 4), axisOf([null], 4), bars];
        }"""
    )
    line, (low, high), foot, top, single, none, bars = found
    assert line == "M0.00 1.00L1.00 2.00M3.00 4.00"
    assert low < 80 < 90 < high
    assert (foot, top) == (50, 0)
    assert single[1] - single[0] >= 4
    assert none == [0, 4]
    assert bars.count("M") == 2
    assert "v-5.00" in bars
    assert "v-10.00" in bars
