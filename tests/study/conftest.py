"""Pages of these studies have the figures of a desk alone."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _desk_alone(desk_alone: None) -> None:
    pass
