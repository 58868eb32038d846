"""Exponential weights: only earlier rows count, and the weights are the textbook's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.errors import InputError
from coupling.volatility import ewma_volatility, standardize_ewma


def sample(rows: int = 120) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(1).standard_normal((rows, 2)), columns=["BTC", "SPX"])


def test_weights_written_out() -> None:
    changes = sample()
    past = changes["BTC"].to_numpy()[:50][::-1]
    weights = 0.9 ** np.arange(50)
    expected = np.sqrt((weights * past**2).sum() / weights.sum())
    assert ewma_volatility(changes, decay=0.9)["BTC"].iloc[50] == pytest.approx(expected, rel=1e-12)


def test_row_never_uses_itself_or_later() -> None:
    changes = sample()
    other = changes.copy()
    other.iloc[60:] *= 100.0
    pd.testing.assert_frame_equal(ewma_volatility(changes).iloc[:61], ewma_volatility(other).iloc[:61])


def test_warmup_and_flat_series_are_missing() -> None:
    changes = sample().assign(JGB10Y=0.0)
    standard = standardize_ewma(changes, warmup=30)
    assert standard["BTC"].isna().sum() == 30
    assert standard["JGB10Y"].isna().all()


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_scale_changes_nothing(scale: float) -> None:
    pd.testing.assert_frame_equal(standardize_ewma(sample() * scale), standardize_ewma(sample()))


def test_missing_rows_carry_no_weight() -> None:
    changes = sample()
    gapped = pd.concat([changes.iloc[:50], changes.iloc[:1] * np.nan, changes.iloc[50:]], ignore_index=True)
    np.testing.assert_allclose(ewma_volatility(gapped).iloc[-1], ewma_volatility(changes).iloc[-1], rtol=1e-12)


def test_refusal() -> None:
    with pytest.raises(InputError, match=r"decay=1\.5"):
        ewma_volatility(sample(), decay=1.5)


@pytest.mark.parametrize("gapped", [False, True])
def test_it_is_the_mean_of_pandas(gapped: bool) -> None:
    changes = sample(400) * [1.0, 1e6]
    changes.iloc[150:200] = [0.0, 7.0]
    if gapped:
        changes = changes.mask(np.random.default_rng(2).random(changes.shape) < 0.2)
    expected = (changes**2).ewm(alpha=0.06, adjust=True, ignore_na=True, min_periods=20).mean().shift(1) ** 0.5
    pd.testing.assert_frame_equal(ewma_volatility(changes), expected, rtol=1e-12)


def test_steady_changes_stay_steady_to_the_last_digit() -> None:
    changes = sample().assign(BTC=0.1, SPX=np.where(np.arange(120) < 80, 0.3, 11.0))
    standard = standardize_ewma(changes).iloc[20:80]
    assert (standard["BTC"] == 1.0).all()
    assert (standard["SPX"] == standard["SPX"].iloc[0]).all()
