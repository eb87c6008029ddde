"""Kite's command line and the making of its web application. Wiring only."""

from __future__ import annotations

import sys

# Said before anything that needs it is imported.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.stderr.write(f"Kite needs Python 3.11 or newer; this is {sys.version.split()[0]}.\n")
    sys.exit(2)

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.cli import (
    audit,
    incidents,
    letters,
    packs,
    processes,
    publications,
    store,
    tokens,
    users,
    webhooks,
)
from dashboard.cli.base import Command, Group, load_with_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash import Dash
    from flask import Flask

    from dashboard.live.city import City
    from dashboard.settings import Settings
    from dashboard.views import Services

ROOT = Path(__file__).parent


def create_app(settings: Settings) -> Flask:
    """The Flask server of one city: Dash pages, callbacks, the live edge, and the follower of its streams.

    It answers at once; `/readyz` says when the city's state has been loaded.
    """
    from flask import Flask

    import callbacks
    import layers
    from dashboard import views
    from dashboard.live import (
        alert_api,
        api,
        leaders_api,
        limits,
        local_only,
        metrics,
        openapi_page,
        protection,
        publications_api,
        route_table,
        routes,
        search_api,
        settling_api,
        sturdy,
        systems_api,
        unit_api,
    )  # fmt: skip
    from dashboard.live.auditing import Auditing
    from dashboard.live.city import City
    from dashboard.live.release import release_of
    from dashboard.views import admin, brief, exports, oidc, page, password, sign_in, unit
    from dashboard.views.wall import kiosk
    from layers import palette

    server = Flask("kite")
    counted = metrics.install(server)  # first: it times all that follows
    sturdy.install(server)
    local_only.install(server, settings)
    protection.install(server, settings)
    city = City.open(settings)
    auditing = Auditing.open(city)
    auditing.install(server)
    limits.install(server, settings, city.keys, city.identity)
    city.identities.sessions.install(server)
    city.figures.install(server)
    dash = _dash_of("kite", server, assets_ignore=page.NOT_OF_MAP, assets_path_ignore=page.MODULES)
    services = views.Services(**city.services())
    kiosk.install(server, services, city.identities)
    sign_in.install(server, services, city.identities, city.signing_in)  # before a page asks who it is for
    password.install(server, services, city.identities, city.signing_in)
    oidc.install(server, services, city.identities)
    route_table.install(server, city.identity)
    views.install(dash, services)
    callbacks.register_all(dash, services)

    def page_config(language: str) -> dict[str, Any]:
        return {
            "lang": language,
            "ids": views.ids_json(),
            "palette": palette.to_json(),
            "layers": layers.to_json(layers.discover()),
        }

    release = release_of(ROOT, (file.name for file in city.statics.values()))
    metrics.register(server, city, release, counted)
    routes.register(server, city, page_config)
    api.register(server, city.desk, city.pack, city.hierarchy, city.state, city.identity)
    server.register_blueprint(openapi_page.page())
    settling_api.register(server, city)
    systems_api.register(server, city)
    publications_api.register(server, city)
    leaders_api.register(server, city)
    alert_api.register(server, city)
    unit_api.register(server, city)
    unit.install(server, services, ROOT / "assets")
    search_api.register(server, city.pack, city.hierarchy, city.state, city.identity)
    taken_away = brief.Sources.of(services, city)
    brief.register(server, taken_away)
    exports.register(server, taken_away)
    admin.register(server, city, services)
    apps = (
        dash,
        _add_desk(server, services),
        _add_wall(server, city, services, release),
        _add_province(server, settings, city),
    )
    _close(server, settings, apps, city)
    city.follow()
    auditing.follow()
    return server


def _close(server: Flask, settings: Settings, apps: Sequence[Dash], city: City) -> None:
    """Once everything is there: callbacks and answers are let through as the tables say."""
    from callbacks import gate
    from dashboard.live import headers
    from dashboard.views import refusals, wall

    gate.install(server, apps, city.identity)
    refusals.install(server)
    for app in apps:
        # Dash serves only files that a page of this process named: another worker may have given the page.
        app._generate_scripts_html()
        app._generate_css_dist_html()  # type: ignore[no-untyped-call]
    of_dash = [script for app in apps for script in app.csp_hashes()]
    headers.install(server, settings, [*of_dash, wall.script_hash()])


def _dash_of(name: str, server: Flask, base: str | None = None, **assets: Any) -> Dash:
    """A Dash app on `server`, below the address `base`; nothing is loaded from elsewhere.

    That callbacks fit the page is checked by `tests/views/test_callback_ids.py`: Dash would do so in every
    browser at every start, and send the whole layout a second time for it.
    """
    from dash import Dash

    return Dash(
        name,
        server=server,  # type: ignore[arg-type]  # its own stub knows only booleans
        url_base_pathname=base,
        assets_folder=str(ROOT / "assets"),
        serve_locally=True,
        suppress_callback_exceptions=True,
        update_title="",
        **assets,
    )


def _add_desk(server: Flask, services: Services) -> Dash:
    """The duty desk: a Dash app of its own with the same map."""
    import callbacks
    from dashboard.views import addresses, dispatch, page

    dash = _dash_of(
        "kite-desk",
        server,
        addresses.DISPATCH,
        assets_ignore=page.NOT_OF_DESK,
        assets_path_ignore=page.MODULES,
    )
    dispatch.install(dash, services)
    callbacks.register_desk(dash, services)
    return dash


def _add_wall(server: Flask, city: City, services: Services, release: str) -> Dash:
    """The wall: a Dash app of its own with the same map, and what its screens ask for besides."""
    from dashboard.live import wall_api
    from dashboard.views import addresses, wall

    sources = wall_api.Sources(services.leaders, services.systems)
    wall_api.register(server, city, sources, release)
    dash = _dash_of(
        "kite-wall",
        server,
        addresses.WALL,
        assets_ignore=wall.ASSETS_IGNORE,
        assets_path_ignore=wall.FOLDERS_IGNORE,
    )
    wall.install(dash, services, release)
    return dash


def _add_province(server: Flask, settings: Settings, city: City) -> Dash:
    """The page that sums several cities: a Dash app of its own, which needs neither map nor scripts."""
    from callbacks import follow_province
    from dashboard.live.province import Province
    from dashboard.views import page
    from dashboard.views import province as pages

    province = Province.open(settings, city)
    dash = _dash_of(
        "kite-province", server, pages.PATH, assets_ignore=r".*\.m?js$", assets_path_ignore=page.MODULES
    )
    services = pages.ProvinceServices(settings, city.parameters.cuts, city.identity, province.figures)
    pages.install(dash, services)
    follow_province.register(dash, services)
    province.follow()
    return dash


@click.group(cls=Group, context_settings={"max_content_width": 110})
def cli() -> None:
    """Kite: the live map of a city's social-governance centre.

    Every setting is an environment variable KITE_...; docs/settings.md lists them all.
    """


@click.command(cls=Command)
def web() -> None:
    """Run the web server alone: pages, snapshots and the event stream. Needs REDIS_URL."""
    from gevent import monkey

    monkey.patch_all()  # before anything that opens a socket is imported
    from dashboard.live import server
    from dashboard.live.local_only import insist_on_loopback
    from dashboard.live.oidc_settings import insist_on_usable
    from dashboard.serving import OPEN_TO_ALL, first_account
    from dashboard.streams.client import hurry

    settings = load_with_store()
    insist_on_loopback(settings)
    insist_on_usable(settings)
    hurry(server.CONNECT_S, server.REPLY_S)
    first_account(settings, click.echo)
    if settings.sign_in == "off":
        click.echo(OPEN_TO_ALL)
    server.serve(
        lambda: create_app(settings), settings.host, settings.port, settings.web_workers, settings.log_level
    )


for command in (
    processes.serve,
    web,
    processes.project,
    processes.deliver,
    processes.simulate,
    incidents.replay,
    incidents.import_,
    packs.geodata,
    publications.publish,
    users.user,
    tokens.token,
    webhooks.webhook,
    store.backup,
    store.restore,
    store.upgrade,
    audit.audit,
    letters.letters,
):
    cli.add_command(command)

if __name__ == "__main__":
    cli()
