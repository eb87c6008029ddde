"""The playlist's table is one that the page can play."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain.case_types import LEVELS
from dashboard.views.texts import TEXTS
from dashboard.views.wall import scenes
from layers import discover


def test_scenes_differ_and_have_a_name() -> None:
    slugs = [scene.slug for scene in scenes.SCENES]
    assert len(set(slugs)) == len(slugs)
    assert {f"wall.scene.{slug}" for slug in slugs} <= set(TEXTS)
    assert "case" not in slugs, "the interruption is no scene of the playlist"


def test_the_first_scene_is_one_that_every_screen_can_show() -> None:
    first = scenes.SCENES[0]
    assert first.regions == scenes.OWN
    assert first.dwell_s > 0


def test_layers_that_a_scene_names_are_there() -> None:
    known = {layer.key for layer in discover()}
    assert {key for scene in scenes.SCENES for key in scene.layers} <= known


def test_rules_are_possible() -> None:
    interruption, alarms = scenes.INTERRUPTION, scenes.ALARMS
    assert set(interruption.levels) <= set(LEVELS)
    assert interruption.settled_s < interruption.turn_s < interruption.hold_s
    assert (alarms.window_s, alarms.flood_from) == (600, 10), "ISA-18.2: more than ten in ten minutes"
    assert 0 < alarms.flood_until <= alarms.flood_from
    assert all(scene.dwell_s >= 0 and scene.most >= 1 for scene in scenes.SCENES)


def test_the_page_gets_the_tables_whole() -> None:
    told = scenes.to_json()
    assert [replace(scenes.SCENES[0], **row) for row in told["scenes"]] == list(scenes.SCENES)
    assert replace(scenes.INTERRUPTION, **told["interruption"]) == scenes.INTERRUPTION
    assert replace(scenes.ALARMS, **told["alarms"]) == scenes.ALARMS
