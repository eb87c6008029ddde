"""`geodata`: packs built, checked and shown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.cli.base import Group, load_settings

if TYPE_CHECKING:
    from dashboard.settings import Settings
    from geodata import Pack


@click.group("geodata", cls=Group)
def geodata() -> None:
    """Build, check and show packs: the places of a city."""


@geodata.command("build")
@click.argument("name")
@click.option("--boundaries", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Boundary file, once for each tier, coarse to fine.")  # fmt: skip
@click.option("--grids", type=int, help="How many grids to make in all.")
@click.option("--title", help="The city's name; the file's if not said.")
@click.option("--title-en", help="The city's name in English.")
@click.option("--code", help="The city's six-digit code.")
@click.option("--timezone", help="The city's time zone, as in Asia/Shanghai.")
@click.option("--name-column", help="Column with the names.")
@click.option("--code-column", help="Column with the codes.")
@click.option("--layer", help="Layer of a file that has several.")
@click.option("--gcj02", is_flag=True, help="The coordinates are GCJ-02 (AMap, Tencent).")
def build_pack(name: str, boundaries: tuple[Path, ...], **options: Any) -> None:
    """Build the pack NAME from the sources in geodata/packs/NAME, or from boundary files.

    Tiers that the files don't give are subdivided and marked as derived. Nothing half-built is left.
    """
    _build(load_settings(), name, boundaries=boundaries, **options)


@geodata.command("check")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check_pack(name: str, as_json: bool) -> None:
    """Count what is in the pack NAME and check it: coverages, areas, codes. Exit code 1 if it fails."""
    from geodata.check import check

    report = check(_pack(name))
    if as_json:
        click.echo(report.to_json())
    else:
        for line in report.lines():
            click.echo(line)
    if not report.ok:
        sys.exit(1)


@geodata.command("show")
@click.argument("name")
@click.argument("code", required=False)
def show_pack(name: str, code: str | None) -> None:
    """Show the city of the pack NAME, or one region of it by its CODE, with its children."""
    from geodata.show import show

    for line in show(_pack(name), code):
        click.echo(line)


def _pack(name: str) -> Pack:
    from geodata import load_pack, registry

    return load_pack(registry.find_pack(load_settings().data_dir, name))


def build_if_outdated(settings: Settings) -> None:
    """Build the pack of the settings' city unless it is there and up to date."""
    from geodata import registry

    if not registry.is_current(settings.data_dir, settings.city):
        _build(settings, settings.city)


def _build(settings: Settings, name: str, **options: Any) -> None:
    from dashboard.progress import Bars
    from geodata import builder, registry

    if not options.get("boundaries"):
        registry.source_of(name)  # said before anything else is
    click.echo(f"Building the pack {name!r} ...", err=True)
    with Bars() as bars:
        account = builder.build(name, settings.data_dir, progress=bars, **options)
    for line in account.lines():
        click.echo(line, err=True)
