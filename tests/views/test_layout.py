"""The page as a tree of components: ids, layers, labels and languages."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import dash_mantine_components as dmc
import pytest
from dash import html

from dashboard.domain.case_types import FAMILIES
from dashboard.views import build_layout, ids_json
from dashboard.views.ids import (
    Id,
    LeaderId,
    PublishId,
    family_bar,
    family_level,
    family_score,
    layer_switch,
)
from dashboard.views.map_panel import map_panel
from dashboard.views.written import WRITTEN
from layers import discover
from tests.views.fakes import services_of
from tests.views.pages import CHINESE, LATIN_WORD, components, text_of, words

READ_AS_THEY_ARE = {"EN", "PDF", "CSV", "GeoJSON"}
"""Words in Latin letters that a Chinese page may show."""


@pytest.fixture
def ids(services, in_language):
    with in_language("zh"):
        layout = build_layout(services)()
    return Counter(component.id for component in components(layout) if getattr(component, "id", None))


def test_every_id_is_in_the_layout_once(ids):
    families = [make(family.slug) for family in FAMILIES for make in (family_bar, family_level, family_score)]
    switches = [layer_switch(layer.key) for layer in discover()]
    leaders = [one for one in LeaderId if one != LeaderId.DATA]  # which is no component
    assert ids == Counter([*Id, *leaders, *PublishId, *families, *switches])


def test_live_figures_are_written_into_elements_that_are_there(ids):
    assert {target for row in WRITTEN.values() for target, _ in row} <= set(ids)


def test_the_page_is_told_every_id_by_its_name():
    told = ids_json()
    assert told["location"] == "location"
    assert sorted(told.values()) == sorted(Id)


def test_every_layer_has_its_pane_its_switch_and_room_for_its_legend(services, in_language):
    with in_language("zh"):
        panel = map_panel(services)
        layers = discover()
        panes = [getattr(c, "name", None) for c in components(panel) if type(c).__name__ == "Pane"]
        switches = {c.id: c for c in components(panel) if isinstance(c, dmc.Switch)}
        legends = [vars(c)["data-legend"] for c in components(panel) if "data-legend" in vars(c)]
        assert panes == [layer.pane for layer in layers]
        assert list(switches) == [layer_switch(layer.key) for layer in reversed(layers)]
        assert legends == [layer.key for layer in reversed(layers) if len(layer.legend) > 1]
        for layer in layers:
            assert switches[layer_switch(layer.key)].label == str(layer.title)
            assert switches[layer_switch(layer.key)].persistence_type == "local"


def test_the_legend_says_where_each_level_begins(services, in_language):
    with in_language("en"):
        shown = text_of(map_panel(services))
    assert all(f"≥{cut:g}" in shown for cut in services.cuts)
    assert "1 blue" in shown
    assert "4 red" in shown


def test_what_is_not_real_is_labelled(services, in_language):
    with in_language("en"):
        layout = build_layout(services)()
    labels = {text_of(c): c for c in components(layout) if isinstance(c, html.Span)}
    for label in ("Simulated data", "Synthetic population", "Derived borders"):
        assert not labels[label].hidden
        assert labels[label].title
    assert labels["Derived borders"].title.endswith("Towns, Villages, Grids.")


def test_what_is_real_is_not_labelled(in_language, tmp_path):
    real = services_of(data_dir=tmp_path, simulated=lambda: False)
    real.pack.manifest["synthetic"] = {"population": False}
    real.pack.regions.derived[:] = 0
    with in_language("en"):
        layout = build_layout(real)()
    labels = {text_of(c): c for c in components(layout) if isinstance(c, html.Span)}
    for label in ("Simulated data", "Synthetic population", "Derived borders"):
        assert labels[label].hidden


def test_an_english_page_holds_no_chinese(services, in_language):
    with in_language("en"):
        assert [text for text in words(build_layout(services)()) if CHINESE.search(text)] == ["中"]


def test_a_chinese_page_holds_no_english(services, in_language):
    with in_language("zh"):
        said = words(build_layout(services)())
    assert {word for text in said for word in LATIN_WORD.findall(text)} <= READ_AS_THEY_ARE
    assert sum(bool(CHINESE.search(text)) for text in said) > 50


def test_an_operator_may_name_a_tile_service(in_language, tmp_path):
    plain = services_of(data_dir=tmp_path)
    named = replace(plain, settings=replace(plain.settings, tile_url="/tiles/{z}/{x}/{y}.png"))
    with in_language("zh"):
        assert not [c for c in components(map_panel(plain)) if type(c).__name__ == "TileLayer"]
        (tiles,) = [c for c in components(map_panel(named)) if type(c).__name__ == "TileLayer"]
    assert tiles.url == "/tiles/{z}/{x}/{y}.png"
