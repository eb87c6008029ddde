"""From levels of areas to the listed tiers of a land: none missing, coded, depth first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.land import Polygons
from geodata.land_building.arranging import Level
from geodata.land_building.coverage import Numbers
from geodata.land_building.given import ListedTier
from geodata.land_building.naming import LENGTHS, city_code, codes_of
from geodata.tables import CITY, COUNTY


@dataclass(frozen=True)
class CityNames:
    """What the city is called; None where its own polygon, or else the name of the pack, shall tell."""

    name: str
    title: str | None = None
    title_en: str | None = None
    code: str | None = None


@dataclass(frozen=True)
class _Draft:
    """A tier before it is ordered: `parent` numbers rows of the draft above."""

    name: Sequence[str]
    name_en: Sequence[str]
    code: Sequence[str]
    parent: Numbers


def listed_tiers(levels: list[Level], city: CityNames, asked: bool) -> tuple[list[ListedTier], Polygons]:
    """The tiers from the city to the finest level, and that level's polygons in the final order.

    `asked`: the operator named the column of the codes, so they are kept whatever they look like.
    """
    drafts = _drafts(levels)
    tiers = [_city_tier(drafts, city)]
    order = np.zeros(1, dtype=np.int64)
    for tier in range(COUNTY, len(drafts)):
        draft = drafts[tier]
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        parent = place[draft.parent]
        used = {code for listed in tiers for code in listed.code}
        codes = codes_of(draft.code, draft.name, parent, tiers[-1].code, used, tier, asked)
        order = np.array(sorted(range(len(codes)), key=lambda row: (parent[row], codes[row])), dtype=np.int64)
        tiers.append(
            ListedTier(
                tuple(codes[row] for row in order),
                tuple(draft.name[row] for row in order.tolist()),
                tuple(draft.name_en[row] for row in order.tolist()),
                parent[order],
                np.full((len(order), 2), np.nan),
            )
        )
    return tiers, levels[-1].layer.polygons[order]


_NAMELESS = _Draft(("",), ("",), ("",), np.zeros(1, dtype=np.int64))


def _drafts(levels: list[Level]) -> list[_Draft]:
    """A draft of every tier down to the finest level; missing ones are told by the codes of the next."""
    drafts: list[_Draft] = []
    for level in levels:
        layer, parent = level.layer, level.parent
        if not drafts and level.tier != CITY:
            drafts.append(_NAMELESS)
        for tier in range(len(drafts), level.tier):
            keys = [(int(up), code[: LENGTHS[tier]]) for up, code in zip(parent, layer.code, strict=True)]
            rows = {key: row for row, key in enumerate(sorted(set(keys)))}
            parent = np.array([rows[key] for key in keys], dtype=np.int64)
            prefixes = [prefix for _, prefix in rows]
            drafts.append(_Draft(prefixes, prefixes, prefixes, np.array([up for up, _ in rows])))
        drafts.append(_Draft(layer.name, layer.name_en, layer.code, parent))
    return drafts


def _city_tier(drafts: list[_Draft], city: CityNames) -> ListedTier:
    own = drafts[CITY]
    title = city.title or own.name[0] or city.name.replace("_", " ").title()
    title_en = city.title_en or city.title or own.name_en[0] or title
    counties = drafts[COUNTY].code if len(drafts) > COUNTY else own.code
    code = city.code or city_code(city.name, counties)
    return ListedTier((code,), (title,), (title_en,), np.zeros(1, dtype=np.int64), np.full((1, 2), np.nan))
