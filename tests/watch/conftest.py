"""A desk whose mornings are at a fixed hour, and whose software a test may renew."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

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
def desk(tmp_path: Path, clock: Clock) -> Desk:
    """Return a desk on the morning after its 300th day."""
    found = Desk(tmp_path)
    found.grow(300)
    clock.day = 300
    return found
