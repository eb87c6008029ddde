"""The web server: gunicorn with gevent workers, run from Python rather than from its own command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from dashboard.live import metrics_folder

SCREENS_PER_WORKER = 4000
CONNECT_S, REPLY_S = 3.0, 5.0
"""How long the store is waited for, s: people wait meanwhile, and are told when it takes longer."""


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


class ServerLogger(Logger):  # type: ignore[misc]
    """Gunicorn's own lines, in the form of all others (see `dashboard.logs`)."""

    def setup(self, cfg: Any) -> None:
        """Gunicorn asks for its logging."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def serve(make_app: Callable[[], Flask], host: str, port: int, workers: int, log_level: str) -> None:
    """Serve until SIGTERM; event streams that are open then are cut, and screens come back by themselves."""
    figures = metrics_folder.open_folder()
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
            # Whom to believe what they forward is a setting of Kite's (see `protection`); by itself gunicorn
            # believes every program on the machine, also where the application would begin.
            "forwarded_allow_ips": "",
            "loglevel": log_level.lower() if log_level != "INFO" else "warning",
            "logger_class": ServerLogger,
            "child_exit": lambda _, worker: metrics_folder.forget_worker(worker.pid),
            "on_exit": lambda _: metrics_folder.close_folder(figures),
            "proc_name": "kite-web",
        },
    ).run()
