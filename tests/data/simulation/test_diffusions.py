import numpy as np
import pandas as pd
import pytest

from coupling.data.simulation.diffusions import hourly_paths, struck
from coupling.errors import InputError

TRUTH = pd.DataFrame([[1, 0.5, 0.2], [0.5, 1, -0.3], [0.2, -0.3, 1]], columns=list("abc"))


def test_daily_changes_have_unit_variance_and_the_correlation_asked_for():
    daily = hourly_paths(TRUTH, days=4000, random_state=2).iloc[::24].diff().iloc[1:]
    np.testing.assert_allclose(daily.cov(), TRUTH, atol=5 / np.sqrt(4000))


def test_the_same_seed_gives_the_same_paths():
    pd.testing.assert_frame_equal(
        hourly_paths(TRUTH, days=3, random_state=4), hourly_paths(TRUTH, days=3, random_state=4)
    )
    assert not hourly_paths(TRUTH, days=3, random_state=4).equals(hourly_paths(TRUTH, days=3, random_state=5))


def test_a_perfect_correlation_is_allowed():
    paths = hourly_paths(pd.DataFrame(np.ones((2, 2)), columns=["a", "b"]), days=5)
    np.testing.assert_allclose(paths["a"], paths["b"])


@pytest.mark.parametrize("matrix", [[[1, 0.5], [0.4, 1]], [[2, 0], [0, 1]], [[1, 2], [2, 1]], [[1, 0, 0], [0, 1, 0]]])
def test_what_is_no_correlation_matrix_is_refused(matrix):
    with pytest.raises(InputError, match="correlation matrix"):
        hourly_paths(pd.DataFrame(matrix), days=2)


def test_strikes_fall_on_business_days_or_on_every_day():
    path = hourly_paths(TRUTH, days=14, start="2025-01-01")["a"]
    business = struck(path, 6).index
    assert set(business.day_of_week) == {0, 1, 2, 3, 4}
    assert (business.hour == 6).all()
    midnight = struck(path, 24, every_day=True).index
    assert len(midnight) == 15
    assert midnight[0] == path.index[0]
    assert set(struck(path, 24).index.day_of_week) == {1, 2, 3, 4, 5}
