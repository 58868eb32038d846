"""The European Central Bank's archive, against a local server."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from coupling.data.instrument import SourceEntry
from coupling.data.sources import ecb
from coupling.errors import DataError
from tests.data.loopback import ECB, ECB_PATH, Loopback
from tests.data.sources.contract import DATES, VALUES, SourceContract


def archive(text: str | bytes, members: int = 1) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for number in range(members):
            folder.writestr(f"eurofxref-hist{number or ''}.csv", text)
    return packed.getvalue()


class TestEcb(SourceContract):
    entry = SourceEntry(provider="ecb", symbol="USDJPY", clock="ECB")
    instrument = "USDJPY"
    host, path = ECB, ECB_PATH

    def good(self, dates: Sequence[str] = DATES, values: Sequence[float | None] = VALUES) -> bytes:
        rows = [f"{date},2.0,{'N/A' if v is None else 2 * v}," for date, v in zip(dates, values, strict=True)]
        return archive("\n".join(["Date,USD,JPY,", *reversed(rows)]) + "\n")

    def test_the_cross_is_rounded_to_four_decimals(self, loopback: Loopback) -> None:
        rows = self.fetch(loopback, archive("Date,USD,JPY,\n2024-08-05,1.0965,155.62,\n"))
        assert rows.value.tolist() == [141.9243]

    def test_columns_are_found_by_name(self, loopback: Loopback) -> None:
        rows = self.fetch(loopback, archive("JPY,Date,BGN,USD\n6,2024-08-05,N/A,2\n"))
        assert rows.value.tolist() == [3.0]

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (archive("Date,USD,GBP,\n2024-08-05,1,2,\n"), "no column 'JPY'"),
            (archive("Date,USD,JPY,\n", members=1), "no rows"),
            (archive("Date,USD,JPY,\n2024-08-05,1,2,\n", members=2), "holds 2 files"),
            (archive("Date,USD,JPY,\n2024-08-05,1,2,\n5 Aug,1,2,\n"), "'5 Aug' is no date"),
            (archive("Date,USD,JPY,\n" + "2024-08-05,1,2,\n" * 99)[:60], "no readable ZIP"),
        ],
        ids=["no yen", "no rows", "two files", "a bad date", "cut short"],
    )
    def test_another_archive_is_refused(self, loopback: Loopback, answer: bytes, reason: str) -> None:
        error = self.fails(loopback, answer)
        assert re.search(reason, str(error))

    def test_the_real_archive_is_read(self, loopback: Loopback, shared: Path) -> None:
        raw = (shared / "market" / "raw" / "ecb_eurofxref-hist_to_2026-04-13.zip").read_bytes()
        rows = self.fetch(loopback, raw)
        assert rows.when.is_monotonic_increasing
        assert rows.value[rows.when == "2024-08-05"].round(2).item() == 142.24


@pytest.mark.parametrize("packing", ["locked", "unknown"])
def test_an_archive_that_cannot_be_opened_is_refused_in_one_sentence(packing: str) -> None:
    """Bit 0 of the flags says that a member is locked; 99 is no packing that zipfile knows."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as folder:
        folder.writestr("eurofxref-hist.csv", "Date,USD,JPY\n2024-08-05,1.09,155\n")
    raw = bytearray(buffer.getvalue())
    central = raw.index(b"PK\x01\x02")
    for flags, method in ((6, 8), (central + 8, central + 10)):
        if packing == "locked":
            raw[flags] |= 1
        else:
            raw[method] = 99
    with pytest.raises(DataError, match="no readable ZIP archive"):
        ecb._unpacked(bytes(raw))
