"""One city as a web process has it: its pack, its state, and the screens that follow it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gevent

from dashboard.domain.access import Identity
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.safety_index import IndexParameters
from dashboard.live.desk import Desk
from dashboard.live.feed_watch import FeedWatch
from dashboard.live.figures import Figures
from dashboard.live.follower import Follower
from dashboard.live.hub import Hub
from dashboard.live.identity import Identities
from dashboard.live.kept import Kept
from dashboard.live.lapses import Lapses
from dashboard.live.leaders import Leaders
from dashboard.live.publications import Publications
from dashboard.live.published import Published
from dashboard.live.scope import Scope
from dashboard.live.screens import Screens
from dashboard.live.signing_in import SigningIn
from dashboard.live.state import LiveState
from dashboard.live.statics import StaticFile, build_statics
from dashboard.live.systems import Systems
from dashboard.settings import Settings
from dashboard.streams import frame
from dashboard.streams.from_pack import hierarchy_of
from dashboard.streams.keys import Keys
from geodata import Pack, load_pack
from geodata.pack import UNITS_PER_M
from geodata.registry import pack_path


@dataclass
class City:
    """What the routes and the pages of one city ask; `follow` keeps it up to date from then on."""

    settings: Settings
    pack: Pack
    hierarchy: Hierarchy
    keys: Keys
    parameters: IndexParameters
    statics: dict[str, StaticFile]
    state: LiveState
    screens: Screens
    kept: Kept
    figures: Figures
    leaders: Leaders
    publications: Publications
    systems: Systems
    desk: Desk
    identities: Identities
    signing_in: SigningIn
    lapses: Lapses
    follower: Follower
    feed_watch: FeedWatch

    @classmethod
    def open(cls, settings: Settings) -> City:
        """The city of `settings.city`; raises `geodata.PackError` when its pack has not been built."""
        pack = load_pack(pack_path(settings.data_dir, settings.city))
        hierarchy = hierarchy_of(pack)
        keys = Keys(pack.regions.code[0])
        parameters = IndexParameters.default(int(pack.regions.population[0]))
        state = LiveState()
        screens = Screens(Hub(), state, lambda region: Scope.of(region, hierarchy, pack))
        kept = Kept(settings, keys)
        published = Published(settings.redis_url, keys, hierarchy, pack, parameters)
        figures = Figures(settings, keys, hierarchy, pack, published, state, kept)
        leaders = Leaders(settings, keys, hierarchy, pack, published, state, figures.trends, kept)
        state.on_cases = leaders.history.hear
        desk = Desk(settings.redis_url, keys, pack, hierarchy, state, settings.wait_replicas)
        state.on_answers = desk.hear
        identities = Identities(settings, keys)
        most = settings.rectify_most
        publications = Publications(settings.redis_url, keys, hierarchy, state, desk.sender, most)
        systems = Systems.open(settings, keys, pack, hierarchy, state, figures.settling, leaders)

        def forget() -> None:
            figures.forget()
            leaders.forget()
            publications.forget()
            systems.forget()

        feed_watch = FeedWatch.of(settings, len(pack.cameras.networked), len(pack.units.kind), hierarchy)
        follower = Follower(settings.redis_url, keys, state, screens, forget, feed_watch)
        statics = build_statics(pack, settings.data_dir / "cache")
        return cls(
            settings, pack, hierarchy, keys, parameters, statics, state, screens, kept, figures, leaders,
            publications, systems, desk, identities, SigningIn(settings, keys), Lapses(identities), follower,
            feed_watch,
        )  # fmt: skip

    @property
    def ready(self) -> bool:
        """Whether the state has been loaded."""
        return self.state.position != "0-0"

    def identity(self) -> Identity:
        """Who is asking in the current request."""
        return self.identities.current()

    def follow(self) -> None:
        """Follow the city's changes and tell the screens, in greenlets of their own, for ever."""
        gevent.spawn(self.follower.follow)
        gevent.spawn(self.follower.beat)
        gevent.spawn(self.lapses.watch)
        gevent.spawn(self.leaders.history.follow)

    def config(self) -> dict[str, Any]:
        """What the page must know before anything else: see `/live/config.json` in docs/protocol.md."""
        regions, manifest = self.pack.regions, self.pack.manifest
        return {
            "timezone": manifest["timezone"],
            "origin": [round(metres * UNITS_PER_M) for metres in manifest["origin"]],
            "tier_start": regions.tier_start.tolist(),
            "tables": frame.tables_json(),
            "urls": {stem: f"/live/static/{file.name}" for stem, file in self.statics.items()},
            "stale_after_s": self.settings.stale_after_s,
        }

    def services(self) -> dict[str, Any]:
        """The fields of `dashboard.views.Services`."""
        return {
            "settings": self.settings,
            "pack": self.pack,
            "hierarchy": self.hierarchy,
            "cuts": self.parameters.cuts,
            "identity": self.identity,
            "simulated": lambda: bool(self.state.clock.get("simulated", False)),
            "region_trend": self.figures.region_trend,
            "children_trend": self.figures.children_trend,
            "past_trend": self.figures.past_trend,
            "open_cases": self.figures.open_cases,
            "region_profile": self.figures.region_profile,
            "ring_integrity": self.figures.ring_integrity,
            "settling": self.figures.settling,
            "leaders": self.leaders,
            "publications": self.publications,
            "systems": self.systems,
        }
