"""Interrupted runs of the tests are kept away from the user's; pages have the figures of a desk alone."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, desk_alone: None) -> Path:  # noqa: ARG001
    """Return the folder that serves as the user's cache."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder
