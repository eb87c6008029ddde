"""`letters`: what was refused, from the command line: list it, send it again, drop it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from dashboard.cli.base import Command, Group, UnusableError, load_settings

if TYPE_CHECKING:
    from dashboard.streams.letters_desk import Letter, LettersDesk

BY = "command line"
Note = Callable[..., None]


@click.group(cls=Group)
def letters() -> None:
    """What could not be applied (dead letters): list it, send it again, drop it."""


@contextmanager
def _desk() -> Iterator[tuple[LettersDesk, Note]]:
    """The letters of the city, and what notes in the audit stream what was done about one."""
    from dashboard.running import Place
    from dashboard.serving import reachable_store
    from dashboard.streams.audit import note_by_command_line
    from dashboard.streams.letters_desk import LettersDesk

    with ExitStack() as stack:
        settings = stack.enter_context(reachable_store(load_settings()))
        place = Place.of(settings)
        client = stack.enter_context(place.connect(settings))

        def note(action: str, letter: Letter, **facts: str) -> None:
            of = letter.letter
            about = {"kind": of.kind, "reason": of.reason, **facts}
            note_by_command_line(client, place.keys, action, subject=letter.id, **about)

        yield LettersDesk(client, place.keys), note


@letters.command("list", cls=Command)
@click.option("--kind", default="", help="of this raw stream alone: reports, commands, cameras or units")
@click.option("--reason", default="", help="with this reason alone, as unknown_field")
@click.option(
    "--done", type=click.Choice(["waiting", "resent", "dropped", "all"]), default="waiting",
    show_default=True, help="by what was done about them",
)  # fmt: skip
@click.option("--newest", default=100, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--json", "as_json", is_flag=True, help="whole letters, a JSON object a line")
def list_(kind: str, reason: str, done: str, newest: int, as_json: bool) -> None:
    """Count the letters by reason, and list the newest."""
    from itertools import islice

    from dashboard.streams.letters_desk import Asked

    with _desk() as (desk, _):
        if not as_json:
            for (what, of_kind, of_reason), count in sorted(desk.counts().items()):
                click.echo(f"{count:>8}  {what:<8} {of_kind:<9} {of_reason}")
        asked = Asked(kind, reason, "" if done == "all" else done)
        for letter in islice(desk.all(asked), newest):
            click.echo(_json(letter) if as_json else _line(letter))


def _line(letter: Letter) -> str:
    came, of = datetime.fromtimestamp(letter.came_ms / 1000, UTC), letter.letter
    done = letter.mark.done if letter.mark else "waiting"
    return f"{letter.id}  {came:%Y-%m-%d %H:%M:%S}Z  {done:<8} {of.kind:<9} {of.reason:<14} {of.sentence}"


def _json(letter: Letter) -> str:
    of = letter.letter
    told: dict[str, Any] = {
        "id": letter.id, "stream": of.kind, "entry": str(of.entry), "position": of.position,
        "reason": of.reason, "sentence": of.sentence, "fields": of.fields, "values": of.values,
        "done": letter.mark.done if letter.mark else "waiting", "again": letter.again or None,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, default=str)


@letters.command(cls=Command)
@click.argument("ids", nargs=-1)
@click.option(
    "--set", "changes", multiple=True, metavar="FIELD=VALUE", help="correct a field; empty: leave it out"
)
@click.option("--reason", default="", help="all that wait with this reason, as future")
@click.option("--kind", default="", help="with --reason: of this raw stream alone")
def resend(ids: tuple[str, ...], changes: tuple[str, ...], reason: str, kind: str) -> None:
    """Send the letters with these IDs again, or all that wait with a --reason, each once."""
    from dashboard.domain import correcting
    from dashboard.domain.refused import Refused

    corrections = _corrections(changes)
    sent = refused = before = 0
    with _desk() as (desk, note):
        for letter in _chosen(desk, ids, reason, kind):
            values = {**correcting.as_texts(letter.letter.values or {}), **corrections}
            fields = correcting.typed(correcting.schema_of(letter.letter.kind, values), values)
            try:
                mark, was_now = desk.resend(letter, fields, BY, _now_ms(), correcting.check)
            except Refused as refusal:
                refused += 1
                click.echo(f"{letter.id}  not sent: {refusal.sentence}")
                continue
            if was_now:
                note("letter_resent", letter, entry=mark.entry)
            sent, before = sent + was_now, before + (not was_now)
            click.echo(f"{letter.id}  {mark.done} {'now' if was_now else 'before'} {mark.entry}".rstrip())
    click.echo(f"{sent} sent, {before} dealt with before, {refused} would be refused again and wait on.")


@letters.command(cls=Command)
@click.argument("ids", nargs=-1, required=True)
@click.option("--because", required=True, help="mistaken, outdated, repeated, test, personal or other")
def drop(ids: tuple[str, ...], because: str) -> None:
    """Mark the letters with these IDs as not needed; they are kept."""
    with _desk() as (desk, note):
        for letter in _chosen(desk, ids, "", ""):
            mark, was_now = desk.drop(letter, because, BY, _now_ms())
            if was_now:
                note("letter_dropped", letter, because=because)
            click.echo(f"{letter.id}  {mark.done}")


def _chosen(desk: LettersDesk, ids: tuple[str, ...], reason: str, kind: str) -> list[Letter]:
    from dashboard.streams.letters_desk import Asked

    if bool(ids) == bool(reason):
        raise UnusableError("Name letters by their ids, or all that wait by --reason.")
    if ids:
        return [desk.letter(letter_id) for letter_id in ids]
    found = [letter for letter in desk.all(Asked(kind, reason, "waiting")) if letter.can_be_sent]
    return found[::-1]  # in the order in which they came


def _corrections(changes: tuple[str, ...]) -> Mapping[str, str]:
    corrections: dict[str, str] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals or not name:
            raise UnusableError(f"{change!r} corrects nothing; write FIELD=VALUE.")
        corrections[name] = value
    return corrections


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
