"""`token`: which programs and screens may come without a password."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import click

from dashboard.cli.base import Command, Group, UnusableError, load_settings
from dashboard.domain.access import EVERYWHERE, ROLES, ROLES_BY_ACTION, Identity
from dashboard.domain.accounts import AccountError, checked_name

_DAY_MS = 24 * 3600 * 1000


@click.group(cls=Group)
def token() -> None:
    """Tokens of programs and screens: make, list, take back."""


@token.command(cls=Command)
@click.argument("name")
@click.option("--role", type=click.Choice(sorted(ROLES)), required=True, help="what it may do")
@click.option("--region", default=EVERYWHERE, show_default=True, help="code of the region it is bound to")
@click.option(
    "--action",
    "actions",
    type=click.Choice(sorted(ROLES_BY_ACTION)),
    multiple=True,
    help="of what the role may do, this alone; repeatable",
)
@click.option(
    "--days", default=365, show_default=True, type=click.IntRange(1, 3650), help="how long it holds"
)
def add(name: str, role: str, region: str, actions: tuple[str, ...], days: int) -> None:
    """Make a token for NAME, a program, a screen or a call sign, and print it once."""
    from dashboard.running import Place
    from dashboard.serving import reachable_store
    from dashboard.streams.audit import note_by_command_line
    from dashboard.streams.tokens import add_token

    if beyond := [action for action in actions if role not in ROLES_BY_ACTION[action]]:
        raise UnusableError(f"The role {role} may not {', '.join(beyond)}; leave that out.")
    try:
        name = checked_name(name)
    except AccountError as problem:
        raise UnusableError(str(problem)) from None
    with reachable_store(load_settings()) as settings:
        place = Place.of(settings)
        if region != EVERYWHERE and region not in place.city.hierarchy.codes:
            raise UnusableError(f"There is no region {region} in {place.city.code}; give one of its codes.")
        with place.connect(settings) as client:
            ends_ms = int(time.time() * 1000) + days * _DAY_MS
            identity = Identity(name, role, region, frozenset(actions) if actions else None)
            click.echo(add_token(client, place.keys, identity, ends_ms))
            facts = {"role": role, "days": str(days)} | ({"actions": " ".join(actions)} if actions else {})
            note_by_command_line(client, place.keys, "token_added", subject=name, region=region, **facts)


@token.command("list", cls=Command)
def list_() -> None:
    """List the tokens by number; their texts are kept nowhere."""
    from dashboard.running import Place
    from dashboard.serving import reachable_store
    from dashboard.streams.tokens import tokens

    with reachable_store(load_settings()) as settings:
        place = Place.of(settings)
        with place.connect(settings) as client:
            for known in tokens(client, place.keys):
                who, ends = known.identity, datetime.fromtimestamp(known.ends_ms / 1000, UTC)
                only = f"  (only {', '.join(sorted(who.actions))})" if who.actions is not None else ""
                click.echo(
                    f"{known.number}  {who.role:<14} {who.region_code:<16} until {ends:%Y-%m-%d}  "
                    f"{who.name}{only}"
                )


@token.command(cls=Command)
@click.argument("number")
def revoke(number: str) -> None:
    """Take back the token of this NUMBER; it is void at once."""
    from dashboard.running import Place
    from dashboard.serving import reachable_store
    from dashboard.streams.audit import note_by_command_line
    from dashboard.streams.tokens import revoke_token

    with reachable_store(load_settings()) as settings:
        place = Place.of(settings)
        with place.connect(settings) as client:
            if not revoke_token(client, place.keys, number):
                raise UnusableError(f"There is no token {number}; `token list` lists them.")
            note_by_command_line(client, place.keys, "token_revoked", subject=number)
