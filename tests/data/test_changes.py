"""Changes against closed forms."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from coupling.data.changes import form_changes
from coupling.errors import InputError


def test_log_changes_are_percent() -> None:
    assert form_changes(pd.Series([100.0, 110.0]), "log")[1] == pytest.approx(100 * math.log(1.1), abs=1e-12)


def test_yield_changes_are_basis_points() -> None:
    assert form_changes(pd.Series([0.974, 0.781]), "basis_points")[1] == pytest.approx(-19.3, abs=1e-9)


def test_a_flow_is_a_change_already() -> None:
    assert form_changes(pd.Series([3.0, -2.0]), "value").tolist() == [3.0, -2.0]


def test_a_missing_level_leaves_both_sides_missing() -> None:
    assert form_changes(pd.Series([1.0, None, 3.0, 4.0]), "difference").isna().tolist() == [True, True, True, False]


@pytest.mark.parametrize("bad", [0.0, -37.63])
def test_a_log_of_nothing_is_refused(bad: float) -> None:
    with pytest.raises(InputError, match="positive"):
        form_changes(pd.Series([1.0, bad]), "log")
