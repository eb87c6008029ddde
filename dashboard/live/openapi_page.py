"""The page that shows the API's description and lets one try it: Swagger UI, served by the app itself."""

from __future__ import annotations

from flask import Blueprint
from flask_swagger_ui import get_swaggerui_blueprint

from dashboard.live.openapi import PREFIX

ADDRESS = f"{PREFIX}/docs"
_CONFIG = {
    "app_name": "Kite",
    "validatorUrl": None,  # its default asks a service on the internet
    "docExpansion": "list",
    "defaultModelsExpandDepth": 0,
}


def page() -> Blueprint:
    """What the server needs for it."""
    blueprint: Blueprint = get_swaggerui_blueprint(ADDRESS, f"{PREFIX}/openapi.json", config=_CONFIG)
    return blueprint
