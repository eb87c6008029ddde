"""`publish`: the index of the city, by hand."""

from __future__ import annotations

import click

from dashboard.cli.base import Command, UnusableError, load_with_store


@click.command(cls=Command)
@click.option("--note", default="", help="A sentence that stands in the publication; no persons.")
def publish(note: str) -> None:
    """Publish the index of the city as it stands, under a number that nothing changes. Needs REDIS_URL.

    Places that turned orange or red get cases of rectification; docs/publications.md says which.
    """
    from dashboard import running
    from dashboard.domain.refused import Refused

    try:
        number = running.publish(load_with_store(), note)
    except Refused as problem:
        raise UnusableError(problem.sentence) from None
    if number is None:
        raise UnusableError("It is written and will be published once a projector runs; don't send it again.")
    click.echo(f"Published as number {number}.")
