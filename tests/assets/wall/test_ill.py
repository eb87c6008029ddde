"""The band above the wall's map: what is wrong with feeds that speak, in few lines, each with its numbers."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

NOW_MS = 1_796_136_800_000
TEXTS = {
    "wall.feed.reports": "R", "wall.feed.cameras": "C", "wall.feed.units": "U", "header.and": "+",
    "age.seconds": "{n} s", "age.minutes": "{n} min",
    "wall.ill.recovering": "{feeds} back", "wall.ill.flood": "{feeds} flood {n}",
    "wall.ill.flood.usual": "usual {usual}", "wall.ill.since": "since", "wall.ill.from": "from {source}",
    "wall.ill.repeat": "{feeds} repeat {share}", "wall.ill.repeat.count": "{repeats}/{n}",
    "wall.ill.source": "{source}/{feeds} silent {age}", "wall.ill.source.flood": "{source}/{feeds} flood {n}",
    "wall.ill.source.repeat": "{source}/{feeds} repeat {share}",
    "wall.ill.county": "{county} silent {age}", "wall.ill.county.many": "{n} silent: {counties}",
    "wall.ill.unsafe": "unsafe", "wall.ill.more": "{n} more",
}  # fmt: skip
ASK = """async ([heartbeat, stale, now, texts]) => {
  const { Ages } = await import('/assets/kite/ages.mjs');
  const { Ill } = await import('/assets/wall/ill.mjs');
  const { Words } = await import('/assets/wall/words.mjs');
  const ages = new Ages(() => now);
  ages.hear(heartbeat);
  const words = new Words({ texts, timezone: 'Asia/Shanghai' });
  const ill = new Ill(ages, words, (code) => `county ${code}`);
  const feeds = ['reports', 'cameras', 'units'], silent = new Set(stale);
  return {
    lines: ill.lines(feeds, silent).map(({ large, small }) => [large, small]),
    counties: ill.silentCounties(silent),
    alarms: ill.alarms(feeds),
    old: feeds.filter((feed) => ages.stale([feed], 9)),
    health: ages.summary().health,
  };
}"""


def ask(
    page: Page, feeds: dict[str, dict[str, Any]] | None = None, parts: Any = (), stale: Any = ()
) -> dict[str, Any]:
    """What the band says at a heartbeat; of a stream only what is not well must be given."""
    of = {kind: {"applied_ms": NOW_MS, "state": "ok"} for kind in ("reports", "cameras", "units")}
    of = {kind: {**known, **(feeds or {}).get(kind, {})} for kind, known in of.items()}
    heartbeat = {"now_ms": NOW_MS, "feeds": of, "parts": list(parts)}
    told: dict[str, Any] = page.evaluate(ASK, [heartbeat, list(stale), NOW_MS, TEXTS])
    return told


FLOOD = {"state": "flood", "since_ms": NOW_MS, "per_min": 1684, "usual": 6}
REPEAT = {"state": "repeat", "since_ms": NOW_MS, "per_min": 400, "repeats": 299}
DATA = {"state": "silent", "lacks": "data", "since_ms": 1, "data_ms": NOW_MS - 600_000, "usual": 30}


def part(source: str = "", county: str = "", feed: str = "reports", **more: Any) -> dict[str, Any]:
    silent = {"state": "silent", "since_ms": NOW_MS - 600_000, "data_ms": NOW_MS - 600_000}
    return {"feed": feed, "source": source, "county": county, **silent, **more}


def test_while_all_is_well_there_is_no_band(modules: Page) -> None:
    told = ask(modules)
    assert told == {"lines": [], "counties": [], "alarms": [], "old": [], "health": {}}


def test_floods_and_repeats_have_their_numbers(modules: Page) -> None:
    told = ask(modules, {"reports": FLOOD, "units": REPEAT})
    assert told["lines"] == [["R flood 1,684", "usual 6"], ["U repeat 74%", "299/400"]]
    assert told["alarms"] == ["flood reports", "repeat units"]
    assert told["old"] == []
    assert set(told["health"]) == {"reports", "units"}


def test_a_source_is_named_once(modules: Page) -> None:
    told = ask(modules, {"reports": FLOOD}, [part("12345", **FLOOD)])
    assert told["lines"] == [["R flood 1,684", "from 12345 · usual 6"]]
    told = ask(modules, {}, [part("12345", **{**REPEAT, "repeats": 400}), part("vms", feed="cameras")])
    assert told["lines"] == [["vms/C silent 10 min", "unsafe"], ["12345/R repeat 100%", "400/400"]]


def test_counties_from_which_nothing_comes(modules: Page) -> None:
    told = ask(modules, {}, [part(county="370702")])
    assert (told["lines"], told["counties"]) == ([["county 370702 silent 10 min", "unsafe"]], ["370702"])
    told = ask(modules, {}, [part(county="370702"), part(county="370703"), part(county="370704", calm=True)])
    assert told["lines"] == [["2 silent: county 370702+county 370703", "unsafe"]]
    assert told["counties"] == ["370702", "370703"]


def test_few_lines_and_how_many_more(modules: Page) -> None:
    told = ask(modules, {"reports": FLOOD, "cameras": FLOOD, "units": REPEAT}, [part(county="370702")])
    assert told["lines"] == [["county 370702 silent 10 min", "unsafe"], ["R flood 1,684", "usual 6 · 2 more"]]


def test_what_the_banner_tells_is_not_told_again(modules: Page) -> None:
    told = ask(modules, {"reports": FLOOD}, [part("12345"), part(county="370702")], stale=["reports"])
    assert (told["lines"], told["counties"]) == ([], [])
    told = ask(modules, {"units": REPEAT}, [part("12345")], stale=["link", "reports", "cameras", "units"])
    assert told["lines"] == []


def test_a_feed_of_heartbeats_alone_is_old_until_it_recovers(modules: Page) -> None:
    told = ask(modules, {"cameras": DATA})
    assert (told["old"], told["lines"]) == (["cameras"], [])  # the banner tells it
    told = ask(modules, {"cameras": {**DATA, "calm": True}})
    assert (told["old"], told["lines"]) == ([], [["C back", ""]])
