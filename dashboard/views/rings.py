"""How much of the perimeter rings is watched, in each region."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from dash import html
from numpy.typing import NDArray

from dashboard.domain.cameras import ONLINE
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.rings import RINGS, integrity
from dashboard.views.texts import t


def watched_rings(
    pack: Any, hierarchy: Hierarchy, camera_status: Callable[[], NDArray[Any]]
) -> Callable[[str], list[float | None]]:
    """`Services.ring_integrity` over a pack: what is watched follows from the cameras' status as it is now.

    `camera_status` gives u8 per camera, or nothing at all before the first snapshot; then all is unknown.
    """
    points = pack.checkpoints

    def ring_integrity(code: str) -> list[float | None]:
        status = camera_status()
        if len(status) <= int(np.max(points.camera, initial=-1)):
            return [None] * len(RINGS)
        region = hierarchy.number_of(code)
        # Checkpoints are sorted by ring first, so a region's are no slice; there are few enough to ask each.
        mine = (points.grid >= hierarchy.grid_lo[region]) & (points.grid < hierarchy.grid_hi[region])
        online = status[points.camera[mine]] == ONLINE
        rings = integrity(points.ring[mine], points.length_m[mine], online)
        return [ring.share if ring.checkpoints else None for ring in rings.values()]

    return ring_integrity


def rings_note(shares: Sequence[float | None]) -> Any:
    """The rings' shares in one line, city to police, each named in the tooltip."""
    if all(share is None for share in shares):
        return t("card.rings.none")
    said = [t("value.none") if share is None else _percent(share) for share in shares]
    named = "\n".join(f"{t(f'ring.{number}')} {share} %" for number, share in zip(RINGS, said, strict=True))
    return html.Span(t("card.rings", shares="/".join(said)), title=t("card.rings.help", rings=named))


def _percent(share: float) -> str:
    """Rounded down, so that a ring with a gap is never whole."""
    return "100" if share >= 1 else f"{np.floor(1000 * share) / 10:.1f}"
