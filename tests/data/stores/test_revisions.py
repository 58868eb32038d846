"""Between two vintages, what was changed, removed or put in later is found; what is merely new is not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from coupling.data.instrument import SourceEntry
from coupling.data.sources.rows import RawRows
from coupling.data.stores.revisions import find_revisions, say_revisions

BTC = SourceEntry(provider="yahoo", symbol="BTC-USD", clock="UTC")
HOURLY = SourceEntry(provider="yahoo", symbol="BTC-USD", clock="hourly")
NAN = float("nan")


def raw(values: dict[str, float], at: str | None = "2026-01-10") -> RawRows:
    return RawRows(
        place="x",
        when=pd.Series(pd.to_datetime(list(values))),
        value=pd.Series(list(values.values()), dtype=float),
        line=pd.Series(range(len(values))),
        sha256="",
        retrieved_at=None if at is None else pd.Timestamp(at, tz="UTC"),
    )


OLD = raw({"2026-01-02": 1.0, "2026-01-04": 4.0, "2026-01-05": 5.0})


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ({"2026-01-02": 1.0, "2026-01-04": 4.0, "2026-01-05": 5.0, "2026-01-06": 6.0}, []),
        ({"2026-01-02": 1.0, "2026-01-04": 3.0, "2026-01-05": 5.0}, [("changed", 4.0, 3.0, -1.0, -25.0)]),
        ({"2026-01-02": 1.0, "2026-01-05": 5.0}, [("removed", 4.0, NAN, NAN, NAN)]),
        ({"2026-01-02": 1.0, "2026-01-04": NAN, "2026-01-05": 5.0}, [("removed", 4.0, NAN, NAN, NAN)]),
        (
            {"2026-01-02": 1.0, "2026-01-03": 3.0, "2026-01-04": 4.0, "2026-01-05": 5.0},
            [("added", NAN, 3.0, NAN, NAN)],
        ),
        (
            {"2026-01-01": 0.5, "2026-01-02": 1.0, "2026-01-04": 4.0, "2026-01-05": 5.0},
            [("added", NAN, 0.5, NAN, NAN)],
        ),
        ({"2026-01-05": 5.0, "2026-01-04": 4.0, "2026-01-02": 1.0}, []),
    ],
    ids=["only newer", "changed", "removed", "blanked", "put in between", "put in before", "reordered"],
)
def test_what_changed_is_found(later: dict[str, float], expected: list[tuple[object, ...]]) -> None:
    found = find_revisions(BTC, OLD, raw(later))
    wanted = pd.DataFrame(expected, columns=["what", "before", "after", "size", "percent"])
    pd.testing.assert_frame_equal(found.drop(columns="when"), wanted, check_dtype=False)


def test_a_bar_that_was_still_open_is_not_revised() -> None:
    live = raw({"2026-01-02": 1.0, "2026-01-04": 4.0, "2026-01-05": 5.5}, at="2026-01-05 12:00")
    assert find_revisions(BTC, live, OLD).empty
    over = replace(live, retrieved_at=pd.Timestamp("2026-01-06", tz="UTC"))
    assert find_revisions(BTC, over, OLD)["what"].tolist() == ["changed"]


def test_bars_are_finished_when_they_are_struck() -> None:
    hours = pd.Series(pd.to_datetime(["2026-01-05 11:00", "2026-01-05 12:00"], utc=True))
    before = RawRows(
        place="x",
        when=hours,
        value=pd.Series([1.0, 2.0]),
        line=pd.Series([1, 2]),
        sha256="",
        labels=hours.dt.tz_localize(None).dt.normalize(),
        retrieved_at=pd.Timestamp("2026-01-05 11:30", tz="UTC"),
    )
    found = find_revisions(HOURLY, before, replace(before, value=pd.Series([1.5, 2.5])))
    assert found["when"].tolist() == [hours[0]]


def test_a_change_from_zero_has_no_percentage() -> None:
    found = find_revisions(BTC, raw({"2026-01-02": 0.0}), raw({"2026-01-02": 1.0}))
    assert found["size"].tolist() == [1.0]
    assert found["percent"].isna().all()


def test_the_sentence_names_counts_and_the_largest() -> None:
    later = raw({"2026-01-02": 1.25, "2026-01-04": 3.0})
    assert say_revisions(find_revisions(BTC, OLD, later)) == (
        "2 changed, 1 removed; the largest revision is of 2026-01-04, from 4 to 3"
    )
    assert say_revisions(find_revisions(BTC, OLD, raw({"2026-01-02": 1.0, "2026-01-04": 4.0}))) == "1 removed"
