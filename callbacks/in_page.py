"""Callbacks that the page answers itself, without asking the server."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash

NAMESPACE = "kite_views"


def in_page(app: Dash, function: str, *wires: Any, **options: Any) -> None:
    """Let a function of the page's scripts (`assets/views/`) answer this callback."""
    register: Any = app.clientside_callback  # Dash gives it no types
    register(ClientsideFunction(namespace=NAMESPACE, function_name=function), *wires, **options)
