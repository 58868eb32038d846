"""Another project's package of the same name is noticed, in the same folder and beside."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import coupling
from coupling.machine.distribution import DISTRIBUTION, beside

PACKAGE = Path(coupling.__file__).parent


def install(folder: Path, name: str) -> None:
    """Put the record of a distribution on a path, with a package of our name."""
    record = folder / f"{name}-1.1.1.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.1.1\n")


def test_alone_it_says_nothing() -> None:
    assert beside() == ""


def test_the_name_is_that_of_the_project() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == DISTRIBUTION
    assert project["scripts"] == {"coupling": "coupling.cli:main"}


def test_another_beside_and_in_the_same_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "coupling")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "'coupling 1.1.1', which is another project, brings a package of this name too" in beside()
    assert "wrote into the same folder, and either may be broken" in beside(tmp_path / "coupling")
    assert beside().endswith(f"install {DISTRIBUTION} into an environment of its own.")


def test_our_own_record_is_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "macro_coupling")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert beside() == ""


def test_a_broken_import_names_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "coupling")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(coupling._HOMES, "lost", "coupling.gone")
    with pytest.raises(ImportError, match=r"coupling\.gone.*; the distribution 'coupling 1\.1\.1'"):
        coupling.lost  # noqa: B018


@pytest.mark.processes
def test_the_command_line_warns_and_goes_on(tmp_path: Path) -> None:
    install(tmp_path, "coupling")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "coupling", "--version"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": f"{PACKAGE.parent}:{tmp_path}"},
    )
    assert done.returncode == 0
    assert done.stdout == f"coupling {coupling.__version__} ({DISTRIBUTION})\n"
    assert done.stderr.startswith("warning: the distribution 'coupling 1.1.1'")
