"""Size and power of the tests, by the simulation that makes the tables of the documentation."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from coupling.events.studies.dates import band_width, date_mean

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "size_events.py"
STUDIES = 600
NOISE = 2.6 * (0.05 * 0.95 / STUDIES) ** 0.5


@pytest.fixture(scope="module")
def simulation():
    spec = importlib.util.spec_from_file_location("size_events", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["size_events"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("dates", [6, 10, 20])
@pytest.mark.parametrize(("correlation", "variance"), [(0.0, 1.0), (0.0, 4.0), (0.5, 1.0), (0.5, 4.0)])
def test_leading_tests_hold_their_size(simulation, dates, correlation, variance):
    shares = simulation.rejections(simulation.World(dates, correlation, variance), STUDIES)
    for test in ("date_mean_t", "placebo"):
        assert 0.03 - NOISE < shares[test] < 0.07 + NOISE / 2, (test, shares[test])
    largest = simulation.attainable(dates)
    for test in ("sign_flip", "westfall_young"):
        assert shares[test] < max(largest, 0.03) + NOISE, (test, shares[test])
    if correlation and variance > 1:
        assert shares["patell"] > 0.45
        assert shares["bmp"] > 0.15


@pytest.mark.slow
def test_power_grows_with_dates_and_effects(simulation):
    found = {
        (dates, effect): simulation.rejections(simulation.World(dates, 0.5, 4.0, effect=effect), 300)["date_mean_t"]
        for dates in (6, 20)
        for effect in (0.5, 2.0)
    }
    assert found[6, 2.0] > found[6, 0.5] + 0.2
    assert found[20, 2.0] > found[6, 2.0] + 0.2
    assert found[20, 2.0] > 0.9


@pytest.mark.slow
def test_skewed_responses_break_the_tests_and_are_warned_about(simulation):
    shares = simulation.rejections(simulation.World(10, 0.5, 4.0, skewed=True), 300)
    assert shares["date_mean_t"] > 0.08


@pytest.mark.slow
@pytest.mark.parametrize("dates", [6, 10, 20])
@pytest.mark.parametrize("effect", [0.0, 2.0])
def test_sup_t_bands_cover_the_whole_path(dates, effect):
    rng = np.random.default_rng([dates, int(effect)])
    studies, covered = 400, 0
    for k in range(studies):
        paths = np.cumsum(rng.standard_t(5, size=(dates, 1, 11)), axis=-1) + effect
        mean, error, _ = date_mean(paths)
        width = band_width(paths, level=0.95, random_state=k)
        covered += bool((np.abs(mean - effect) <= width[:, None] * error).all())
    assert 0.92 < covered / studies < 0.99
