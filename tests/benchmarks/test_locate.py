"""The comparison that the benchmark `locate` rests on: it passes for the locator, and for nothing less."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from geodata import Locator
from tests.benchmarks.peers.sjoin import GridFrame
from tests.benchmarks.runs.locate import compare, points_of
from tests.geodata.made_pack import odd_pack


class OneWrong(Locator):
    """Moves the first point that it finds in a grid to the next grid."""

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int32]:
        found = super().locate(lon, lat)
        found[np.flatnonzero(found > 0)[0]] -= 1
        return found


def test_all_answers_agree_with_geopandas() -> None:
    pack = odd_pack()
    agreement = compare(pack, Locator(pack), GridFrame(pack), points_of(pack, 4_000, 5))
    assert min(agreement.inside, agreement.on_borders, agreement.outside) > 100


def test_one_wrong_answer_is_noticed() -> None:
    pack = odd_pack()
    with pytest.raises(AssertionError, match=r"1 of .* points away from borders"):
        compare(pack, OneWrong(pack), GridFrame(pack), points_of(pack, 4_000, 5))
