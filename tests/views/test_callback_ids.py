"""Every callback is about what stands on its page: browsers are not made to check it (see `app.py`)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dashboard.views import addresses
from tests.views.fake_app import create_fake_app


@pytest.mark.parametrize("base", ["/", addresses.DISPATCH])
def test_what_callbacks_name_is_in_the_layout(services, base):
    client = create_fake_app(services).test_client()
    layout, dependencies = (client.get(f"{base}_dash-{kind}").json for kind in ("layout", "dependencies"))
    named = [pair for each in dependencies for pair in _named(each)]
    assert len(named) > 20
    there = {props["id"] for props in _components(layout)}
    assert {component_id for component_id, _ in named} - there == set()


def test_an_unknown_one_would_be_found():
    callback = {
        "output": "..a.children...b\\.c.data@1f..",
        "inputs": [{"id": "d", "property": "n"}],
        "state": [],
    }
    assert sorted(_named(callback)) == [("a", "children"), ("b.c", "data"), ("d", "n")]


def _named(callback: dict[str, Any]) -> list[tuple[str, str]]:
    """(id, property) of all that a callback reads and writes."""
    read = [(each["id"], each["property"]) for each in callback["inputs"] + callback["state"]]
    output = callback["output"]
    written = output[2:-2].split("...") if output.startswith("..") else [output]
    if callback.get("no_output"):
        written = []
    return read + [_parted(each) for each in written]


def _parted(output: str) -> tuple[str, str]:
    component_id, _, name = re.sub(r"@\w+$", "", output).rpartition(".")
    return component_id.replace("\\", ""), name


def _components(node: Any) -> list[dict[str, Any]]:
    """The properties of each component of a layout that has an id, also of those within properties."""
    if isinstance(node, list):
        return [found for each in node for found in _components(each)]
    if not isinstance(node, dict):
        return []
    own = [node["props"]] if isinstance(node.get("props"), dict) and "id" in node["props"] else []
    return own + [found for each in node.values() for found in _components(each)]
