"""Fixtures that every test folder shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "agg")
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option with which continuous integration keeps simulations short."""
    parser.addoption("--reduced", action="store_true", help="of the selected tests run the first of each room")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the first selected test of each folder where --reduced was asked for."""
    if not config.getoption("--reduced"):
        return
    first = {item.path.parent: item for item in reversed(items)}
    config.hook.pytest_deselected(items=[item for item in items if first[item.path.parent] is not item])
    items[:] = [item for item in items if first[item.path.parent] is item]


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
