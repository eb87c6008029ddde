"""All systems of a region as blocks, side by side as there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from dashboard.domain.systems import SYSTEMS, System
from dashboard.views.attributes import attributes
from dashboard.views.services import Services
from dashboard.views.systems import casework, places, watching
from dashboard.views.systems.lines import Line, Told, line
from dashboard.views.texts import t

BLOCKS: dict[str, Callable[[Told], Iterable[Line]]] = {
    "branches": places.branches,
    "whistles": casework.whistles,
    "stations": places.stations,
    "property": places.property_companies,
    "hearings": casework.hearings,
    "centres": places.centres,
    "loop": casework.loop,
    "population": places.population,
    "cameras": watching.cameras,
    "rings": watching.rings,
    "devices": watching.devices,
}
"""Key of `domain.systems.SYSTEMS` → the lines of its block."""

PLACES_ALONE = frozenset({"stations", "property"})
"""Systems without a figure from the streams; the others have the moment of the city's clock."""


def systems_panel(services: Services, region: int) -> list[html.Div]:
    """A block for each system of a region, in one element that lays them out.

    It is plain HTML, so that the page's scripts can put it in place (`assets/views/_plain.js`). Links lead to
    places; the buttons that switch a map layer on are `assets/views/systems.js`. The caller asks the gate.
    """
    panels = services.systems.panels(services.hierarchy.codes[region])
    zone = ZoneInfo(services.pack.manifest["timezone"])
    blocks = [_block(SYSTEMS[key], Told(services, region, panel, zone)) for key, panel in panels.items()]
    return [html.Div(blocks, className="systems")]


def _block(system: System, told: Told) -> html.Section:
    head: list[Any] = [html.H3(t(f"system.{system.slug}"))]
    if told["made_up"]:
        head.append(html.Span(t("tag.synthetic"), className="tag", title=t("tag.synthetic.help")))
    if system.layer:
        title = t("systems.show", system=t(f"system.{system.slug}"))
        head.append(
            html.Button(
                t("systems.on_map"), type="button", className="on-map", title=title,
                **attributes(data_layer=system.layer),
            )
        )  # fmt: skip
    return html.Section(
        [
            html.Div(head, className="system-head"),
            *map(line, BLOCKS[system.slug](told)),
            html.P(_of_when(system, told), className="note when"),
        ],
        className=f"system system-{system.slug}",
    )


def _of_when(system: System, told: Told) -> str:
    """The moment of what is live, the day of what is the pack's; that a date isn't known is said too."""
    said = []
    if system.slug not in PLACES_ALONE:
        at = told["at_ms"]
        said.append(t("systems.live.none") if at is None else t("systems.live", at=told.moment(at)))
        if told["simulated"]:
            said.append(t("header.simulated"))
    if system.rests_on:
        day = told["as_of"]
        said.append(t("systems.as_of", day=day) if day else t("systems.as_of.unknown"))
    return " · ".join(said)
