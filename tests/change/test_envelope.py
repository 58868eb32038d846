"""The constancy envelope: size where the correlation is constant, power where it is not, and its construction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from coupling.change.envelope import ConstancyEnvelope
from coupling.errors import InputError

Floats = npt.NDArray[np.float64]
ROOT = np.linalg.cholesky(np.array([[1.0, 0.5], [0.5, 1.0]]))


def heavy_tails(seed: int, rows: int = 1000) -> Floats:
    """t with 4 degrees of freedom, correlation 0.5."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((rows, 2)) @ ROOT.T / np.sqrt(rng.chisquare(4, (rows, 1)) / 4)


def common_garch(seed: int, rows: int = 1000) -> Floats:
    """One variance for both series, correlation 0.5."""
    shocks = np.random.default_rng(seed).standard_normal((rows, 2)) @ ROOT.T
    h, x = 1.0, np.empty((rows, 2))
    for t in range(rows):
        x[t] = np.sqrt(h) * shocks[t]
        h = 0.05 + 0.1 * (x[t] ** 2).mean() + 0.85 * h
    return x


def broken(seed: int = 0, rows: int = 800) -> pd.DataFrame:
    """Correlation 0 in the first half, 0.7 in the second."""
    z = np.random.default_rng(seed).standard_normal((rows, 2))
    z[rows // 2 :, 1] = 0.7 * z[rows // 2 :, 0] + np.sqrt(0.51) * z[rows // 2 :, 1]
    return pd.DataFrame(z, columns=["BTC", "SPX"], index=pd.date_range("2020-01-01", periods=rows, tz="UTC"))


def quick(**options: Any) -> ConstancyEnvelope:
    return ConstancyEnvelope(replications=99, **options)


@pytest.mark.slow
@pytest.mark.parametrize("law", [heavy_tails, common_garch])
def test_size(law: Callable[[int], Floats]) -> None:
    """400 samples: the share of false rejections lies within three standard errors of 5 %."""
    p = [ConstancyEnvelope(replications=199).fit(law(seed)).p_value_ for seed in range(400)]
    assert 0.018 <= np.mean(np.array(p) <= 0.05) <= 0.082


@pytest.mark.slow(reduced=True)
def test_few_false_rejections() -> None:
    """At the 5 % level 20 samples reject five times or more with probability .003."""
    p = [quick(random_state=seed).fit(heavy_tails(seed, 400)).p_value_ for seed in range(20)]
    assert np.sum(np.array(p) <= 0.05) < 5


@pytest.mark.thorough
def test_break_is_seen() -> None:
    test = quick().fit(broken())
    assert test.p_value_ == pytest.approx(0.01)
    row = test.table_.iloc[0]
    assert row["outside"] > 0.2
    path = test.between("SPX", "BTC")
    assert path.loc[test.date_, "estimate"] < path.loc[test.date_, "lower"] or (
        path.loc[test.date_, "estimate"] > path.loc[test.date_, "upper"]
    )


def test_path_and_centre_are_plain_correlations() -> None:
    changes = broken()
    test = quick(window=50).fit(changes)
    path = test.between("BTC", "SPX")
    assert path.index[0] == changes.index[49]
    assert path["estimate"].iloc[0] == pytest.approx(changes.iloc[:50].corr().iloc[0, 1])
    assert path["estimate"].iloc[-1] == pytest.approx(changes.iloc[-50:].corr().iloc[0, 1])
    assert test.table_["correlation"].iloc[0] == pytest.approx(changes.corr().iloc[0, 1])
    middle = np.tanh((np.arctanh(path["lower"]) + np.arctanh(path["upper"])) / 2)
    np.testing.assert_allclose(middle, changes.corr().iloc[0, 1], rtol=1e-9)


def test_same_seed_same_numbers() -> None:
    one, two = quick().fit(broken()), quick().fit(broken())
    pd.testing.assert_frame_equal(one.path_, two.path_)
    assert not quick(random_state=1).fit(broken()).path_["lower"].equals(one.path_["lower"])


def test_scale_and_level() -> None:
    changes = broken()
    plain, scaled = quick().fit(changes), quick().fit(changes * [1e-150, 1e150])
    np.testing.assert_allclose(scaled.path_["lower"], plain.path_["lower"], atol=1e-5)
    wide = quick(level=0.99).fit(changes)
    assert (wide.path_["upper"] > plain.path_["upper"]).all()


def test_several_pairs() -> None:
    changes = broken().assign(FLAT=1.0, COPY=lambda frame: frame["BTC"] * 2.0)
    test = quick(block="auto", margins="gjr").fit(changes)
    table = test.table_.set_index(["left", "right"])
    assert test.pair_ in {("BTC", "SPX"), ("SPX", "COPY")}
    assert np.isnan(table.loc[("BTC", "FLAT"), "p_value"])
    assert np.isnan(table.loc[("BTC", "COPY"), "p_value"])
    assert test.p_value_ == pytest.approx(table["p_value"].min() * 6)


def test_flat_windows_are_missing() -> None:
    changes = broken()
    changes.iloc[100:200, 0] = 0.0
    path = quick().fit(changes).between("BTC", "SPX")
    assert path["estimate"].isna().sum() == 41
    assert path["lower"].notna().all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 2}, "window=2"),
        ({"level": 95.0}, "level"),
        ({"block": "long"}, "block='long'"),
        ({"block": 0}, "block=0"),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        quick(**options).fit(broken())


def test_short_sample_and_unknown_name() -> None:
    with pytest.raises(InputError, match="share 100 rows"):
        quick().fit(broken().iloc[:100])
    with pytest.raises(InputError, match="no instrument 'SPY'"):
        quick().fit(broken()).between("BTC", "SPY")
