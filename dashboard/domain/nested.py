"""Values of JSON that may be nested as deep as their sender likes, walked without recursion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

DEPTH_LIMIT = 32
"""Levels of lists and objects inside one value; what is deeper is neither searched nor written again."""


def is_deep(value: object, limit: int = DEPTH_LIMIT) -> bool:
    """Whether lists and objects are nested in more than `limit` levels."""
    level: list[Any] = [value]
    for _ in range(limit + 1):
        holding = [item for item in level if isinstance(item, dict | list)]
        if not holding:
            return False
        level = [inner for item in holding for inner in _items(item)]
    return True


def pairs(value: object) -> Iterator[tuple[str, str]]:
    """(name, text) of everything inside, in no special order; the name is empty for what stands in a list."""
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        name, item = waiting.pop()
        if isinstance(item, Mapping):
            waiting += [(str(key), inner) for key, inner in item.items()]
        elif isinstance(item, list | tuple):
            waiting += [("", inner) for inner in item]
        else:
            yield name, item if isinstance(item, str) else str(item)


def size_bytes(value: object, enough: int) -> int:
    """About how long the value is as text, in bytes of UTF-8; counting ends soon after `enough`."""
    size = 0
    for name, text in pairs(value):
        size += len(name.encode(errors="replace")) + len(text.encode(errors="replace")) + 2
        if size > enough:
            break
    return size


def _items(item: dict[Any, Any] | list[Any]) -> list[Any]:
    return list(item.values()) if isinstance(item, dict) else item
