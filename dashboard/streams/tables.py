"""What the frames carry: every table and column with its number and type, in one table.

Encoder, decoder, page (through `tables_json`) and docs all read this table and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Type code on the wire → NumPy's name. JSON is bytes of UTF-8.
DTYPES = {1: "u1", 2: "<u2", 3: "<u4", 4: "<i4", 5: "<f4", 6: "<f8", 7: "u1"}
JSON_DTYPE = 7
_CODES = {"u8": 1, "u16": 2, "u32": 3, "i32": 4, "f32": 5, "f64": 6, "json": 7}

SCORE_UNKNOWN = 65535
LEVEL_MASK, LEVEL_HATCHED, LEVEL_CAPPED = 0x0F, 0x10, 0x20


@dataclass(frozen=True)
class Column:
    """One column: number of its table, its own number and name, type code and meaning."""

    table: int
    number: int
    name: str
    dtype: int
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table: what an element of its columns stands for, and the columns."""

    number: int
    name: str
    element: str
    columns: tuple[Column, ...]


def _table(number: int, name: str, element: str, *columns: tuple[str, str, str]) -> Table:
    return Table(
        number,
        name,
        element,
        tuple(Column(number, i, c, _CODES[kind], text) for i, (c, kind, text) in enumerate(columns, 1)),
    )


# Tables 1–7 change: they travel in change entries and snapshots. Tables 10–17 are static files.
TABLES = (
    _table(
        1, "regions", "region number",
        ("score", "u16", "safety index in tenths; 65535 unknown"),
        ("level", "u8", "low nibble 1 blue, 2 yellow, 3 orange, 4 red, 0 unknown; 0x10 too little behind it "
                        "(hatched); 0x20 capped by an open case of level 01"),
        ("stability", "u16", "family score in tenths, regions above the grid tier only"),
        ("public_order", "u16", "as stability"),
        ("criminal", "u16", "as stability"),
        ("safety", "u16", "as stability"),
        ("open_cases", "u16", "cases not closed; 65535 means that many or more"),
    ),
    _table(
        2, "grids", "grid number",
        ("heat", "f32", "sum of case heat at clock.heat_epoch_ms; times 2^(-(now - epoch)/6 h) now"),
    ),
    _table(
        3, "cameras", "camera number",
        ("status", "u8", "0 unknown, 1 online, 2 offline, 3 fault, 4 not networked"),
    ),
    _table(
        4, "units", "unit number",
        ("x", "i32", "map units"),
        ("y", "i32", "map units"),
        ("state", "u8", "0 off, 1 free, 2 busy, 3 en route, 4 on scene"),
    ),
    _table(
        5, "cases", "-",
        ("upserts", "json", "array of {id, type, level, scale, nature, state, version, grid, x, y, "
                            "occurred_at_ms, place, summary, origin, simulated, closed, unit, departments, "
                            "called, card, asked_until_ms, hearing, centre, due}; closed: leaves the open "
                            "set; called: departments that are to report in; hearing: the one that is set, "
                            "{team, scheduled_ms, since_ms}, or null; due: the next clock to turn red, "
                            "{phase, yellow_ms, red_ms, paused}, or null; in change entries of a case that "
                            "moved also left, the grid that it was in"),
    ),
    _table(
        6, "clock", "-",
        ("clock", "json", "{clock_ms, heat_epoch_ms, simulated, positions: {stream: id}, formula}"),
    ),
    _table(
        7, "answers", "-",
        ("commands", "json", "array of what became of commands: {id, case, grid, version, state}, or refused "
                             "{id, case, grid, reason, sentence, facts}; grid: where the case is, or null; "
                             "of a publication {id, publication, at_ms} with case and grid null; "
                             "in change entries only"),
    ),
    _table(
        10, "geometry", "-",
        ("vertex_xy", "i32", "x, y of each vertex, map units"),
        ("ring_start", "u32", "ring → its first place in ring_vertex; one more at the end"),
        ("ring_vertex", "u32", "vertex numbers of the rings, not repeated at the end"),
        ("grid_ring_start", "u32", "grid → its first ring; one more at the end"),
        ("arc_start", "u32", "arc → its first place in arc_vertex; one more at the end"),
        ("arc_vertex", "u32", "vertex numbers of the arcs"),
        ("arc_left", "i32", "grid left of the arc, -1 outside"),
        ("arc_right", "i32", "grid right of the arc, -1 outside"),
        ("arc_tier", "u8", "coarsest tier that the arc separates, 0 = the city's border"),
    ),
    _table(
        11, "regions_static", "region number",
        ("tier_start", "u32", "first region of each tier; one more at the end"),
        ("parent", "i32", "region number, -1 for the city"),
        ("grid_lo", "u32", "first grid"),
        ("grid_hi", "u32", "one past the last grid"),
        ("label_xy", "i32", "x, y for the name, map units"),
        ("bbox", "i32", "minx, miny, maxx, maxy, map units"),
        ("population", "u32", "people"),
        ("derived", "u8", "1: geometry derived, not surveyed"),
        ("names", "json", "{code: [], name: [], name_en: []}"),
        ("area_m2", "f32", "area"),
        ("dwellings", "u32", "dwellings"),
    ),
    _table(
        12, "cameras_static", "camera number",
        ("grid_camera_start", "u32", "grid → its first camera; one more at the end"),
        ("dx", "u16", "metres east of the grid's bbox minimum (map units / 10)"),
        ("dy", "u16", "metres north of the grid's bbox minimum (map units / 10)"),
        ("kind", "u8", "0 ordinary, 1 entrance capture, 2 augmented reality, 3 high dome"),
        ("flags", "u8", "1 networked; ring << 1: 0 none, 1 city, 2 county, 3 police"),
    ),
    _table(
        13, "checkpoints", "checkpoint number",
        ("ring", "u8", "1 city, 2 county, 3 police"),
        ("grid", "u32", "grid number"),
        ("camera", "u32", "camera number; the checkpoint is online while this camera is"),
        ("xy", "i32", "x, y, map units"),
        ("length_m", "f32", "length of boundary that it guards"),
        ("stretch_start", "u32", "checkpoint → its first point in stretch_xy; one more at the end"),
        ("stretch_xy", "i32", "x, y of the guarded stretch, map units"),
    ),
    _table(
        14, "units_static", "unit number",
        ("kind", "u8", "0 grid worker, 1 patrol, 2 fire, 3 emergency, 4 mediation, 5 medical"),
        ("home_grid", "u32", "grid number"),
        ("xy", "i32", "x, y at home, map units"),
        ("names", "json", "{call_sign: []}"),
    ),
    _table(
        15, "centres", "centre number",
        ("region", "u32", "region number"),
        ("xy", "i32", "x, y, map units"),
        ("staff", "u16", "posts"),
    ),
    _table(
        16, "stations", "station number",
        ("xy", "i32", "x, y, map units"),
        ("area_m2", "f32", "floor area"),
    ),
    _table(
        17, "companies", "company number",
        ("xy", "i32", "x, y, map units"),
        ("helpers", "u16", "helpers"),
        ("estates", "u16", "old estates in its area"),
        ("served", "u16", "of them served"),
    ),
)

TABLE_BY_NAME = {table.name: table for table in TABLES}
_COLUMNS = {(table.name, column.name): column for table in TABLES for column in table.columns}


def column_of(table: str, column: str) -> Column:
    """The column of that name; `KeyError` with a sentence if there is none."""
    try:
        return _COLUMNS[table, column]
    except KeyError:
        raise KeyError(f"No column {column!r} in table {table!r}; tables.py has them all.") from None


def tables_json() -> dict[str, Any]:
    """The table as the page reads it: `{name: {number, columns: {name: {number, dtype}}}}`."""
    names = {code: name for name, code in _CODES.items()}
    return {
        table.name: {
            "number": table.number,
            "columns": {c.name: {"number": c.number, "dtype": names[c.dtype]} for c in table.columns},
        }
        for table in TABLES
    }


def markdown_table() -> str:
    """The table for docs/protocol.md; a test holds the page to it."""
    names = {code: name for name, code in _CODES.items()}
    lines = ["| table | column | type | meaning |", "|---|---|---|---|"]
    for table in TABLES:
        for c in table.columns:
            name, column = f"{table.number} `{table.name}`", f"{c.number} `{c.name}`"
            lines.append(f"| {name} | {column} | {names[c.dtype]} | {c.meaning} |")
    return "\n".join(lines) + "\n"
