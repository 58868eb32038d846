from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coupling.errors import InputError
from coupling.events import LocalProjection
from coupling.events.studies.shocks import event_shock


def frame(seed=0, n=900, tz=None):
    rng = np.random.default_rng(seed)
    days = pd.date_range("2020-01-01", periods=n, freq="B", tz=tz)
    return pd.DataFrame(rng.normal(size=(n, 2)), index=days, columns=["USDJPY", "BTC"])


def test_a_dummy_is_one_on_the_first_row_after_the_event():
    changes = frame(tz="UTC") + 0.0
    at = changes.index[400] - pd.Timedelta(hours=3)
    shock = event_shock(changes, [at])
    assert shock[shock != 0].index.tolist() == [changes.index[400]]
    left = LocalProjection(horizons=2, lags=1).fit(changes, [at, changes.index[600]]).frame
    right = LocalProjection(horizons=2, lags=1).fit(changes, event_shock(changes, [at, changes.index[600]])).frame
    pd.testing.assert_frame_equal(left, right)


def test_a_surprise_is_the_standardised_rise_of_the_yen():
    changes = frame()
    day = changes.index[500]
    past = changes["USDJPY"].iloc[250:500]
    found = event_shock(changes, [day], kind="surprise", instrument="USDJPY", side="falls")[day]
    assert found == pytest.approx(-(changes.loc[day, "USDJPY"] - past.mean()) / past.std())
    later = changes.copy()
    later.iloc[501:] *= 9.0
    assert event_shock(later, [day], kind="surprise", instrument="USDJPY", side="falls")[day] == found


def test_severity_is_read_as_known_by_the_row():
    changes = frame()
    severity = pd.Series(np.arange(900.0), index=changes.index)
    days = changes.index[[300, 500]]
    assert event_shock(changes, days, kind="severity", severity=severity)[days].tolist() == [300.0, 500.0]
    aware = changes.tz_localize("UTC") if changes.index.tz is None else changes
    stamps = aware.index + pd.Timedelta(days=1)  # ticks at the end of the day: the session of that day is known
    ends = aware.set_axis(stamps)
    shock = event_shock(ends, [stamps[300] - pd.Timedelta(hours=2)], kind="severity", severity=severity)
    assert shock[shock != 0].tolist() == [300.0]


def test_responses_scale_with_severity():
    changes = frame()
    days = changes.index[60:880:40]
    severity = pd.Series(0.5, index=changes.index)
    severity[days] = np.linspace(1, 4, len(days))
    changes.loc[days, "BTC"] -= 3.0 * severity[days]
    shock = event_shock(changes, days, kind="severity", severity=severity)
    row = LocalProjection(horizons=0, lags=1).fit(changes, shock).frame.set_index("instrument").loc["BTC"]
    assert row["lower"] < -3.0 < row["upper"]
    calm = pd.Series(np.arange(900) % 80 < 40, index=changes.index, name="stress")
    states = LocalProjection(horizons=0, lags=0).fit(changes, shock, state=calm).frame
    assert states["state"].unique().tolist() == ["not stress", "stress"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"kind": "size"}, "kind='size' is unknown"),
        ({"kind": "severity"}, "needs severity"),
        ({"kind": "surprise"}, "a surprise is the move of one"),
        ({"kind": "surprise", "instrument": "USDJPY", "side": "up"}, "side='up' is unknown"),
        ({"kind": "surprise", "instrument": "USDJPX"}, "did you mean 'USDJPY'"),
    ],
)
def test_what_is_no_shock_is_refused(options, told):
    changes = frame()
    with pytest.raises(InputError, match=told):
        event_shock(changes, [changes.index[300]], **options)
    with pytest.raises(InputError, match="No event lies inside"):
        event_shock(changes, ["1999-01-01"])
    with pytest.raises(InputError, match="frame of changes or a panel"):
        event_shock([1.0], ["2020-01-01"])
