"""What a callback takes: its annotations, which what a page sends is held to before it is called.

A page sends what its components hold; anything else was made up by somebody, and is a bad request rather than
a failure in the midst of a callback.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

Kinds = tuple[Any, ...]
"""The annotation of each parameter, in their order."""


def kinds_of(function: Callable[..., Any]) -> Kinds:
    """What a callback takes, also where Dash has wrapped it; a parameter without an annotation takes all."""
    inner = inspect.unwrap(function)
    hints = get_type_hints(inner)
    return tuple(hints.get(name, Any) for name in inspect.signature(inner).parameters)


def is_taken(kinds: Kinds, body: Mapping[str, Any]) -> bool:
    """Whether the values of a well-shaped body are what the callback takes."""
    given = [*body.get("inputs", []), *body.get("state", [])]
    return all(fits(kind, row.get("value")) for kind, row in zip(kinds, given, strict=False))


def fits(kind: Any, value: Any) -> bool:
    """Whether a value of JSON is one of that annotation. A whole number does for a fraction, as in JSON."""
    if kind is Any:
        return True
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return any(fits(one, value) for one in inner)
    if origin is list:
        return isinstance(value, list) and all(fits(inner[0], item) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(fits(inner[1], item) for item in value.values())
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)
