"""Who may call which callback: one table, asked before each. What is not in the table is refused.

A row's name is the callback's module and function. As with routes (`dashboard.live.route_table`), the table
says which roles may call it at all; where they may is asked by the callback, which knows the region (`gate`).
"""

from __future__ import annotations

TABLE: dict[str, str] = {
    "compare_regions.show": "view",
    "count_cases.count": "view",
    "count_cases.show_daily": "view",
    "count_cases.show_hours": "view",
    "drill_into_region.drill": "view",
    "explain_in_full.explain": "view",
    "explain_score.explain": "view",
    "follow_province.show": "view",
    "list_cases.show": "view",
    "open_tab.give_facts": "view",
    "open_tab.give_published": "view",
    "open_tab.give_systems": "view",
    "publish_index.publish": "publish",
    "rank_children.past": "view",
    "show_movement.show": "view",
    "show_trend.show": "view",
    "tabulate_children.show": "view",
}
"""Callback → a key of `dashboard.domain.access.ROLES_BY_ACTION`."""
