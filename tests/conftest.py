"""Fixtures that every test folder shares."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of private reference data, or skip where it is missing (as in a public clone)."""
    if not (SHARED / "reference").is_dir():
        pytest.skip(f"needs the private reference data beside the project ({SHARED.name}/), which is missing")
    return SHARED


@pytest.fixture(scope="session")
def series(shared: Path) -> Path:
    """Return the folder of real market series."""
    return shared / "market" / "series"
