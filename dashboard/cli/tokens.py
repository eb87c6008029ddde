"""`token`: who may come by the HTTP API."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import click

from dashboard.cli.base import Command, Group, UnusableError, load_with_store
from dashboard.domain.access import EVERYWHERE, ROLES, Identity

_DAY_MS = 24 * 3600 * 1000


@click.group(cls=Group)
def token() -> None:
    """Tokens of the HTTP API: make, list, take back. Needs REDIS_URL."""


@token.command(cls=Command)
@click.argument("name")
@click.option("--role", type=click.Choice(sorted(ROLES)), required=True, help="what it may do")
@click.option("--region", default=EVERYWHERE, show_default=True, help="code of the region it is bound to")
@click.option(
    "--days", default=365, show_default=True, type=click.IntRange(1, 3650), help="how long it holds"
)
def add(name: str, role: str, region: str, days: int) -> None:
    """Make a token for NAME, a role or a call sign, and print it once."""
    from dashboard.running import Place
    from dashboard.streams.tokens import add_token

    settings = load_with_store()
    place = Place.of(settings)
    if region != EVERYWHERE and region not in place.city.hierarchy.codes:
        raise UnusableError(f"There is no region {region} in {place.city.code}; give one of its codes.")
    with place.connect(settings) as client:
        ends_ms = int(time.time() * 1000) + days * _DAY_MS
        click.echo(add_token(client, place.keys, Identity(name, role, region), ends_ms))


@token.command("list", cls=Command)
def list_() -> None:
    """List the tokens by number; their texts are kept nowhere."""
    from dashboard.running import Place
    from dashboard.streams.tokens import tokens

    settings = load_with_store()
    place = Place.of(settings)
    with place.connect(settings) as client:
        for known in tokens(client, place.keys):
            who, ends = known.identity, datetime.fromtimestamp(known.ends_ms / 1000, UTC)
            click.echo(
                f"{known.number}  {who.role:<14} {who.region_code:<16} until {ends:%Y-%m-%d}  {who.name}"
            )


@token.command(cls=Command)
@click.argument("number")
def revoke(number: str) -> None:
    """Take back the token of this NUMBER; it is void at once."""
    from dashboard.running import Place
    from dashboard.streams.tokens import revoke_token

    settings = load_with_store()
    place = Place.of(settings)
    with place.connect(settings) as client:
        if not revoke_token(client, place.keys, number):
            raise UnusableError(f"There is no token {number}; `token list` lists them.")
