"""The pages of a city that was never built, served by Flask alone, with a stand-in for the live client."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from types import TracebackType

from dash import Dash
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

import callbacks
from dashboard import views
from dashboard.views import addresses, dispatch, page, unit
from dashboard.views.services import Services
from tests.views.fakes import summary_of

ASSETS = Path(__file__).parents[2] / "assets"

LIVE_CLIENT = """
/* Tells the page what /fake/summary says of the region that it looks at, and notes what it is asked to do. */
const kite = window.kite = {
  shown: [], visible: {}, code: null,
  showRegion(code) { kite.code = code; kite.shown.push(code); kite.tell(); },
  showLayers(on) { kite.visible = on; },
  async tell() {
    const response = await fetch(`/fake/summary/${kite.code}`);
    if (!response.ok) return;
    document.dispatchEvent(new CustomEvent('kite:summary', { detail: await response.json() }));
  },
};
"""
"""What stands for assets/main.mjs."""


def create_fake_app(services: Services) -> Flask:
    """Kite's pages over `services` in a Flask server, as `app.create_app` makes it but for the live edge."""
    server = Flask("kite")

    # Before Dash's own route for assets.
    @server.get("/assets/main.mjs")
    def live_client() -> tuple[str, dict[str, str]]:
        return LIVE_CLIENT, {"Content-Type": "text/javascript"}

    @server.get("/fake/summary/<code>")
    def summary(code: str) -> dict[str, object]:
        known = code in services.hierarchy.codes
        return summary_of(services, code if known else services.hierarchy.codes[0])

    app = Dash(
        "kite",
        server=server,
        assets_folder=str(ASSETS),
        assets_path_ignore=page.MODULES,
        serve_locally=True,
        update_title="",
    )
    views.install(app, services)
    callbacks.register_all(app, services)
    desk = Dash(
        "kite-desk",
        server=server,
        url_base_pathname=addresses.DISPATCH,
        assets_folder=str(ASSETS),
        assets_path_ignore=page.MODULES,
        serve_locally=True,
        update_title="",
    )
    dispatch.install(desk, services)
    callbacks.register_desk(desk, services)
    unit.install(server, services, ASSETS)
    return server


class _Quiet(WSGIRequestHandler):
    """Says nothing of requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


class Serving:
    """Serves an app on a free port for the time of a `with` block; `url` is where."""

    def __init__(self, app: Flask) -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Serving:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
