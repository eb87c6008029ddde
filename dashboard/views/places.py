"""What is static about a region: its name, where it lies, what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from dash import dcc, html
from numpy.typing import NDArray

from dashboard.domain.hierarchy import CITY, GRID
from dashboard.views import languages
from dashboard.views.addresses import region_path
from dashboard.views.attributes import attributes
from dashboard.views.services import Services
from dashboard.views.texts import t

MayView = Callable[[str], bool]
"""Whether the one who asks may look at the region of that code."""


def name_of(services: Services, region: int) -> str:
    """The region's name in the language of the request; the Chinese one where there is no English."""
    regions = services.pack.regions
    english = regions.name_en[region] if languages.language() == "en" else ""
    return str(english or regions.name[region])


def name_within(services: Services, region: int) -> str:
    """The region's name beside that of the one above it, which it then need not begin with."""
    name, above = name_of(services, region), name_of(services, int(services.hierarchy.parent[region]))
    return name.removeprefix(above).strip() or name


def full_name(services: Services, region: int, above: int = CITY) -> str:
    """The names from below region `above` down to `region`, as one says where something is."""
    path = [region, *services.hierarchy.ancestors(region)]
    tier = services.hierarchy.tier
    names = [name_of(services, r) for r in path if tier[r] > tier[above]]
    in_order = names[::-1] if languages.language() == "zh" else names
    return (" " if languages.language() == "zh" else ", ").join(in_order)


def place_data(services: Services, region: int) -> dict[str, Any]:
    """For the page's scripts: code, tier, name, population, and what its children are called in it."""
    pack, hierarchy = services.pack, services.hierarchy
    children = hierarchy.children(region)
    return {
        "code": pack.regions.code[region],
        "tier": int(hierarchy.tier[region]),
        "name": name_of(services, region),
        "title": t("app.title", place=name_of(services, region)),
        "population": int(pack.regions.population[region]),
        "children": [{"code": pack.regions.code[r], "name": name_within(services, r)} for r in children],
    }


def breadcrumb(services: Services, region: int, may_view: MayView) -> list[Any]:
    """City › county › … as links, where one may go; the region itself is the last and no link."""
    above = services.hierarchy.ancestors(region)[::-1]
    crumbs: list[Any] = []
    for r in above:
        code = services.pack.regions.code[r]
        name = name_of(services, r)
        link = dcc.Link(name, href=region_path(code)) if may_view(code) else html.Span(name)
        crumbs += [link, html.Span("›", className="separator")]
    here = name_of(services, region)
    return [*crumbs, html.Span(here, className="here", **attributes(aria_current="page"))]


def notice(services: Services, sentence: str, home: str) -> list[Any]:
    """A sentence in place of the region's page, and the way back to the region `home`."""
    region = services.hierarchy.number_of(home)
    back = dcc.Link(t("notice.back", place=name_of(services, region)), href=region_path(home))
    return [html.P(sentence), html.P(back)]


def tab_name(services: Services, region: int) -> str:
    """What the region's parts are called; of a grid, which has none, what it is itself."""
    tier = int(services.hierarchy.tier[region])
    return t(f"tier.{min(tier + 1, GRID)}")


def part_of(services: Services, region: int) -> slice:
    """The region's slice of grid numbers."""
    return slice(int(services.hierarchy.grid_lo[region]), int(services.hierarchy.grid_hi[region]))


def within(services: Services, region: int, grids: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of things that sit in `grids` are in the region: a boolean array."""
    part = part_of(services, region)
    return np.asarray((grids >= part.start) & (grids < part.stop))
