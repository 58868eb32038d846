"""The command as a service runs it: user nobody, a package that cannot be written, no home, an empty environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import coupling
from tests.nobody import NOBODY, WITHOUT_NOBODY, as_nobody

ROOT = Path(coupling.__file__).parents[1]

pytestmark = [
    pytest.mark.processes,
    pytest.mark.slow,  # every loop is compiled anew, as nothing can be kept
    WITHOUT_NOBODY,
]


@pytest.fixture
def place() -> Iterator[Path]:
    """Return a folder on the way to which nobody is stopped, as in pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def package(place: Path) -> Path:
    """Return a folder with a copy of the package and its configurations that nobody can write."""
    copy = place / "installed"
    for name in ("coupling", "configs"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return copy


def test_nobody_gets_a_page(package: Path, place: Path) -> None:
    out = place / "out"
    out.mkdir()
    os.chown(out, NOBODY, NOBODY)
    study = package / "configs" / "simulated.yaml"
    command = [sys.executable, "-P", "-m", "coupling", "report", str(study), "--out", str(out)]
    answer = subprocess.run(
        as_nobody(command, path=str(package)), capture_output=True, text=True, cwd=place, check=False
    )
    if "setpriv" in answer.stderr:
        pytest.skip(f"this root may not become nobody: {answer.stderr.strip()}")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == f"{out / 'simulated.html'}\n"
    assert "Traceback" not in answer.stderr
    assert "arning" not in answer.stderr
    assert not (place / "~").exists()
    assert sorted(os.listdir(out)) == ["simulated.html"]
