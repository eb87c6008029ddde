"""`webhook`: which receivers are told of cases."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from dashboard.cli.base import Command, Group, UnusableError, load_with_store
from dashboard.domain.webhooks import EVENTS, Hook, check_events, check_levels, check_url, new_secret

if TYPE_CHECKING:
    from dashboard.settings import Settings
    from dashboard.streams.client import Client
    from dashboard.streams.keys import Keys

_ALL_LEVELS = "1,2,3,4"


def _checked(check: Callable[[str], Any]) -> Callable[..., Any]:
    """An option's or argument's callback: what the check refuses ends the command with its sentence."""

    def callback(_ctx: click.Context, _param: click.Parameter, text: str) -> Any:
        try:
            return check(text)
        except ValueError as problem:
            raise UnusableError(str(problem)) from None

    return callback


@click.group(cls=Group)
def webhook() -> None:
    """Receivers that are told of cases: add, list, remove, test. Needs REDIS_URL."""


@webhook.command(cls=Command)
@click.argument("url", callback=_checked(check_url))
@click.option("--events", default=",".join(EVENTS[:3]), show_default=True, callback=_checked(check_events),
              help=f"What it is told of: some of {','.join(EVENTS)}.")  # fmt: skip
@click.option("--region", default="", help="Code of the region that it is told of; the city if not said.")
@click.option("--levels", default=_ALL_LEVELS, show_default=True, callback=_checked(check_levels),
              help="Levels of the cases that it is told of.")  # fmt: skip
def add(url: str, events: tuple[str, ...], region: str, levels: tuple[int, ...]) -> None:
    """Tell the receiver at URL of cases from now on, and print once the secret that signs messages."""
    from dashboard.running import Place
    from dashboard.streams.webhooks import add_webhook, new_id

    settings = load_with_store()
    place = Place.of(settings)
    region = region or place.city.code
    if region not in place.city.hierarchy.codes:
        raise UnusableError(f"There is no region {region} in {place.city.code}; give one of its codes.")
    hook = Hook(new_id(), url, new_secret(), events, region, levels, int(time.time() * 1000))
    with place.connect(settings) as client:
        add_webhook(client, place.keys, hook)
    click.echo(f"Webhook {hook.id} is added; its secret is told this once:", err=True)
    click.echo(hook.secret)


@webhook.command("list", cls=Command)
def list_() -> None:
    """List the webhooks by number; their secrets are not shown."""
    from dashboard.streams.webhooks import webhooks

    settings = load_with_store()
    client, keys = _store(settings)
    with client:
        for hook in webhooks(client, keys):
            levels = ",".join(map(str, hook.levels))
            click.echo(f"{hook.id}  {hook.region:<16} {levels:<8} {','.join(hook.events):<48} {hook.url}")


@webhook.command(cls=Command)
@click.argument("number")
def remove(number: str) -> None:
    """Remove the webhook of this NUMBER, with the messages that still wait for it."""
    from dashboard.streams.webhooks import remove_webhook

    client, keys = _store(load_with_store())
    with client:
        if not remove_webhook(client, keys, number):
            raise UnusableError(f"There is no webhook {number}; `webhook list` lists them.")


@webhook.command(cls=Command)
@click.argument("number")
def test(number: str) -> None:
    """Send the webhook of this NUMBER one message of the type webhook.test, and say what became of it."""
    from dashboard.domain.webhooks import message_id
    from dashboard.outgoing.messages import body
    from dashboard.outgoing.posting import new_pool, post
    from dashboard.streams.webhooks import webhooks

    client, keys = _store(load_with_store())
    with client:
        found = [hook for hook in webhooks(client, keys) if hook.id == number]
    if not found:
        raise UnusableError(f"There is no webhook {number}; `webhook list` lists them.")
    at_ms = int(time.time() * 1000)
    identifier = message_id(number, "webhook.test", "", at_ms)
    outcome = post(new_pool(), found[0], identifier, body("webhook.test", at_ms, {"webhook": number}))
    if outcome.reason:
        raise UnusableError(f"The message was not taken: {outcome.reason}.")
    click.echo("The message was taken.")


def _store(settings: Settings) -> tuple[Client, Keys]:
    """A client of the city's store, and its keys."""
    from dashboard.running import Place

    place = Place.of(settings)
    return place.connect(settings), place.keys
