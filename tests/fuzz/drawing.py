"""Drawing examples with hypothesis until a target has had its inputs; a failure is shrunk and noted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis import strategies as st

from tests.fuzz.tally import Tally

Example = TypeVar("Example")

_ROUND = 500
_SETTINGS = hypothesis.settings(
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
    print_blob=False,
    report_multiple_bugs=False,
)


def draw_examples(
    tally: Tally, one: Callable[[Example], None], strategy: st.SearchStrategy[Example], inputs: int, seed: int
) -> None:
    """Give `one` examples until `tally` has counted `inputs` more; what it raises is noted, and it goes on.

    The same seed draws the same examples. `one` counts in the tally itself.
    """
    begun_s, wanted, number = time.monotonic(), tally.inputs + inputs, 0
    while tally.inputs < wanted and len(tally.failures) < 20:
        number += 1
        before = tally.inputs

        def run(example: Example) -> None:
            if tally.inputs < wanted:
                one(example)

        given = hypothesis.given(strategy)(run)
        rounds = hypothesis.settings(_SETTINGS, max_examples=min(_ROUND, max(10, wanted - tally.inputs)))
        try:
            hypothesis.seed(seed * 1_000_003 + number)(rounds(given))()
        except Exception as problem:  # noqa: BLE001 - whatever got through is what is looked for
            tally.fail_with(problem)
        if tally.inputs == before:
            tally.fail("No input was counted.")
            break
    tally.seconds += time.monotonic() - begun_s
