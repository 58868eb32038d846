from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from coupling.errors import CouplingError, InputError
from coupling.events import EventStudy, load_events
from tests.events.worlds import random_panel

EVENTS = [150, 190, 230, 270, 310, 350, 390, 430]


def frame(seed=0, n=500, k=4):
    rng = np.random.default_rng(seed)
    days = pd.date_range("2022-01-03", periods=n, freq="B")
    return pd.DataFrame(rng.normal(size=(n, k)), index=days, columns=list("ABCDEFGH")[:k])


def test_a_known_effect_is_found_and_nothing_else():
    changes = frame()
    events = changes.index[EVENTS]
    changes.loc[events, "A"] -= 4.0
    table = EventStudy(event_window=(0, 0), estimation_window=(-100, -6)).fit(changes, events).summary()
    assert table.loc["A", "verdict"] == "differs from 0"
    assert table.loc["A", "estimate"] == pytest.approx(-4.0, abs=1.0)
    assert table.loc["A", "lower"] < -4.0 < table.loc["A", "upper"]
    assert table.loc["A", "day_0"] == table.loc["A", "estimate"]
    assert (table.loc[["B", "C", "D"], "joint_p"] > 0.05).all()
    assert table.loc["A", "joint_p"] <= 0.02
    assert (table["n_events"] == 8).all()


def test_what_is_computed_later_reads_the_changes_of_the_fit():
    mine, kept = frame(), frame()
    study = EventStudy(event_window=(0, 1), estimation_window=(-100, -6), replications=99)
    result, expected = (study.fit(changes, kept.index[EVENTS]) for changes in (mine, kept))
    mine.iloc[:] = 7.0
    pd.testing.assert_frame_equal(result.summary(), expected.summary())
    pd.testing.assert_frame_equal(result.tests(), expected.tests())


@pytest.mark.parametrize(
    ("options", "regressors"),
    [
        ({"model": "constant_mean"}, []),
        ({"model": "market", "market": "D"}, ["D"]),
        ({"model": "multi_factor", "factors": ["C", "D"]}, ["C", "D"]),
    ],
)
def test_models_agree_with_statsmodels(options, regressors):
    changes = frame()
    changes.iloc[160, 0] = np.nan
    events = changes.index[[200, 300]]
    result = EventStudy(event_window=(-1, 2), estimation_window=(-80, -5), **options).fit(changes, events)
    for row, place in enumerate((200, 300)):
        design = (
            sm.add_constant(changes[regressors]) if regressors else pd.DataFrame({"const": 1.0}, index=changes.index)
        )
        used = changes["A"].iloc[place - 80 : place - 4].dropna().index
        fit = sm.OLS(changes.loc[used, "A"], design.loc[used]).fit()
        window = changes.index[place - 1 : place + 3]
        forecast = fit.get_prediction(design.loc[window])
        abnormal = result.numbers.abnormal
        np.testing.assert_allclose(
            abnormal.change[row, 0], changes.loc[window, "A"] - forecast.predicted_mean, atol=1e-10
        )
        np.testing.assert_allclose(abnormal.sigma[row, 0], np.sqrt(fit.mse_resid), atol=1e-10)
        scale = abnormal.sigma[row, 0] * np.sqrt(abnormal.spread[row, 0])
        np.testing.assert_allclose(scale, forecast.se_obs, atol=1e-10)
        ones = design.loc[window].sum().to_numpy()
        total = fit.mse_resid * len(window) + ones @ fit.cov_params().to_numpy() @ ones
        np.testing.assert_allclose(abnormal.sigma[row, 0] ** 2 * abnormal.total_spread[row, 0], total, atol=1e-10)


def test_market_adjusted_subtracts_the_market():
    changes = frame()
    result = EventStudy(event_window=(0, 1), estimation_window=(-80, -5), model="market_adjusted", market="D").fit(
        changes, changes.index[[200]]
    )
    np.testing.assert_allclose(
        result.numbers.abnormal.change[0, 0], (changes["A"] - changes["D"]).iloc[200:202], atol=1e-12
    )
    estimation = (changes["A"] - changes["D"]).iloc[120:196]
    assert result.numbers.abnormal.sigma[0, 0] == pytest.approx(np.sqrt((estimation**2).mean()))


@pytest.mark.parametrize("window", [(0,), (0, 1, 2), "a", (0.5, 1), (None, 3), (-1, True), (5, -5), None])
def test_a_window_is_a_pair_of_whole_numbers(window):
    with pytest.raises(InputError, match=r"event_window=.* must be \(first, last\)"):
        EventStudy(event_window=window).fit(frame(), ["2023-01-02"])


def test_garch_scales_and_leaves_the_estimate():
    changes = frame()
    changes.iloc[180:196] *= 4.0
    plain, scaled = (
        EventStudy(event_window=(0, 2), estimation_window=(-190, -5), model=model).fit(changes, changes.index[[200]])
        for model in ("constant_mean", "garch")
    )
    np.testing.assert_allclose(plain.summary()["estimate"], scaled.summary()["estimate"])
    assert (scaled.numbers.abnormal.total_spread > plain.numbers.abnormal.total_spread).sum() >= 3


def test_sessions_of_other_events_stay_out_of_the_estimation_window():
    changes = frame()
    changes.iloc[300:303, 0] = 50.0
    events = changes.index[[300, 330]]
    purged = EventStudy(event_window=(0, 2), estimation_window=(-60, -5)).fit(changes, events)
    kept = EventStudy(event_window=(0, 2), estimation_window=(-60, -5), purge=False).fit(changes, events)
    assert purged.numbers.abnormal.sigma[1, 0] < 1.5 < kept.numbers.abnormal.sigma[1, 0]
    assert purged.by_event()["rows"].iloc[4] == 56 - 3


def test_estimation_never_contains_the_event_window():
    with pytest.raises(InputError, match="overlaps event_window"):
        EventStudy(event_window=(-5, 5), estimation_window=(-100, -5)).fit(frame(), ["2023-01-02"])


def test_overlapping_events_are_one_episode_anchored_at_the_first():
    changes = frame()
    events = changes.index[[200, 205, 300]]
    result = EventStudy(event_window=(0, 5), estimation_window=(-100, -6)).fit(changes, events)
    assert result.mapping.drop_duplicates("event")["episode"].tolist() == [0, 0, 1]
    assert result.summary()["n_episodes"].tolist() == [2, 2, 2, 2]
    assert result.summary()["n_events"].tolist() == [3, 3, 3, 3]
    singles = result.by_event().set_index(["event", "instrument"])["estimate"]
    mean = (singles.loc[str(events[0].date()), "A"] + singles.loc[str(events[2].date()), "A"]) / 2
    assert result.summary().loc["A", "estimate"] == pytest.approx(mean)
    assert result.warnings == ("1 event shares a window with an earlier one: inference counts 2 episodes.",)


def test_few_episodes_are_undecided_however_large_the_effect():
    changes = frame()
    events = changes.index[[200, 300, 400]]
    changes.loc[events, "A"] += 30.0
    table = EventStudy(event_window=(0, 0), estimation_window=(-100, -6)).fit(changes, events).summary()
    assert table.loc["A", "verdict"] == "cannot reject with 3 episodes: undecided"
    assert table.loc["A", "smallest_sign_p"] == 0.25


def test_an_instrument_that_chose_the_events_gets_no_p_value():
    changes = frame()
    events = changes["A"].iloc[120:].nlargest(6).index.sort_values()
    study = EventStudy(event_window=(0, 0), estimation_window=(-100, -6), selected_by=["A"])
    result = study.fit(changes, events)
    row = result.summary().loc["A"]
    assert np.isnan(row["p_value"])
    assert np.isnan(row["sign_p"])
    assert np.isnan(row["joint_p"])
    assert "p-value not valid" in row["verdict"]
    tests = result.tests()
    assert tests.loc[tests["instrument"] == "A", "p_value"].isna().all()
    assert np.isfinite(result.summary().loc["B", "p_value"])


def test_leave_one_out():
    changes = frame()
    events = changes.index[EVENTS]
    changes.loc[events[3], "A"] += 40.0
    result = EventStudy(event_window=(0, 0), estimation_window=(-100, -6)).fit(changes, events)
    top = result.influence().query("instrument == 'A'").iloc[0]
    assert top["left_out"] == f"{events[3]:%Y-%m-%d}"
    others = result.by_event().query("instrument == 'A'")["estimate"].drop(labels=12)
    assert top["estimate_without"] == pytest.approx(others.mean())
    assert result.summary().loc["A", "effective_episodes"] < 1.5


def test_joint_test_ranks_a_joint_shock_first():
    changes = frame()
    events = changes.index[EVENTS]
    changes.loc[events[0]] += [3.0, -3.0, 3.0, -3.0]
    joint = EventStudy(event_window=(0, 0), estimation_window=(-100, -6)).fit(changes, events).joint()
    assert joint.iloc[0]["p_value"] == pytest.approx(1 / (1 + joint.iloc[0]["n"]))
    assert joint.iloc[-1]["test"] == "hotelling"
    assert joint.iloc[-1]["n"] == 8
    few = EventStudy(event_window=(0, 0), estimation_window=(-100, -6)).fit(changes, events[:7]).joint()
    assert np.isnan(few.iloc[-1]["p_value"])  # 7 episodes are not more than 4 instruments + 3


def test_of_a_category_keeps_estimation_free_of_all_events():
    panel = random_panel()
    events = load_events("carry_unwinds").between("2024-01-01", "2024-12-01")
    whole = EventStudy(event_window=(0, 3), estimation_window=(-60, -5)).fit(panel, events)
    part = whole.of("mof_intervention")
    assert part.mapping["category"].unique().tolist() == ["mof_intervention"]
    left = part.by_event().set_index(["event", "instrument"])["estimate"]
    right = whole.by_event().set_index(["event", "instrument"])["estimate"]
    pd.testing.assert_series_equal(left, right.reindex(left.index))
    with pytest.raises(InputError, match="did you mean 'boj_hike'"):
        whole.of("boj_hikee")


@given(st.permutations(range(4)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_instruments_changes_nothing(order):
    changes = frame()
    study = EventStudy(event_window=(0, 2), estimation_window=(-60, -5), replications=99)
    left = study.fit(changes, changes.index[EVENTS]).summary()
    right = study.fit(changes.iloc[:, list(order)], changes.index[EVENTS]).summary()
    pd.testing.assert_frame_equal(left, right.loc[left.index], rtol=1e-10)


def test_same_seed_same_tables_and_a_result_survives_pickling():
    changes = frame()
    first, second = (EventStudy(estimation_window=(-100, -21)).fit(changes, changes.index[EVENTS]) for _ in range(2))
    pd.testing.assert_frame_equal(first.tests(), second.tests())
    copy = pickle.loads(pickle.dumps(first))
    pd.testing.assert_frame_equal(first.summary(), copy.summary())


def test_a_frame_on_aware_instants_takes_the_tick_after_the_event():
    changes = frame().tz_localize("UTC")
    tick = changes.index[200]
    study = EventStudy(event_window=(0, 0), estimation_window=(-60, -5))
    inside = study.fit(changes, [tick - pd.Timedelta(hours=3)])
    assert inside.mapping["session"].iloc[0] == tick
    own = study.fit(changes, [tick])  # a label of the frame itself falls on its row
    assert own.mapping["session"].iloc[0] == tick


def test_a_date_without_a_row_takes_the_next_and_one_given_twice_counts_once():
    changes = frame()
    saturday = pd.Timestamp("2022-12-31")
    result = EventStudy(event_window=(0, 0), estimation_window=(-60, -5)).fit(changes, [saturday, saturday])
    assert result.mapping["session"].iloc[0] == pd.Timestamp("2023-01-02")
    assert result.summary()["n_events"].iloc[0] == 1


BAD = [
    ({"model": "markt"}, ["2023-01-02"], "did you mean 'market'"),
    ({"model": "market"}, ["2023-01-02"], "needs market='NAME'"),
    ({"model": "market", "market": "Z"}, ["2023-01-02"], "'Z' explains nothing"),
    ({"model": "multi_factor"}, ["2023-01-02"], "needs factors"),
    ({"market": "A"}, ["2023-01-02"], "uses neither market nor factors"),
    ({"event_window": (3, 1)}, ["2023-01-02"], "must be (first, last)"),
    ({"level": 95}, ["2023-01-02"], "level=95"),
    ({"min_rows": 1}, ["2023-01-02"], "at least 3 rows"),
    ({"days": "XNYZ"}, ["2023-01-02"], "XNYZ"),
    ({"selected_by": ["Z"]}, ["2023-01-02"], "selected_by names 'Z'"),
    ({}, [], "No event was given"),
    ({}, ["not a date"], "is no instant or date"),
    ({}, [pd.NaT], "missing"),
    ({}, "2023-01-02", "put it in a list"),
    ({}, ["2023-01-02 14:30"], "no time zone"),
    ({}, ["1999-01-04"], "None of the 1 events lies inside the data"),
]


@pytest.mark.parametrize(("options", "events", "told"), BAD, ids=[told for _, _, told in BAD])
def test_what_cannot_be_studied_is_refused_in_one_sentence(options, events, told):
    with pytest.raises(CouplingError) as error:
        EventStudy(**{"estimation_window": (-100, -21), **options}).fit(frame(), events)
    assert told in str(error.value)


def test_data_that_are_no_changes_are_refused():
    changes = frame()
    study = EventStudy(event_window=(0, 0), estimation_window=(-60, -5))
    for data, told in (
        (changes.reset_index(drop=True), "DatetimeIndex"),
        (changes.iloc[::-1], "must increase"),
        (changes.assign(A="x"), "must be numeric"),
        (changes.assign(A=np.inf), "infinity .column 'A'"),
        (changes.rename(columns={"B": "A"}), "different names"),
        (changes["A"], "needs a panel"),
    ):
        with pytest.raises(InputError, match=told):
            study.fit(data, ["2023-01-02"])


def test_flat_series_and_flat_market_give_missing_values_not_numbers():
    changes = frame()
    changes["B"] = 0.0
    flat = EventStudy(event_window=(0, 0), estimation_window=(-60, -5)).fit(changes, changes.index[EVENTS])
    assert np.isnan(flat.by_event().query("instrument == 'B'")["lower"]).all()
    market = EventStudy(event_window=(0, 0), estimation_window=(-60, -5), model="market", market="B").fit(
        changes, changes.index[EVENTS]
    )
    assert market.summary()["estimate"].isna().all()
    assert not market.mapping.query("instrument == 'A'")["used"].any()


def test_figures_and_repr():
    changes = frame()
    result = EventStudy(event_window=(-1, 3), estimation_window=(-60, -5), replications=199).fit(
        changes, changes.index[EVENTS]
    )
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    for kind in ("paths", "events", "placebo"):
        assert result.plot(kind=kind) is not None
    plt.close("all")
    assert "<table" in result._repr_html_()
    with pytest.raises(InputError, match="unknown"):
        result.plot(kind="pie")
    with pytest.raises(InputError, match="There is no instrument 'Z'"):
        result.plot(instrument="Z")
    with pytest.raises(InputError, match="known: classical, leading"):
        result.tests(kind="modern")


def test_what_moved_before_the_instant_is_a_run_up_and_no_response():
    changes = frame()
    events = changes.index[EVENTS]
    for place in EVENTS:
        changes.iloc[place - 2, 0] -= 4.0
    study = EventStudy(event_window=(-3, 2), estimation_window=(-100, -6), replications=199)
    result = study.fit(changes, events)
    row = result.summary().loc["A"]
    abnormal = np.array([changes["A"].iloc[k - 3 : k + 3] - _expected(changes["A"], k) for k in EVENTS])
    since, before = stats.ttest_1samp(abnormal[:, 3:].sum(axis=1), 0), stats.ttest_1samp(abnormal[:, :3].sum(axis=1), 0)
    assert row["estimate"] == pytest.approx(abnormal[:, 3:].sum(axis=1).mean(), abs=1e-12)
    assert row["p_value"] == pytest.approx(since.pvalue, rel=1e-9)
    assert row[["run_up", "run_up_p"]].tolist() == pytest.approx([abnormal[:, :3].sum(axis=1).mean(), before.pvalue])
    interval = before.confidence_interval()
    assert row[["run_up_lower", "run_up_upper"]].tolist() == pytest.approx([interval.low, interval.high])
    assert row["total"] == pytest.approx(row["estimate"] + row["run_up"], abs=1e-12)
    assert row["actual"] == pytest.approx(np.mean([changes["A"].iloc[k : k + 3].sum() for k in EVENTS]), abs=1e-12)
    assert row["verdict"] == "not distinguishable from 0"
    assert row["run_up_p"] < 0.01
    single = result.by_event().set_index(["event", "instrument"]).xs("A", level="instrument")
    np.testing.assert_allclose(single["run_up"] + single["estimate"], single["total"], atol=1e-12)
    tests = result.tests().set_index(["instrument", "test"])
    assert tests.loc[("A", "date_mean_t"), "statistic"] == pytest.approx(since.statistic, rel=1e-9)


def _expected(column, place):
    kept = [k for k in range(place - 100, place - 5) if not any(e - 3 <= k <= e + 2 for e in EVENTS)]
    return column.iloc[kept].mean()


@pytest.mark.parametrize("model", ["constant_mean", "market", "garch"])
def test_the_variance_of_a_response_is_that_of_a_study_that_starts_with_the_instant(model):
    changes, options = frame(), {"model": model, "market": "D" if model == "market" else None}
    whole, since = (
        EventStudy(event_window=window, estimation_window=(-100, -6), purge=False, **options)
        .fit(changes, changes.index[[200, 300]])
        .numbers.abnormal
        for window in ((-3, 2), (0, 2))
    )
    np.testing.assert_allclose(whole.response, since.total, rtol=1e-9)
    np.testing.assert_allclose(whole.response_spread, since.total_spread, rtol=1e-9)


def test_a_window_that_does_not_span_session_0_is_judged_whole():
    changes = frame()
    for window in ((-5, -1), (1, 4)):
        row = EventStudy(event_window=window, estimation_window=(-100, -8)).fit(changes, changes.index[EVENTS])
        table = row.summary().loc["A"]
        assert table["estimate"] == pytest.approx(table["total"])
        assert np.isnan(table["run_up"])


def test_a_catalogue_that_says_who_chose_its_events_is_heard_in_a_notebook_too():
    catalogue = load_events("carry_unwinds")
    rng = np.random.default_rng(0)
    days = pd.date_range("2014-01-01", "2026-06-30", freq="B")
    changes = pd.DataFrame(rng.normal(size=(len(days), 2)), index=days, columns=["USDJPY", "SPX"])
    table = (
        EventStudy(event_window=(0, 2), estimation_window=(-60, -5), replications=99).fit(changes, catalogue).summary()
    )
    assert np.isnan(table.loc["USDJPY", "p_value"])
    assert table.loc["USDJPY", "verdict"].startswith("selected on")
    assert table.loc["SPX", "p_value"] > 0


def test_what_a_perfect_fit_leaves_is_no_response():
    rng = np.random.default_rng(4)
    days = pd.date_range("2015-01-01", periods=500, freq="B")
    market = rng.standard_t(4, size=500)
    changes = pd.DataFrame({"M": market, "same": market, "double": 0.3 + 2 * market}, index=days)
    study = EventStudy(event_window=(0, 2), estimation_window=(-60, -5), model="market", market="M", replications=199)
    table = study.fit(changes, days[[200, 210, 260, 300, 340, 380, 470]]).summary()
    assert (table["estimate"] == 0).all()
    assert table[["p_value", "joint_p"]].isna().all(axis=None)
    assert (table["verdict"] == "not distinguishable from 0").all()


@pytest.mark.parametrize("mean", [0.0, 1e2, 1e5])
def test_a_market_far_from_zero_costs_no_digits(mean):
    """The oracle centres both columns in long double, which the formula of the slope allows."""
    rng = np.random.default_rng(0)
    market = rng.normal(size=600)
    changes = pd.DataFrame({"A": 0.5 * market + rng.normal(size=600), "M": market}) * 0.01 + mean
    changes.index = pd.bdate_range("2020-01-01", periods=600)
    study = EventStudy(model="market", market="M", replications=99, allow_levels=True)
    found = study.fit(changes, [changes.index[400]]).frame["day_alone"].to_numpy()
    past, window = (changes.iloc[rows].to_numpy(np.longdouble) for rows in (slice(150, 380), slice(395, 411)))
    own, other = (past - past.mean(axis=0)).T
    moved, explained = (window - past.mean(axis=0)).T
    assert found == pytest.approx((moved - (own @ other) / (other @ other) * explained).astype(float), abs=1e-9)
