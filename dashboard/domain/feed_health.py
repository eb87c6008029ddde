"""Whether a feed is well: it may have fallen silent, flood, or repeat itself. Silence is not safety.

`judge` looks at a feed's figures (see `feed_tally`) and at what was found before: what was told stays told
until the feed has been well for a while, so that nothing flickers. Plain arithmetic, no clock of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.domain.feed_rhythm import UNLIKELY
from dashboard.domain.feed_tally import EXPECTED, MINUTE_MS, SLOT_MS, Figures

OK, SILENT, FLOOD, REPEAT = "ok", "silent", "flood", "repeat"
STATES = (OK, SILENT, FLOOD, REPEAT)
"""The gravest comes first in `_found`: of a silent feed nothing else is known."""

NEVER, ENTRIES, DATA = "never", "entries", "data"
"""What a silent feed lacks: it never sent anything, sends nothing any more, or sends heartbeats alone."""

CALM_MS: Mapping[str, int] = {SILENT: 5_000, FLOOD: 30_000, REPEAT: 30_000}
"""How long a feed must have been well, at least, before the state is over."""
_BEAT_MS = 2_000
LEAST_SILENCE_MS = 60_000
SOURCE_SILENCE_MS = 60_000
"""A source that gives heartbeats and has said nothing for so long is silent."""
REPEATS_LEAST = 30
"""Fewer repeated events in a minute are not told."""
_EASED = 0.5
"""What was told is over below so much of what it takes to be told."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as ill of one feed.

    `silent_after_ms`: a stream that must say something at least so often; None for one that speaks when
    there is something to say. `must_bring`: whether it is told when data that usually comes doesn't.
    `flood_factor`: times the usual; `flood_least`: and at least so many events a minute; `flood_most`:
    events in ten seconds that are a flood whatever is usual. `repeat_share`: of the last minute's events.
    """

    silent_after_ms: int | None = None
    must_bring: bool = True
    flood_factor: float = 10.0
    flood_least: int = 60
    flood_most: int = 250_000
    repeat_share: float = 0.5


@dataclass(frozen=True, slots=True)
class Health:
    """What is told of a feed: its state, since when, and for a silent one what is lacking.

    `calm_ms`: since when it looks well again, None while it doesn't.
    """

    state: str = OK
    since_ms: int = 0
    lacks: str = ""
    calm_ms: int | None = None


WELL = Health()


def judge(before: Health, figures: Figures, now_ms: int, rules: Rules, heard_ms: int | None = None) -> Health:
    """The health of a feed now; `heard_ms`: when its newest entry of any kind that is applied came.

    `heard_ms` None: that is of no interest (a source's entries are not told apart from its stream's).
    """
    found, since_ms, lacks = _found(figures, now_ms, rules, heard_ms, eased=False)
    if found != OK:
        if found == before.state:
            return Health(found, before.since_ms, lacks)
        return Health(found, since_ms, lacks)
    if before.state == OK or before.lacks == NEVER:
        return WELL
    still, _, lacks = _found(figures, now_ms, rules, heard_ms, eased=True)
    if still == before.state:
        return Health(before.state, before.since_ms, lacks or before.lacks)
    calm_ms = now_ms if before.calm_ms is None else before.calm_ms
    if now_ms - calm_ms >= calm_needed_ms(before, rules):
        return WELL
    return Health(before.state, before.since_ms, before.lacks, calm_ms)


def calm_needed_ms(told: Health, rules: Rules) -> int:
    """How long a feed must be well until what is told of it is over."""
    least_ms = CALM_MS[told.state]
    if told.lacks == ENTRIES and rules.silent_after_ms is not None:
        # One that speaks a little less often than it should is silent all along, not every few seconds.
        return max(least_ms, rules.silent_after_ms + _BEAT_MS)
    return least_ms


def _found(
    figures: Figures, now_ms: int, rules: Rules, heard_ms: int | None, eased: bool
) -> tuple[str, int, str]:
    """(state, since when, what a silent feed lacks) by the figures alone."""
    lacks, since_ms = _silence(figures, now_ms, rules, heard_ms)
    if lacks:
        return SILENT, since_ms, lacks
    if _is_flood(figures, rules, _EASED if eased else 1.0):
        return FLOOD, now_ms, ""
    if _repeats(figures, rules, _EASED if eased else 1.0):
        return REPEAT, now_ms, ""
    return OK, 0, ""


def _silence(figures: Figures, now_ms: int, rules: Rules, heard_ms: int | None) -> tuple[str, int]:
    if rules.silent_after_ms is not None:
        if not heard_ms:
            return NEVER, now_ms
        if now_ms - heard_ms > rules.silent_after_ms:
            return ENTRIES, heard_ms
    elif figures.alive_ms:
        last_ms = max(figures.alive_ms, figures.data_ms)
        if now_ms - last_ms > SOURCE_SILENCE_MS:
            return ENTRIES, last_ms
    return (DATA, figures.data_ms) if rules.must_bring and _misses_data(figures, now_ms) else ("", 0)


def _misses_data(figures: Figures, now_ms: int) -> bool:
    """Whether it is unlikely at these hours, or much is missing by the rate of late."""
    without_ms = now_ms - figures.data_ms
    if not figures.data_ms or without_ms <= LEAST_SILENCE_MS:
        return False
    missed = (figures.usual or 0.0) * (without_ms - figures.asleep_ms) / MINUTE_MS
    return missed >= EXPECTED or figures.unlikely >= UNLIKELY


def _is_flood(figures: Figures, rules: Rules, ease: float) -> bool:
    if figures.peak >= rules.flood_most * ease:
        return True
    if figures.usual is None:
        return False
    return figures.minute.data >= max(rules.flood_factor * figures.usual, rules.flood_least) * ease


def _repeats(figures: Figures, rules: Rules, ease: float) -> bool:
    minute = figures.minute
    least = max(REPEATS_LEAST, rules.repeat_share * minute.data) * ease
    return minute.repeats >= least


def rules_of_streams(
    stale_after_s: float, flood_factor: float, flood_per_s: float, repeat_share: float,
    cameras: int = 0, units: int = 0,
) -> dict[str, Rules]:  # fmt: skip
    """The rules of each raw stream. One round over all cameras or units in a minute is no flood."""
    most = round(flood_per_s * SLOT_MS / 1000)

    def rules(least: int, speaks: bool = True, brings: bool = True, once: int = 0) -> Rules:
        """`once`: what a system sends at once when it begins."""
        after_ms = round(stale_after_s * 1000) if speaks else None
        return Rules(after_ms, brings, flood_factor, least, max(most, once), repeat_share)

    return {
        "reports": rules(60),
        "commands": rules(120, speaks=False, brings=False),  # they come when somebody gives one
        "cameras": rules(max(600, cameras * 3 // 2), once=cameras * 3 // 2),
        "units": rules(max(600, units * 3 // 2)),
    }


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One feed as it is told: its stream, the source in it or the county (else empty), health and figures."""

    kind: str
    source: str
    county: str
    health: Health
    figures: Figures
    heard_ms: int | None = None
