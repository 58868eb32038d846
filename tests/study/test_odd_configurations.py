"""What a configuration may hold by mistake or malice: one sentence with its place, whatever the value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from coupling.cli import app
from coupling.data.instrument import Instrument, resolve
from coupling.data.operands import find_loop, in_order, leaves
from coupling.dates.durations import parse_duration
from coupling.dates.zones import require_zone
from coupling.errors import ConfigurationError, InputError
from coupling.study import load_panel, load_study

TWO: dict[str, Any] = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
PRICE = {"kind": "price", "sources": [{"fred": "SP500", "clock": "XNYS"}]}


def formula(text: str) -> dict[str, str]:
    return {"kind": "price", "formula": text}


ODD: list[tuple[dict[str, Any], str]] = [
    ({"display": {"timezone": ""}}, "display.timezone: time zone '' is unknown"),
    ({"display": {"timezone": "Asia"}}, "display.timezone: time zone 'Asia' is unknown"),
    ({"display": {"timezone": "localtime"}}, "display.timezone: time zone 'localtime' is unknown"),
    ({"display": {"timezone": "dateutil//etc/passwd"}}, "display.timezone: time zone"),
    ({"display": {"timezone": "x" * 5000}}, "display.timezone: time zone"),
    ({"alignment": {"at": "24:00"}}, "alignment.at: '24:00' is no time of day"),
    ({"alignment": {"at": "12:00 Asia"}}, "alignment.at: '12:00 Asia' is no time of day"),
    ({"alignment": {"at": ""}}, "alignment.at: '' is no time of day"),
    ({"alignment": {"max_staleness": "999999999999d"}}, "alignment.max_staleness: '999999999999d' is longer than"),
    ({"alignment": {"tolerance": "1e400h"}}, "alignment.tolerance: '1e400h' is no positive duration"),
    ({"data": {"max_age": "9" * 400 + "d"}}, "data.max_age: '9"),
    ({"correlation": {"rolling": {"window": "99999999999d"}}}, "correlation.rolling: '99999999999d' is longer than"),
    ({"define": {"X": formula("X + BTC")}}, "define.X.formula: the formula is made of itself (X → X)"),
    (
        {"define": {"X": formula("Y + BTC"), "Y": formula("SPX / X")}},
        "define.X.formula: the formula is made of itself (X → Y → X)",
    ),
    ({"define": {"BTC": formula("BTC * SPX")}}, "define.BTC.formula: the formula is made of itself"),
    ({"define": {f"D{k}": formula(f"D{(k + 1) % 1500} + BTC") for k in range(1500)}}, "define.D0.formula: the formula"),
    ({"define": {"X": {"kind": ["price"], "sources": []}}}, "define.X.kind: ['price'] is not right here"),
    (
        {"define": {"X": {"kind": "price", "sources": [{"fred": ["a"], "clock": "XNYS"}]}}},
        "define.X.sources.0.fred: ['a'] is no symbol",
    ),
    (
        {"define": {"X": {"kind": "price", "sources": [{"fred": {"a": 1}, "clock": "XNYS"}]}}},
        "define.X.sources.0.fred: {'a': 1} is no symbol",
    ),
    ({"define": {"X": formula("BTC")}}, "define.X: formula 'BTC' is not two instruments"),
    ({"seed": True}, "seed: yes (true) is no number; write the number"),
    ({"correlation": {"rolling": {"window": True}}}, "correlation.rolling.window: yes (true) is no number"),
    ({"events": {"event_window": [-5, False]}}, "events.event_window.1: no (false) is no number"),
    ({"correlation": {"exponential": {"halflife": True}}}, "correlation.exponential.halflife: yes (true) is no number"),
    ({"instruments": "BTC"}, "instruments: 'BTC' is not right here"),
    ({"instruments": ["BTC", ["SPX"]]}, "instruments.1: ['SPX'] is not right here"),
    ({"focus": ["BTC"]}, "focus: ['BTC'] is not right here"),
    ({"title": ["a"]}, "title: ['a'] is not right here"),
    ({"title": "a\0b"}, "title: 'a\\x00b' holds '\\x00', which cannot be read"),
    ({"title": "\u202eb"}, "title: '\\u202eb' holds '\\u202e'"),
    ({"title": "\ud800"}, "title: '\\ud800' holds '\\ud800'"),
    ({"claims": [" "]}, "claims.0: ' ' is an empty text; write one"),
    ({"title": "\t"}, "title: '\\t' is an empty text"),
    ({"data": {"directory": ""}}, "data.directory: '' is an empty text"),
    ({"data": {"store": " "}}, "data.store: ' ' is an empty text"),
    ({"data": {"files": {"SPX": {"file": "a.csv", "clock": "XNYS", "sheet": ""}}}}, "data.files.SPX.sheet: '' is an"),
    (
        {"data": {"files": {"SPX": {"file": "a.csv", "clock": "XNYS", "decimal": ""}}}},
        "data.files.SPX.decimal: '' is not allowed; known: '.' or ','",
    ),
    (
        {"data": {"files": {"SPX": {"file": "a.csv", "clock": "XNYS", "delimiter": "abc"}}}},
        "data.files.SPX.delimiter: delimiter 'abc' is none",
    ),
    ({"claims": "claims.yaml"}, "claims: 'claims.yaml' is not right here"),
    ({"claims": ["a\0b"]}, "claims.0: 'a\\x00b' holds"),
    ({"events": {"catalogue": ["a"]}}, "events.catalogue: ['a'] is not right here"),
    ({"data": {"directory": ["."]}}, "data.directory: ['.'] is not right here"),
    ({"data": {"store": "a\0b"}}, "data.store: 'a\\x00b' holds"),
    ({"data": {"files": {"SPX": {"file": [3], "clock": "XNYS"}}}}, "data.files.SPX.file: [3] is no symbol"),
]


@pytest.mark.parametrize(("odd", "told"), ODD, ids=range(len(ODD)))
def test_an_odd_setting_is_refused_in_one_sentence_with_its_path(odd: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_study({**TWO, **odd})
    assert str(refused.value).startswith(told)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize("odd", [ODD[0], ODD[8], ODD[12], ODD[14], ODD[24]], ids=range(5))
def test_from_a_file_it_ends_with_exit_code_2_and_names_file_and_line(odd: Any, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump({**TWO, **odd[0]}, sort_keys=False))
    done = CliRunner().invoke(app, ["report", str(path), "--out", str(tmp_path)])
    assert done.exit_code == 2
    assert f"{path}:" in done.stderr
    assert odd[1].partition(":")[0] in done.stderr
    assert "Traceback" not in done.output


def test_forty_doublings_are_forty_steps() -> None:
    define = {f"D{k}": formula(f"D{k + 1} + D{k + 1}") for k in range(40)} | {"D40": PRICE}
    study = load_study({**TWO, "define": define, "instruments": ["BTC", "D0"]})
    assert [item.name for item in leaves([study.define["D0"]], study.define)] == ["D40"]
    assert len(in_order([study.define["D0"]], study.define)) == 41
    panel = load_panel({**TWO, "define": {**define, "D40": formula("SPX + SPX")}, "instruments": ["BTC", "D0", "SPX"]})
    assert (panel.levels["D0"] / panel.levels["SPX"]).to_numpy() == pytest.approx(2.0**41)


def test_a_chain_of_any_length_is_followed() -> None:
    chain = {f"D{k}": Instrument.model_validate({"name": f"D{k}", **formula(f"D{k + 1} + BTC")}) for k in range(5000)}
    chain["D5000"] = resolve("SPX")
    assert [item.name for item in leaves([chain["D0"]], chain)] == ["SPX", "BTC"]
    assert find_loop(chain) == []


def test_parts_stand_before_what_is_made_of_them() -> None:
    texts = {"A": "B + C", "B": "C + BTC", "C": "SPX - BTC", "E": "A + C"}
    define = {name: Instrument.model_validate({"name": name, **formula(text)}) for name, text in texts.items()}
    order = [item.name for item in in_order([define["E"], define["A"], resolve("ETH")], define)]
    assert sorted(order) == ["A", "B", "BTC", "C", "E", "ETH", "SPX"]
    for name, text in texts.items():
        assert all(order.index(part) < order.index(name) for part in text.split()[::2])


@pytest.mark.parametrize("text", ["36525d", "5217w", "0.000001s", "12H", " 4d "])
def test_durations_up_to_a_hundred_years_are_read(text: str) -> None:
    assert parse_duration(text).value > 0


@pytest.mark.parametrize("text", ["36526d", "5218.1w", "0.0000000001s", "-1d", "1e3d", "d", "1y", "٣d", "1d\n1d"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_duration(text)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "+09:00"])
def test_zones_of_the_world_are_known(zone: str) -> None:
    assert require_zone(zone) == zone
