"""`GET /api/v1/search`: cases, places and units by a few letters, for the desk and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import gevent
import numpy as np
from flask import Flask, Response, request
from gevent.lock import RLock

from dashboard.domain.access import Identity, may, own_region
from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.hierarchy import COUNTY, Hierarchy
from dashboard.domain.search import (
    CASE,
    MOST_LETTERS,
    MOST_WORDS,
    PLACE,
    UNIT,
    Area,
    Emphasis,
    Finder,
    Hit,
    words_of,
)
from dashboard.domain.units import KINDS as UNIT_KINDS
from dashboard.live.answering import BadRequestError, json_answer, part_of_api
from dashboard.live.asked import whole_number
from dashboard.live.desk import ForbiddenError
from dashboard.live.openapi import FOUND, LANGUAGES, MOST_FOUND
from dashboard.live.state import LiveState
from geodata import Pack

_AT_ONCE = 500
"""So many texts are taken up before others have their turn."""
_SHOWN = ("label", "type", "where", "id", "code")
"""Texts of an entry in which it is said where the words are."""

Found = dict[str, Any]
"""An entry of the answer: see docs/api.md."""
Thing = TypeVar("Thing")


class Search:
    """The search of one city in one web process; it takes up texts in steps that hold nobody up."""

    def __init__(self, pack: Pack, hierarchy: Hierarchy, state: LiveState) -> None:
        self._pack, self._hierarchy, self._state = pack, hierarchy, state
        self._finder = Finder(hierarchy, pack.units.kind, pack.units.home_grid)
        self._turn = RLock()
        self._waiting = self._texts_of_the_pack()

    def take_up(self) -> None:
        """Take up all texts that are new: of the pack once, of the cases as they change."""
        with self._turn:
            for _ in self._waiting:
                gevent.sleep(0)
            for cases in _in_steps(self._finder.cases.changed(self._state.open_cases.values())):
                self._finder.cases.take(cases)
                gevent.sleep(0)

    def _texts_of_the_pack(self) -> Iterator[None]:
        """Take up the names of places and units; others may have their turn at every yield."""
        regions, finder = self._pack.regions, self._finder
        names = list(zip(regions.name, regions.name_en, regions.code, strict=True))
        signs = [(sign,) for sign in self._pack.units.call_sign]
        for texts, rows in ((finder.places, names), (finder.units, signs)):
            for step in _in_steps(rows):
                texts.add(step)
                yield
            texts.sort()

    def find(self, words: Sequence[str], region: int, limit: int, language: str) -> list[Found]:
        """What is inside a region, the best first; names in the language."""
        self.take_up()
        hits = self._finder.find(words, Area.of(self._hierarchy, region), limit)
        shape = {CASE: self._case, PLACE: self._place, UNIT: self._unit}
        emphasis = self._finder.emphasis(words)
        return [_marked(shape[hit.kind](hit, language), emphasis) for hit in hits]

    def _case(self, hit: Hit, language: str) -> Found:
        case = self._finder.case(hit.number)
        row = TYPE_BY_CODE[case["type"]]
        type_name = row.zh if language == "zh" else row.en
        home = self._where(self._hierarchy.region_of_grid(case["grid"]), language)
        return {
            "kind": CASE,
            "id": case["id"],
            "label": case["summary"] or type_name,
            "type": type_name,
            "where": " · ".join(filter(None, (home, case["place"]))),
            "level": case["level"],
            "state": case["state"],
            **self._lonlat(case["x"], case["y"]),
        }

    def _place(self, hit: Hit, language: str) -> Found:
        regions = self._pack.regions
        return {
            "kind": PLACE,
            "code": regions.code[hit.number],
            "label": self._name(hit.number, language),
            "where": self._where(hit.number, language),
            "tier": int(regions.tier[hit.number]),
            **self._lonlat(*regions.label_xy[hit.number]),
        }

    def _unit(self, hit: Hit, language: str) -> Found:
        units, number = self._pack.units, hit.number
        slug, zh = UNIT_KINDS[int(units.kind[number])]
        home = self._hierarchy.region_of_grid(int(units.home_grid[number]))
        return {
            "kind": UNIT,
            "call_sign": units.call_sign[number],
            "label": units.call_sign[number],
            "type": zh if language == "zh" else slug.replace("_", " "),
            "where": self._where(home, language),
            **self._lonlat(*self._position(number)),
        }

    def _position(self, unit: int) -> tuple[int, int]:
        """Where a unit is now; at home where nothing has been heard of it. Map units."""
        x, y = (self._state.column("units", name)[unit : unit + 1] for name in ("x", "y"))
        if x.any() or y.any():
            return int(x[0]), int(y[0])
        at_home = self._pack.units.xy[unit]
        return int(at_home[0]), int(at_home[1])

    def _name(self, region: int, language: str) -> str:
        regions = self._pack.regions
        return (language == "en" and regions.name_en[region]) or regions.name[region]

    def _where(self, region: int, language: str) -> str:
        """The names above a region, from the county down; above a county, the city."""
        tier = self._hierarchy.tier
        above = self._hierarchy.ancestors(region)
        names = [self._name(r, language) for r in above if tier[r] >= COUNTY or tier[region] == COUNTY]
        return " ".join(reversed(names))

    def _lonlat(self, x: int, y: int) -> dict[str, float]:
        lon, lat = self._pack.to_lonlat(np.array([x, y]))
        return {"lon": round(float(lon), 6), "lat": round(float(lat), 6)}


def register(
    server: Flask, pack: Pack, hierarchy: Hierarchy, state: LiveState, identity: Callable[[], Identity]
) -> None:
    """Add the route to the Flask server, and take the texts up once it serves."""
    search = Search(pack, hierarchy, state)
    blueprint = part_of_api("search")

    @blueprint.get("/search")
    def find() -> Response:
        who, asked = identity(), request.args
        region = own_region(who, hierarchy)
        if region is None or not may(who, "view", hierarchy.codes[region], hierarchy.contains_code):
            raise ForbiddenError(f"{who.name} may not look there.")
        language = asked.get("lang", LANGUAGES[0])
        if language not in LANGUAGES:
            raise BadRequestError(f"lang must be one of {', '.join(LANGUAGES)}.")
        limit = whole_number("limit", FOUND, MOST_FOUND)
        return json_answer(search.find(_words(asked), region, limit, language))

    server.register_blueprint(blueprint)
    gevent.spawn(search.take_up)


def _marked(found: Found, emphasis: Emphasis) -> Found:
    """With the places of the words in each text that is shown."""
    spans = {name: emphasis.spans(found[name]) for name in _SHOWN if name in found}
    return {**found, "matched": {name: places for name, places in spans.items() if places}}


def _in_steps(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    return (things[first : first + _AT_ONCE] for first in range(0, len(things), _AT_ONCE))


def _words(asked: Mapping[str, str]) -> list[str]:
    typed = asked.get("q", "")
    words = words_of(typed) if len(typed) <= MOST_LETTERS else []
    if not 0 < len(words) <= MOST_WORDS:
        raise BadRequestError(
            f"q must say what to look for: 1 to {MOST_WORDS} words, of at most {MOST_LETTERS} letters in all."
        )
    return words
