"""What is kept comes back as it was, to the last bit, and bytes from elsewhere make nothing but data."""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from coupling.events.listing.event import Event
from coupling.keeping import NotPlainError, fingerprint, pack, unpack
from coupling.results.base import Provenance, Result
from coupling.results.verdicts import Coupled
from coupling.text.passage import Passage, Sentence

ZONED = pd.date_range("2024-03-30 22:00", periods=4, freq="h", tz="America/New_York")
FRAME = pd.DataFrame(
    {
        "number": [0.1, np.nan, -0.0, np.inf],
        "whole": [1, 2, 3, -(2**60)],
        "yes": [True, False, True, True],
        "day": pd.to_datetime(["2024-01-01", None, "2024-01-03", "2024-01-04"]),
        "instant": ZONED,
        "text": pd.Series(["a", None, "−é", ""], dtype="string"),
        "plain": pd.Series(["x", "y", "z", "w"]),
        "kind": pd.Categorical(["u", "v", "u", None], categories=["v", "u"], ordered=True),
        "perhaps": pd.array([1, None, 3, 4], dtype="Int64"),
        "mixed": pd.Series([1, "a", None, (2.5, date(2024, 1, 1))], dtype=object),
    }
)


def same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and pack(one) == pack(other)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -(2**80),
        0.1 + 0.2,
        float("nan"),
        "−\ud800",
        b"\x00\xff",
        (1, [2.0, {"a": None}], frozenset({1, 2}), {3}),
        {("a", 1): {}},
        date(2024, 2, 29),
        time(9, 30),
        timedelta(days=-1, microseconds=3),
        pd.Timestamp("2024-03-31 01:30", tz="Europe/Berlin"),
        pd.Timestamp("2024-03-31 01:30:00.123456789"),
        pd.Timestamp("1650-01-01").as_unit("s"),
        pd.Timedelta(hours=-3),
        pd.NaT,
        pd.NA,
        np.float64(0.1),
        np.int32(-5),
        np.bool_(True),
        np.datetime64("2024-01-01", "s"),
        Coupled.WEAK,
        Passage(Sentence("Head:", ("one", "two")), "Tail."),
        pd.RangeIndex(2, 20, 3, name="row"),
        pd.MultiIndex.from_product([["a", "b"], [date(2024, 1, 1), date(2024, 1, 2)]], names=["x", None]),
        pd.period_range("2024-01", periods=3, freq="M"),
        pd.Series([1.5, 2.5], index=pd.Index(["a", "b"], name="i"), name=("p", "q")),
        pd.DataFrame(index=pd.Index([], dtype=object)),
        Provenance(configuration="a: b", seed=3),
    ],
)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    again = unpack(pack(value))
    assert same(again, value)
    if not isinstance(value, float):
        assert pickle.dumps(again) == pickle.dumps(value) or repr(again) == repr(value)


def test_a_frame_comes_back_with_every_type_and_missing_value() -> None:
    FRAME.attrs["caution"] = "careful"
    again = unpack(pack(FRAME))
    pd.testing.assert_frame_equal(again, FRAME, check_exact=True, check_freq=False)
    assert again.dtypes.tolist() == FRAME.dtypes.tolist()
    assert again.attrs == FRAME.attrs
    assert np.signbit(again["number"].iloc[2])
    again.loc[0, "number"] = 5.0  # it may be written to


@given(
    hnp.arrays(hnp.scalar_dtypes().filter(lambda kind: kind.kind in "biufcmM"), hnp.array_shapes(min_side=0), fill=None)
)
def test_an_array_comes_back_bit_by_bit_and_in_its_order(values: np.ndarray) -> None:
    for each in (values, np.asfortranarray(values)):
        again = unpack(pack(each))
        assert again.dtype == each.dtype
        assert again.tobytes() == each.tobytes()
        assert again.flags.f_contiguous == each.flags.f_contiguous
        assert again.flags.writeable


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
        lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
        max_leaves=12,
    )
)
def test_plain_values_come_back(value: Any) -> None:
    assert same(unpack(pack(value)), value)


def test_equal_values_have_one_fingerprint_and_others_another() -> None:
    prints = [
        fingerprint(each)
        for each in (1, 1.0, True, "1", (1,), [1], np.float64(1), np.array([1]), np.array([1.0]), {1: 1}, date.min)
    ]
    assert len(set(prints)) == len(prints)
    assert fingerprint(FRAME) == fingerprint(FRAME.copy())
    assert fingerprint(FRAME) != fingerprint(FRAME.rename(columns={"day": "days"}))
    assert fingerprint(MappingProxyType({"a": 1})) == fingerprint({"a": 1})


def test_an_event_comes_back_with_what_was_stated_of_it() -> None:
    event = Event.model_validate({"id": "one", "day": "2024-08-05", "market": "UTC", "sources": ["b"]})
    again = unpack(pack(event))
    assert (again, again.model_fields_set) == (event, event.model_fields_set)


def test_what_stands_in_a_value_for_the_reader_is_the_readers() -> None:
    held = Result(name="a", title="A", method="m", frame=FRAME, provenance=Provenance(configuration="old"))
    raw = pack(held, held.provenance.unread)
    assert b"old" not in raw
    assert unpack(raw, {"configuration": "new"}).provenance.configuration == "new"
    other = Result(name="a", title="A", method="m", frame=FRAME, provenance=Provenance(configuration="new"))
    assert fingerprint(other, other.provenance.unread) == fingerprint(held, held.provenance.unread)


@dataclass
class _Stranger:
    name: str = "x"


@pytest.mark.parametrize(
    "value", [_Stranger(), lambda: 1, object(), Path("a"), np.array([object()]), pd.interval_range(0, 2)], ids=type
)
def test_anything_else_is_not_kept(value: Any) -> None:
    with pytest.raises(NotPlainError):
        pack(value)


def written(node: Any) -> bytes:
    head = json.dumps(node).encode()
    return len(head).to_bytes(8) + head


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff" * 40,
        pickle.dumps(print),
        pack((1, 2))[:-3],
        pack(np.arange(5.0))[:-3],
        written(["record", "os:system", ["true"]]),
        written(["record", "coupling.machine.writing:write_whole", ["a", "b"]]),
        written(["record", "coupling.machine.names:Path", ["a"]]),
        written(["record", "coupling.results.base:Failure.__init__", []]),
        written(["record", "coupling.results.base:Failure", ["a"]]),
        written(["word", "coupling.results.base:Failure", "a"]),
        written(["section", "coupling.events.listing.event:Event", ["dict", []], []]),
        written(["section", "coupling.errors:InputError", ["dict", []], []]),
        written(["array", "|O", [1], "C", [0, 8]]),
        written(["array", "<f8", [-1], "C", [0, 8]]),
        written(["eval", "1"]),
        written(["again", 3]),
        written(["other", "x"]),
    ],
)
def test_bytes_from_elsewhere_make_nothing(raw: bytes) -> None:
    with pytest.raises(NotPlainError):
        unpack(raw)
