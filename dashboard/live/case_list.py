"""Cases of a region as a list: chosen from the columns, their texts read from the store."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboard.domain.case_columns import IS_OPEN, NEVER_MS, RegionCases
from dashboard.domain.case_figures import Window, is_counted, is_overdue
from dashboard.domain.commands import STATES
from dashboard.domain.hierarchy import Hierarchy
from dashboard.streams.client import Client
from dashboard.streams.keys import Keys
from dashboard.streams.reader import read_cases

_STATES = tuple(STATES)


def list_cases(
    cases: RegionCases,
    window: Window,
    now_ms: int,
    limit: int,
    hierarchy: Hierarchy,
    client: Client,
    keys: Keys,
) -> dict[str, Any]:
    """`{rows}`: see `leaders.Leaders.case_rows`. Raises what a store that does not answer raises."""
    occurred_ms, ended_ms, opened = cases["occurred_ms"], cases["ended_ms"], IS_OPEN[cases["state"]]
    shown = is_counted(cases) & (opened | window.holds(occurred_ms) | window.holds(ended_ms))
    places = np.flatnonzero(shown)
    order = np.lexsort((-occurred_ms[places], cases["level"][places]))[:limit]
    chosen = places[order].tolist()
    overdue = is_overdue(cases, now_ms)
    texts = {case.id: case for case in read_cases(client, keys, [cases.id_of(place) for place in chosen])}
    rows = []
    for place in chosen:
        case_id, ended = cases.id_of(place), int(ended_ms[place])
        case = texts.get(case_id)
        grid = int(cases["grid"][place])
        rows.append(
            {
                "id": case_id,
                "type": f"{int(cases['type'][place]):04d}",
                "level": int(cases["level"][place]),
                "state": _STATES[int(cases["state"][place])],
                "grid": hierarchy.codes[hierarchy.region_of_grid(grid)],
                "place": case.place if case else "",
                "summary": case.summary if case else "",
                "occurred_at_ms": int(occurred_ms[place]),
                "closed_at_ms": None if ended == NEVER_MS else ended,
                "overdue": bool(overdue[place]),
            }
        )
    return {"rows": rows}
