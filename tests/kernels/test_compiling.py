"""Compiled loops run wherever their machine code can be kept, and where it cannot."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from coupling.kernels import compiling

LOOP = "from coupling.kernels.compiling import compiled\n\n\n@compiled()\ndef twice(x):\n    return 2 * x\n"


def run_elsewhere(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Compile a loop from a package folder in which nothing can be kept."""
    (folder / "lonely.py").write_text(LOOP)
    (folder / "__pycache__").write_text("a file, so that no folder can stand here")
    code = "import lonely; print(lonely.twice(21))"
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{Path(compiling.__file__).parents[2]}", **variables}
    environment.pop("NUMBA_CACHE_DIR", None)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)


def blocked(tmp_path: Path) -> dict[str, str]:
    """Return variables of a user whose home and cache cannot be written."""
    (tmp_path / "file").write_text("")
    nowhere = str(tmp_path / "file" / "nowhere")
    return {"HOME": nowhere, "XDG_CACHE_HOME": nowhere, "COUPLING_CACHE": ""}


@pytest.mark.thorough
@pytest.mark.processes
def test_without_any_place_it_compiles_anew(tmp_path: Path) -> None:
    answer = run_elsewhere(tmp_path, **blocked(tmp_path))
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "42\n", "")


@pytest.mark.thorough
@pytest.mark.processes
def test_the_named_folder_keeps_the_machine_code(tmp_path: Path) -> None:
    answer = run_elsewhere(tmp_path, **(blocked(tmp_path) | {"COUPLING_CACHE": str(tmp_path / "kept")}))
    assert (answer.returncode, answer.stdout) == (0, "42\n"), answer.stderr
    assert list((tmp_path / "kept" / "numba").rglob("*twice*.nbi"))


def test_a_disk_that_fills_costs_time_and_not_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUPLING_CACHE", str(tmp_path))

    @compiling.compiled()
    def thrice(x):  # type: ignore[no-untyped-def]
        return 3 * x

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(thrice._cache._cache_file, "save", full)  # type: ignore[attr-defined]
    assert thrice(2) == 6
