"""The tab of the systems of a region's page: a block for each, made from its figures."""

from dashboard.views.systems.panel import systems_panel

__all__ = ["systems_panel"]
