"""Kite's pages. `install` puts them into a Dash app, `build_layout` makes them for each request.

A page is one module that builds everything below the header (`region.py`), beside its panels; `shell.py` puts
the header and the stores that all pages share around it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import dash_mantine_components as dmc
from dash import Dash

from dashboard.views import leading, page, shell
from dashboard.views.ids import Id, ids_json
from dashboard.views.services import Services

__all__ = ["Id", "Services", "build_layout", "ids_json", "install"]


def build_layout(services: Services) -> Callable[[], dmc.MantineProvider]:
    """A layout that is made anew for each request, so that it speaks the request's language."""
    return partial(shell.layout, services)


def install(app: Dash, services: Services) -> None:
    """Give `app` its layout, its HTML, its languages and the redirect from `/`."""
    page.install(app, services, partial(leading.script, services))
    # Dash makes the layout once here, to check the callbacks against its ids.
    with app.server.app_context():
        app.layout = build_layout(services)
