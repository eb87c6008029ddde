"""The blocks of the systems: they say what the figures say, and of what isn't known that it isn't."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from dash import html

from dashboard.domain.hierarchy import GRID
from dashboard.domain.systems import SYSTEMS
from dashboard.live.systems.systems import PANELS
from dashboard.views.services import Services
from dashboard.views.systems import systems_panel
from dashboard.views.systems.lines import Line, line, percent, span
from dashboard.views.systems.panel import BLOCKS
from layers import discover
from tests.assets.city import make_city
from tests.live.systems.made import DEPARTMENTS, Made
from tests.views.fakes import services_of
from tests.views.pages import CHINESE, components, text_of, words

InLanguage = Callable[[str], AbstractContextManager[None]]
CALL_SIGN = re.compile(r"[网巡消应调医]\d{5}")


@pytest.fixture(scope="module")
def made() -> Made:
    """A city whose regions have English names, and whose cameras and branches are made up."""
    pack = make_city()
    regions = replace(pack.regions, name_en=tuple(f"Place {n}" for n in range(len(pack.regions))))
    manifest = {**pack.manifest, "synthetic": {"cameras": True, "branches": True}, "as_of": None}
    return Made(pack=replace(pack, regions=regions, manifest=manifest))


@pytest.fixture(scope="module")
def shown(made: Made) -> Services:
    return services_of(made.hierarchy, made.pack, systems=made.systems)


def blocks(services: Services, region: int) -> dict[str, html.Section]:
    """Key → block."""
    (panel,) = systems_panel(services, region)
    return dict(zip(SYSTEMS, panel.children, strict=True))


def lines(block: html.Section) -> dict[str, str]:
    """Name of a line → its figures, with what is said of a norm."""
    rows = [row for row in block.children if "system-line" in (row.className or "")]
    return {text_of(row.children[0]): text_of(row.children[1]) for row in rows}


def test_there_is_a_block_for_every_system() -> None:
    assert set(BLOCKS) == set(PANELS) == set(SYSTEMS)


def test_every_region_has_all_blocks_by_name(shown: Services, made: Made, in_language: InLanguage) -> None:
    start = made.hierarchy.tier_start
    with in_language("zh"):
        for region in start[:5]:
            names = [text_of(block.children[0].children[0]) for block in blocks(shown, region).values()]
            assert names == [row.zh for row in SYSTEMS.values()]


def test_the_citys_blocks_say_what_the_figures_say(
    shown: Services, made: Made, in_language: InLanguage
) -> None:
    city = made.systems.panels(made.codes[0])
    with in_language("en"):
        found = {key: lines(block) for key, block in blocks(shown, 0).items()}
    branches, cameras = city["branches"], city["cameras"]
    assert found["branches"]["Households"] == f"{branches['households']:,}"
    assert found["branches"]["Grids covered"] == f"{branches['grids']:,} / {branches['grids']:,}"
    assert found["cameras"]["Installed"] == f"{cameras['installed']:,}"
    assert found["cameras"]["Online now"] == f"{cameras['online']:,} / {cameras['networked']:,}"
    assert found["property"]["Property companies"] == "5"
    assert found["property"]["Coverage of old estates"] == "80.0%▼ below 98.0%"
    assert found["loop"]["Of them overdue"] == f"{city['loop']['overdue']:,} / {city['loop']['open']:,}"
    assert found["population"]["Population"] == f"{city['population']['people']:,}"
    assert found["stations"]["Large enough (≥15 m²)"] == "12 / 12"
    rate = city["whistles"]["record"]["rate"]
    assert found["whistles"]["In time, last 30 days"].startswith(f"{100 * rate['share']:.1f}%")


def test_a_grid_has_contacts_by_role_and_its_own_station(
    shown: Services, made: Made, in_language: InLanguage
) -> None:
    home = int(made.pack.units.home_grid[made.pack.units.kind == 0][0])
    region = made.hierarchy.region_of_grid(home)
    with in_language("en"):
        found = {key: lines(block) for key, block in blocks(shown, region).items()}
    contact = made.systems.panel(made.codes[region], "branches")["contacts"][0]
    assert contact["call_sign"] in found["branches"]["Duty contact"]
    assert found["branches"]["Duty contact"].startswith("Grid workers ")
    assert found["stations"] == {"Station of this grid": "22.0 m²"}


def test_gaps_have_their_names_and_lead_to_a_grid(
    shown: Services, made: Made, in_language: InLanguage
) -> None:
    ring = next(row for row in made.systems.rings(made.codes[0])["rings"] if row["gaps"])
    with in_language("en"):
        block = blocks(shown, 0)["rings"]
    links = [c for c in components(block) if isinstance(c, html.A)]
    gap = ring["gaps"][0]
    assert f"Gap: {gap['name_en']}" in [text_of(link) for link in links]
    assert f"/region/{gap['grid']}" in [link.href for link in links]


def test_a_layer_that_shows_a_system_can_be_switched_on(shown: Services, in_language: InLanguage) -> None:
    keys = {layer.key for layer in discover()}
    with in_language("zh"):
        found = blocks(shown, 0)
    for key, block in found.items():
        layers = [vars(c)["data-layer"] for c in components(block) if "data-layer" in vars(c)]
        assert layers == ([SYSTEMS[key].layer] if SYSTEMS[key].layer else [])
        assert set(layers) <= keys


def test_what_is_made_up_is_labelled_and_what_has_no_date_says_so(
    shown: Services, in_language: InLanguage
) -> None:
    with in_language("en"):
        found = blocks(shown, 0)
    tagged = {key for key, block in found.items() if "synthetic" in text_of(block.children[0])}
    assert tagged == {"branches", "cameras", "rings", "devices"}
    for key, block in found.items():
        when = text_of(block.children[-1])
        assert ("base figures undated" in when.lower()) == bool(SYSTEMS[key].rests_on)
        assert ("Live, as of" in when) == (key not in ("stations", "property"))
        assert ("Simulated" in when) == (key not in ("stations", "property"))


def test_what_is_not_known_is_a_dash_and_a_sentence(made: Made, in_language: InLanguage) -> None:
    bare = Made(pack=made.pack)
    bare.state.reset()
    bare.sources.leaders, bare.sources.settling = None, lambda code: None
    services = services_of(bare.hierarchy, bare.pack, systems=bare.systems)
    with in_language("en"):
        found = blocks(services, 0)
    said = {key: lines(block) for key, block in found.items()}
    assert said["cameras"]["Online now"].startswith("— /")
    assert said["cameras"]["Longest outages"] == "—"
    assert said["hearings"]["Disputes found"] == "—"
    assert said["whistles"]["In time, last 30 days"] == "—"
    assert said["branches"]["Grid workers on duty"].startswith("— /")
    assert "The store does not answer" in text_of(found["population"])
    assert "No live data yet" in text_of(found["loop"])
    assert "City ring" not in said["rings"] or said["rings"]["City ring"] == "—"


def test_what_is_known_to_be_nothing_is_nought_and_no_dash(made: Made, in_language: InLanguage) -> None:
    calm = Made(pack=made.pack, cases=0)
    services = services_of(calm.hierarchy, calm.pack, systems=calm.systems)
    with in_language("en"):
        found = {key: lines(block) for key, block in blocks(services, 0).items()}
    assert found["loop"]["Open cases"] == found["loop"]["At which centre"] == "0"
    assert found["centres"]["Cases in hand"] == "0"
    assert found["whistles"]["Waiting to report in"] == "0 calls in 0 cases"
    assert found["devices"]["Open cases from scene alerts"] == "0"


@pytest.mark.parametrize("tier", range(GRID + 1))
def test_it_speaks_english(shown: Services, made: Made, in_language: InLanguage, tier: int) -> None:
    with in_language("en"):
        found = words(systems_panel(shown, made.hierarchy.tier_start[tier]))
    said = [CALL_SIGN.sub("", text) for text in found]
    for name in DEPARTMENTS:  # as whoever whistled wrote them
        said = [text.replace(name, "") for text in said]
    assert [text for text in said if CHINESE.search(text)] == []


def test_there_are_few_components(shown: Services, in_language: InLanguage) -> None:
    """They are made anew whenever the tab is opened at another region."""
    with in_language("zh"):
        assert len(list(components(systems_panel(shown, 0)))) < 500


@pytest.mark.parametrize(
    ("share", "norm", "below"),
    [(0.97, 0.98, True), (0.98, 0.98, False), (1.0, 1.0, False), (0.5, None, False)],
)
def test_a_share_below_its_norm_says_so_in_words(
    in_language: InLanguage, share: float, norm: float | None, below: bool
) -> None:
    with in_language("zh"):
        row = line(Line("名", "值", share=share, norm=norm))
        assert ("低于" in text_of(row)) == ("wrong" in row.className) == below


def test_a_bar_is_as_long_as_its_share(in_language: InLanguage) -> None:
    with in_language("zh"):
        row = line(Line("名", "值", share=0.25, norm=0.5))
    style: dict[str, Any] = next(c.style for c in components(row) if "bar" in c.className)
    assert style == {"--share": "25.0%", "--norm": "50.0%"}


@pytest.mark.parametrize(
    ("share", "said"), [(0.9999, "99.9%"), (1.0, "100%"), (0.98, "98.0%"), (0.0, "0.0%"), (None, "—")]
)
def test_a_percentage_is_never_rounded_up(in_language: InLanguage, share: float | None, said: str) -> None:
    with in_language("zh"):
        assert percent(share) == said


def test_durations_are_said_in_their_largest_unit(in_language: InLanguage) -> None:
    with in_language("en"):
        assert [span(s) for s in (None, 59, 3_600, 200_000)] == ["—", "59 s", "1 h", "2 d"]
