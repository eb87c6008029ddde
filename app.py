"""Kite's command line and the making of its web application. Wiring only."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # said before anything that needs it is imported
    sys.stderr.write(f"Kite needs Python 3.11 or newer; this is {sys.version.split()[0]}.\n")
    sys.exit(2)

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.settings import Settings, SettingsError

if TYPE_CHECKING:
    from flask import Flask


class UnusableError(click.ClickException):
    """Something that the operator has to mend: one sentence, exit code 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the sentence alone, without click's "Error:"."""
        click.echo(self.format_message(), file=file, err=True)


def create_app(settings: Settings) -> Flask:
    """The Flask server of one city: Dash pages, callbacks, the live edge, and the follower of its streams.

    It answers at once; `/readyz` says when the city's state has been loaded.
    """
    from dash import Dash
    from flask import Flask

    import callbacks
    import layers
    from dashboard import live, views

    server = Flask("kite")
    city = live.City.open(settings)
    views.install_languages(server, settings.language, settings.data_dir / "translations")
    dash = Dash(
        "kite",
        server=server,
        assets_folder=str(Path(__file__).parent / "assets"),
        assets_path_ignore=["kite"],
        serve_locally=True,
        update_title="",
    )
    services = views.Services(**city.services())
    views.install(dash, services)
    callbacks.register_all(dash, services)

    def page_config(language: str) -> dict[str, Any]:
        texts = views.texts_for(language)
        return {"lang": language, "texts": texts, "ids": views.ids_json(), "layers": layers.to_json(layers.discover())}

    live.register(server, city, page_config)
    city.follow()
    return server
