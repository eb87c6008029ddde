"""Several cities in one web process: each one's figures now, and what they make together.

Each city is followed as the served one is (see `follower`); what they make together is summed from the same
arrays when somebody asks. The index of the whole comes from the sums that each projector leaves with its
snapshot, every ten seconds, so it has an age of its own.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gevent
import numpy as np
from numpy.typing import NDArray

from dashboard.domain.cameras import NOT_NETWORKED, ONLINE
from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.hierarchy import GRID, Hierarchy
from dashboard.domain.safety_index import IndexParameters, evaluate_sums, levels
from dashboard.domain.safety_index.together import Share, score_together
from dashboard.live.city import City
from dashboard.live.follower import Follower
from dashboard.live.hub import Hub
from dashboard.live.screens import Screens
from dashboard.live.state import LiveState
from dashboard.settings import Settings
from dashboard.streams.client import FAILED, connect
from dashboard.streams.from_pack import hierarchy_of
from dashboard.streams.keys import Keys
from dashboard.streams.reader import PublishedSums, read_sums
from dashboard.streams.tables import SCORE_UNKNOWN
from geodata import Pack, load_pack
from geodata.registry import pack_path

FEEDS = ("reports", "cameras", "units")
"""Feeds that must not fall silent: commands come when somebody has something to do."""
GRAVE = 2
"""Cases of this level or a graver one are counted apart."""
LEVEL_MASK = 0x0F
_SUMS_S = 5.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Figures:
    """What is shown of a city, or of all together. None is what is not known.

    `age_s`: seconds since the oldest feed brought something; `score_age_s`: since the newest entry that the
    score rests on; `by_nature`: open cases by `case_types.NATURES`; `grave`: those of levels 01 and 02.
    """

    score: float | None
    level: int
    score_age_s: float | None
    population: int
    open_cases: int | None
    grave: int | None
    by_nature: dict[int, int]
    cameras_online: int | None
    cameras_networked: int | None
    age_s: float | None
    simulated: bool


@dataclass(frozen=True)
class CityFigures:
    """One city's figures; `served`: it has pages of its own in this process."""

    code: str
    name: str
    name_en: str
    served: bool
    figures: Figures


@dataclass(frozen=True)
class ProvinceFigures:
    """Every city that may be seen, and all of them together; `missing` have told nothing yet."""

    cities: tuple[CityFigures, ...]
    together: Figures
    missing: int


@dataclass
class Member:
    """One of the cities: what is known of it, and how it is kept up."""

    code: str
    name: str
    name_en: str
    served: bool
    hierarchy: Hierarchy
    population: NDArray[Any]
    parameters: IndexParameters
    state: LiveState
    follower: Follower
    share: Share | None = None
    share_ms: int = 0

    @classmethod
    def of(cls, pack: Pack, parameters: IndexParameters, state: LiveState, follower: Follower,
           served: bool) -> Member:  # fmt: skip
        """The member that a pack describes."""
        regions, hierarchy = pack.regions, hierarchy_of(pack)
        population = regions.population[hierarchy.tier_slice(GRID)]
        return cls(regions.code[0], regions.name[0], regions.name_en[0], served, hierarchy, population,
                   parameters, state, follower)  # fmt: skip

    def take_sums(self, sums: PublishedSums) -> None:
        """What this city brings into the index of all together."""
        evaluation = evaluate_sums(
            self.hierarchy, self.population, self.parameters, sums.grids, sums.now_ms
        )  # fmt: skip
        self.share = Share.of(evaluation, bool(sums.grids.critical.sum() > 0))
        self.share_ms = int(sums.version.rpartition("@")[2].partition("-")[0])

    def figures(self, now_ms: int) -> Figures:
        """The city's figures at this moment."""
        state = self.state
        score, level = state.column("regions", "score"), state.column("regions", "level")
        known = len(score) > 0 and int(score[0]) != SCORE_UNKNOWN
        status = state.column("cameras", "status")
        is_there = state.position != "0-0"
        cases = list(state.open_cases.values())
        age_s = self._age_s(now_ms)
        return Figures(
            score=int(score[0]) / 10 if known else None,
            level=int(level[0]) & LEVEL_MASK if known and len(level) else 0,
            score_age_s=age_s,
            population=int(self.population.sum()),
            open_cases=len(cases) if is_there else None,
            grave=sum(case["level"] <= GRAVE for case in cases) if is_there else None,
            by_nature=dict(Counter(_nature(case) for case in cases)),
            cameras_online=int(np.count_nonzero(status == ONLINE)) if is_there else None,
            cameras_networked=int(np.count_nonzero(status != NOT_NETWORKED)) if is_there else None,
            age_s=age_s,
            simulated=bool(state.clock.get("simulated", False)),
        )

    def _age_s(self, now_ms: int) -> float | None:
        feeds = self.follower.heartbeat()["feeds"]
        applied = [feeds.get(kind, {}).get("applied_ms") for kind in FEEDS]
        return None if None in applied else max(0.0, (now_ms - min(applied)) / 1000)


@dataclass
class Province:
    """The cities that the settings name, in their order; `follow` keeps them up to date from then on."""

    url: str
    members: list[Member]
    others: list[Member] = field(default_factory=list)
    """Those that nobody else in this process follows."""

    @classmethod
    def open(cls, settings: Settings, city: City) -> Province:
        """The cities of `settings.province`, the served one alone if that is empty.

        Raises `geodata.PackError` when a pack has not been built.
        """
        province = cls(settings.redis_url, [])
        for name in names_in(settings.province) or [settings.city]:
            if name == settings.city:
                member = Member.of(city.pack, city.parameters, city.state, city.follower, served=True)
            else:
                member = _other(settings, load_pack(pack_path(settings.data_dir, name)))
                province.others.append(member)
            province.members.append(member)
        return province

    def follow(self) -> None:
        """Follow every city in greenlets of their own, for ever."""
        for member in self.others:
            gevent.spawn(member.follower.follow)
            gevent.spawn(member.follower.beat)
        gevent.spawn(self._read_sums)

    def _read_sums(self) -> None:
        said = ""
        while True:
            for member in self.members:
                try:
                    keys = Keys(member.code)
                    with connect(self.url, keys=keys) as client:
                        sums = read_sums(client, keys)
                    member.take_sums(sums)
                except FAILED as problem:  # there may be none yet; its age is shown
                    if str(problem) != said:
                        said = str(problem)
                        _LOG.info("The sums of %s can't be read (%s).", member.code, problem)
            time.sleep(_SUMS_S)

    def figures(self, may_view: Callable[[str], bool], now_ms: int | None = None) -> ProvinceFigures:
        """Figures of the cities that may be seen, and of these together."""
        now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
        seen = [member for member in self.members if may_view(member.code)]
        cities = tuple(
            CityFigures(m.code, m.name, m.name_en, m.served, m.figures(now_ms)) for m in seen
        )  # fmt: skip
        told = [city.figures for city in cities if city.figures.open_cases is not None]
        return ProvinceFigures(cities, _together(told, seen, now_ms), len(cities) - len(told))


def names_in(text: str) -> list[str]:
    """The names in a list with commas, each once."""
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _other(settings: Settings, pack: Pack) -> Member:
    """A city that has no pages here: nobody reads its hub, which keeps one message."""
    state, keys = LiveState(), Keys(pack.regions.code[0])
    follower = Follower(settings.redis_url, keys, state, Screens(Hub(capacity=1)), lambda: None)
    parameters = IndexParameters.default(int(pack.regions.population[0]))
    return Member.of(pack, parameters, state, follower, served=False)


def _together(told: Sequence[Figures], seen: Sequence[Member], now_ms: int) -> Figures:
    """The sums over the cities that have told something; as old as the oldest of them."""
    score, level = None, 0
    sharing = [member for member in seen if member.share is not None]
    if sharing:
        parameters = sharing[0].parameters
        score = score_together([member.share for member in sharing if member.share], parameters)
        level = int(levels(np.array([score]), np.zeros(1, np.uint8), parameters)[0])
    natures: Counter[int] = Counter()
    for figures in told:
        natures.update(figures.by_nature)
    ages = [figures.age_s for figures in told]
    return Figures(
        score=score,
        level=level,
        score_age_s=(now_ms - min(m.share_ms for m in sharing)) / 1000 if sharing else None,
        population=sum(figures.population for figures in told),
        open_cases=_sum(figures.open_cases for figures in told),
        grave=_sum(figures.grave for figures in told),
        by_nature=dict(natures),
        cameras_online=_sum(figures.cameras_online for figures in told),
        cameras_networked=_sum(figures.cameras_networked for figures in told),
        age_s=None if not ages or None in ages else max(age for age in ages if age is not None),
        simulated=any(figures.simulated for figures in told),
    )


def _nature(case: Mapping[str, Any]) -> int:
    """As said of the case, its type's where it isn't."""
    return int(case["nature"] if "nature" in case else TYPE_BY_CODE[case["type"]].nature)


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
