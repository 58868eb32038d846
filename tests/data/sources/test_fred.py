"""FRED through pandas-datareader, against a local server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from coupling.data.instrument import SourceEntry
from tests.data.loopback import FRED, FRED_PATH, Loopback
from tests.data.sources.contract import DATES, VALUES, SourceContract


class TestFred(SourceContract):
    entry = SourceEntry(provider="fred", symbol="DEXJPUS", clock="H10")
    instrument = "USDJPY"
    host, path = FRED, FRED_PATH
    refuses_unsorted = True

    def good(self, dates: Sequence[str] = DATES, values: Sequence[float | None] = VALUES) -> bytes:
        lines = [f"{date},{'' if value is None else value}" for date, value in zip(dates, values, strict=True)]
        return ("observation_date,DEXJPUS\n" + "\n".join(lines) + "\n").encode()

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (b"observation_date,DEXJPU\n2024-08-05,1\n", "no column 'DEXJPUS'"),
            (b"DEXJPUS,observation_date\n1,2024-08-05\n", "columns are"),
            (b"observation_date,DEXJPUS,DGS10\n2024-08-05,1,2\n", "columns are"),
            (b"observation_date,DEXJPUS\n", "header but no rows"),
            (b"observation_date,DEXJPUS\n2024-08-05,1\n08/06/2024,2\n", "line 3: '08/06/2024' is no date"),
            (b"observation_date,DEXJPUS\n2024-08-05,n/z\n", "'n/z' in column 'DEXJPUS' is no number"),
            ('observation_date,DEXJPUS\n2024-08-05,1\n"\u203b\u6ce8",\n'.encode("cp932"), "is no date|no table"),
            (b"observation_date;DEXJPUS\n2024-08-05;1\n", "columns are"),
        ],
    )
    def test_another_table_is_refused(self, loopback: Loopback, answer: bytes, reason: str) -> None:
        error = self.fails(loopback, answer)
        assert re.search(reason, str(error))

    def test_equal_repeats_are_dropped_and_counted(self, loopback: Loopback) -> None:
        built = self.build(loopback, self.good([DATES[0], DATES[0], DATES[1]], [3.0, 3.0, 4.0]))
        assert built.levels.tolist() == [3.0, 4.0]
        assert built.origin is not None
        assert built.origin.repairs == ("exact repeats of a row: 1",)

    def test_the_old_header_and_dots_are_read(self, loopback: Loopback) -> None:
        rows = self.fetch(loopback, b"DATE,DEXJPUS\n2024-08-05,.\n2024-08-06,4.0\n")
        assert rows.value.isna().tolist() == [True, False]

    def test_a_real_download_is_read_as_it_is(self, loopback: Loopback, shared: Path) -> None:
        raw = (shared / "market" / "wire" / "fred_fredgraph_DEXJPUS_2020-08_2025-08.csv").read_bytes()
        rows = self.fetch(loopback, raw, now=pd.Timestamp("2025-09-30", tz="UTC"))
        assert len(rows.value) == 1305
        assert int(rows.value.isna().sum()) == 57
        assert rows.value[rows.when == "2024-08-05"].item() == 143.95
