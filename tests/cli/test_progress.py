"""Within one long call the log goes on: it says what is being done, and again that it still is."""

from __future__ import annotations

import logging
import re
import time

import numpy as np
import pytest

from coupling.cli import progress


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SILENCE", 0.1)
    monkeypatch.setattr(progress, "STILL", 0.4)


def busy(seconds: float) -> None:
    """Compute in one thread without a word, as a bootstrap does."""
    end, draws = time.monotonic() + seconds, np.random.default_rng(0)
    while time.monotonic() < end:
        np.corrcoef(draws.normal(size=(2, 2000)))


def test_a_long_call_without_a_word_is_told_again_and_again(capsys: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("coupling")
    log.setLevel(logging.INFO)
    with progress.working():
        log.info("drawing the bootstrap")
        busy(2.0)
    lines = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"drawing the bootstrap \(\d+ s\)", lines[0])
    assert len(lines) >= 3
    assert all(re.fullmatch(r"still drawing the bootstrap \(\d+ s\)", line) for line in lines[1:])
    assert not any("\r" in line for line in lines)


def test_counted_work_says_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.working() as tell:
        tell("specifications", 1200, 2000)
        busy(0.6)
    assert "specifications (1,200 of 2,000)" in capsys.readouterr().err


def test_what_nobody_named_is_told_too_and_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.working():
        busy(0.5)
    assert capsys.readouterr().err.startswith("working (")
    with progress.working(quiet=True):
        busy(0.5)
    assert capsys.readouterr().err == ""
