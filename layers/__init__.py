"""The map's layers: every module here that defines `LAYER`, found by itself and sorted by z."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from layers.base import Layer, LayerError, LegendItem

__all__ = ["Layer", "LayerError", "LegendItem", "discover", "in_order", "to_json"]


def discover(package: str = __name__) -> tuple[Layer, ...]:
    """The layers of a package's modules, lowest first; modules without `LAYER` are helpers and are passed."""
    names = (info.name for info in pkgutil.iter_modules(import_module(package).__path__))
    modules = (import_module(f"{package}.{name}") for name in names)
    return in_order(module.LAYER for module in modules if hasattr(module, "LAYER"))


def in_order(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """The layers sorted by z; raises `LayerError` if two have the same key or the same z."""
    found = sorted(layers, key=lambda layer: layer.z)
    by_key: dict[str, Layer] = {}
    for below, layer in zip([None, *found], found, strict=False):
        if layer.key in by_key:
            raise LayerError(f"Two layers have the key {layer.key!r}; keys must differ.")
        if below is not None and below.z == layer.z:
            raise LayerError(f"Layers {below.key!r} and {layer.key!r} both have z {layer.z}; z must differ.")
        by_key[layer.key] = layer
    return tuple(found)


def to_json(layers: Iterable[Layer]) -> list[dict[str, Any]]:
    """The layers for config.json, in the language of the request."""
    return [layer.to_json() for layer in layers]
