"""`import` and `replay`: incident files into the streams."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.cli.base import Command, load_with_store

if TYPE_CHECKING:
    from dashboard.feeds.account import Account
    from dashboard.feeds.incidents import IncidentOptions


def incident_options(command: Callable[..., None]) -> Callable[..., None]:
    """How to read an incident file: the options that `import` and `replay` share."""
    options = (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option(
            "--map", "maps", multiple=True, metavar="FIELD=VALUE:TARGET,…",
            help="What the file's values mean, as in category=Theft from Vehicle:theft,Mischief:2500.",
        ),
        click.option(
            "--map-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="The same in a TOML, JSON or CSV file; its table `columns` names columns by field.",
        ),
        click.option(
            "--column", "columns", multiple=True, metavar="FIELD=COLUMN",
            help="A column that isn't found by its name, as in lon=X.",
        ),
        click.option("--default-type", help="Case type of rows without a category."),
        click.option("--timezone", help="Time zone of times without an offset; the city's if not said."),
        click.option("--crs", help="Coordinate system of x and y, as in EPSG:26910; WGS 84 if not said."),
        click.option("--gcj02", is_flag=True, help="The coordinates are GCJ-02 (AMap, Tencent)."),
        click.option("--date-order", type=click.Choice(["dmy", "mdy"]), help="What 03/04/2026 means."),
        click.option("--drop", "drops", multiple=True, metavar="COLUMN", help="A column to leave out."),
        click.option("--origin", default="resident", show_default=True, help="Who told the centre."),
        click.option("--source", help="Name of the system that the file comes from."),
        click.option("--simulated", is_flag=True, help="The incidents are made up; they are marked so."),
        click.option(
            "--not-taken", type=click.Path(dir_okay=False, path_type=Path),
            help="Write row and reason of what was not taken to this CSV file.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def _incident_options(given: dict[str, Any]) -> IncidentOptions:
    from dashboard.feeds.incidents import IncidentOptions
    from dashboard.feeds.mapping import GivenMapping, load_map, parse_map

    mapping = load_map(given["map_file"]) if given["map_file"] else GivenMapping()
    for text in given["maps"]:
        mapping = mapping.merged(parse_map(text))
    columns = dict(_pair(text) for text in given["columns"])
    return IncidentOptions(
        mapping=mapping.merged(GivenMapping(columns=columns)),
        drop_columns=tuple(given["drops"]),
        **{name: given[name] for name in
           ("default_type", "timezone", "crs", "gcj02", "date_order", "origin", "source", "simulated")},
    )  # fmt: skip


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals or not column:
        raise click.BadParameter(f"{text!r} is not FIELD=COLUMN.")
    return field.strip(), column.strip()


def _tell(account: Account, timezone: str, not_taken: Path | None) -> None:
    for line in account.lines(timezone):
        click.echo(line)
    if not_taken is not None:
        account.write_not_taken(not_taken)


@click.command("import", cls=Command)
@incident_options
def import_(file: Path, not_taken: Path | None, **given: Any) -> None:
    """Write a file of past incidents to the streams, as fast as they can be read. Needs REDIS_URL.

    CSV, Parquet or GeoJSON. Ends with an account: every row is accepted, outside the city, or refused.
    """
    from dashboard import running

    settings = load_with_store()
    _tell(*running.import_incidents(settings, file, _incident_options(given)), not_taken)


@click.command(cls=Command)
@click.option("--speed", type=float, default=3600.0, show_default=True,
              help="Times as fast as it happened; 0 is as fast as possible.")  # fmt: skip
@click.option("--ending", type=click.Choice(["as-filed", "plausible", "worked"]), default="plausible",
              show_default=True, help="How cases end: by the file alone, after a plausible time, or by "
              "commands from accept to close.")  # fmt: skip
@incident_options
def replay(file: Path, speed: float, ending: str, not_taken: Path | None, **given: Any) -> None:
    """Live through a file of past incidents in the order of their times. Needs REDIS_URL.

    The times of the file are kept, so replay into a store of its own, without a simulator.
    """
    from dashboard import running

    settings = load_with_store()
    options = _incident_options(given)
    _tell(*running.replay_incidents(settings, file, options, speed, ending), not_taken)
