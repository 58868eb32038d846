"""Colours are legible on both backgrounds, and the five main instruments are told apart without colour."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from coupling.drawing.looks import GRID, PAPER, THEME, known_looks, look, pair_look

MAIN = ("BTC", "JGB10Y", "USDJPY", "SPX", "IXIC")
LIGHT_PAGE, DARK_PAGE = "#ffffff", "#14181d"

# Severity 1.0 matrices of Machado, Oliveira & Fernandes (2009), IEEE TVCG 15(6), for linear RGB.
MACHADO = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(first: str, second: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of linear RGB."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("colour", [colour for colour in THEME if colour not in (GRID, PAPER)])
def test_every_colour_is_legible_as_text_on_both_backgrounds(colour: str) -> None:
    assert contrast(colour, LIGHT_PAGE) >= 4.5
    assert contrast(THEME[colour][1], DARK_PAGE) >= 4.5


def test_contrast_agrees_with_published_values() -> None:
    # WCAG: black on white is 21:1; #767676 is the lightest grey that passes 4.5:1 on white (4.54:1).
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("deficiency", [*MACHADO, "none"])
@pytest.mark.parametrize("form", ["light", "dark"])
def test_the_main_five_differ_for_colour_blind_readers(deficiency: str, form: str) -> None:
    matrix = np.array(MACHADO.get(deficiency, np.eye(3)))
    colours = [look(name).colour if form == "light" else THEME[look(name).colour][1] for name in MAIN]
    seen = {name: lab(matrix @ linear(colour)) for name, colour in zip(MAIN, colours, strict=True)}
    closest = min(np.linalg.norm(seen[a] - seen[b]) for a, b in combinations(MAIN, 2))
    assert closest > 10  # 2.3 is a just noticeable difference


def test_the_main_five_differ_in_dash_and_marker() -> None:
    assert len({look(name).dash for name in MAIN}) == 5
    assert len({look(name).marker for name in MAIN}) == 5


def test_no_two_instruments_look_the_same() -> None:
    looks = [look(name) for name in known_looks()]
    assert len(set(looks)) == len(looks)


def test_a_pair_looks_like_the_instrument_that_is_not_the_focus() -> None:
    assert pair_look("BTC", "SPX", focus="BTC") == look("SPX")
    assert pair_look("ETH", "BTC", focus="BTC") == look("ETH")
    assert pair_look("JGB10Y", "SPX") == look("SPX")
