"""Damaged files with fixed seeds: each ends in the right numbers or in one sentence, never in a traceback.

Where a mutation left every cell of dates and values as it was, no other number may come out.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import pandas as pd
import pytest

from coupling.data.instrument import SourceEntry, resolve
from coupling.data.observations import Observations
from coupling.data.sources.files import file_rows
from coupling.data.sources.rows import build_observations
from coupling.errors import DataError
from tests.data.shapes.samples import SAMPLES, closes
from tests.data.tables.mutations import mutate_bytes, mutate_text

NOW = pd.Timestamp("2026-01-01", tz="UTC")
SOURCES = ["plain.csv", "yahoo.csv", "investing_us.csv", "yfinance_history.csv"]
TRUTH = dict(closes().items())


def observe(folder: Path, name: str) -> Observations | None:
    """The closes of a file; None where it was refused in one sentence."""
    entry, item = SourceEntry(provider="file", symbol=name, clock="XNYS"), resolve("SPX")
    refused = None
    try:
        return build_observations(item, entry, file_rows(folder, entry, item), NOW)
    except DataError as error:
        refused = str(error)
    assert name in refused
    assert "\n" not in refused
    assert refused[-1] in ".?" or "known: " in refused, refused
    return None


def require_no_other_number(folder: Path, seed: int) -> bool:
    """Damage one file; return whether it was read."""
    sample = SAMPLES[SOURCES[seed % 2]]()
    assert isinstance(sample, str)
    mutated = mutate_text(sample, seed)
    (folder / "x.csv").write_bytes(mutated.text.encode())
    item = observe(folder, "x.csv")
    if item is not None and mutated.cells_kept:
        found = dict(zip(item.dates, item.levels, strict=True))
        assert {day: value for day, value in found.items() if TRUTH[day] != value} == {}, mutated.how
        assert len(found) == len(TRUTH), mutated.how
    return item is not None


@pytest.mark.thorough
def test_mutated_csvs_end_in_the_right_numbers_or_one_sentence(tmp_path: Path) -> None:
    read = sum(require_no_other_number(tmp_path, seed) for seed in range(150))
    assert 30 < read < 145  # some are read, some are refused


@pytest.mark.slow
def test_a_thousand_mutated_csvs(tmp_path: Path) -> None:
    read = sum(require_no_other_number(tmp_path, seed) for seed in range(1_000))
    assert 200 < read < 950


def test_csvs_of_damaged_bytes_end_in_numbers_or_one_sentence(tmp_path: Path) -> None:
    for seed in range(60):
        sample = SAMPLES[SOURCES[seed % 4]]()
        (tmp_path / "x.csv").write_bytes(mutate_bytes(sample.encode() if isinstance(sample, str) else sample, seed))
        observe(tmp_path, "x.csv")


def damaged_parquets(folder: Path, seeds: range) -> int:
    """Damage Parquet files; return how many were read."""
    table = closes().rename("value").rename_axis("date").reset_index()
    raw = io.BytesIO()
    table.assign(name="SPX").to_parquet(raw, write_page_checksum=True)
    read = 0
    for seed in seeds:
        (folder / "x.parquet").write_bytes(mutate_bytes(raw.getvalue(), seed))
        item = observe(folder, "x.parquet")
        if item is not None:  # the pages carry their sums: what is read is whole
            read += 1
            assert dict(zip(item.dates, item.levels, strict=True)) == TRUTH, seed
    return read


def test_damaged_parquets_end_in_the_right_numbers_or_one_sentence(tmp_path: Path) -> None:
    assert damaged_parquets(tmp_path, range(40)) < 30


@pytest.mark.slow
def test_four_hundred_damaged_parquets(tmp_path: Path) -> None:
    assert damaged_parquets(tmp_path, range(400)) < 300


def test_damaged_workbooks_end_in_numbers_or_one_sentence(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    raw = SAMPLES["sheet.xlsx"]()
    assert isinstance(raw, bytes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of zipfile, on names that stand twice
        for seed in range(60):
            (tmp_path / "x.xlsx").write_bytes(mutate_bytes(raw, seed))
            item = observe(tmp_path, "x.xlsx")
            assert item is None or dict(zip(item.dates, item.levels, strict=True)) == TRUTH, seed
