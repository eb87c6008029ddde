"""The page that shows the API's description and lets one try it: Swagger UI, served by the app itself.

The page is Kite's own, as the one that comes with flask-swagger-ui has a script in it, which the
Content-Security-Policy of all pages forbids; scripts and styles are the ones of that package.
"""

from __future__ import annotations

from importlib.resources import files

import flask_swagger_ui
import orjson
from flask import Blueprint, Response, abort, send_from_directory
from markupsafe import Markup

from dashboard.live.openapi import PREFIX

ADDRESS = f"{PREFIX}/docs"
SCRIPT = "/assets/api_docs/start.mjs"
_CONFIG = {
    "url": f"{PREFIX}/openapi.json",
    "dom_id": "#swagger-ui",
    "layout": "StandaloneLayout",
    "deepLinking": True,
    "validatorUrl": None,  # its default asks a service on the internet
    "docExpansion": "list",
    "defaultModelsExpandDepth": 0,
}
_SERVED = (".css", ".js", ".png")
_PAGE = Markup("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Kite</title>
<link rel="stylesheet" href="{base}/index.css">
<link rel="stylesheet" href="{base}/swagger-ui.css">
<link rel="icon" type="image/png" href="{base}/favicon-32x32.png" sizes="32x32">
<script src="{base}/swagger-ui-bundle.js"></script>
<script src="{base}/swagger-ui-standalone-preset.js"></script>
<script type="module" src="{script}" data-config="{config}"></script>
</head>
<body><div id="swagger-ui"></div></body>
</html>""")


def page() -> Blueprint:
    """What the server needs for it."""
    blueprint = Blueprint("swagger_ui", __name__, url_prefix=ADDRESS)
    folder = str(files(flask_swagger_ui) / "dist")

    @blueprint.get("/")
    def show() -> Response:
        html = _PAGE.format(base=ADDRESS, script=SCRIPT, config=orjson.dumps(_CONFIG).decode())
        return Response(html, content_type="text/html; charset=utf-8")

    @blueprint.get("/<path:path>")
    def part(path: str) -> Response:
        if not path.endswith(_SERVED):  # its own pages, which have scripts in them
            abort(404)
        return send_from_directory(folder, path)

    return blueprint
