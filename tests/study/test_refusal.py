"""Twenty kinds of bad input: one sentence each, the right exit code, and no half-written page."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from coupling.cli import app

STUDY = "title: T\nfocus: BTC\ninstruments: [BTC, SPX]\n"
BTC = "date,value\n" + "".join(f"2024-01-{day:02d},{40000 + 37 * day}\n" for day in range(1, 32))
SPX = "date,value\n" + "".join(f"2024-01-{day:02d},{4700 + day % 7}\n" for day in range(1, 32))

CONFIGURATIONS = {
    "unknown key": (
        STUDY + "correlaton: {}\n",
        "study.yaml:4: correlaton: unknown key 'correlaton'; did you mean 'correlation'?",
    ),
    "unknown key below": (
        STUDY + "alignment:\n  ruel: last_known\n",
        "study.yaml:5: alignment.ruel: unknown key 'ruel'; did you mean 'rule'?",
    ),
    "unknown word": (
        STUDY + "alignment: {rule: last_know}\n",
        "alignment.rule: 'last_know' is not allowed; did you mean 'last_known'?",
    ),
    "wrong type": (STUDY + "seed: many\n", "study.yaml:4: seed: 'many' is not right here"),
    "unknown instrument": (
        STUDY.replace("SPX", "SPXX"),
        "study.yaml:3: instruments.1: instrument 'SPXX' is unknown; did you mean 'SPX'?",
    ),
    "instrument twice": (
        STUDY.replace("[BTC, SPX]", "[BTC, SPX, BTC]"),
        "study.yaml:3: instruments.2: BTC stands twice",
    ),
    "split twice": (
        STUDY + "change: {splits: [2024-01-15, 2024-01-15]}\n",
        "study.yaml:4: change.splits: 2024-01-15 stands twice; name it once",
    ),
    "baseline twice": (STUDY + "change: {baselines: [7y, all, 7y]}\n", "7y stands twice; name it once"),
    "focus elsewhere": (
        STUDY.replace("focus: BTC", "focus: ETH"),
        "study.yaml:2: focus: focus 'ETH' is not among the instruments",
    ),
    "one instrument": (STUDY.replace("[BTC, SPX]", "[BTC]"), "study.yaml:3: instruments"),
    "no title": (STUDY.replace("title: T\n", ""), "'title' is missing; add it"),
    "dates reversed": (
        STUDY + "period: {start: 2020-01-01, end: 2019-01-01}\n",
        "study.yaml:4: period.start: period.start 2020-01-01 is not before period.end 2019-01-01",
    ),
    "no date": (STUDY + "period: {start: yesterday}\n", "period.start: the date 'yesterday' is no date"),
    "unknown calendar": (
        STUDY + "alignment: {days: XNYC}\n",
        "alignment.days: calendar 'XNYC' is unknown; did you mean 'XNYS'?",
    ),
    "no time of day": (
        STUDY + "alignment: {at: teatime}\n",
        "alignment.at: 'teatime' is no time of day; write it as '15:00 Europe/London'",
    ),
    "no duration": (
        STUDY + "alignment: {max_staleness: 4 fortnights}\n",
        "alignment.max_staleness: '4 fortnights' is no positive duration",
    ),
    "wrong formula": (
        STUDY + "define:\n  CARRY: {kind: yield, formula: UST10Y less JGB10Y}\n",
        "two instruments and one of + - * /",
    ),
    "formula of nobody": (
        STUDY + "define:\n  CARRY: {kind: yield, formula: UST10Y - JGB10}\n",
        "study.yaml:5: define.CARRY.formula: instrument 'JGB10' is unknown; did you mean 'JGB10Y'?",
    ),
    "source without provider": (
        STUDY + "define:\n  MSTR: {kind: price, sources: [{clock: XNYS}]}\n",
        "a source names exactly one of yahoo",
    ),
    "key twice": (STUDY + "title: U\n", "study.yaml:4: key 'title' stands twice"),
    "no YAML": (STUDY + "data: {directory: [\n", "this is no YAML"),
    "window of one row": (STUDY + "correlation: {rolling: {window: 1}}\n", "study.yaml:4: correlation.rolling"),
    "window of no time": (STUDY + "correlation: {rolling: {window: 0d}}\n", "study.yaml:4: correlation.rolling"),
    "event window reversed": (STUDY + "events: {event_window: [10, -5]}\n", "study.yaml:4: events"),
    "estimation after the event": (STUDY + "events: {estimation_window: [-250, 5]}\n", "study.yaml:4: events"),
    "unknown catalogue": (STUDY + "events: {catalogue: carry_unwind}\n", "did you mean 'carry_unwinds'?"),
    "split that is no date": (
        STUDY + "change: {splits: [soon]}\n",
        "study.yaml:4: change.splits.0: the date 'soon' is no date",
    ),
    "claims that are not there": (STUDY + "claims: [gone.yaml]\n", "gone.yaml: the file does not exist"),
    "unknown time zone": (
        STUDY + "display: {timezone: Mars/Olympus}\n",
        "display.timezone: time zone 'Mars/Olympus' is unknown",
    ),
}
FILES = {
    "text in a number": (BTC.replace("40037", "many"), "btc_usd.csv, line 2: 'many' in column 'value' is no number"),
    "price of nothing": (BTC.replace("40037", "0"), "btc_usd.csv, line 2: BTC is 0 on 2024-01-01"),
    "date in the future": (BTC + "2199-01-01,1\n", "the value of 2199-01-01 lies in the future"),
    "two values of a date": (BTC + "2024-01-31,1\n", "2024-01-31 has values [41147.0, 1.0]"),
    "empty": ("", "btc_usd.csv is empty"),
    "filled cell beyond": (BTC.replace("40037", "40037,5"), "btc_usd.csv, line 2: '5' stands beyond"),
    "web page": ("<html><head><title>Sign in</title></head></html>\n", "this is an HTML page"),
    "no header": (BTC.replace("date,value\n", ""), "no header with a date column"),
    "header only": ("date,value\n", "has a header but no rows"),
}


def report(folder: Path, configuration: str, btc: str = BTC) -> tuple[int, str]:
    data = folder / "data"
    data.mkdir()
    (data / "btc_usd.csv").write_text(btc)
    (data / "sp500.csv").write_text(SPX)
    (folder / "study.yaml").write_text(configuration)
    arguments = ["report", str(folder / "study.yaml"), "--data", str(data), "--out", str(folder / "out")]
    result = CliRunner().invoke(app, arguments)
    assert result.stdout == ""
    assert not (folder / "out").exists() or not list((folder / "out").iterdir())
    return result.exit_code, result.stderr


@pytest.mark.parametrize("kind", CONFIGURATIONS)
def test_a_wrong_configuration_ends_with_exit_code_2(tmp_path: Path, kind: str) -> None:
    text, message = CONFIGURATIONS[kind]
    code, error = report(tmp_path, text)
    assert message in error
    assert len(error.strip().splitlines()) == 1
    assert code == 2


@pytest.mark.parametrize("kind", FILES)
def test_a_broken_file_ends_with_exit_code_3(tmp_path: Path, kind: str) -> None:
    text, message = FILES[kind]
    code, error = report(tmp_path, STUDY, text)
    assert message in error
    assert len(error.strip().splitlines()) == 1
    assert code == 3
