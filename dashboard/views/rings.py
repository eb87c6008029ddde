"""How much of the perimeter rings is watched, in words."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import Any

from dash import html

from dashboard.domain.rings import RINGS
from dashboard.views.texts import t


def rings_note(shares: Sequence[float | None]) -> Any:
    """The rings' shares in one line, city to police, each named in the tooltip."""
    if all(share is None for share in shares):
        return t("card.rings.none")
    said = [t("value.none") if share is None else _percent(share) for share in shares]
    named = "\n".join(f"{t(f'ring.{number}')} {share} %" for number, share in zip(RINGS, said, strict=True))
    return html.Span(t("card.rings", shares="/".join(said)), title=t("card.rings.help", rings=named))


def _percent(share: float) -> str:
    """Rounded down, so that a ring with a gap is never whole."""
    return "100" if share >= 1 else f"{floor(1000 * share) / 10:.1f}"
