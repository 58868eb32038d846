"""The Ministry of Finance's two files, against a local server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from coupling.data.instrument import SourceEntry
from coupling.data.sources.registry import fetch_rows
from coupling.data.sources.span import DateSpan
from tests.data.loopback import MOF, MOF_PATH, Answer, Loopback
from tests.data.sources.contract import DATES, NOW, VALUES, SourceContract

HISTORY, MONTH = MOF_PATH + "historical/jgbcme_all.csv", MOF_PATH + "jgbcme.csv"

NEXT = "2024-08-08"


def table(
    dates: Sequence[str], values: Sequence[float | None], title: str = "Interest Rate", footer: str = ""
) -> bytes:
    short = [date.replace("-0", "/").replace("-", "/") for date in dates]
    lines = [f"{date},0.1,{'-' if value is None else value}" for date, value in zip(short, values, strict=True)]
    text = "\r\n".join([f"{title},,(Unit : %)", "Date,1Y,10Y", *lines, footer]) + "\r\n"
    return text.encode("cp932")


class TestMof(SourceContract):
    entry = SourceEntry(provider="mof", symbol="10Y", clock="MOF")
    instrument = "JGB10Y"
    host, path = MOF, HISTORY

    def good(self, dates: Sequence[str] = DATES, values: Sequence[float | None] = VALUES) -> bytes:
        return table(dates, values)

    def prepare(self, loopback: Loopback) -> None:
        loopback.say(MOF, MONTH, table([NEXT], [None]))

    def fetch(self, loopback: Loopback, *answers: Answer | bytes, **options: object):  # type: ignore[override, no-untyped-def]
        """Return the rows of the history; the month's file adds a missing value."""
        rows = super().fetch(loopback, *answers, **options)  # type: ignore[arg-type]
        return rows.take(rows.when.index[rows.when != NEXT])

    def test_the_current_month_continues_the_history(self, loopback: Loopback) -> None:
        loopback.say(MOF, HISTORY, table(["2024-07-31"], [1.07]))
        footer = ',,\r\n"  \u203bIf you cannot download the latest csv data, clear the browser\'s cache",,'
        loopback.say(MOF, MONTH, table(["2024-08-01", "2024-08-02"], [1.046, 0.974], "Interest Rate (August)", footer))
        rows = fetch_rows(self.entry, DateSpan(), session=loopback.session(), now=NOW)
        assert rows.value.tolist() == [1.07, 1.046, 0.974]
        assert rows.place == "historical/jgbcme_all.csv + jgbcme.csv, 10Y"

    def test_without_the_current_month_the_history_serves_and_says_so(self, loopback: Loopback) -> None:
        loopback.say(MOF, HISTORY, table(["2024-07-31"], [1.07]))
        rows = fetch_rows(self.entry, DateSpan(), session=loopback.session(), now=NOW)
        assert rows.value.tolist() == [1.07]
        assert rows.repairs[0].startswith("the current month is left out: www.mof.go.jp answered 404")

    def test_one_download_serves_all_tenors(self, loopback: Loopback) -> None:
        self.prepare(loopback)
        loopback.say(MOF, HISTORY, self.good())
        session = loopback.session()
        for tenor in ("1Y", "10Y"):
            fetch_rows(self.entry.model_copy(update={"symbol": tenor}), DateSpan(), session=session, now=NOW)
        assert sorted(loopback.asked) == sorted([MOF + HISTORY, MOF + MONTH])

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (b"Interest Rate\r\nDate,1Y,9Y\r\n2024/8/5,1,2\r\n", "no column '10Y'"),
            (b"Interest Rate\r\nDate,10Y\r\n2024/8/5,1\r\n6.8.2024,2\r\n", "'6.8.2024' is no date"),
            (b"Interest Rate\r\nDay,10Y\r\n2024/8/5,1\r\n", "no header with a date column"),
        ],
    )
    def test_another_table_is_refused(self, loopback: Loopback, answer: bytes, reason: str) -> None:
        error = self.fails(loopback, answer)
        assert re.search(reason, str(error))

    def test_reordered_columns_and_another_shape_of_date_halfway_are_read_by_name(self, loopback: Loopback) -> None:
        rows = self.fetch(loopback, b"t\r\nDate,10Y,1Y\r\n2024/8/5,3.0,9\r\n2024-08-06,4.0,9\r\n2024/8/7,5,9\r\n")
        assert rows.value.tolist() == VALUES

    @pytest.mark.thorough
    def test_the_real_files_are_joined(self, loopback: Loopback, shared: Path) -> None:
        import gzip

        folder = shared / "market"
        history = gzip.decompress((folder / "raw" / "mof_jgbcme_all_to_2026-06-30.csv.gz").read_bytes())
        loopback.say(MOF, HISTORY, history)
        loopback.say(MOF, MONTH, (folder / "wire" / "mof_jgbcme_current_month_2026-09.csv").read_bytes())
        rows = fetch_rows(self.entry, DateSpan(), session=loopback.session(), now=pd.Timestamp("2026-09-14", tz="UTC"))
        assert rows.value[rows.when == "2024-08-05"].item() == 0.781
        assert rows.value[rows.when == "2026-09-01"].item() == 2.987
        footer, holes = rows.repairs
        assert footer.startswith("lines below the last date, left out: 1")
        assert "If you cannot download" in footer
        assert holes == "holes of more than a week: 1; 2026-07-01 to 2026-08-31 (42 sessions)"
