"""Past cases with the commands that worked them, made by columns: a year of them in seconds.

A past case is worked by the units whose home is nearest; whether they were busy then is not asked, as nobody
can see it any more. Cases of today are `Casework`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from dashboard.feeds.simulation import lifecycle, texts
from dashboard.feeds.simulation.cases import OF_THE_UNIT, one_of, outcome
from dashboard.feeds.simulation.kinds import GRID_WORKER
from dashboard.feeds.simulation.lifecycle import Step
from dashboard.feeds.simulation.world import World
from dashboard.feeds.values import iso_times

_CANDIDATES = 2


@dataclass(frozen=True)
class PastCases:
    """Cases to be worked, arrays along `ids`: four-digit types, levels 1 to 4, grids, map units f64[n, 2]."""

    ids: Sequence[str]
    types: Sequence[str]
    levels: NDArray[np.int64]
    grids: NDArray[np.int64]
    xy: NDArray[np.float64]


@dataclass(frozen=True)
class PastCommands:
    """Commands in the order of their times: `case` i64[m] is a place in the cases, `at_ms` i64[m]."""

    case: NDArray[np.int64]
    at_ms: NDArray[np.int64]
    commands: list[dict[str, str]]


class Desks:
    """Who works past cases: the desk of a grid's county, and the units nearest to a point."""

    def __init__(self, world: World) -> None:
        self._world = world
        units = world.pack.units
        self._kind = np.asarray(units.kind, dtype=np.int64)
        self._call_sign = units.call_sign
        self._home = np.asarray(units.xy, dtype=np.float64)

    def workers(self, types: Sequence[str], xy: NDArray[np.float64]) -> list[list[str]]:
        """The call signs of the nearest units of the kind that each case needs, nearest first.

        Grid workers stand in for kinds that the city doesn't have; no units at all give empty lists.
        """
        kinds = np.array([lifecycle.handling(code)[1] for code in types], dtype=np.int64)
        out: list[list[str]] = [[] for _ in types]
        for kind in np.unique(kinds).tolist():
            cases = np.flatnonzero(kinds == kind)
            units = np.flatnonzero(self._kind == kind)
            if not len(units):
                units = np.flatnonzero(self._kind == GRID_WORKER)
            if not len(units):
                continue
            count = min(_CANDIDATES, len(units))
            _, nearest = cKDTree(self._home[units]).query(xy[cases], k=count)
            for case, found in zip(cases.tolist(), nearest.reshape(len(cases), count).tolist(), strict=True):
                out[case] = [self._call_sign[units[place]] for place in found]
        return out

    def names(self, grids: NDArray[np.int64]) -> list[str]:
        """The desk that answers for each grid."""
        return [texts.desk(self._world, grid) for grid in grids.tolist()]


def work(
    rng: np.random.Generator, desks: Desks, cases: PastCases, courses: Sequence[Sequence[Step]], until_ms: int
) -> PastCommands:
    """The commands of cases whose `courses` are given, up to `until_ms`."""
    workers, names = desks.workers(cases.types, cases.xy), desks.names(cases.grids)
    place, at, drafts = [], [], []
    for case, course in enumerate(courses):
        for at_ms, draft in _drafts(rng, cases, case, course, workers[case], names[case]):
            if at_ms > until_ms:
                break
            place.append(case)
            at.append(at_ms)
            drafts.append(draft)
    when = np.array(at, dtype=np.int64)
    order = np.argsort(when, kind="stable")
    texts_of = iso_times(when)
    for draft, text in zip(drafts, texts_of, strict=True):
        draft["at"] = text
    return PastCommands(
        np.array(place, dtype=np.int64)[order], when[order], [drafts[k] for k in order.tolist()]
    )


def _drafts(
    rng: np.random.Generator,
    cases: PastCases,
    case: int,
    course: Sequence[Step],
    workers: Sequence[str],
    desk: str,
) -> list[tuple[int, dict[str, str]]]:
    """(moment, command without its time) of one case's course."""
    out: list[tuple[int, dict[str, str]]] = []
    name, version, assigned, worker = cases.ids[case], 1, 0, ""
    for step in course:
        slug = step.command
        if slug == "leave" or (slug in ("en_route", "on_scene") and not worker):
            continue
        draft = {
            "id": f"{name}.{version}",
            "case": name,
            "command": slug,
            "version": str(version),
            "by": worker if worker and slug in OF_THE_UNIT else desk,
            "simulated": "1",
        }
        if slug == "assign":
            worker = workers[assigned % len(workers)] if workers else ""
            assigned += 1
            group = lifecycle.group_of(cases.types[case]).texts
            draft |= {"unit": worker} if worker else {"departments": one_of(texts.DEPARTMENTS[group], rng)}
        elif slug == "triage":
            draft["level"] = f"{cases.levels[case]:02d}"
        elif slug == "resolve":
            draft["outcome"] = outcome(cases.types[case], rng)
        if step.note:
            draft["note"] = step.note
        draft |= dict(step.fields)
        out.append((step.at_ms, draft))
        version += 1
    return out
