"""Nothing that leaves the machine tells where on it anything lay."""

from __future__ import annotations

import getpass
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import coupling as cp
from coupling.comparison import compare
from coupling.machine.privacy import public, without_names, without_paths
from coupling.results.base import Failure, Result, RoomResult
from coupling.results.study import StudyResult

TOP = "/sr" + "v/"  # put together, so that this file itself names no machine
GONE = {
    f"{TOP}ann/BTC.csv:3: no number": "BTC.csv:3: no number",
    f"[Errno 13] Permission denied: '{TOP}my data/store'": "[Errno 13] Permission denied: 'the folder'",
    f"no BTC in {TOP}ann/data; add it": "no BTC in the folder; add it",
    f"({TOP}ann/x)": "(the folder)",
    f"see {TOP}ann.": "see the folder.",
    "C:" + r"\Users\ann\x.csv broke": "x.csv broke",
    r"\\nas\share\ann\b.csv is": "b.csv is",
    "~/data/x and ~ann/y.csv": "the folder and y.csv",
    "file://" + f"{TOP}ann/y.csv": "y.csv",
    "../../ann/k.yaml": "k.yaml",
    f"{TOP}my own/claims.yaml": "claims.yaml",
    f"path={TOP}ann/y": "path=the folder",
}
KEPT = [
    "BTC/USD and n/a, 24/7, 2024/9/24, 5/12/2023, w/o, and/or", "UST10Y / JGB10Y", "https://example.org/~ann/b?c=/d/e",
    "configs/claims/a.yaml", "10 %/day", "d/dt", "</td>", "text/csv", "1/2", "±1/√n", "http://127.0.0.1:80/a/b", "/",
]  # fmt: skip


@pytest.mark.parametrize(("text", "left"), GONE.items(), ids=range(len(GONE)))
def test_a_path_goes_and_the_name_of_a_file_stays(text: str, left: str) -> None:
    assert without_paths(text) == left


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_path_stays(text: str) -> None:
    assert without_paths(text) == text


@given(st.text(alphabet="ab/\\.~: '\"-\n", max_size=60))
def test_a_text_once_cleaned_stays_so(text: str) -> None:
    once = without_paths(text)
    assert without_paths(once) == once


def test_known_folders_go_whatever_their_letters() -> None:
    folder = f"{TOP}my (old) data, 2"
    told = f"data folder {folder} does not exist; {folder}/two three/BTC x.csv:3 is broken"
    assert without_paths(told, [folder]) == "data folder the data folder does not exist; BTC x.csv:3 is broken"


def test_an_error_does_not_name_user_or_host(monkeypatch: pytest.MonkeyPatch) -> None:
    from coupling.machine import privacy

    monkeypatch.setattr(socket, "gethostname", lambda: "desk-17.example")
    monkeypatch.setattr(getpass, "getuser", lambda: "a.nnsmith")
    privacy._own_names.cache_clear()
    assert without_names("a.nnsmith on desk-17.example, desk-17") == "this machine on this machine, this machine"
    failure = public(Failure(name="x", title="x", reason="desk-17 said no"))
    privacy._own_names.cache_clear()
    assert failure.reason == "this machine said no"


@dataclass(frozen=True, kw_only=True)
class Deep(Result):
    told: dict[str, tuple[str, ...]]


def test_every_corner_of_a_result_is_cleaned_and_the_rest_is_the_same_object() -> None:
    path = f"{TOP}marker/x"
    frame = pd.DataFrame({"a": [1.0], "b": [path]}, index=pd.MultiIndex.from_tuples([(path, 1)], names=["i", "j"]))
    result = Deep(name="x", title=path, method=path, frame=frame, warnings=(path,), told={path: (path,)})
    study = StudyResult(title="T", rooms=(RoomResult(name="r", question="q", verdict=path, results=(result,)),))
    cleaned = public(study)
    assert "marker" not in repr(cleaned) + repr(cleaned.results[0]) + cleaned.results[0].frame.to_csv()  # type: ignore[union-attr]
    assert public(cleaned) is cleaned
    clean = pd.DataFrame({"a": ["b"]})
    assert public(clean) is clean


def market(folder: Path) -> None:
    rng = np.random.default_rng(1)
    days = pd.date_range("2023-01-02", "2024-12-30", freq="B", name="date")
    for name in ("BTC", "SPX", "GOLD"):
        levels = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, len(days))))
        pd.DataFrame({"value": levels}, index=days).to_csv(folder / f"{name}.csv")


def everything(folder: Path, study: StudyResult) -> bytes:
    """Return all that a study writes: page, tables, figures."""
    study.to_html(folder / "page.html")
    study.to_folder(folder / "tables")
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.thorough
def test_a_study_whose_parts_fail_names_its_folders_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = "QMARKERQ 7"
    home = tmp_path / marker / "home"
    data = home / "da ta"
    data.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    market(data)
    (data / "vix.csv").write_text("date,value\n2024-01-02,broken\n")
    claims = home / "own claims.yaml"
    claims.write_text(
        "claims:\n- {id: a, source: s, says: t, test: correlation, left: BTC, right: VIX, start: 2023-02-01, "
        "smallest: 0.2, side: either}\n"
    )
    events = home / "own events.yaml"
    events.write_text("- id: one\n  instant: 1990-08-05T00:00Z\n  label: '=1+1'\n")
    settings: dict[str, Any] = {
        "title": "=HYPERLINK(1)",
        "focus": "BTC",
        "instruments": ["BTC", "SPX", "GOLD"],
        "data": {"directory": str(data)},
        "events": {"catalogue": str(events)},
        "claims": [str(claims)],
        "correlation": {"rolling": {"window": 60}, "dcc": None},
    }
    path = home / "study.yaml"
    path.write_text(yaml.safe_dump(settings))
    study = cp.run(path)
    out = tmp_path / "out"
    written = everything(out, study)
    for secret in (marker, "QMARKERQ", "da ta", str(tmp_path), os.path.realpath(tmp_path)):
        assert secret.encode() not in written, secret
    assert b"own events.yaml" in written
    assert b"vix.csv" in written, "what failed is still told"
    for table in (out / "tables").glob("*.csv"):
        for line in table.read_text(encoding="utf-8").splitlines():
            assert not re.match(r'"?[=@]', line), f"{table.name}: {line[:80]}"


@pytest.mark.thorough
def test_a_comparison_with_a_broken_configuration_names_no_folder(tmp_path: Path) -> None:
    home = tmp_path / "QMARKERQ"
    home.mkdir()
    two = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "data": {"source": "simulated"}}
    (home / "good.yaml").write_text(yaml.safe_dump({**two, "correlation": {"hayashi_yoshida": None}}))
    (home / "bad.yaml").write_text("title: [\n")
    gone = {**two, "data": {"directory": str(home / "gone")}}
    (home / "gone.yaml").write_text(yaml.safe_dump(gone))
    result = compare([home / name for name in ("good.yaml", "bad.yaml", "gone.yaml")], replications=99, n_jobs=1)
    assert result.failures
    assert b"QMARKERQ" not in everything(tmp_path / "out", result)
