"""`coupling pairs`: every pair of a table or a study, in parts; refusals in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

import coupling as cp
from coupling.cli import app
from tests.dask_workers import started

NAMES = ["S0", "S1", "S2", "S3"]


@pytest.fixture(scope="module")
def changes() -> pd.DataFrame:
    values = np.random.default_rng(5).normal(size=(120, 4))
    return pd.DataFrame(values, columns=NAMES, index=pd.bdate_range("2024-01-01", periods=120, name="Date"))


def pairs(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["pairs", *map(str, arguments)])
    assert result.exit_code == code, result.stderr
    return result.stdout if code == 0 else result.stderr


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_gives_the_parts_of_its_estimator(changes: pd.DataFrame, ending: str, tmp_path: Path) -> None:
    table = tmp_path / f"changes.{ending}"
    changes.to_csv(table) if ending == "csv" else changes.to_parquet(table)
    printed = pairs(table, "--out", tmp_path / "out", "--window", 40, "--last", "--focus", "S2")
    assert [Path(line).name for line in printed.splitlines()] == ["part-00000.parquet"]
    got = pd.read_parquet(tmp_path / "out")
    fitted = cp.RollingCorrelation(window=40, last=True, focus="S2").fit(changes)
    assert got["estimate"].tolist() == fitted.correlation_.iloc[0].tolist()
    assert list(zip(got["left"], got["right"], strict=True)) == fitted.correlation_.columns.tolist()
    assert {"lower", "upper", "n"} <= set(got)


def test_a_study_gives_the_parts_of_its_panel_by_its_own_window(tmp_path: Path) -> None:
    study = {"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX", "USDJPY"], "data": {"source": "simulated"}}
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(study | {"correlation": {"rolling": {"window": 90}}}), encoding="utf-8")
    pairs(path, "--out", tmp_path / "out", "--estimates")
    fitted = cp.RollingCorrelation(window=90).fit(cp.load_panel(path).changes)
    got = pd.read_parquet(tmp_path / "out")
    np.testing.assert_array_equal(got["estimate"].to_numpy(), fitted.correlation_.to_numpy().T.ravel())


@pytest.mark.parametrize(
    ("text", "options", "code", "said"),
    [
        ("Date,A,A\n2024-01-01,1,2\n", (), 3, "has the column 'A' twice"),
        ("2024-01-01,0.1,0.2\n2024-01-02,0.3,0.1\n", (), 3, "begins with numbers"),
        ("", (), 3, "cannot be read as a table"),
        ("Date,A, A\n2024-01-01,1,2\n", (), 3, "has the column 'A' twice"),
        ("Date,A,,B\n2024-01-01,1,2,3\n", (), 3, "has no name for column 3"),
        ("Date,A,B\n" + "2024-01-01,1,2,3\n" * 3, (), 3, "more cells in a row than names"),
        ("Date,A,B\n" + "2024-01-01,1,2,\n" * 3, (), 3, "more cells in a row than names"),
        ("Date;A;B\n2024-01-01;1;2\n", (), 3, "has one column ('Date;A;B')"),
        ("Date;A;B\n2024-01-01;1,0;2,5\n", (), 3, "has one column ('Date;A;B')"),
        ("Date,A,B\n2024-01-01,1,2\n2024-01-02,1,n.a\n", (), 3, "'n.a' in column 'B' (2024-01-02) is no number"),
        ("good", ("--dask", "a host"), 2, "'a host' is no address of a Dask scheduler"),
        ("good", ("--dask", ""), 2, "'' is no address of a Dask scheduler"),
        (None, (), 3, "is no file"),
        ("Date,A,B\n2024-01-01,1,x\n", (), 1, "Column 'B' holds the text 'x'"),
        ("good", ("--focus", "NIX"), 1, "no instrument 'NIX'"),
        ("good", ("--window", "soon"), 1, "'soon' is no positive duration"),
        ("good", ("--window", "2"), 1, "window=2 is too short"),
        ("good", ("--level", "95"), 1, "level=95.0 must lie between 0 and 1"),
        ("good", ("--offline",), 2, "offline goes with a study"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_folder(
    text: str | None, options: tuple[str, ...], code: int, said: str, changes: pd.DataFrame, tmp_path: Path
) -> None:
    table = tmp_path / "changes.csv"
    if text is not None:
        table.write_text(changes.to_csv() if text == "good" else text, encoding="utf-8")
    assert said in pairs(table, "--out", tmp_path / "out", *options, code=code)
    assert not (tmp_path / "out").exists()


@pytest.mark.thorough
@pytest.mark.processes
def test_a_cluster_writes_the_same_bytes(changes: pd.DataFrame, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="needs the extra dask, which is not installed")
    table = tmp_path / "changes.parquet"
    changes.to_parquet(table)
    pairs(table, "--out", tmp_path / "alone")
    with started(tmp_path, 1) as (address, _):
        pairs(table, "--out", tmp_path / "spread", "--dask", address)
    one, other = ((tmp_path / name / "part-00000.parquet").read_bytes() for name in ("alone", "spread"))
    assert one == other
