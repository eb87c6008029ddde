"""The desk's search over all of Weifang and 10,000 open cases: a query, and taking all texts up.

A query is the whole answer as the route gives it, without HTTP. The peer finds words in places and call signs
alone, ranks nothing and stops at its first 24. What it finds by the beginning of a name, Kite must find too.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from dashboard.domain.case_types import CASE_TYPES
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.search import words_of
from dashboard.feeds.simulation.texts import SUMMARIES
from dashboard.live.search_api import Search
from dashboard.live.state import LiveState
from dashboard.streams.from_pack import hierarchy_of
from geodata import Pack, load_pack
from geodata.registry import pack_path
from geodata.tables import GRID
from tests.benchmarks.cities import CITY, data_folder
from tests.benchmarks.peers.pinyin_loop import PinyinLoop
from tests.benchmarks.report import Row, paired

QUERIES = (
    "kw", "奎文", "kuiwen", "k", "w", "1", "370705", "网", "网-02001", "weifang", "gw", "kuiwen guangwen",
    "青州 李家", "lj", "wg", "火", "wanggezhuang", "village grid", "district", "zzz", "11111111",
)  # fmt: skip
LETTERS = ("a b c d e", "w g 1 2 3")
"""The dearest that may be asked: five words of one letter each."""
OPEN_CASES = 10_000
LIMIT = 24
_TIMES = 15


def made_cases(pack: Pack, hierarchy: Hierarchy, count: int = OPEN_CASES) -> dict[str, dict[str, Any]]:
    """Open cases anywhere, with the simulator's texts."""
    rng, found = random.Random(1), {}
    summaries = [text for texts in SUMMARIES.values() for text in texts]
    for number in range(count):
        grid = rng.randrange(pack.grid_count)
        village, town, *_ = hierarchy.ancestors(int(pack.regions.tier_start[GRID]) + grid)
        found[f"case-{number:05}"] = {
            "id": f"{pack.regions.code[village][:6]}-20261124-{number:05}",
            "type": rng.choice(CASE_TYPES).code, "level": rng.randint(1, 4), "state": "reported",
            "grid": grid, "x": 0, "y": 0, "place": pack.regions.name[town] + pack.regions.name[village],
            "summary": rng.choice(summaries), "due": {"red_ms": 1_790_000_000_000 + number, "paused": ""},
        }  # fmt: skip
    return found


def run(quick: bool) -> list[Row]:
    """Milliseconds of a query beside the peer's, of the dearest one, and of taking all texts up."""
    with data_folder() as folder:
        pack = load_pack(pack_path(folder, CITY))
    hierarchy, rounds = hierarchy_of(pack), 2 if quick else 5
    searches, take_up_ms = [], []
    state = LiveState()
    state.open_cases = made_cases(pack, hierarchy)
    for _ in range(rounds):
        searches.append(Search(pack, hierarchy, state))
        take_up_ms.append(_ms(searches[-1].take_up))
    search = searches[-1]
    peer = PinyinLoop([*pack.regions.name, *pack.units.call_sign])
    _insist_on_the_peers(search, peer, pack)
    ours, theirs = zip(*(_round(search, peer, QUERIES) for _ in range(rounds)), strict=True)
    dearest, dearest_of_peer = zip(*(_round(search, peer, LETTERS) for _ in range(rounds)), strict=True)
    note = f"{len(pack.regions):,} places, {len(pack.units.call_sign):,} units, {OPEN_CASES:,} open cases"
    return [
        *paired(f"a query, median of {len(QUERIES)}", "ms", ours, theirs, note=note),
        *paired("five words of one letter", "ms", dearest, dearest_of_peer),
        *paired("all texts taken up, at start", "ms", take_up_ms, []),
    ]


def _insist_on_the_peers(search: Search, peer: PinyinLoop, pack: Pack) -> None:
    """What the peer finds for the first county, by name and pinyin, is the first that Kite finds."""
    county = pack.regions.name.index("奎文区")
    for typed in ("奎文区", "kuiwenqu", "kwq"):
        assert county in peer.find([typed], LIMIT)
        assert search.find([typed], 0, LIMIT, "zh")[0]["code"] == pack.regions.code[county]


def _round(search: Search, peer: PinyinLoop, queries: tuple[str, ...]) -> tuple[float, float]:
    """Median over the queries, ours and the peer's, each of its own median."""
    words = [words_of(query) for query in queries]
    ours = [_median_ms(lambda w=w: search.find(w, 0, LIMIT, "zh")) for w in words]  # type: ignore[misc]
    theirs = [_median_ms(lambda w=w: peer.find(w, LIMIT)) for w in words]  # type: ignore[misc]
    return statistics.median(ours), statistics.median(theirs)


def _median_ms(call: Callable[[], object]) -> float:
    return statistics.median(_ms(call) for _ in range(_TIMES))


def _ms(call: Callable[[], object]) -> float:
    begun_s = time.perf_counter()
    call()
    return (time.perf_counter() - begun_s) * 1000
