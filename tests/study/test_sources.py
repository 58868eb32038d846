"""A report made live, young from the store, and offline is the same file; what could not be had shows in it."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from coupling.cli import app, progress
from coupling.data.instrument import resolve
from coupling.data.loading import live
from coupling.data.stores.store import Store
from tests.data.conftest import loopback
from tests.data.loopback import FRED, FRED_PATH, YAHOO, Answer, Loopback, chart, chart_path

__all__ = ["loopback"]

STUDY = """\
title: Three
focus: BTC
instruments: [BTC, SPX, IXIC]
alignment: {days: XNYS, at: "24:00 UTC"}
data: {store: kept}
correlation: {rolling: {window: 60}, hayashi_yoshida: null}
"""


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def sources(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """Return a local Yahoo with a year of three instruments; it is the only network there is."""
    days = pd.bdate_range("2024-01-02", periods=250)
    dates = [f"{day:%Y-%m-%d}" for day in days]
    for place, symbol in enumerate(("BTC-USD", "^GSPC", "^IXIC")):
        steps = np.random.default_rng(place).normal(size=len(dates))
        values = (100.0 * np.exp(np.cumsum(steps) / 100)).tolist()
        zone = ("UTC", "00:00") if symbol == "BTC-USD" else ("America/New_York", "09:30")
        for path in {chart_path(symbol), chart_path(symbol.replace("^", "%5E"))}:
            loopback.say(YAHOO, path, chart(symbol, dates, values, *zone))
    monkeypatch.setattr(live, "fetch_all", partial(live.fetch_all, session_factory=loopback.session))
    return loopback


@pytest.fixture
def study(tmp_path: Path) -> Path:
    path = tmp_path / "study.yaml"
    path.write_text(STUDY)
    return path


def page(study: Path, name: str, *options: str | Path) -> bytes:
    result = invoke("report", study, "--out", study.parent / name, *options)
    assert result.exit_code == 0, result.stderr
    return (study.parent / name / "study.html").read_bytes()


@pytest.mark.thorough
def test_live_young_and_offline_give_the_same_bytes(study: Path, sources: Loopback) -> None:
    made = page(study, "live")
    asked = len(sources.asked)
    assert asked > 0
    assert page(study, "young") == made
    assert page(study, "offline", "--offline") == made
    assert len(sources.asked) == asked
    assert b"SIMULATED" not in made


def test_what_could_not_be_had_is_a_failure_in_a_real_page(study: Path, sources: Loopback) -> None:
    for path in {chart_path("^IXIC"), chart_path("%5EIXIC")}:
        sources.say(YAHOO, path, Answer(status=404))
    result = invoke("report", study, "--out", study.parent / "out", "--fallback", "simulated")
    assert result.exit_code == 1, result.stderr
    assert "IXIC could not be had: yahoo ^IXIC" in result.stderr
    text = (study.parent / "out" / "study.html").read_text()
    assert "IXIC could not be had" in text
    assert "SIMULATED" not in text


def test_without_its_focus_a_study_is_refused(study: Path, sources: Loopback) -> None:
    sources.say(YAHOO, chart_path("BTC-USD"), Answer(status=404))
    result = invoke("report", study, "--out", study.parent / "out")
    assert result.exit_code == 3
    assert "the focus BTC could not be had: yahoo BTC-USD" in result.stderr


@pytest.mark.thorough
def test_an_old_store_serves_with_a_banner(study: Path, sources: Loopback) -> None:
    page(study, "live")
    for symbol in ("BTC-USD", "^GSPC", "%5EGSPC", "^IXIC", "%5EIXIC"):
        sources.say(YAHOO, chart_path(symbol), Answer(status=404))
    study.write_text(STUDY.replace("{store: kept}", "{store: kept, max_age: 0.0001min}"))
    result = invoke("report", study, "--out", study.parent / "old")
    assert result.exit_code == 0, result.stderr
    assert "Old data: the live sources failed, and the store serves BTC of " in result.stderr
    assert "Old data: the live sources failed" in (study.parent / "old" / "study.html").read_text()


def test_fetch_keeps_each_series_once_and_list_shows_them(study: Path, sources: Loopback, tmp_path: Path) -> None:
    twin = tmp_path / "twin.yaml"
    twin.write_text(STUDY.replace("Three", "Twin"))
    result = invoke("data", "fetch", study, twin, "--store", tmp_path / "store")
    assert result.exit_code == 0, result.stderr
    assert [line.split()[0] for line in result.stdout.splitlines()[2:]] == ["BTC", "SPX", "IXIC"]
    assert [sum("BTC-USD" in one for one in sources.asked)] == [1]
    listed = invoke("data", "list", "--store", tmp_path / "store")
    assert all(word in listed.stdout for word in ("BTC-USD", "^GSPC", "^IXIC", "splits, not dividends"))
    assert str(tmp_path / "store") in listed.stderr
    assert invoke("data", "list", "--check", "--store", tmp_path / "store").exit_code == 0
    next(Store(tmp_path / "store").folder.glob("*/*.parquet")).write_bytes(b"")
    broken = invoke("data", "list", "--check", "--store", tmp_path / "store")
    assert broken.exit_code == 1
    assert "damaged: " in broken.stdout


def test_fetch_says_what_it_could_not_get(study: Path, sources: Loopback, tmp_path: Path) -> None:
    for path in {chart_path("^IXIC"), chart_path("%5EIXIC")}:
        sources.say(YAHOO, path, Answer(status=404))
    some = invoke("data", "fetch", study)
    assert (some.exit_code, len(Store(tmp_path / "kept").list())) == (1, 2)
    assert some.stderr.startswith("IXIC: yahoo ^IXIC")
    study.write_text(STUDY.replace("[BTC, SPX, IXIC]", "[BTC, IXIC]").replace("BTC", "NDX"))
    none = invoke("data", "fetch", study)
    assert none.exit_code == 3
    assert [line.partition(":")[0] for line in none.stderr.splitlines()] == ["error", "NDX", "IXIC"]


def test_offline_with_an_empty_store_is_refused_in_a_line_for_each(study: Path, sources: Loopback) -> None:
    result = invoke("report", study, "--offline", "--out", study.parent / "out")
    assert result.exit_code == 3
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == ["error", "BTC", "SPX", "IXIC"]
    assert sources.asked == []
    assert invoke("data", "list", "--store", study.parent / "kept").exit_code == 0


def test_a_bar_shows_on_a_terminal_only(
    study: Path, sources: Loopback, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke("data", "fetch", study).stderr == ""
    assert sources.asked
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(progress, "SILENCE", 0.0)
    with pytest.raises(SystemExit):
        app(["data", "fetch", str(study)])
    shown = capsys.readouterr()
    assert " … 0 s" in shown.err
    assert shown.out.splitlines()[0].split() == ["source", "symbol", "first", "last", "rows", "notes"]


@pytest.mark.usefixtures("sources")
def test_a_revision_shows_in_the_list_and_in_the_page(study: Path, tmp_path: Path) -> None:
    page(study, "live")
    store = Store(tmp_path / "kept")
    entry = resolve("SPX").sources[0]
    rows = store.newest(entry)
    assert rows is not None
    value = rows.value.copy()
    value[100] += 1.0
    assert rows.retrieved_at is not None
    store.save("SPX", entry, replace(rows, value=value, retrieved_at=rows.retrieved_at + pd.Timedelta(minutes=1)))
    text = page(study, "revised", "--offline").decode()
    assert "Values revised after they were first retrieved: SPX 1." in text
    listed = invoke("data", "list", "--store", tmp_path / "kept")
    head, _, *lines = listed.stdout.splitlines()
    assert head.split()[-1] == "revised"
    assert [line.split()[-1] for line in lines] == ["0", "0", "1"]
    detail = invoke("data", "list", "--revisions", "--store", tmp_path / "kept").stdout
    assert [line.split()[:3] for line in detail.splitlines()[2:]] == [["SPX", "yahoo", "^GSPC"]]
    assert "changed" in detail
    assert invoke("data", "list", "--revisions", "--check").exit_code == 2


def test_every_source_is_fetched_where_asked_and_the_first_serves(
    study: Path, sources: Loopback, tmp_path: Path
) -> None:
    days = pd.bdate_range("2024-01-02", periods=250)
    closes = 100.0 * np.exp(np.cumsum(np.random.default_rng(1).normal(size=len(days))) / 100)
    rows = [f"{day:%Y-%m-%d},{value}" for day, value in zip(days[1:], closes[:-1], strict=True)]  # dated a day late
    sources.say(FRED, FRED_PATH, ("observation_date,SP500\n" + "\n".join(rows) + "\n").encode())
    study.write_text(STUDY.replace("[BTC, SPX, IXIC]", "[BTC, SPX]"))
    result = invoke("data", "fetch", "--every-source", study)
    assert result.exit_code == 1
    assert "BTC from fred CBBTCUSD: " in result.stderr
    served = [line.split()[:2] for line in result.stdout.splitlines()[2:]]
    assert sorted(served) == [["BTC", "yahoo"], ["SPX", "fred"], ["SPX", "yahoo"]]
    assert "second sources" in page(study, "out", "--offline").decode()
    audited = invoke("data", "audit", study, "--store", tmp_path / "kept")
    assert audited.exit_code == 0, audited.stderr
    assert "SP500 agrees best with ^GSPC at 1 row later than the reference" in audited.stdout
    whole = invoke("data", "audit", "--store", tmp_path / "kept")
    assert whole.stdout == audited.stdout


@pytest.mark.usefixtures("sources")
def test_an_audit_of_a_store_with_one_source_each_says_what_would_help(study: Path) -> None:
    page(study, "live")
    result = invoke("data", "audit", study)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "coupling data fetch --every-source" in result.stderr
