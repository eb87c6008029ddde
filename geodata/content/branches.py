"""Party branches and groups of the grids (一个网格一个党支部), and the departments attached to them.

What is published is the principle, one branch to a grid, and no count. The rule that stands in: a branch
where a grid has `BRANCH_FROM` dwellings or more, a group where it has fewer, neither where nobody lives. It
assumes that some 7 % of the people are members, as in the whole country, and two people to a dwelling: fifty
dwellings then hold about seven, and a branch needs three.
"""

from __future__ import annotations

import numpy as np

from geodata.content.apportion import I64
from geodata.tables import BRANCH_KINDS, DEPARTMENTS, U8, U32, Branches

BRANCH_FROM = 50
"""Dwellings."""
_ATTACHED = np.array([0, 1, 2])  # departments by kind; one more from `_LARGE_FROM` dwellings on
_LARGE_FROM = 300
_MOST = int(_ATTACHED.max()) + 1


def branches_of(dwellings: I64) -> Branches:
    """The branches by the grids' dwellings, [G].

    Departments are attached in turn, grid after grid, so that in any region, which is a run of grids, no two
    departments are attached to numbers of grids that differ by more than one.
    """
    kind = kinds_of(dwellings)
    return Branches(kind=kind, departments=_attached(_ATTACHED[kind] + (dwellings >= _LARGE_FROM)))


def kinds_of(dwellings: I64) -> U8:
    """The kind that each grid's number of dwellings gives."""
    branch, group = BRANCH_KINDS.index("branch"), BRANCH_KINDS.index("group")
    return np.where(dwellings >= BRANCH_FROM, branch, np.where(dwellings > 0, group, 0)).astype(np.uint8)


def _attached(wanted: I64) -> U32:
    """The next `wanted` departments of the endless list for each grid, as bits."""
    first = np.cumsum(wanted) - wanted
    bits = np.zeros(len(wanted), dtype=np.uint32)
    for turn in range(_MOST):
        department = ((first + turn) % len(DEPARTMENTS)).astype(np.uint32)
        bits |= np.where(wanted > turn, np.uint32(1) << department, np.uint32(0))
    return bits
