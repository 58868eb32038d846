from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from coupling.errors import InputError
from coupling.events import EventStudy, LocalProjection, load_events
from coupling.events.studies.projections import episode_projection, wild_t
from coupling.inference.randomisation import sign_patterns


@pytest.fixture(scope="module")
def rates(shared):
    return pd.read_csv(shared / "reference" / "events" / "data" / "lpirfs_interest_rules_var_data.csv")


def frame(seed=0, n=700, k=3):
    rng = np.random.default_rng(seed)
    days = pd.date_range("2020-01-01", periods=n, freq="B")
    return pd.DataFrame(rng.normal(size=(n, k)), index=days, columns=list("ABC")[:k])


@pytest.mark.parametrize("shock", ["GDP_gap", "Infl", "FF"])
def test_cholesky_projections_follow_lpirfs(rates, shock):
    """R: lpirfs::lp_lin(lags_endog_lin = 4, trend = 0, shock_type = 1, confint = 1.96, hor = 12), from statsmodels.

    Its conventions: horizon h regresses the variables h rows after the first lag on 4 lags, Newey–West lag h without a
    small-sample factor, bounds (b ∓ 1.96 se) d, and d the Cholesky column over its diagonal.
    """
    values, names, lags = rates.to_numpy(), list(rates.columns), 4
    design = sm.add_constant(np.column_stack([values[lags - k : -k] for k in range(1, lags + 1)]))
    response = values[lags:]
    residuals = np.column_stack([sm.OLS(column, design).fit().resid for column in response.T])
    factor = np.linalg.cholesky(np.cov(residuals.T))
    vector = (factor / np.diag(factor))[:, names.index(shock)]
    study = LocalProjection(horizons=12, lags=4, critical_value=1.96, allow_levels=True)
    found = study.fit(rates, shock).frame.set_index(["horizon", "instrument"])
    np.testing.assert_allclose(found.loc[0, ["estimate", "lower", "upper"]], np.column_stack([vector] * 3), atol=1e-12)
    for h in range(1, 13):
        fits = [
            sm.OLS(column, design[: len(design) - h + 1]).fit(
                cov_type="HAC", cov_kwds={"maxlags": h, "use_correction": False}
            )
            for column in response[h - 1 :].T
        ]
        b = np.array([fit.params[1:4] for fit in fits])
        se = np.array([fit.bse[1:4] for fit in fits])
        expected = np.column_stack([b @ vector, (b - 1.96 * se) @ vector, (b + 1.96 * se) @ vector])
        np.testing.assert_allclose(found.loc[h, ["estimate", "lower", "upper"]], expected, atol=1e-9)
    assert found.loc[12, "n"].iloc[0] == len(rates) - 4 - 11


def test_jordas_figure_5(rates):
    """One quarter on, a standard deviation of the output gap is about 0.9 (Jordà 2005, figure 5, as lpirfs tests)."""
    found = LocalProjection(horizons=1, lags=4, allow_levels=True).fit(rates, "GDP_gap").frame
    residual = sm.OLS(
        rates["GDP_gap"].to_numpy()[4:],
        sm.add_constant(np.column_stack([rates.to_numpy()[4 - k : -k] for k in range(1, 5)])),
    ).fit()
    deviation = residual.resid.std(ddof=1)
    assert found.query("instrument == 'GDP_gap' and horizon == 1")["estimate"].iloc[0] * deviation == pytest.approx(
        0.9, abs=0.05
    )


def test_a_projection_on_a_dummy_is_least_squares():
    changes = frame()
    events = changes.index[60:640:50]
    study = LocalProjection(horizons=3, lags=2, cumulative=True)
    found = study.fit(changes, events).frame.set_index(["instrument", "horizon"])["estimate"]
    dummy = pd.Series(0.0, index=changes.index)
    dummy[events] = 1.0
    lags = pd.concat([changes.join(dummy.rename("s")).shift(k).add_suffix(f"_{k}") for k in (1, 2)], axis=1)
    for name in changes:
        for h in range(4):
            ahead = sum(changes[name].shift(-j) for j in range(h + 1))
            data = pd.concat([ahead.rename("y"), dummy.rename("s"), lags], axis=1).dropna()
            fit = sm.OLS(data["y"], sm.add_constant(data.drop(columns="y"))).fit()
            assert found[name, h] == pytest.approx(fit.params["s"], abs=1e-10)


def test_without_lags_it_is_the_event_time_answer_on_the_same_dates():
    changes = frame()
    events = changes.index[100:640:60]
    changes.loc[events, "A"] += 2.0
    projected = LocalProjection(horizons=4, lags=0, cumulative=True).fit(changes, events).frame
    study = EventStudy(event_window=(0, 4), estimation_window=(-90, -1)).fit(changes, events).frame
    left = projected.set_index(["instrument", "horizon"])["estimate"]
    right = study.set_index(["instrument", "day"])["estimate"]
    assert np.abs(left.to_numpy() - right.to_numpy()).max() < 0.8  # only what was expected differs
    assert left["A", 0] == pytest.approx(2.0, abs=1.0)
    mean = changes.loc[events, "A"].mean() - changes["A"].drop(events).mean()
    assert left["A", 0] == pytest.approx(mean)


def test_severity_gives_the_response_to_a_shock_of_one():
    changes = frame()
    severity = pd.Series(0.0, index=changes.index)
    severity.iloc[50:650:40] = np.linspace(0.5, 3.0, 15)
    changes["B"] -= 4.0 * severity
    row = LocalProjection(horizons=0, lags=1).fit(changes, severity).frame.set_index("instrument").loc["B"]
    assert row["estimate"] == pytest.approx(-4.0, abs=0.6)
    assert row["lower"] < -4.0 < row["upper"]
    assert row["n_episodes"] == 15
    assert row["p_value"] < 0.01


def test_overlapping_horizons_are_one_episode():
    changes = frame()
    events = changes.index[[100, 104, 300, 500]]
    frame_ = LocalProjection(horizons=5, lags=0).fit(changes, events).frame
    assert (frame_["n_episodes"] == 3).all()
    assert (frame_["smallest_p"] == 0.25).all()
    assert frame_["band_lower"].isna().all()  # no sign pattern of 3 episodes reaches 5 %


def test_identity_pattern_is_the_observed_t():
    rng = np.random.default_rng(0)
    shock = np.zeros(300)
    shock[20:290:30] = 1.0
    episode = np.full(300, -1)
    episode[shock > 0] = np.arange(9)
    fit = episode_projection(rng.normal(size=(300, 2)), shock, np.ones((300, 1)), episode)
    patterns, enumerated = sign_patterns(9)
    draws = wild_t(fit, patterns)
    assert enumerated
    np.testing.assert_allclose(draws[0], fit.estimate / fit.error)
    np.testing.assert_allclose(draws[-1], -draws[0])


def test_the_responses_of_some_are_those_among_all():
    changes = frame()
    changes.iloc[200:205, 0] = np.nan
    events = changes.index[40:680:40]
    study = LocalProjection(horizons=3, lags=1, cumulative=True)
    every = study.fit(changes, events).frame
    some = study.fit(changes, events, responses=["B"]).frame
    pd.testing.assert_frame_equal(some, every[every["instrument"] == "B"].reset_index(drop=True))
    with pytest.raises(InputError, match="'D'"):
        study.fit(changes, events, responses=["D"])
    with pytest.raises(InputError, match="responses works with an observed shock"):
        study.fit(changes.dropna(), "A", responses=["B"])


def test_states_are_estimated_apart():
    changes = frame()
    events = changes.index[40:680:40]
    late = changes.index >= "2021-06-01"
    changes.loc[events, "A"] += np.where(late[changes.index.get_indexer(events)], 6.0, 0.0)
    study = LocalProjection(horizons=1, lags=1)
    by_date = study.fit(changes, events, state="2021-06-01").frame
    by_flag = study.fit(changes, events, state=pd.Series(late, index=changes.index, name="late")).frame
    np.testing.assert_allclose(by_date["estimate"], by_flag["estimate"])
    assert by_date["state"].unique().tolist() == ["before 2021-06-01", "from 2021-06-01"]
    day = by_date.query("instrument == 'A' and horizon == 0").set_index("state")["estimate"]
    assert day["before 2021-06-01"] == pytest.approx(0.0, abs=1.0)
    assert day["from 2021-06-01"] == pytest.approx(6.0, abs=1.2)


def test_a_panel_is_projected_in_its_units(series):
    from coupling.data.alignment import AlignmentSection
    from coupling.data.loading.dataset import DataSection, load_dataset
    from coupling.data.panel import build_panel

    data = load_dataset(DataSection(directory=str(series)), ["BTC", "JGB10Y", "SPX"])
    panel = build_panel(data.observations, data.instruments, AlignmentSection(), data.provenance("", 0))
    result = LocalProjection(horizons=5, lags=1, cumulative=True).fit(
        panel, load_events("carry_unwinds").of("mof_intervention")
    )
    assert result.frame.drop_duplicates("instrument")["unit"].tolist() == ["%", "bp", "%"]
    assert (result.frame["n_episodes"] >= 6).all()
    assert "BTC" in result.sentence


BAD = [
    ({"horizons": -1}, "A", "horizons=-1"),
    ({"lags": 1.5}, "A", "lags=1.5"),
    ({"level": 95}, "A", "level=95"),
    ({"horizons": 690}, "A", "too few"),
    ({}, "AA", "did you mean 'A'"),
    ({"lags": 0}, "A", "needs lags"),
    ({}, pd.Series([1.0]), "must have the rows of X"),
    ({}, ["1999-01-01"], "No event lies inside"),
    ({}, ["2020-06-01"], "Fewer than two episodes"),
]


@pytest.mark.parametrize(("options", "shock", "told"), BAD, ids=[told for _, _, told in BAD])
def test_what_cannot_be_projected_is_refused(options, shock, told):
    with pytest.raises(InputError) as error:
        LocalProjection(**options).fit(frame(), shock)
    assert told in str(error.value)


def test_missing_rows_and_zero_shocks_are_refused():
    changes = frame()
    changes.iloc[3, 0] = np.nan
    with pytest.raises(InputError, match="complete rows"):
        LocalProjection().fit(changes, "A")
    with pytest.raises(InputError, match="zero on every row"):
        LocalProjection().fit(frame(), pd.Series(0.0, index=frame().index))
    with pytest.raises(InputError, match="works with an observed shock"):
        LocalProjection().fit(frame(), "A", state="2021-01-01")


def test_figure():
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    changes = frame()
    result = LocalProjection(horizons=3).fit(changes, changes.index[60:640:50], state="2021-06-01")
    assert result.plot() is not None
    assert result.plot(instrument="A") is not None
    plt.close("all")
    with pytest.raises(InputError, match="There is no instrument 'Z'"):
        result.plot(instrument="Z")
