"""`publish`: the index of the city, by hand."""

from __future__ import annotations

import click

from dashboard.cli.base import Command, UnusableError, load_settings


@click.command(cls=Command)
@click.option("--note", default="", help="A sentence that stands in the publication; no persons.")
def publish(note: str) -> None:
    """Publish the index of the city as it stands, under a number that nothing changes.

    Places that turned orange or red get cases of rectification; docs/publications.md says which.
    """
    from dashboard import running
    from dashboard.domain.refused import Refused
    from dashboard.serving import reachable_store
    from dashboard.streams.audit import note_by_command_line

    with reachable_store(load_settings()) as settings:
        try:
            number = running.publish(settings, note)
        except Refused as problem:
            raise UnusableError(problem.sentence) from None
        place = running.Place.of(settings)
        with place.connect(settings) as client:
            subject = "" if number is None else str(number)
            note_by_command_line(client, place.keys, "index_published", subject=subject)
    if number is None:
        raise UnusableError("It is written and will be published once a projector runs; don't send it again.")
    click.echo(f"Published as number {number}.")
