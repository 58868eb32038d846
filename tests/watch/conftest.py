"""A desk whose mornings are at a fixed hour, and whose software a test may renew."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from coupling.data.checks import COLUMNS
from coupling.watch import running
from tests.watch.desk import START, Desk


class Clock:
    """The instant at which a run says that it is."""

    def __init__(self) -> None:
        self.day = 0

    def now(self) -> pd.Timestamp:
        return (START + pd.Timedelta(days=self.day, hours=7)).tz_localize("UTC")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(running, "now", found.now)
    return found


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the checks of data, half of the time that a morning of these desks takes."""
    monkeypatch.setattr("coupling.data.loading.dataset.check_all", lambda *_: pd.DataFrame(columns=COLUMNS))


@pytest.fixture
def checked() -> None:
    """Ask that the data are checked."""


@pytest.fixture
def desk(tmp_path: Path, clock: Clock, request: pytest.FixtureRequest) -> Desk:
    """Return a desk on the morning after its 300th day; its data are checked where the test asks for `checked`."""
    if "checked" not in request.fixturenames:
        request.getfixturevalue("unchecked")
    found = Desk(tmp_path)
    found.grow(300)
    clock.day = 300
    return found
