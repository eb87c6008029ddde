"""What nobody foresaw in one event: it is refused and kept, and stops none of those behind it.

Only reading an event and working out a case from it are guarded so: they change nothing, and what was applied
before stays whole. Where the state itself is changed a failure ends the projector, which begins again at what
was committed.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any

from dashboard.domain.refused import Refused
from dashboard.streams.codecs import most_serious

_LOG = logging.getLogger(__name__)


def unforeseen(problem: Exception, values: Any) -> Refused:
    """The refusal of an event that a fault of Kite's own met; `values`: what the event held.

    The log says where it happened, never with what: a failure's own words may hold a value.
    """
    where = "".join(traceback.format_tb(problem.__traceback__)[-3:])
    kind = type(problem).__name__
    _LOG.error("An event met a fault of Kite's own (%s); it is a dead letter now.\n%s", kind, where)
    refusal = Refused("unforeseen", f"Kite could not work with this event ({kind}): tell its makers.")
    try:
        return most_serious(values if isinstance(values, dict) else {"value": values}, refusal)
    except Exception:  # noqa: BLE001 - the search for persons may be what failed: then no value is kept
        return Refused("too_large", "The event could not be searched for personal data; none of it is kept.")
