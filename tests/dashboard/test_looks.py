"""Lights can be told apart and read: by shape, by word, and with enough contrast."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from dashboard import theme
from monitor import looks
from monitor.looks import LIGHT_ORDER, Paint, Palette, Scheme
from rules.vocabulary import CaseState, Ledger, Light, Phase, Stage

PAINTS = [Paint(scheme, palette) for scheme, palette in product(get_args(Scheme), get_args(Palette))]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_no_two_lights_share_a_shape_or_a_word() -> None:
    assert len({looks.symbol(light) for light in Light}) == len(Light)
    assert len({looks.light_word(light) for light in Light}) == len(Light)
    assert len({(look.pattern, look.fill) for look in looks.LIGHTS.values()}) == len(Light)
    assert set(LIGHT_ORDER) == set(Light)


@pytest.mark.parametrize("paint", PAINTS, ids=str)
def test_words_can_be_read_on_their_ground(paint: Paint) -> None:
    for ground in ("surface", "ground"):
        for ink in ("ink", "muted", "accent"):
            assert contrast(paint.token(ink), paint.token(ground)) >= 4.5, (ink, ground)
        for light in Light:
            assert contrast(paint.text(light), paint.token(ground)) >= 4.5, (light, ground)
    assert contrast(paint.token("amber-ink"), paint.token("amber")) >= 4.5
    assert contrast(paint.token("alarm-ink"), paint.token("alarm")) >= 4.5


def test_the_safe_palette_takes_blue_for_green() -> None:
    assert Paint(palette="safe").fill(Light.GREEN) != Paint().fill(Light.GREEN)
    assert Paint(palette="safe").fill(Light.RED) == Paint().fill(Light.RED)


def test_every_word_of_the_law_has_a_word_on_the_page() -> None:
    for stage in Stage:
        assert looks.stage_word(stage)
    for phase in Phase:
        assert looks.phase_word(phase)
    for state in CaseState:
        assert looks.state_word(state)
    for kind in Ledger:
        assert looks.day_word(kind.word)
        assert Paint().day(kind.word)


def test_the_style_sheet_has_every_scheme_and_palette() -> None:
    sheet = theme.tokens()
    for scheme, palette in product(get_args(Scheme), get_args(Palette)):
        assert f'[data-mantine-color-scheme="{scheme}"][data-palette="{palette}"]' in sheet
    assert sheet.count("--red-fill:") == 1 + len(PAINTS) + len(get_args(Palette))
    assert theme.link().startswith(theme.ADDRESS + "?m=")
