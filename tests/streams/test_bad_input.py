"""Every row of docs/bad-input.md about entries gets its answer, and none of them stops those behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import redis

from dashboard.domain.cameras import FAULT
from dashboard.domain.refused import VALUES_NOT_KEPT
from dashboard.streams.city import CityModel
from dashboard.streams.codecs import CAMERA_RECORD
from dashboard.streams.dead_letters import DeadLetter, read_dead
from dashboard.streams.keys import Keys
from dashboard.streams.reader import load_known, read_case
from dashboard.streams.writer import Writer
from geodata import gcj02
from tests.streams.projecting import cases_of, project, rebuild_with, state
from tests.streams.small_city import (
    SIDE,
    SOUTH,
    WEST,
    camera,
    command,
    grid_code,
    iso,
    make_city,
    now_ms,
    report,
    unit,
)
from tests.tables import answers_of

pytestmark = pytest.mark.valkey

ANSWERS = answers_of("bad-input.md", "Entries of the raw streams")
NOW_MS = now_ms()
CITY = make_city()
DAY_MS = 86_400_000
SECRET = "13912345678"

Entry = tuple[str, dict[Any, Any]]


def point(lon: float, lat: float, **more: str) -> dict[str, str]:
    return {**report("case", NOW_MS), "lon": repr(lon), "lat": repr(lat), **more}


def shifted(lon: float, lat: float, **more: str) -> dict[str, str]:
    """A point of the city as a map of GCJ-02 has it."""
    x, y = gcj02.from_wgs84(lon, lat)
    return point(float(x), float(y), **more)


def at(moment: str, **more: str) -> dict[str, str]:
    return {**report("case", NOW_MS), "occurred_at": moment, **more}


def packed(*events: Any) -> dict[bytes, bytes]:
    return {b"packed": json.dumps(list(events)).encode()}


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


MIDDLE = WEST + 3.5 * SIDE, SOUTH + 3.5 * SIDE
EAST = WEST + 8 * SIDE - 0.001, SOUTH + 3.5 * SIDE
GOOD = report("case", NOW_MS)
RECORD = np.array([(10**6, 1, NOW_MS)], dtype=CAMERA_RECORD).tobytes()

PACKED_TWICE = packed(GOOD)[b"packed"].replace(b'"type":', b'"summary": "SAID", "summary": "x", "type":')

BAD: dict[str, Entry | list[Entry]] = {
    "future": ("reports", at(iso(NOW_MS + DAY_MS))),
    "clock-a-little-ahead": ("reports", at(iso(NOW_MS + 4 * 60_000))),
    "camera-in-the-future": [
        ("cameras", camera(3, "fault", NOW_MS + DAY_MS)),
        ("cameras", {b"packed": np.array([(3, 3, NOW_MS + DAY_MS)], dtype=CAMERA_RECORD).tobytes()}),
    ],
    "clock-never-set": [
        *(("reports", at(moment)) for moment in ("1970-01-01T00:00:00Z", "1980-01-06T00:00:00Z",
                                                 "2000-01-01T08:00:00+08:00")),
        ("cameras", camera(3, "fault", 0)),
        ("units", unit(3, "busy", 0)),
    ],
    "far-past": ("reports", at("2001-05-06T00:00:00+08:00")),
    "late": ("reports", at(iso(NOW_MS - 90 * DAY_MS))),
    "no-offset": ("reports", at("2026-11-24T09:30:00")),
    "epoch-number": ("reports", at("1795483800")),
    "no-such-day": ("reports", at("2026-02-30T00:00:00Z")),
    "plan-far-ahead": ("commands", command("case", "extend", NOW_MS, until="9999-12-31T00:00:00Z", note="x")),
    "swapped": ("reports", point(*reversed(MIDDLE))),
    "gcj02-outside": ("reports", shifted(*EAST)),
    "gcj02-and-grid": ("reports", shifted(WEST + 3.9 * SIDE, MIDDLE[1], grid=grid_code(CITY, 3 * 8 + 3))),
    "gcj02-inside": ("reports", shifted(*MIDDLE)),
    "outside": ("reports", point(10.0, 50.0)),
    "null-island": ("reports", point(0.0, 0.0)),
    "half-a-position": ("reports", {name: value for name, value in GOOD.items() if name != "lat"}),
    "no-position": ("reports", {name: value for name, value in GOOD.items() if name not in ("lon", "lat")}),
    "not-a-number": [("reports", {**GOOD, "lon": word}) for word in ("NaN", "nan", "Infinity", "-inf")],
    "unknown-grid": ("reports", {**report("case", NOW_MS, 0, CITY), "grid": "110101001001001"}),
    "duplicate-report": [("reports", GOOD), ("reports", GOOD)],
    "duplicate-command": [("reports", GOOD), *[("commands", command("case", "accept", NOW_MS))] * 2],
    "reordered": [
        ("reports", {**GOOD, "summary": "新"}), ("reports", at(iso(NOW_MS - 60_000), summary="旧"))
    ],
    "camera-reordered": [
        ("cameras", camera(3, "fault", NOW_MS)), ("cameras", camera(3, "online", NOW_MS - 60_000)),
    ],
    "command-before-case": ("commands", command("nobody", "accept", NOW_MS)),
    "unknown-camera": ("cameras", camera(10**6, "offline", NOW_MS)),
    "unknown-unit": ("units", {**unit(0, "free", NOW_MS), "unit": "火星-01"}),
    "unknown-type": ("reports", {**GOOD, "type": "nonsense"}),
    "unknown-field": ("reports", {**GOOD, "colour": "red"}),
    "missing-field": ("reports", {name: value for name, value in GOOD.items() if name != "origin"}),
    "wrong-type": ("reports", packed({**GOOD, "summary": {"a": [1]}})),
    "nested-deep": [("reports", packed({**GOOD, "summary": nested(depth)})) for depth in (33, 300, 900)],
    "ten-megabytes": [
        ("reports", {**GOOD, "summary": "字" * 3_500_000}),
        ("reports", packed({**GOOD, "summary": "字" * 3_500_000})),
        ("commands", {b"packed": b"[" * 10_000_000}),
        ("cameras", {**camera(3, "fault", NOW_MS), "status": "x" * 10_000_000}),
        ("units", {b"packed": b"x" * 10_000_001}),
    ],
    "long-text": ("reports", {**GOOD, "summary": "字" * 2001}),
    "control-characters": [("reports", {**GOOD, "summary": text}) for text in ("\x1b[31mred", "a\x00b")],
    "broken-utf8": [
        ("reports", {**GOOD, "summary": b"\xff\xfe\x80"}),
        ("reports", {**GOOD, b"\xff": "x"}),
        ("cameras", {**camera(3, "fault", NOW_MS), "status": b"\xc3("}),
    ],
    "field-twice": [],  # a mapping can't hold it: see `append`
    "not-json": ("reports", {b"packed": b"[{"}),
    "name-twice": ("reports", {b"packed": PACKED_TWICE.replace(b"SAID", "起火".encode())}),
    "not-an-array": ("commands", {b"packed": b"{}"}),
    "one-of-three": (
        "reports", packed(report("case-1", NOW_MS), {**GOOD, "level": "9"}, report("case-3", NOW_MS))
    ),
    "nothing-packed": ("reports", packed()),
    "records-cut-short": ("cameras", {b"packed": RECORD + b"x"}),
    "records-of-no-camera": ("cameras", {b"packed": RECORD}),
    "personal-field": ("reports", {**GOOD, "phone": "x"}),
    "personal-text": ("reports", {**GOOD, "summary": f"找{SECRET}"}),
    "personal-unread": [
        ("reports", {b"packed": PACKED_TWICE.replace(b"SAID", SECRET.encode())}),
        ("reports", {b"packed": b'[{"id":"case","contact_phone":"8791'}),
    ],
    "personal-nested": ("reports", packed({**GOOD, "summary": {"more": [{"contactPhone": "8791234"}]}})),
}  # fmt: skip


class Came:
    """What came of it, as others read it."""

    def __init__(self, client: redis.Redis, keys: Keys) -> None:
        self.cases = cases_of(client, keys)
        self.camera = int(load_known(client, keys, CITY).camera_status[3])
        self.case = read_case(client, keys, "case")


AND: dict[str, Callable[[Came], bool]] = {
    "far-past": lambda came: came.case is not None and came.case.occurred_at_ms < NOW_MS - 20 * 365 * DAY_MS,
    "duplicate-report": lambda came: came.case is not None and came.case.version == 1,
    "duplicate-command": lambda came: came.case is not None and came.case.version == 2,
    "reordered": lambda came: came.case is not None and came.case.summary == "新",
    "gcj02-inside": lambda came: came.case is not None and abs((came.case.lon or 0) - MIDDLE[0]) > 0.003,
    "camera-reordered": lambda came: came.camera == FAULT,
    "camera-in-the-future": lambda came: came.camera != FAULT,
    "one-of-three": lambda came: {"case-1", "case-3"} <= came.cases,
}
"""What else the page says."""


def append(name: str, client: redis.Redis, keys: Keys) -> list[str]:
    """The row's entries, each with a good one behind it; the ids of the bad ones."""
    ids, found = [], BAD[name]
    for number, (kind, fields) in enumerate(found if isinstance(found, list) else [found]):
        ids.append(client.xadd(keys.raw(kind), fields).decode())  # type: ignore[union-attr]
        client.xadd(keys.raw("reports"), dict(report(f"good-{number}", NOW_MS)))
    if name == "field-twice":
        flat = [part for pair in GOOD.items() for part in pair]
        twice = (*flat, "place", "a", "place", "b")
        ids.append(client.execute_command("XADD", keys.raw("reports"), "*", *twice).decode())
        client.xadd(keys.raw("reports"), dict(report("good-0", NOW_MS)))
    return ids


def test_the_page_has_a_row_for_each_case_and_no_other() -> None:
    assert list(ANSWERS) == list(BAD)


@pytest.mark.parametrize("name", BAD)
def test_the_answer_is_that_of_the_page(client: redis.Redis, keys: Keys, city: CityModel, name: str) -> None:
    ids = append(name, client, keys)
    project(client, city)
    letters = [letter for _, letter in read_dead(client, keys)]
    came = Came(client, keys)
    assert {f"good-{number}" for number in range(len(ids))} <= came.cases
    assert AND.get(name, lambda _: True)(came)
    answer = ANSWERS[name]
    if answer in ("applied", "nothing"):
        assert letters == []
        assert ("case" in came.cases) == (answer == "applied")
    else:
        check_letters(letters, answer, 1 if name == "duplicate-command" else len(ids))
    if answer in VALUES_NOT_KEPT:
        kept = [client.xrange(keys.raw(each.kind), str(each.entry), str(each.entry)) for each in letters]
        assert not any(kept)


def check_letters(letters: list[DeadLetter], answer: str, count: int) -> None:
    assert [letter.reason for letter in letters] == [answer] * count
    assert all(letter.sentence.endswith(".") and SECRET not in letter.sentence for letter in letters)


def test_a_point_that_looks_wrong_is_told_what_it_looks_like(
    client: redis.Redis, keys: Keys, city: CityModel
) -> None:
    for name, words in (("gcj02-outside", "GCJ-02"), ("gcj02-and-grid", "GCJ-02"), ("swapped", "swapped")):
        client.flushall()
        append(name, client, keys)
        project(client, city)
        assert words in next(read_dead(client, keys))[1].sentence


def test_all_of_it_projected_again_gives_the_same_state(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    for name in BAD:
        append(name, client, keys)
    project(client, city)
    first = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == first
