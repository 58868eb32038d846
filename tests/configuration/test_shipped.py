"""What ships by name: a path wins, a name that is neither is refused with the nearest."""

from __future__ import annotations

from pathlib import Path

import pytest

import coupling as cp
from coupling.configuration.shipped import file_of, shipped_folder, shipped_names
from coupling.errors import ConfigurationError
from coupling.study.claiming import read_claims

TWO = "title: Mine\nfocus: BTC\ninstruments: [BTC, SPX]\ndata: {source: simulated}\n"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", shipped_names())
def test_every_name_is_a_study_with_readable_claims_and_events(name: str) -> None:
    study = cp.load_study(name)
    assert study.title == cp.load_study(Path(name)).title
    assert len(read_claims(study)) >= len(study.claims)
    if study.events is not None and study.events.catalogue is not None:
        assert len(cp.load_events(study.events.catalogue)) > 3


def test_the_stories_of_the_first_minute_are_there() -> None:
    assert {"yen_carry", "gold", "franc", "oil", "first_study"} <= set(shipped_names())
    assert "terminal_reflexivity" in shipped_names("claims")


def test_a_file_wins_over_a_name_and_a_folder_does_not() -> None:
    Path("gold").mkdir()
    assert cp.load_study("gold").focus == "GOLD"
    Path("oil").write_text(TWO)
    assert cp.load_study("oil").title == "Mine"
    Path("franc.yaml").write_text(TWO)
    assert cp.load_study("franc.yaml").title == "Mine"
    assert cp.load_study("franc").focus == "EURCHF"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("yen_cary", "'yen_cary' is neither a file nor among the configurations .*; did you mean 'yen_carry'?"),
        ("GOLD", "did you mean 'gold'?"),
        ("zzz", "known: alignment_common_days, "),
        ("gold.yaml", "gold.yaml: the file does not exist; .* or write gold for what ships under that name"),
        ("configs/gold.yml", "or write gold for what ships"),
        ("elsewhere/gold", "elsewhere/gold: the file does not exist"),
        ("mine.yaml", "mine.yaml: the file does not exist; check the path$"),
        ("x" * 300, "is neither a file nor among|cannot be read"),
        ("", "folder"),
        ("..", "folder"),
    ],
)
def test_what_is_neither_is_refused_in_one_sentence(source: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        cp.load_study(source)


def test_claims_have_names_too() -> None:
    assert cp.load_claims("terminal_reflexivity")[0].id == "same-day-selloff"
    assert cp.load_claims("gold", cp.load_study("gold").define)[0].id == "gold-against-the-dollar"
    with pytest.raises(ConfigurationError, match="among the claims .* did you mean 'terminal_reflexivity'"):
        cp.load_claims("terminal_reflexivty")
    real = {"kind": "yield", "sources": [{"fred": "DFII10", "clock": "H15"}]}
    study = {"title": "T", "focus": "GOLD", "instruments": ["GOLD", "DXY", "REAL10Y"], "define": {"REAL10Y": real}}
    assert len(read_claims(cp.load_study({**study, "claims": ["gold"]}))) == 4


def test_a_name_serves_every_door() -> None:
    assert cp.load_panel("simulated").levels.columns[0] == "BTC"
    with pytest.raises(ConfigurationError, match="did you mean 'simulated'"):
        cp.run("simulatd")
    with pytest.raises(ConfigurationError, match="did you mean 'simulated'"):
        cp.compare(["simulatd", "simulatd"])


def test_an_installed_package_holds_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "site" / "coupling"
    (installed / "configs").mkdir(parents=True)
    (installed.parent / "configs").mkdir()  # somebody else's
    monkeypatch.setattr("coupling.configuration.shipped.files", lambda _: installed)
    assert shipped_folder() == installed / "configs"
    (installed / "configs" / "mine.yaml").write_text(TWO)
    assert shipped_names() == ("mine",)
    assert file_of("mine") == installed / "configs" / "mine.yaml"
