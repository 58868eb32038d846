"""Lines of a page have fewer vertices than their data and show the same."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.report.polyline import UNITS, path_of, simplified


def points_of(data: str) -> np.ndarray:
    numbers = [int(number) / UNITS for number in re.findall(r"-?\d+", data)]
    return np.cumsum(np.array(numbers).reshape(-1, 2), axis=0)


def distance_to_line(point: np.ndarray, line: np.ndarray) -> float:
    start, step = line[:-1], np.diff(line, axis=0)
    share = ((point - start) * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), 1e-12)
    return float(np.hypot(*(start + np.clip(share, 0, 1)[:, None] * step - point).T).min())


@given(st.integers(2, 200), st.integers(0, 2**16))
def test_a_shorter_path_stays_within_half_a_point(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    line = np.column_stack([np.linspace(30, 520, n), 120 + rng.normal(0, 4, n).cumsum()])
    short = points_of(path_of(line))
    assert len(short) <= n
    assert np.abs(short[[0, -1]] - line[[0, -1]]).max() <= 0.101
    assert max(distance_to_line(point, short) for point in line) < 0.5


@pytest.mark.parametrize("seed", range(5))
def test_a_long_line_keeps_its_extremes_in_every_column(seed: int) -> None:
    rng = np.random.default_rng(seed)
    line = np.column_stack([np.linspace(30, 520, 4000), 120 + rng.normal(0, 4, 4000).cumsum()])
    short = points_of(path_of(line))
    assert len(short) < 1300
    assert short[:, 1].min() == pytest.approx(line[:, 1].min(), abs=0.3)
    assert short[:, 1].max() == pytest.approx(line[:, 1].max(), abs=0.3)
    assert max(distance_to_line(point, short) for point in line) < 1.5


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_long_band_is_never_drawn_narrower(upside_down: bool) -> None:
    x = np.linspace(30, 520, 3000)
    middle, half = 120 + 30 * np.sin(x / 40), 5 + np.abs(np.random.default_rng(1).normal(0, 3, 3000))
    edges = [np.column_stack([x, middle - half]), np.column_stack([x, middle + half])]
    first, second = edges[::-1] if upside_down else edges
    short = points_of(path_of(np.vstack([first, second[::-1], first[:1]]), closed=True))
    assert len(short) < 800
    area = 0.5 * abs(np.sum(short[:, 0] * np.roll(short[:, 1], 1) - short[:, 1] * np.roll(short[:, 0], 1)))
    true = float((2 * half).mean() * (x[-1] - x[0]))
    assert true < area < 2.2 * true


def test_a_straight_line_needs_few_points() -> None:
    line = np.column_stack([np.arange(1000.0), np.arange(1000.0)])
    assert len(simplified(line)) < 60


def test_gaps_part_a_path_and_one_point_alone_is_drawn() -> None:
    gap = [np.nan, np.nan]
    line = np.array([gap, [0, 0], [1, 1], gap, gap, [5, 5], [6, 6.5], [7, np.nan], [8, 8]])
    assert path_of(line, closed=True) == "M0 0l5 5zM25 25l5 7zM40 40h0z"
    assert path_of(np.empty((0, 2))) == ""
    assert path_of(np.array([gap])) == ""


def test_steps_keep_every_vertex_where_they_are_asked_for() -> None:
    x = np.repeat(np.arange(400.0), 2)[1:]
    line = np.column_stack([x / 4, np.repeat(np.arange(400) % 7.0, 2)[:-1]])
    assert len(points_of(path_of(line, exact=True))) == len(np.unique(np.rint(line * UNITS), axis=0))
