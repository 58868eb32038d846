from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from pydantic import ValidationError

from coupling.data.alignment import AlignmentSection
from coupling.data.loading.dataset import DataSection, load_dataset
from coupling.data.panel import build_panel
from coupling.drawing import MUTED, PAPER, cells_of, figure_of
from coupling.events.run import run
from coupling.events.section import EventsSection
from coupling.events.studies.figures import draw_forest
from coupling.results import Failure

NAMES = ["BTC", "JGB10Y", "USDJPY", "SPX", "IXIC"]


def panel_from(section, seed=1):
    data = load_dataset(section, NAMES, seed=seed)
    return build_panel(data.observations, data.instruments, AlignmentSection(), data.provenance("", seed), data.truth)


@pytest.fixture(scope="module")
def simulated():
    panel = panel_from(DataSection(source="simulated"))
    section = EventsSection(event_window=(-1, 3), split="2021-01-01", replications=999)
    return panel, run(section, panel, focus="BTC", start=None, seed=1)


def of_the_catalogue(panel):
    section = EventsSection(
        catalogue="carry_unwinds", highlight=["2024-08-05-unwind", "2025-11"], split="2025-01-01", replications=999
    )
    start = pd.Timestamp("2015-01-01", tz="UTC")
    return run(section, panel, focus="BTC", start=start, seed=20251121)


@pytest.fixture(scope="module")
def real(series):
    return of_the_catalogue(panel_from(DataSection(directory=str(series))))


@pytest.fixture(scope="module", params=["made", pytest.param("real", marks=pytest.mark.thorough)])
def catalogued(request):
    """The events that really were, on prices that were made here (which know nothing of them) and on the real ones."""
    if request.param == "real":
        return request.getfixturevalue("real")
    panel = panel_from(DataSection(source="simulated"))
    return of_the_catalogue(replace(panel, truth=None, provenance=replace(panel.provenance, simulated=False)))


def named(room, name):
    return next(result for result in room.results if result.name == name)


def test_the_simulated_market_gives_back_its_events(simulated):
    panel, room = simulated
    table = named(room, "events-responses").summary()
    covered = 0
    for name in NAMES:
        truth = panel.truth.response(name)
        truth = truth if table.loc[name, "unit"] == "bp" else 100 * np.expm1(truth / 100)
        covered += table.loc[name, "lower"] <= truth <= table.loc[name, "upper"]
    assert covered >= 4
    assert (table["n_episodes"] == 12).all()
    assert (table.loc[["BTC", "USDJPY", "SPX", "IXIC"], "estimate"] < 0).all()
    assert "simulated" in named(room, "events-responses").title


def test_the_room_says_all_that_it_promises(simulated):
    _, room = simulated
    assert room.question == "What happens around an event?"
    assert not [result for result in room.results if isinstance(result, Failure)]
    names = [result.name for result in room.results]
    expected = ["responses", "by-category", "placebo", "influence", "split", "projection", "single", "mapping"]
    assert names == [f"events-{name}" for name in expected]
    assert "BTC" in room.verdict
    assert room.verdict.startswith(room.answer)
    for result in room.results:
        assert result.sentence
        assert len(result.summary())
        assert result.method


def test_the_projection_stands_beside_the_event_time_answer(simulated):
    frame = named(simulated[1], "events-projection").frame
    assert frame["event_time"].notna().all()
    apart = (frame["estimate"] - frame["event_time"]).abs()
    assert (apart < frame["upper"] - frame["lower"]).mean() > 0.9


def test_events_by_category(catalogued):
    frame = named(catalogued, "events-by-category").frame
    assert frame["category"].nunique() == 8
    assert set(frame["unit"]) == {"%", "bp"}
    few = frame[frame["smallest_sign_p"] > 0.05]
    assert few["verdict"].str.startswith(("cannot reject", "selected on")).all()
    assert (frame["n_episodes"] <= frame["n_events"]).all()


def test_instruments_that_chose_the_events_get_no_p_value(catalogued):
    frame = named(catalogued, "events-by-category").frame.set_index(["category", "instrument"])["p_value"]
    for category, name in (
        ("risk_off_jpy_surge", "USDJPY"),
        ("crypto_deleveraging", "BTC"),
        ("fiscal_jgb_selloff", "JGB10Y"),
    ):
        assert np.isnan(frame[category, name])
    assert np.isfinite(frame["boj_hike", "USDJPY"])
    responses = named(catalogued, "events-responses")
    assert np.isnan(responses.summary().loc["USDJPY", "p_value"])  # 17 of 34 events are named after it
    assert np.isfinite(responses.summary().loc["BTC", "p_value"])
    assert any("USDJPY 17" in note for note in responses.warnings)


def test_what_an_instrument_chose_is_shown_given_its_move(catalogued):
    result = named(catalogued, "events-selection")
    frame = result.frame.set_index(["category", "instrument"])
    assert ("risk_off_jpy_surge", "USDJPY") not in frame.index
    assert (frame["chosen_by"]["risk_off_jpy_surge"] == "USDJPY").all()
    assert (frame["placebo_dates"]["risk_off_jpy_surge"] >= 30).all()
    few = frame[frame["n_episodes"] < 6]
    assert few["verdict"].str.startswith("cannot reject").all()
    assert "choosing instrument" in result.sentence


def test_how_much_hangs_on_a_highlighted_episode_is_always_said(catalogued):
    result = named(catalogued, "events-influence")
    holds = result.frame.set_index("left_out")["left_out_holds"]
    august = holds.index[holds.str.contains("2024-08-05-unwind")][0]
    assert "“Peak of the unwind of August 2024” (2024-08-05)" in result.sentence
    assert august in result.summary()["left_out"].tolist()


def words(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_placebo_studies_stand_in_one_panel_at_the_range_of_the_data(catalogued):
    placebo = named(catalogued, "events-placebo")
    (ax,) = cells_of(figure_of(placebo))
    assert len(ax.patches) == len(ax.get_yticks()) == 5
    assert words(ax.yaxis)[2] == "USDJPY no p\n(chosen)" or words(ax.yaxis)[2] == "USDJPY no p (chosen)"
    low, high = ax.get_xlim()
    drawn = placebo.drawn.to_numpy(float)
    assert high - low < 1.1 * (np.nanmax(drawn) - np.nanmin(drawn))


def test_single_events_are_drawn_in_lanes_and_no_instrument_vanishes(catalogued):
    singles = named(catalogued, "events-single")
    places = cells_of(figure_of(singles))
    lanes = [text.split("\n")[0] for place in places for text in words(place.xaxis)]
    assert lanes == list(singles.names) == ["BTC", "JGB10Y", "USDJPY", "SPX", "IXIC"]
    assert "bp" in words(places[0].xaxis)[1]
    for place in places:
        assert words(place.yaxis) == list(dict.fromkeys(singles.frame["event"]))
    known = singles.frame.dropna(subset=["lower"])
    beyond = known[(known["lower"] > 0) | (known["upper"] < 0)]
    marks = [line for place in places for line in place.get_lines() if line.get_linestyle() == "None"]
    filled = [line for line in marks if line.get_markerfacecolor() != PAPER]
    assert sum(len(line.get_xdata()) for line in filled) == len(beyond)


def test_a_mark_beyond_its_lane_is_an_arrow_in_every_lane():
    """Lane 1 and 2 are no less exact than lane 0: one event is far out to either side in each of them."""
    names, events = ["A", "B", "C"], [f"{year}-01-01" for year in range(2000, 2020)]
    estimates = np.linspace(-0.9, 0.9, len(events))
    estimates[[0, -1]] = -50.0, 50.0
    parts = [pd.DataFrame({"event": events, "instrument": name, "unit": "%", "estimate": estimates}) for name in names]
    frame = pd.concat(parts, ignore_index=True).assign(lower=np.nan, upper=np.nan)
    ax = Figure().add_subplot()
    draw_forest(frame, names, ax, rows=1)
    marks = [(line.get_marker(), float(x)) for line in ax.get_lines() for x in line.get_xdata()]
    for lane in range(len(names)):
        assert sum(shape == "<" and x < lane < x + 0.5 for shape, x in marks) == 1
        assert sum(shape == ">" and x - 0.5 < lane < x for shape, x in marks) == 1


def test_responses_are_drawn_as_a_fan_with_three_events_named(catalogued):
    responses = named(catalogued, "events-responses")
    (first, *_) = cells_of(figure_of(responses))
    singles = responses.single_paths()
    paths = singles[singles["instrument"] == "BTC"].pivot_table(index="day", columns="event", values="estimate")
    largest = set(paths.ffill().iloc[-1].abs().nlargest(3).index)
    instants = responses.mapping.drop_duplicates("event").set_index("event")["instant"]
    low, high = first.get_ylim()
    cut = {"▾ event cut": paths.min(axis=None) < low, "▴ event cut": paths.max(axis=None) > high}
    said = [text.get_text() for text in first.texts]
    assert {text for text in said if text.endswith("cut")} == {text for text, is_cut in cut.items() if is_cut}
    named_there = {text[:7] for text in said if not text.endswith("cut")}
    assert named_there == {f"{instants[event]:%Y-%m}" for event in largest}
    assert len(first.get_lines()) == 7  # median, three events, mean, and the lines of no effect and of session 0
    fan = first.collections[0].get_paths()[0].vertices
    assert fan[:, 1].max() == pytest.approx(paths.quantile(0.9, axis=1).max())
    assert fan[:, 1].min() == pytest.approx(paths.quantile(0.1, axis=1).min())


def test_categories_of_one_unit_stand_on_one_scale_and_hollow_where_not_significant(catalogued):
    result = named(catalogued, "events-by-category")
    places = cells_of(figure_of(result))
    scales = {place.get_title(loc="left"): place.get_xlim() for place in places}
    assert scales["BTC"] == scales["USDJPY"] == scales["SPX"] != scales["JGB10Y"]
    marks = [line for place in places for line in place.get_lines() if line.get_linestyle() == "None"]
    filled = sum(len(line.get_xdata()) for line in marks if line.get_markerfacecolor() != PAPER)
    drawn = result.frame[result.frame["lower"].notna()]
    assert filled == (drawn["verdict"] == "differs from 0").sum()


def test_highlighted_events_stand_by_themselves_too(catalogued):
    result = named(catalogued, "events-highlights")
    november = ["2025-11-18-triple", "2025-11-20-stimulus", "2025-11-21-btc"]
    assert result.summary().index.tolist() == ["2024-08-05-unwind", *november]
    every = named(catalogued, "events-single")
    assert every.summary().index.tolist()[:4] == result.summary().index.tolist()
    assert "Highlighted: “Peak of the unwind of August 2024” (2024-08-05), “Japanese" in every.sentence
    labels = [label for place in cells_of(figure_of(every)) for label in place.get_yticklabels()]
    loud = {label.get_text() for label in labels if label.get_color() != MUTED}
    assert loud == {"2024-08-05-unwind", *november}
    assert [each.name for each in (*catalogued.shown, *catalogued.folded) if each.name == "events-highlights"] == []
    responses = named(catalogued, "events-responses")
    assert not [event for event in responses.by_event()["event"] if event < "2015"]


def test_known_moves_on_the_real_days(real):
    mapping = named(real, "events-mapping").frame.set_index(["event", "instrument"])
    first = mapping["first_change"]
    assert first["2024-08-05-unwind", "SPX"] == pytest.approx(-3.00, abs=0.005)
    assert first["2024-08-05-unwind", "IXIC"] == pytest.approx(-3.43, abs=0.005)
    assert first["2024-08-05-unwind", "JGB10Y"] == pytest.approx(-19.3, abs=0.05)
    struck = mapping.loc[("2025-10-10-crypto", "BTC"), "first_struck_at"]
    assert struck == pd.Timestamp("2025-10-11 00:00", tz="UTC")
    assert mapping.loc[("2025-10-10-crypto", "SPX"), "session"] == pd.Timestamp("2025-10-13")


def test_whether_btc_changed_is_answered_honestly(real):
    sentence = named(real, "events-split").sentence
    assert "2025-01-01" in sentence
    assert "shows no significant difference" in sentence
    august = named(real, "events-influence").summary()
    assert august["left_out_holds"].str.contains("2024-08-05-unwind").any()


def test_no_event_in_the_period_is_an_error(simulated):
    from coupling.errors import InputError

    with pytest.raises(InputError, match="start earlier"):
        run(EventsSection(), simulated[0], focus="BTC", start=pd.Timestamp("2030-01-01", tz="UTC"), seed=0)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"catalogue": "carry_unwind"}, "did you mean 'carry_unwinds'"),
        ({"event_window": [5, 1]}, "ends before it starts"),
        ({"estimation_window": [-20, 0]}, "overlaps event_window"),
        ({"event_windw": [0, 1]}, "event_windw"),
        ({"days": "XNYZ"}, "XNYZ"),
        ({"model": "markt"}, "model"),
    ],
)
def test_a_wrong_section_is_refused(settings, told):
    with pytest.raises((ValidationError, ValueError), match=told):
        EventsSection(**settings)


def test_a_catalogue_file_is_relative_to_the_configuration(tmp_path):
    assert EventsSection(catalogue="mine.yaml").relative_to(tmp_path).catalogue == str(tmp_path / "mine.yaml")
    assert EventsSection(catalogue="carry_unwinds").relative_to(tmp_path).catalogue == "carry_unwinds"
    assert EventsSection().relative_to(tmp_path).catalogue is None


def test_the_section_has_the_parameters_of_the_study():
    import inspect

    from coupling.events import EventStudy

    parameters = set(inspect.signature(EventStudy).parameters) - {"random_state", "allow_levels"}
    assert set(EventsSection().study_parameters()) == parameters


def test_real_bitcoin_had_fallen_before_the_instants_and_shows_no_response_after_them(real):
    """The window's total was recomputed from the closes with plain pandas: -6.71 %; the first part is significant."""
    row = named(real, "events-responses").summary().loc["BTC"]
    assert row["total"] == pytest.approx(-6.71, abs=0.005)
    both = (1 + row["estimate"] / 100) * (1 + row["run_up"] / 100)
    assert 100 * (both - 1) == pytest.approx(row["total"], abs=1e-9)
    assert row["run_up_p"] == pytest.approx(0.004, abs=0.0005)
    assert row["run_up_upper"] < 0
    assert row["lower"] < 0 < row["upper"]
    assert "had already fallen: -4.50 %" in real.verdict.replace("\N{MINUS SIGN}", "-")
