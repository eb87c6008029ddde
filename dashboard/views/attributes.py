"""HTML attributes whose names Python has no words for."""

from __future__ import annotations

from typing import Any


def attributes(**values: str) -> dict[str, Any]:
    """Keyword arguments for a component of `dash.html`: `aria_label="…"` becomes `aria-label="…"`."""
    return {name.replace("_", "-"): value for name, value in values.items()}
