from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from coupling.errors import ConfigurationError, InputError
from coupling.events import catalogue_names, first_session, load_events

DEVIATIONS = {
    ("2020-03-09-covid-oil", "XTKS"): (
        "2020-03-10",
        "New York's halt at 13:34 UTC came after Tokyo's close of the 9th",
    ),
    ("2022-09-22-mof", "XTKS"): ("2022-09-26", "08:00 UTC came after Tokyo's close; the 23rd was a holiday"),
    ("2025-10-10-crypto", "XNYS"): ("2025-10-13", "20:50 UTC came after New York's close at 20:00 UTC"),
}


def test_every_event_meets_the_session_that_the_facts_name_or_a_listed_deviation(shared):
    with (shared / "facts" / "carry_unwinds.csv").open(encoding="utf-8", newline="") as file:
        facts = {row["id"]: row for row in csv.DictReader(file)}
    events = load_events("carry_unwinds")
    assert {event.id for event in events} == set(facts)
    for event in events:
        for days, column in (("XNYS", "us_equity_session_date"), ("XTKS", "jp_session_date")):
            expected = DEVIATIONS.get((event.id, days), (facts[event.id][column], ""))[0]
            assert f"{first_session(event.at, days):%Y-%m-%d}" == expected, (event.id, days)
        assert event.category == facts[event.id]["category"]
        assert event.date_only == (not facts[event.id]["time"])


def test_the_listed_deviations_do_deviate(shared):
    facts = pd.read_csv(shared / "facts" / "carry_unwinds.csv", index_col="id")
    columns = {"XNYS": "us_equity_session_date", "XTKS": "jp_session_date"}
    for (event, days), (expected, _) in DEVIATIONS.items():
        assert facts.loc[event, columns[days]] != expected


def test_texts_are_our_own(shared):
    facts = pd.read_csv(shared / "facts" / "carry_unwinds.csv", index_col="id")
    for event in load_events("carry_unwinds"):
        assert event.what
        assert event.sources
        assert event.what != facts.loc[event.id, "trigger_and_moves"]
        assert event.label != facts.loc[event.id, "label"]


def test_tokyo_closes_later_from_november_2024():
    at = pd.Timestamp("2024-11-01 06:15", tz="UTC")
    assert first_session(at, "XTKS") == pd.Timestamp("2024-11-05")
    assert first_session(at + pd.Timedelta(days=4), "XTKS") == pd.Timestamp("2024-11-05")


def test_a_day_on_which_the_market_is_shut_stands_for_its_next_open(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("- {id: showa, day: 2024-04-29, market: XTKS}\n", encoding="utf-8")
    event = load_events(path)["showa"]
    assert event.at == pd.Timestamp("2024-04-30 00:00", tz="UTC")
    assert event.span == (pd.Timestamp("2024-04-28 15:00", tz="UTC"), pd.Timestamp("2024-04-29 15:00", tz="UTC"))


def test_own_files_in_yaml_and_csv_say_the_same(tmp_path):
    yaml_file, csv_file = tmp_path / "a.yaml", tmp_path / "a.csv"
    yaml_file.write_text(
        "events:\n- id: one\n  instant: 2024-08-05T09:00+09:00\n  category: x\n  sources: [a, b]\n"
        "- id: two\n  day: 2024-08-02\n  market: XNYS\n",
        encoding="utf-8",
    )
    csv_file.write_text(
        "id,instant,day,market,category,sources\none,2024-08-05T00:00Z,,,x,a; b\ntwo,,2024-08-02,XNYS,,\n",
        encoding="utf-8",
    )
    left, right = load_events(yaml_file), load_events(csv_file)
    pd.testing.assert_frame_equal(left.frame, right.frame)
    assert [event.id for event in left] == ["two", "one"]
    assert left["one"].at == pd.Timestamp("2024-08-05 00:00", tz="UTC")


WRONG = {
    "- id: a\n  instnat: 2024-08-05T00:00Z\n": (2, "did you mean 'instant'?"),
    "- id: a\n  instant: 2024-08-05T00:00\n": (2, "has no time zone"),
    "- id: a\n  instant: 2024-13-05T00:00Z\n": (2, "instant"),
    "- id: a\n  day: 2024-08-05\n": (1, "a day needs a market"),
    "- id: a\n  day: 2024-08-05\n  market: XNYZ\n": (1, "market 'XNYZ' is unknown; did you mean 'XNYS'?"),
    "- id: a\n": (1, "either an instant or a day"),
    "- id: a\n  instant: 2024-08-05T00:00Z\n  precision: exact\n": (3, "precision"),
    "- id: a\n  instant: 2024-08-05T00:00Z\n- id: a\n  instant: 2024-08-06T00:00Z\n": (3, "stands twice"),
    "- id: &x a\n  instant: 2024-08-05T00:00Z\n- id: *x\n  instant: 2024-08-06T00:00Z\n": (3, "no aliases"),
    "evnets: []\n": (1, "did you mean 'events'?"),
    "- id: [\n": (2, "this is no YAML"),
    "": (None, "holds no event"),
    "- just text\n": (1, "an event is a mapping"),
    "text\n": (1, "a list of events"),
}


@pytest.mark.parametrize(("text", "told"), WRONG.items(), ids=range(len(WRONG)))
def test_a_wrong_file_is_refused_with_its_line(text, told, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        load_events(path)
    assert error.value.line == told[0]
    assert told[1] in str(error.value)
    assert str(path) in str(error.value)


def test_a_csv_with_a_stray_comma_is_refused(tmp_path):
    path = tmp_path / "wrong.csv"
    path.write_text("id,instant,what\na,2024-08-05T00:00Z,one, two\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"wrong\.csv:2: more cells than columns"):
        load_events(path)


def test_unknown_names_meet_the_nearest():
    with pytest.raises(ConfigurationError, match="did you mean 'carry_unwinds'"):
        load_events("carry_unwind")
    with pytest.raises(ConfigurationError, match="does not exist"):
        load_events(Path("nowhere.yaml"))
    events = load_events("carry_unwinds")
    with pytest.raises(InputError, match="did you mean '2024-08-05-unwind'"):
        events["2024-08-05-unwin"]
    with pytest.raises(InputError, match="did you mean 'boj_hike'"):
        events.of("boj_hikes")
    assert catalogue_names() == ("carry_unwinds", "first_study", "franc", "gold", "oil")


def test_a_catalogue_says_who_chose_its_events(tmp_path):
    assert load_events("carry_unwinds").chosen_by["crypto_deleveraging"] == ("BTC", "ETH")
    text = "chosen_by: {%s: %s}\nevents:\n- {id: a, instant: 2024-08-05T00:00Z, category: crash}\n"
    path = tmp_path / "mine.yaml"
    path.write_text(text % ("crash", "[SPX]"), encoding="utf-8")
    assert load_events(path).between("2024-01-01").chosen_by == {"crash": ("SPX",)}
    path.write_text(text % ("crush", "[SPX]"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no event has the category 'crush'; did you mean 'crash'"):
        load_events(path)
    path.write_text(text % ("crash", "SPX"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"mine\.yaml:1: chosen_by maps a category to a list"):
        load_events(path)


def test_choosing_by_category_and_time():
    events = load_events("carry_unwinds")
    assert sum(len(events.of(category)) for category in events.categories) == len(events) == 40
    assert [event.id for event in events.between("2025-11-18", "2025-11-21")] == [
        "2025-11-18-triple",
        "2025-11-20-stimulus",
        "2025-11-21-btc",
    ]
    assert "2025-11-18" in events._repr_html_()


TYPES = {
    "[x]": (1, "types maps a name to its signs"),
    "{x: {signs: {}}}": (1, "types.x.signs"),
    "{x: {signs: {SPX: fals}}}": (1, "did you mean 'falls'"),
    "{x: {sign: {SPX: falls}}}": (1, "did you mean 'signs'"),
}


@pytest.mark.parametrize("types", TYPES)
def test_wrong_types_are_refused_with_their_line(tmp_path, types):
    line, told = TYPES[types]
    path = tmp_path / "mine.yaml"
    path.write_text(f"types: {types}\nevents:\n- {{id: a, instant: 2024-08-05T00:00Z}}\n")
    with pytest.raises(ConfigurationError, match=told) as raised:
        load_events(path)
    assert raised.value.line == line


def test_the_types_of_a_catalogue_stay_with_its_parts():
    whole = load_events("carry_unwinds")
    assert list(whole.types) == ["unwind", "fiscal", "crypto"]
    assert whole.between("2020-01-01").of("boj_hike").types == whole.types
