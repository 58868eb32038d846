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
    parser.addoption("--reduced", action="store_true", help="of the simulations run those that are marked as quick")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the simulations marked ``slow(reduced=True)``, one or two of each room, where --reduced was asked for."""
    if not config.getoption("--reduced"):
        return
    quick = [item for item in items if (mark := item.get_closest_marker("slow")) and mark.kwargs.get("reduced")]
    config.hook.pytest_deselected(items=[item for item in items if item not in quick])
    items[:] = quick


@pytest.fixture(autouse=True)
def _own_parts(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let no test take the parts of a page that another one kept, or leave its own behind."""
    made: list[Path] = []

    def folder(_: str) -> Path:
        if not made:
            made.append(tmp_path_factory.mktemp("parts"))
        return made[0]

    monkeypatch.setattr("coupling.keeping.store.cache_folder", folder)


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
