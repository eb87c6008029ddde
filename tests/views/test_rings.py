"""Ring integrity of any region, against a count by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.cameras import NOT_NETWORKED, OFFLINE, ONLINE
from dashboard.views.rings import rings_note, watched_rings
from tests.views.fakes import CITY, CODES, hierarchy_of, pack_of
from tests.views.pages import text_of

HIERARCHY = hierarchy_of()
PACK = pack_of(HIERARCHY)
CAMERAS = len(PACK.cameras.grid)


@settings(max_examples=100)
@given(st.lists(st.sampled_from([ONLINE, OFFLINE, NOT_NETWORKED]), min_size=CAMERAS, max_size=CAMERAS))
def test_a_share_is_the_length_watched_over_the_length(status):
    shares = watched_rings(PACK, HIERARCHY, lambda: np.array(status, np.uint8))
    points = PACK.checkpoints
    for code in CODES:
        region = HIERARCHY.number_of(code)
        for ring, share in zip((1, 2, 3), shares(code), strict=True):
            mine = [
                (float(length), status[camera] == ONLINE)
                for number, grid, camera, length in zip(
                    points.ring, points.grid, points.camera, points.length_m, strict=True
                )
                if number == ring and HIERARCHY.grid_lo[region] <= grid < HIERARCHY.grid_hi[region]
            ]
            if not mine:
                assert share is None
            else:
                assert share == sum(length for length, on in mine if on) / sum(length for length, _ in mine)


def test_nothing_is_known_before_the_cameras_have_come():
    assert watched_rings(PACK, HIERARCHY, lambda: np.zeros(0, np.uint8))(CITY) == [None, None, None]


def test_a_ring_with_a_gap_is_never_whole(in_language):
    with in_language("en"):
        assert text_of(rings_note([0.99999, 1.0, None])) == "Rings 99.9/100/—%"


def test_each_ring_is_named_in_the_tooltip(in_language):
    with in_language("en"):
        note = rings_note([0.968, 0.991, 0.984])
    assert note.title.splitlines()[1:] == ["City ring 96.8 %", "County rings 99.1 %", "Police rings 98.4 %"]


def test_where_no_ring_passes_it_says_so(in_language):
    with in_language("en"):
        assert text_of(rings_note([None, None, None])) == "No ring passes here"
