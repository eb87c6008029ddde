"""Cameras (雪亮工程) and special devices: assets and how they are, never what they see."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.cameras import FAULT, KINDS, OFFLINE, ONLINE, STATUSES, UNKNOWN
from dashboard.domain.hierarchy import GRID, VILLAGE
from dashboard.domain.systems import CAMERAS_PER_VILLAGE, OUTAGES_NAMED
from dashboard.live.systems.look import Ints, Look, running, share

_TOLD = {"online": ONLINE, "offline": OFFLINE, "fault": FAULT, "unknown": UNKNOWN}
"""Figure → the status that it counts."""
_STATUS_SLUG = {number: slug for slug, (number, _) in STATUSES.items()}
_SPECIAL = KINDS[1:]


def cameras(look: Look) -> dict[str, Any]:
    """Installed, networked and by status, by kind and child; villages with too few; the longest outages."""
    kinds = _by_kind(look)
    total = {name: _sum(row[name] for row in kinds) for name in ("installed", "networked", *_TOLD)}
    return {
        **total,
        "share": share(total["online"], total["networked"] or 0),
        "kinds": kinds,
        "children": _by_child(look),
        **_villages(look),
        "outages": _outages(look),
    }


def devices(look: Look) -> dict[str, Any]:
    """The special kinds, how they are, and what cameras' scene alerts have brought that is still open."""
    alerts = Counter(case["type"] for case in look.cases if case["origin"] == "camera_alert")
    slugs = [slug for slug, _ in _SPECIAL]
    return {
        "kinds": [row for row in _by_kind(look) if row["kind"] in slugs],
        "alerts": {
            "open": alerts.total(),
            "by_type": [{"type": code, "open": count} for code, count in alerts.most_common()],
        },
    }


def _sum(values: Any) -> int | None:
    known = list(values)
    return None if any(value is None for value in known) else sum(known)


def _by_kind(look: Look) -> list[dict[str, Any]]:
    """A row per kind; what the status says is None until it is known."""
    known, mine = look.pack.cameras, look.cameras
    stands = _counted(known.kind[mine], known.networked[mine], 2)
    told = None if look.status is None else _counted(known.kind[mine], look.status, len(STATUSES))
    installed, on_net = stands.sum(axis=1).tolist(), stands[:, 1].tolist()
    rows = []
    for number, (slug, _) in enumerate(KINDS):
        of_status = {
            name: None if told is None else int(told[number, status]) for name, status in _TOLD.items()
        }
        rows.append(
            {
                "kind": slug,
                "installed": installed[number],
                "networked": on_net[number],
                **of_status,
                "share": share(of_status["online"], on_net[number]),
            }
        )
    return rows


def _counted(kind: NDArray[np.uint8], value: NDArray[np.uint8], values: int) -> Ints:
    """How many of each kind have each of so many values, [kinds, values]; of bytes, as there are so many."""
    pairs = kind * np.uint8(values) + value
    return np.bincount(pairs, minlength=len(KINDS) * values).reshape(-1, values)


def _by_child(look: Look) -> list[dict[str, Any]]:
    start, hierarchy = look.pack.grid_camera_start.astype(np.int64), look.hierarchy
    first, last = (
        start[edge[look.children.start : look.children.stop]]
        for edge in (hierarchy.grid_lo, hierarchy.grid_hi)
    )
    networked = look.sources.networked_before
    online = None if look.status is None else running(look.status == ONLINE)
    here = look.cameras.start
    return [
        {
            "code": hierarchy.codes[child],
            "installed": b - a,
            "networked": int(networked[b] - networked[a]),
            "online": None if online is None else int(online[b - here] - online[a - here]),
        }
        for child, a, b in zip(look.children, first.tolist(), last.tolist(), strict=True)
    ]


def _villages(look: Look) -> dict[str, int | None]:
    """How many villages there are, and how many have fewer cameras than they should; None in a grid."""
    found: dict[str, int | None] = {
        "per_village": CAMERAS_PER_VILLAGE,
        "villages": None,
        "villages_under": None,
    }
    if look.tier < GRID:
        rows = look.hierarchy.tier_slice(VILLAGE)
        mine = look.sources.cameras_per_village[look.holds(look.hierarchy.grid_lo[rows])]
        under = int(np.count_nonzero(mine < CAMERAS_PER_VILLAGE))
        found |= {"villages": len(mine), "villages_under": under}
    return found


def _outages(look: Look) -> list[dict[str, Any]] | None:
    """The cameras that have been down longest; None while that can't be told.

    `since_ms` is when the camera was last said to be down, so it has been down at least since then.
    """
    if look.status is None:
        return None
    down = np.flatnonzero((look.status == OFFLINE) | (look.status == FAULT))
    number = down + look.cameras.start
    at_ms = look.sources.times.of(number, look.status[down])
    if at_ms is None:
        return None
    told = np.flatnonzero(at_ms)
    longest = told[np.lexsort((number[told], at_ms[told]))][:OUTAGES_NAMED]
    known, hierarchy = look.pack.cameras, look.hierarchy
    return [
        {
            "camera": camera,
            "kind": KINDS[known.kind[camera]][0],
            "status": _STATUS_SLUG[status],
            "grid": hierarchy.codes[hierarchy.region_of_grid(int(known.grid[camera]))],
            "since_ms": since_ms,
        }
        for camera, status, since_ms in zip(
            number[longest].tolist(), look.status[down[longest]].tolist(), at_ms[longest].tolist(),
            strict=True,
        )
    ]  # fmt: skip
