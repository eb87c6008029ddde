"""A page gets the scripts of the component libraries that it has something of, and of no others."""

from __future__ import annotations

import re

import dash_ag_grid
import pytest

from dashboard.views.libraries import AG_GRID, DATA_TABLE, without
from tests.views.fake_app import create_fake_app
from tests.views.fakes import CITY
from tests.views.pages import components

_SUITE = re.compile(r'src="/_dash-component-suites/(?:dash/)?([\w]+)/')


@pytest.fixture
def app(services):
    assert dash_ag_grid.AgGrid, "imported, so that Dash would send it"
    return create_fake_app(services)


def test_the_region_page_gets_what_it_is_made_of(app):
    html = app.test_client().get(f"/region/{CITY}").get_data(as_text=True)
    sent = set(_SUITE.findall(html))
    assert {"dash_mantine_components", "dash_leaflet", "dcc", "html"} <= sent
    assert not {AG_GRID, DATA_TABLE} & sent
    assert "dash_renderer" in html


def test_the_region_page_has_nothing_of_what_it_does_not_get(services, in_language):
    from dashboard.views import build_layout

    with in_language("zh"):
        used = {component._namespace for component in components(build_layout(services)())}
    assert "dash_mantine_components" in used
    assert not {AG_GRID, "dash_table"} & used


def test_only_what_is_named_is_left_out():
    scripts = "\n".join(
        f'<script src="/_dash-component-suites/{name}.v1.min.js"></script>'
        for name in ("dash_ag_grid/dash_ag_grid", "dash/dash_table/bundle", "dash/dcc/dcc", "dash_leaflet/dl")
    )
    assert re.findall(r"suites/([\w/]+)\.", without(scripts, (AG_GRID, DATA_TABLE))) == [
        "dash/dcc/dcc", "dash_leaflet/dl"
    ]  # fmt: skip
    assert without(scripts, ()) == scripts
