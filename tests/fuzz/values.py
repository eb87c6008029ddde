"""Values that producers send and should not, as hypothesis draws them: by field, by kind of entry."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import strategies as st

from dashboard.domain.case_types import CASE_TYPES, ORIGINS
from dashboard.domain.commands import COMMANDS
from dashboard.domain.schemas import SCHEMAS
from dashboard.streams.city import CityModel
from dashboard.streams.codecs import RECORDS
from geodata import gcj02
from tests.streams.small_city import SIDE, SOUTH, WEST, camera, command, iso, now_ms, report, unit

Flat = dict[bytes, bytes]

NASTY = (
    "", " ", "0", "-0", "-1", "+1", "1e400", "-1e-400", "NaN", "nan", "inf", "-Infinity", "1_000", "0x1F",
    "²", "９", "١٢",
    "9" * 15, "9" * 400, "9" * 5000, "null", "None", "true", "[]", "{}", '{"a":{"b":[1]}}', "[" * 400,
    "\x00", "a\x00b",
    "\x1b[31m", "\x7f", "\u202e\u2066", "\ufeff", "\uffff", "💥" * 30, "Ω̴̢̛", "<script>alert(1)</script>",
    "'; DROP TABLE cases; --", "../../etc/passwd", "%s%n%x", "{0.__class__}", "${jndi:ldap://x}", "=1+1",
    ",,,,", "a,b,c" * 30,
    "，" * 70, "\r\nX: y", "\t\n", "x" * 64, "x" * 65, "x" * 201, "字" * 2001, "x" * 70_000,
)  # fmt: skip
"""Texts for any field."""

TIMES = (
    "0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "1980-01-06T00:00:00Z",
    "2000-01-01T08:00:00+08:00", "2099-12-31T23:59:59Z", "2105-06-01T00:00:00Z", "2262-04-12T00:00:00Z",
    "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z", "2026-11-24T24:00:00Z",
    "2026-11-24T23:59:60Z", "2026-W48-2T10:00:00+08:00", "2026-11-24", "2026-11-24T09:30", "20261124T093000Z",
    "2026-11-24T09:30:00+08:00:00.000001", "2026-11-24 09:30:00+99:00", "24/11/2026 09:30", "1795483800",
    "1795483800000", "now", "２０２６-11-24T09:30:00Z", "2026-11-24T09:30:00+08:00 (CST)",
)  # fmt: skip

_AROUND_MS = (
    0, -1, 299_000, 301_000, 3_600_000, 86_400_000, 400 * 86_400_000, -3_600_000, -90 * 86_400_000,
    -9000 * 86_400_000,
)  # fmt: skip

COORDINATES = (
    "119.03", "36.02", "119", "36", "0", "90", "-90", "89.9999", "91", "180", "-180", "181", "1e9", "119,03",
    "119°1'", "36.02N", "1.19e2",
)  # fmt: skip


def moments() -> st.SearchStrategy[str]:
    """Times: impossible ones, and moments around now."""
    return st.sampled_from(TIMES) | st.sampled_from(_AROUND_MS).map(lambda ahead: iso(now_ms() + ahead))


def anything() -> st.SearchStrategy[str]:
    """Any text, most of them ones that broke somebody's parser once."""
    return st.sampled_from(NASTY) | moments() | st.sampled_from(COORDINATES) | st.text(max_size=40)


_BY_FIELD: dict[str, st.SearchStrategy[str]] = {
    "lon": st.sampled_from(COORDINATES),
    "lat": st.sampled_from(COORDINATES),
    **dict.fromkeys(("at", "occurred_at", "closed_at", "until", "scheduled"), moments()),
    "type": st.sampled_from([row.slug for row in CASE_TYPES] + ["21", "2101", "9999", "THEFT", "0"]),
    "origin": st.sampled_from([*ORIGINS, "police", ""]),
    "command": st.sampled_from([*COMMANDS, "publish", "ACCEPT", ""]),
    "camera": st.sampled_from(["0", "9", "299", "300", "2147483647", "2147483648", "-1"]),
    "unit": st.sampled_from(["网格-0001", "0", "39", "40", "999999999", "9999999999", "网格-9999", "00001"]),
    "version": st.sampled_from(["0", "1", "2", "1000000000", "1000000001"]),
    "id": st.sampled_from(["a", "x" * 64, "x" * 65, "a b", "案件1", "../a", "a-1", "good-1"]),
}

_GOOD: dict[str, Any] = {
    "reports": lambda at_ms, n: report(f"b{n}", at_ms, n % 8),
    "commands": lambda at_ms, n: command(
        ("known", "good-1", f"good-{n % 50}")[n % 3], "accept", at_ms, f"b{n}"
    ),
    "cameras": lambda at_ms, n: camera(n % 300, "offline", at_ms),
    "units": lambda at_ms, n: unit(n % 40, "busy", at_ms, WEST + SIDE / 2, SOUTH + SIDE / 2),
}

_NAMES = sorted({row.name for rows in SCHEMAS.values() for row in rows})
_STRANGE_NAMES = (
    "", " ", "Lon", "lon ", "colour", "姓名", "phone", "plate", "packed", "checkpoint", "kind", "\x00",
    "x" * 70, "a,b", "__class__",
)  # fmt: skip


@st.composite
def flat_entries(draw: st.DrawFn, city: CityModel) -> tuple[str, Flat]:
    """(raw stream, fields) of one flat entry that differs from a good one in up to three fields."""
    kind = draw(st.sampled_from(("reports", "commands", "cameras", "units")))
    fields = {k.encode(): v.encode() for k, v in _based(draw, kind).items()}
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2, 3]))):
        _spoil(draw, fields)
    return kind, fields


def _based(draw: st.DrawFn, kind: str) -> dict[str, str]:
    """A good entry, or one of a commoner mistake: a heartbeat elsewhere, swapped or GCJ-02 coordinates."""
    base = dict(_GOOD[kind](now_ms() - 1000, draw(st.integers(0, 50_000))))
    choice = draw(st.integers(0, 9))
    if choice == 0:
        return {"kind": "heartbeat", "source": "12345", "at": iso(now_ms() - 1000)}
    if choice == 1 and kind == "commands":
        return {"id": f"p{draw(st.integers(0, 99))}", "command": "publish", "at": base["at"], "by": "市中心"}
    if choice == 2 and "lon" in base:
        base["lon"], base["lat"] = base["lat"], base["lon"]
    if choice == 3 and "lon" in base:
        lon, lat = gcj02.from_wgs84(float(base["lon"]), float(base["lat"]))
        base["lon"], base["lat"] = str(float(lon)), str(float(lat))
    if kind == "commands":
        base["command"] = draw(st.sampled_from(sorted(COMMANDS)))
        for name in draw(st.sets(st.sampled_from(sorted(COMMANDS[base["command"]].fields)), max_size=6)):
            example = next((row.example for row in SCHEMAS["command"] if row.name == name), "1")
            base.setdefault(name, example)
    return base


def _spoil(draw: st.DrawFn, fields: Flat) -> None:
    how = draw(st.integers(0, 6))
    names = sorted(fields)
    if how == 0 and len(names) > 1:
        del fields[draw(st.sampled_from(names))]
    elif how == 1:
        name = draw(st.sampled_from([*_NAMES, *_STRANGE_NAMES]))
        fields[name.encode()] = draw(anything()).encode(errors="replace")
    elif how == 2:
        fields[draw(st.sampled_from(names))] = draw(st.binary(max_size=30))
    elif how == 3:
        fields[draw(st.binary(min_size=1, max_size=8))] = draw(st.binary(max_size=8))
    else:
        name_of = draw(st.sampled_from(names))
        values = _BY_FIELD.get(name_of.decode(errors="replace"), anything()) | anything()
        fields[name_of] = draw(values).encode(errors="replace")


_LEAVES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | anything()
JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
"""Any value of JSON, nested a little."""


def _deep(depth: int) -> str:
    return "[" * depth + "]" * depth


@st.composite
def packed_entries(draw: st.DrawFn, city: CityModel) -> tuple[str, Flat]:
    """(raw stream, fields) of a packed entry of reports or commands: objects, some spoilt, or no JSON."""
    kind = draw(st.sampled_from(("reports", "commands")))
    events = [_object(draw, kind) for _ in range(draw(st.integers(0, 6)))]
    text = json.dumps(events, ensure_ascii=draw(st.booleans()))
    how = draw(st.integers(0, 7))
    if how == 0:
        texts = ("", "null", "{}", "1", '"x"', "[1,", "[{}]", "[[]]", "[null]", '[{"id":}]')
        text = draw(st.sampled_from(texts))
    elif how == 1:
        text = f"[{_deep(draw(st.sampled_from([10, 300, 900, 1100])))}]"
    elif how == 2:
        depth = draw(st.sampled_from([10, 300, 900]))
        text = f'[{{"id":"deep","summary":{_deep(depth)}}}]'
    elif how == 3:
        text = text[: draw(st.integers(0, len(text)))]
    data = text.encode(errors="replace")
    if how == 4:
        data = data + draw(st.binary(min_size=1, max_size=5))
    fields = {b"packed": data}
    if draw(st.integers(0, 3)) == 0:
        fields[b"simulated"] = draw(st.sampled_from([b"1", b"0", b"yes", b"", b"\xff"]))
    if draw(st.integers(0, 9)) == 0:
        fields[draw(st.binary(min_size=1, max_size=6))] = b"x"
    return kind, fields


def _object(draw: st.DrawFn, kind: str) -> Any:
    base: dict[str, Any] = dict(_based(draw, kind))
    for _ in range(draw(st.integers(0, 2))):
        name = draw(st.sampled_from(sorted(base)))
        base[name] = draw(JSON)
    return draw(JSON) if draw(st.integers(0, 11)) == 0 else base


@st.composite
def record_entries(draw: st.DrawFn, city: CityModel) -> tuple[str, Flat]:
    """(raw stream, fields) of packed records of cameras or units: any bytes, or wrong numbers."""
    kind, size = draw(st.sampled_from((("cameras", 16), ("units", 32))))
    name = draw(st.sampled_from((b"packed", b"packed", b"packed", b"checkpoint")))
    if draw(st.booleans()):
        data = draw(st.binary(max_size=70))
    else:
        data = b"".join(_record(draw, kind) for _ in range(draw(st.integers(0, 5))))
        data += b"\x00" * draw(st.sampled_from([0, 0, 0, 1, size - 1]))
    fields = {name: data}
    if draw(st.integers(0, 5)) == 0:
        fields[b"simulated"] = draw(st.sampled_from([b"1", b"x"]))
    return kind, fields


def _record(draw: st.DrawFn, kind: str) -> bytes:
    record = np.zeros(1, dtype=RECORDS[kind])
    record["at_ms"] = draw(st.sampled_from([0, -1, -(2**63), 2**63 - 1, now_ms() - 1000, now_ms() + 10**9]))
    if kind == "cameras":
        record["camera"] = draw(st.sampled_from([0, 9, 299, 300, 2**32 - 1]))
        record["status"] = draw(st.sampled_from([0, 1, 2, 3, 4, 255, 2**32 - 1]))
    else:
        record["unit"] = draw(st.sampled_from([0, 39, 40, 2**32 - 1]))
        record["state"] = draw(st.sampled_from([0, 1, 4, 5, 2**32 - 1]))
        degrees = st.sampled_from([float("nan"), float("inf"), -1e308, 0.0, 36.0, 85.1, 119.0, 181.0])
        record["lon"], record["lat"] = draw(degrees), draw(degrees)
    return record.tobytes()


def any_entry(city: CityModel) -> st.SearchStrategy[tuple[str, Flat]]:
    """One entry of any form."""
    return flat_entries(city) | flat_entries(city) | packed_entries(city) | record_entries(city)


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes as they are, half of the time; else cut short, or with some of them changed."""
    how = draw(st.integers(0, 11))
    if how == 0:
        return data[: draw(st.integers(0, len(data)))]
    if how in (1, 2) and data:
        changed = bytearray(data)
        for _ in range(draw(st.integers(1, 4))):
            changed[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
        return bytes(changed)
    return draw(st.binary(max_size=40)) if how == 3 else data
