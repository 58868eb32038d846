"""Rooms are asked once: kept and fresh pages, and those of one worker and of two, are the same bytes."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from coupling.keeping import keeping
from coupling.machine import crew as crews
from coupling.machine.crew import crew
from coupling.report.page import render
from coupling.results.json import findings_text
from coupling.study import run

LEADS = {"max_lag": 2, "max_hours": 4, "replications": 100}
STUDY: dict[str, Any] = {
    "title": "Two",
    "focus": "BTC",
    "instruments": ["BTC", "SPX"],
    "data": {"source": "simulated"},
    "period": {"start": "2024-01-01"},
    "correlation": {"rolling": {"window": 60}, "hayashi_yoshida": None},
    "direction": {"lead_lag": LEADS, "spillover": None},
    "seed": 3,
}


def told(study: dict[str, Any]) -> tuple[str, str]:
    """Return the page and the findings of a study."""
    result = run(study)
    return render(result), findings_text(result)


def forbid(monkeypatch: pytest.MonkeyPatch, *rooms: str) -> None:
    """Let some rooms fail that are asked."""

    def asked(*_: Any, **__: Any) -> None:
        raise AssertionError("a room was asked")

    for room in rooms:
        monkeypatch.setattr(import_module(f"coupling.{room}.run"), "run", asked)


def test_kept_and_fresh_pages_are_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with keeping(tmp_path):
        fresh = told(STUDY)
    assert fresh == told(STUDY)  # where nothing is kept
    edited = {**STUDY, "direction": {"lead_lag": {**LEADS, "max_lag": 3}, "spillover": None}}
    with keeping(tmp_path), monkeypatch.context() as watched:
        forbid(watched, "correlation", "direction")
        watched.setattr("coupling.report.drawn.draw", lambda _: pytest.fail("a figure was drawn"))
        assert told(STUDY) == fresh
    with keeping(tmp_path), monkeypatch.context() as watched:
        forbid(watched, "correlation")
        partly = told(edited)
    assert partly == told(edited)
    assert partly != fresh
    with keeping(tmp_path), monkeypatch.context() as watched:
        forbid(watched, "direction")
        with pytest.raises(AssertionError, match="a room was asked"):
            told({**STUDY, "seed": 4})


def test_damage_to_what_is_kept_changes_nothing(tmp_path: Path) -> None:
    small = {**STUDY, "direction": None}
    with keeping(tmp_path):
        fresh = told(small)
    for place, path in enumerate(sorted(tmp_path.iterdir())):
        raw = path.read_bytes()
        path.write_bytes(raw[: len(raw) // 2] if place % 2 else raw[:-1] + bytes([raw[-1] ^ 1]))
    with keeping(tmp_path):
        assert told(small) == fresh


@pytest.mark.thorough
@pytest.mark.processes
def test_two_workers_give_the_same_bytes_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "REPAID", 0.0)
    alone = told(STUDY)
    with keeping(tmp_path), crew(2):
        assert told(STUDY) == alone
    with keeping(tmp_path):
        forbid(monkeypatch, "correlation", "direction")
        assert told(STUDY) == alone
