"""How much of the rings is watched, in words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.views.rings import rings_note
from tests.views.pages import speaking, text_of


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_ring_with_a_gap_is_never_whole(compiled, share):
    with speaking("en", compiled):
        said = text_of(rings_note([share, 1.0, None]))
    assert said.endswith("/100/—%")
    assert float(said.removeprefix("Rings ").split("/")[0]) <= min(99.9, 100 * share + 1e-9)


def test_each_ring_is_named_in_the_tooltip(in_language):
    with in_language("en"):
        note = rings_note([0.968, 0.991, 0.984])
    assert note.title.splitlines()[1:] == ["City ring 96.8 %", "County rings 99.1 %", "Police rings 98.4 %"]


def test_where_no_ring_passes_it_says_so(in_language):
    with in_language("zh"):
        assert text_of(rings_note([None, None, None])) == "无三圈卡口"
