"""A choice of a few that a browser remembers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc


def choice(name: str, labels: Mapping[Any, str], value: object) -> dmc.SegmentedControl:
    """Segments with the id `name`, one for each value of `labels`; `value` is chosen at first."""
    return dmc.SegmentedControl(
        id=name,
        value=str(value),
        data=[{"value": str(each), "label": label} for each, label in labels.items()],
        size="xs",
        persistence=True,
        persistence_type="local",
    )
