"""`serve`, `project`, `deliver`, `simulate`: the processes of a city."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dashboard.cli.base import Command, load_settings, load_with_store
from dashboard.cli.packs import build_if_outdated


@click.command(cls=Command)
@click.option("--city", help="Pack to serve.")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--rate", type=float, help="Simulated entries per second; 0 starts no simulator.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder for all data.")
def serve(**options: Any) -> None:
    """Run everything in one terminal: Valkey, projector, delivery, web server, simulator; Ctrl-C ends it all.

    Builds the city's pack on first use. With REDIS_URL set, uses that server instead of its own.
    """
    from dashboard import serving
    from dashboard.live.local_only import insist_on_loopback
    from dashboard.live.oidc_settings import insist_on_usable

    settings = load_settings(**options)
    insist_on_loopback(settings)
    insist_on_usable(settings)
    serving.check_folder(settings.data_dir)
    serving.check_port(settings.host, settings.port)
    if settings.redis_url and (warning := serving.check_store(settings.redis_url, settings.wait_replicas)):
        click.echo(warning, err=True)
    build_if_outdated(settings)
    serving.serve(settings, click.echo)


@click.command(cls=Command)
@click.option("--rebuild", is_flag=True, help="Drop the state, project the whole record again, and end.")
def project(rebuild: bool) -> None:
    """Run the projector: raw streams in, state and changes out. Needs REDIS_URL.

    One projector serves one city; a second one waits until the first has gone.
    """
    from dashboard import running

    settings = load_with_store()
    if rebuild:
        click.echo(f"The state was projected again: {running.rebuild(settings):,} cases.")
    else:
        running.project(settings)


@click.command(cls=Command)
def deliver() -> None:
    """Deliver messages to webhooks: who is told of what is listed by `webhook list`. Needs REDIS_URL.

    One process serves one city; a second one waits until the first has gone.
    """
    from dashboard import running

    running.deliver_messages(load_with_store())


@click.command(cls=Command)
@click.option("--rate", type=float, help="Entries per second, on average.")
@click.option("--cases-per-day", type=float, help="New cases on an average day.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another number gives other days.")
def simulate(rate: float | None, cases_per_day: float | None, seed: int) -> None:
    """Feed believable days into the streams, marked as simulated. Needs REDIS_URL.

    Writes some past weeks first when the streams are empty (KITE_HISTORY_DAYS).
    """
    from dashboard import running

    running.simulate(load_with_store(rate=rate, cases_per_day=cases_per_day), seed)
