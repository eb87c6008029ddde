"""Tables that are taken out: CSV for spreadsheets, GeoJSON for maps."""

from dashboard.views.exports.routes import register

__all__ = ["register"]
