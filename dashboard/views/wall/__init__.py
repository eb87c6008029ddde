"""The wall: a screen that nobody touches, and that shows at a glance whether all is normal.

It has a Dash app of its own at `/wall/`, with the same map. The page is a skeleton: what stands in its panels
its scripts write (`assets/wall/`), live figures from the page's own store, slow ones from `/live/wall.json`.
"""

from __future__ import annotations

from functools import partial

from dash import Dash

from dashboard.views import page
from dashboard.views.services import Services
from dashboard.views.wall.head import head, script_hash
from dashboard.views.wall.layout import layout

__all__ = ["ASSETS_IGNORE", "FOLDERS_IGNORE", "install", "script_hash"]

ASSETS_IGNORE = r"^(?!(kite|map|map_panel|wall|wall_layouts|wall_panels|wall_panels_work)\.css$).*\.css$"
"""Styles that Dash leaves out of this page, and with them what could change it."""
FOLDERS_IGNORE = [*page.MODULES, "views"]


def install(app: Dash, services: Services, release: str) -> None:
    """Give `app` its layout and its HTML; `release` names what the server runs."""
    page.give_html(app, services.cuts, "wall.page", data=partial(head, services, release))
    with app.server.app_context():
        app.layout = partial(layout, services)
