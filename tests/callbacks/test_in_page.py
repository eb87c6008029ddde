"""What the page answers itself is there, in the page's scripts, and each script answers something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dash import Dash
from flask import Flask

import callbacks
from callbacks.in_page import NAMESPACE
from dashboard import views
from dashboard.views.written import WRITTEN

SCRIPTS = sorted((Path(__file__).parents[2] / "assets/views").glob("*.js"))


@pytest.fixture
def named(services) -> list[dict[str, str]]:
    app = Dash("kite", server=Flask("kite"), assets_folder="none")
    views.install(app, services)
    callbacks.register_all(app, services)
    return [row["clientside_function"] for row in app._callback_list if row["clientside_function"]]


def test_every_function_that_a_callback_names_is_registered(named):
    assert {row["namespace"] for row in named} == {NAMESPACE}
    assert {row["function_name"] for row in named} == set(_registered())
    assert len(_registered()) == len(set(_registered()))


def _registered() -> list[str]:
    """What the scripts hand over with `answer({ … })`."""
    blocks = [re.findall(r"^  answer\(\{(.*?)\}\)", path.read_text(), re.S | re.M) for path in SCRIPTS]
    return [name for found in blocks for block in found for name in re.findall(r"\w+", block)]


def test_no_callback_writes_what_the_page_writes_itself(services):
    """Fails when Dash and the page's scripts would take turns at one property of an element."""
    app = Dash("kite", server=Flask("kite"), assets_folder="none")
    views.install(app, services)
    callbacks.register_all(app, services)
    outputs = {part for row in app._callback_list for part in re.split(r"\.{2,3}", row["output"])}
    as_dash = {"text": "children", "width": "style"}
    own = {f"{target}.{as_dash.get(name, name)}" for row in WRITTEN.values() for target, name in row}
    assert {part.partition("@")[0] for part in outputs} & own == set()
    assert "place.data" in outputs  # the names are read as they are meant


def test_every_function_that_writes_live_figures_is_there():
    scripts = " ".join(path.read_text() for path in SCRIPTS)
    assert all(f"function {name}(" in scripts for name in WRITTEN)


def test_two_apps_in_one_process_each_get_all_callbacks(services):
    apps = [Dash("kite", server=Flask("kite"), assets_folder="none") for _ in range(2)]
    for app in apps:
        views.install(app, services)
        callbacks.register_all(app, services)
    first, second = ([row["output"] for row in app._callback_list] for app in apps)
    assert first == second
    assert len(first) > 10
