"""Pages for administrators: plain HTML that the server writes, forms that answer 303, no script."""

from __future__ import annotations

from flask import Flask

from dashboard.live.city import City
from dashboard.views.admin import accounts, feeds, letters, tokens, trail
from dashboard.views.services import Services

__all__ = ["register"]

_PAGES = (accounts, tokens, trail, letters, feeds)
"""A module for each row of `frame.PAGES`."""


def register(server: Flask, city: City, services: Services) -> None:
    """Add the pages to the Flask server."""
    for page in _PAGES:
        page.register(server, city, services)
