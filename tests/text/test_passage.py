"""A passage is its prose as a text, and knows its sentences and points wherever it goes."""

from __future__ import annotations

import copy
import pickle

from hypothesis import given
from hypothesis import strategies as st

from coupling.machine.privacy import public
from coupling.text.passage import Passage, Sentence

TOLD = Passage(Sentence("BTC's correlation:", ("with SPX 0.43", "with GOLD; 0.10")), "", "One pair is left out.")


def test_as_a_text_it_is_its_prose() -> None:
    assert TOLD == "BTC's correlation: with SPX 0.43; with GOLD; 0.10. One pair is left out."
    assert [sentence.points for sentence in TOLD.sentences] == [("with SPX 0.43", "with GOLD; 0.10"), ()]
    assert not Passage("", Passage())


def test_a_sentence_without_a_head_is_a_list_from_two_points_on() -> None:
    assert str(Sentence("", ("a: 1", "b: 2"))) == "a: 1; b: 2."
    assert Sentence("", ("a: 1", "b: 2")).is_list
    assert not Sentence("Two:", ("a", "b")).is_list
    assert Sentence("Three:", ("a", "b", "c")).is_list
    assert not Sentence("A sentence.").is_list


def test_it_keeps_its_points_through_a_pickle_a_copy_and_another_passage() -> None:
    for same in (pickle.loads(pickle.dumps(TOLD)), copy.deepcopy(TOLD), Passage(TOLD)):
        assert same == TOLD
        assert same.sentences == TOLD.sentences
    assert Passage(TOLD, "Caution.").sentences[:2] == TOLD.sentences


def test_what_leaves_the_machine_keeps_its_points_and_loses_its_paths() -> None:
    shown = public(Passage(Sentence("Read:", ("/disk/ann/BTC.csv", "SPX"))))
    assert shown == "Read: BTC.csv; SPX."
    assert shown.sentences == (Sentence("Read:", ("BTC.csv", "SPX")),)
    assert public(TOLD) is TOLD


@given(st.lists(st.text(alphabet="ab;:. (", max_size=6), max_size=4))
def test_points_are_never_parsed(points: list[str]) -> None:
    assert Passage(Sentence("Head:", tuple(points))).sentences[0].points == tuple(points)
