"""The web server: gunicorn with gevent workers, run from Python rather than from its own command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

SCREENS_PER_WORKER = 4000


class WebServer(BaseApplication):  # type: ignore[misc]
    """Serves what `make_app` returns, made in each worker after it was forked."""

    def __init__(self, make_app: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._make_app, self._options = make_app, options
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn asks for its settings."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Gunicorn asks for the application."""
        return self._make_app()


def serve(make_app: Callable[[], Flask], host: str, port: int, workers: int, log_level: str) -> None:
    """Serve until SIGTERM; event streams that are open then are cut, and screens come back by themselves."""
    WebServer(
        make_app,
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "worker_class": "gevent",
            "worker_connections": SCREENS_PER_WORKER,
            "graceful_timeout": 1,
            "timeout": 60,
            "keepalive": 30,
            "loglevel": log_level.lower() if log_level != "INFO" else "warning",
            "proc_name": "kite-web",
        },
    ).run()
