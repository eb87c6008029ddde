"""`webhook`: which receivers are told of cases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from dashboard.cli.base import Command, Group, UnusableError, load_settings
from dashboard.domain.webhooks import EVENTS, Hook, check_events, check_levels, check_url, new_secret

if TYPE_CHECKING:
    from dashboard.running import Place
    from dashboard.streams.client import Client

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
    """Receivers that are told of cases: add, list, remove, test."""


@dataclass(frozen=True)
class _Store:
    """What a command works on."""

    client: Client
    place: Place

    def hook(self, number: str) -> Hook:
        """The webhook of that number."""
        from dashboard.streams.webhooks import webhooks

        for hook in webhooks(self.client, self.place.keys):
            if hook.id == number:
                return hook
        raise UnusableError(f"There is no webhook {number}; `webhook list` lists them.")

    def note(self, action: str, hook: Hook) -> None:
        """Write it into the audit stream; of the address the host alone, the rest of it may be a secret."""
        from dashboard.streams.audit import note_by_command_line

        host = urlsplit(hook.url).netloc
        note_by_command_line(
            self.client, self.place.keys, action, subject=hook.id, region=hook.region, to=host
        )


@contextmanager
def _store() -> Iterator[_Store]:
    """The store that holds the city of the settings."""
    from dashboard.running import Place
    from dashboard.serving import reachable_store

    with reachable_store(load_settings()) as settings:
        place = Place.of(settings)
        with place.connect(settings) as client:
            yield _Store(client, place)


@webhook.command(cls=Command)
@click.argument("url", callback=_checked(check_url))
@click.option("--events", default=",".join(EVENTS[:3]), show_default=True, callback=_checked(check_events),
              help=f"What it is told of: some of {','.join(EVENTS)}.")  # fmt: skip
@click.option("--region", default="", help="Code of the region that it is told of; the city if not said.")
@click.option("--levels", default=_ALL_LEVELS, show_default=True, callback=_checked(check_levels),
              help="Levels of the cases that it is told of.")  # fmt: skip
def add(url: str, events: tuple[str, ...], region: str, levels: tuple[int, ...]) -> None:
    """Tell the receiver at URL of cases from now on, and print once the secret that signs messages."""
    from dashboard.streams.webhooks import add_webhook, new_id

    with _store() as store:
        city = store.place.city
        region = region or city.code
        if region not in city.hierarchy.codes:
            raise UnusableError(f"There is no region {region} in {city.code}; give one of its codes.")
        hook = Hook(new_id(), url, new_secret(), events, region, levels, int(time.time() * 1000))
        add_webhook(store.client, store.place.keys, hook)
        click.echo(f"Webhook {hook.id} is added; its secret is told this once:", err=True)
        click.echo(hook.secret)
        store.note("webhook_added", hook)


@webhook.command("list", cls=Command)
def list_() -> None:
    """List the webhooks by number; their secrets are not shown."""
    from dashboard.streams.webhooks import webhooks

    with _store() as store:
        for hook in webhooks(store.client, store.place.keys):
            levels = ",".join(map(str, hook.levels))
            click.echo(f"{hook.id}  {hook.region:<16} {levels:<8} {','.join(hook.events):<48} {hook.url}")


@webhook.command(cls=Command)
@click.argument("number")
def remove(number: str) -> None:
    """Remove the webhook of this NUMBER, with the messages that still wait for it."""
    from dashboard.streams.webhooks import remove_webhook

    with _store() as store:
        hook = store.hook(number)
        if remove_webhook(store.client, store.place.keys, number):
            store.note("webhook_removed", hook)


@webhook.command(cls=Command)
@click.argument("number")
def test(number: str) -> None:
    """Send the webhook of this NUMBER one message of the type webhook.test, and say what became of it."""
    from dashboard.domain.webhooks import message_id
    from dashboard.outgoing.messages import body
    from dashboard.outgoing.posting import new_pool, post

    with _store() as store:
        hook = store.hook(number)
        store.note("webhook_tested", hook)
    at_ms = int(time.time() * 1000)
    identifier = message_id(number, "webhook.test", "", at_ms)
    outcome = post(new_pool(), hook, identifier, body("webhook.test", at_ms, {"webhook": number}))
    if outcome.reason:
        raise UnusableError(f"The message was not taken: {outcome.reason}.")
    click.echo("The message was taken.")
