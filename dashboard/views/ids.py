"""Every component id of the pages: Python and the page's own scripts name components by this table alone."""

from __future__ import annotations

from enum import StrEnum


class Id(StrEnum):
    """The components that a callback or a script names. `ids_json` hands them to the page."""

    # The address bar, and stores without a face.
    LOCATION = "location"
    PAGE = "page"
    """What a page needs and that never changes while it is open: language, texts, time zone, cuts."""
    PLACE = "place"
    """The region in the address bar: names, ancestors, children, what is static about it."""
    PROFILE = "profile"
    """From the server, slowly: interval, families and explanation of the current region."""
    TREND_ASKED = "trend-asked"
    CASES_ASKED = "cases-asked"
    FACTS_ASKED = "facts-asked"
    """Of the open tab: for which region the server is asked, and when."""
    TREND = "trend"
    """From the server: what the drawing of the trend shows."""
    CASES_LISTED = "cases-listed"
    """From the server while their tab is open: the rows of the open cases."""
    FACTS_SHOWN = "facts-shown"
    """From the server when their tab is opened: the rows of the facts, as components of plain HTML."""
    CHILD_TRENDS = "child-trends"
    """From the server: the hourly scores of the region's children."""
    SLOW_CLOCK = "slow-clock"

    # Header.
    BREADCRUMB = "breadcrumb"
    SIMULATED = "simulated"
    AGE = "data-age"
    CLOCK = "clock"
    LANGUAGE = "language"
    DEAD = "dead-feed"
    """One sentence about the feeds that have gone silent."""

    # Map.
    MAP = "map"
    LEGEND = "legend"
    SWITCHES = "layer-switches"
    """Store of layer key → whether it is switched on, from the switches `layer_switch(key)`."""

    # Cards.
    SCORE_CARD = "score-card"
    SCORE = "score"
    SCORE_LEVEL = "score-level"
    SCORE_NOTE = "score-note"
    SCORE_CHANGE = "score-change"
    SCORE_FLAG = "score-flag"
    """What to be careful about: too few events, or a cap."""
    CASES_CARD = "cases-card"
    CASES = "open-cases"
    CASES_NOTE = "open-cases-note"
    CASES_GRAVE = "open-cases-grave"
    CASES_OTHERS = "open-cases-others"
    CAMERAS_CARD = "cameras-card"
    CAMERAS = "cameras-online"
    CAMERAS_NOTE = "cameras-note"
    CAMERAS_OFF = "cameras-off"
    RINGS = "rings"
    """From the server, slowly: how much of each perimeter ring is watched."""
    UNITS_CARD = "units-card"
    UNITS = "units-on-duty"
    UNITS_NOTE = "units-note"
    UNITS_SHARE = "units-share"
    UNITS_PEOPLE = "units-people"

    # Why the score is what it is.
    WHY_PANEL = "why-panel"
    WHY_TITLE = "why-title"
    REASONS = "reasons"
    FORMULA = "formula"

    # Tabs and what is behind them.
    PANELS = "panels"
    NOTICE = "notice"
    TABS = "tabs"
    CHILDREN_TAB = "children-tab"
    CHILDREN = "children"
    CHILDREN_ORDER = "children-order"
    TREND_GRAPH = "trend-graph"
    TREND_HOURS = "trend-hours"
    TREND_NOTE = "trend-note"
    CASES_HEAD = "cases-head"
    CASES_TABLE = "cases-table"
    CASES_MORE = "cases-more"
    FACTS = "facts"


class LeaderId(StrEnum):
    """What the region's page has for leaders, beside what `Id` names; those that end in `_ASKED` are stores
    that say for which region the server is asked, those after them hold what it answers.
    """

    # What moved the score.
    SINCE = "moved-since"
    MOVED_NOTE = "moved-note"
    MOVED_GRAPH = "moved-graph"
    MOVED_CASES = "moved-cases"
    MOVED = "moved"

    # Any score in its parts.
    EXPLAIN = "explanation"
    EXPLAIN_TITLE = "explain-title"
    EXPLAIN_BODY = "explain-body"
    EXPLAIN_ASKED = "explain-asked"
    EXPLAINED = "explained"

    # Behind the tabs.
    CHILDREN_VIEW = "children-view"
    TABLE_HEAD = "children-table-head"
    TABLE = "children-table"
    TABLE_NOTE = "children-table-note"
    TABLE_ASKED = "table-asked"
    TABLE_SHOWN = "table-shown"
    SMALL = "children-small"
    COMPARE_HOURS = "compare-hours"
    COMPARE_CHOICE = "compare-choice"
    COMPARE_BODY = "compare-body"
    COMPARE_CHOSEN = "compare-chosen"
    """Store of the regions that were chosen to be compared."""
    COMPARE_ASKED = "compare-asked"
    COMPARED = "compared"
    TREND_WHAT = "trend-what"
    DAILY_GRAPH = "daily-graph"
    DAILY_ASKED = "daily-asked"
    DAILY = "daily"
    CASES_VIEW = "cases-view"
    CASES_PERIOD = "cases-period"
    COUNTS_BODY = "case-counts"
    COUNTS_ASKED = "counts-asked"
    COUNTS = "counts"
    HOURS_PERIOD = "hours-period"
    HOURS_BODY = "hours-body"
    HOURS_ASKED = "hours-asked"
    HOURS = "hours"
    SYSTEMS_BODY = "systems-body"
    SYSTEMS_ASKED = "systems-asked"
    SYSTEMS = "systems-shown"
    PUBLISHED_BODY = "published-body"
    PUBLISHED_ASKED = "published-asked"
    PUBLISHED = "published-shown"

    DATA = "leaders-data"
    """A script element that holds what `assets/leaders/` needs from the start."""


class PublishId(StrEnum):
    """What publishes the index, in the header of the region's page."""

    NOTE = "publish-note"
    CONFIRM = "publish-confirm"
    SAID = "publish-said"


class DeskId(StrEnum):
    """What the duty desk has of its own, beside the header and the map; its scripts are `assets/desk/`."""

    QUEUE = "queue"
    COUNTS = "queue-counts"
    AREA = "desk-area"
    """The part of the city that is looked at, as a path of buttons."""
    REPORT = "desk-report"
    SOUND = "desk-sound"
    KEYS = "desk-keys"
    SEARCH = "search"
    CASE = "case"
    SAID = "said"
    DATA = "desk-data"
    """A script element that holds what the desk's scripts need from the start."""


class WallId(StrEnum):
    """What the wall is made of, beside its map; its scripts are `assets/wall/`."""

    TITLE = "wall-title"
    SCENE = "wall-scene"
    SIMULATED = "wall-simulated"
    FEEDS = "wall-feeds"
    """The age of each feed."""
    CLOCK = "wall-clock"
    BANNER = "wall-banner"
    """In large type: what has gone silent."""
    INDEX = "wall-index"
    RANKING = "wall-ranking"
    MAP = "wall-map"
    """The panel around the map."""
    ALARMS = "wall-alarms"
    YESTERDAY = "wall-yesterday"
    CASE = "wall-case"
    CASES = "wall-cases"
    LOOP = "wall-loop"
    RINGS = "wall-rings"
    GAPS = "wall-gaps"
    WATCH = "wall-watch"
    """Cameras, units, new cases."""
    HELD = "wall-held"
    """The case that interrupts."""
    DATA = "wall-data"
    """A script element that holds what the wall's scripts need from the start."""


class UnitId(StrEnum):
    """What a unit's page is made of; its scripts are `assets/unit/`."""

    AGE = "unit-age"
    SIMULATED = "unit-simulated"
    STATUS = "unit-status"
    """One sentence about the connection, and how many commands wait."""
    HELD = "unit-held"
    """Commands that can't go on without a word of the unit's."""
    LIST = "unit-list"
    TASK = "unit-task"
    DATA = "unit-data"
    """A script element that holds what the page's scripts need from the start."""


class ProvinceId(StrEnum):
    """The components of the province's page, which has a Dash app and callbacks of its own."""

    CLOCK = "province-clock"
    AGE = "province-age"
    SIMULATED = "province-simulated"
    CARDS = "province-cards"
    CITIES = "province-cities"


def family_bar(slug: str) -> str:
    """The bar of one family of the index."""
    return f"family-bar-{slug}"


def family_level(slug: str) -> str:
    """The numeral of that family's level."""
    return f"family-level-{slug}"


def family_score(slug: str) -> str:
    """The score beside that bar."""
    return f"family-score-{slug}"


def layer_switch(key: str) -> str:
    """The switch of one map layer."""
    return f"layer-switch-{key}"


def ids_json() -> dict[str, str]:
    """The ids as the page's scripts read them: `{"location": "location", "dead": "dead-feed", …}`."""
    return {member.name.lower(): member.value for member in Id}
