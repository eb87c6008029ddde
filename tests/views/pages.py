"""Requests in a language, and looking into components, for the tests of pages and callbacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dash.development.base_component import Component
from flask import Flask

from dashboard.views import languages

CHINESE = re.compile(r"[㐀-鿿]")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
TEXT_PROPS = ("children", "title", "label", "placeholder", "aria-label", "data-waiting", "headerName")


@contextmanager
def speaking(lang: str, compiled: Path) -> Iterator[None]:
    """A request in that language; catalogues are compiled into the folder `compiled`."""
    server = Flask("kite")
    languages.install(server, "zh", compiled)
    with server.test_request_context(f"/?lang={lang}"):
        yield


def components(tree: Any) -> Iterator[Component]:
    """The component and all components below it, in any property."""
    if isinstance(tree, Component):
        yield tree
        for name in tree.available_properties:
            yield from components(getattr(tree, name, None))
    elif isinstance(tree, list | tuple):
        for item in tree:
            yield from components(item)


def words(tree: Any) -> list[str]:
    """Every text that a person can read in a tree of components, tooltips and column heads included."""
    found: list[str] = []
    for component in components(tree):
        read = {**component.to_plotly_json()["props"]}
        found += [text for name in TEXT_PROPS for text in _texts(read.get(name))]
        found += [text for name in ("data", "columnDefs") for text in _labels(read.get(name))]
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []


def _labels(value: Any) -> list[str]:
    rows = value if isinstance(value, list) else []
    return [
        row[key] for row in rows if isinstance(row, dict) for key in ("label", "headerName") if key in row
    ]


def text_of(tree: Any) -> str:
    """All that is written in a tree of components, tooltips left out."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, Component):
        return text_of(getattr(tree, "children", None))
    return "".join(text_of(item) for item in tree) if isinstance(tree, list | tuple) else ""
