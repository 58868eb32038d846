"""What a stranger installs: wheel and source archive, built by the locked backend, in environments outside the tree.

They reach the locked dependencies and nothing of this checkout, and write their first page from an empty folder.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import pytest

from coupling.configuration.shipped import shipped_names
from tests.nobody import NOBODY, WITHOUT_NOBODY, as_nobody

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
UNANSWERED = "http://localhost:9"  # a proxy that nobody answers, for there is to be no network

pytestmark = [pytest.mark.processes, pytest.mark.slow]


def run(command: list[str], folder: Path, **environment: str) -> str:
    """Run a command with little of this process's environment, and return what it printed."""
    proxies = {f"{scheme}_proxy": UNANSWERED for scheme in ("http", "https", "HTTP", "HTTPS")}
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "COUPLING_CACHE") if name in os.environ}
    done = subprocess.run(
        command, cwd=folder, env=kept | proxies | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Return a folder outside the tree, on the way to which nobody is stopped."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def built(place: Path) -> Path:
    """Return the folder with both archives."""
    run([sys.executable, "-m", "hatchling", "build", "-d", str(place / "dist")], ROOT)
    return place / "dist"


def environment(folder: Path, archive: Path) -> Path:
    """Make an environment with an archive installed, and the locked dependencies of this one within reach."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    (site,) = folder.glob("**/site-packages")
    (site / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed"]
    run([str(python), "-m", "pip", "install", *options, str(archive)], folder)
    where = run([str(python), "-c", "import coupling; print(coupling.__file__)"], folder)
    assert Path(where.strip()).parent == site / "coupling"
    return python.parent


@pytest.fixture(scope="module")
def wheel(place: Path, built: Path) -> Path:
    """Return the folder of commands of an environment with the wheel."""
    return environment(place / "from_wheel", next(built.glob("*.whl")))


@pytest.fixture(scope="module")
def source(place: Path, built: Path) -> Path:
    """Return the folder of commands of an environment with the source archive, built there."""
    return environment(place / "from_source", next(built.glob("*.tar.gz")))


def test_the_wheel_holds_every_file_of_the_package_and_no_other(built: Path) -> None:
    names = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    held = {name for name in names if ".dist-info/" not in name}
    tracked = subprocess.run(
        ["git", "ls-files", "coupling", "configs"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert held == {f"coupling/{name}" if name.startswith("configs/") else name for name in tracked}


def test_what_the_index_will_show(built: Path) -> None:
    archive = zipfile.ZipFile(next(built.glob("*.whl")))
    (name,) = [name for name in archive.namelist() if name.endswith("METADATA")]
    shown = Parser().parsestr(archive.read(name).decode("utf-8"))
    assert shown["Name"] == PROJECT["name"]
    assert {text.split(", ")[0] for text in shown.get_all("Project-URL")} == set(PROJECT["urls"])
    links = re.compile(r"\]\((?!https://)[^)]*\)|^\[[^]]*\]: (?!https://).*", re.MULTILINE)
    relative = links.findall(shown.get_payload())
    assert relative == [], "links of the README are absolute"


def test_the_source_archive_builds_what_the_tree_builds(built: Path, source: Path) -> None:
    names = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    (site,) = source.parent.glob("**/site-packages")
    assert [name for name in names if ".dist-info/" not in name and not (site / name).is_file()] == []
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        folders = {name.split("/")[1] for name in archive.getnames()}
    assert {"tests", "docs", "configs", "requirements.lock", "LICENSE", "CHANGELOG.md"} <= folders
    assert not {".venv", ".git", "dist"} & folders


def test_a_stranger_with_the_wheel_gets_a_story_that_knows_no_other(wheel: Path, place: Path) -> None:
    empty = place / "gold"
    empty.mkdir()
    data = {"XDG_DATA_HOME": str(place / "store")}
    command = str(wheel / "coupling")
    assert run([command, "init", "--story", "gold"], empty, **data).split()[0] == "gold.yaml"
    written = run([command, "report", "gold.yaml", "--fallback", "simulated"], empty, **data)
    assert written == "reports/gold.html\n"
    page = (empty / "reports" / "gold.html").read_text(encoding="utf-8")
    assert "SIMULATED" in page
    assert not re.search(r"\b(yen|JPY|bitcoin|BTC|franc|oil)\b", page, re.IGNORECASE)


def test_a_stranger_with_the_source_archive_gets_a_page_by_name(source: Path, place: Path) -> None:
    empty = place / "first"
    empty.mkdir()
    data = {"XDG_DATA_HOME": str(place / "store")}
    written = run([str(source / "coupling"), "report", "first_study", "--fallback", "simulated"], empty, **data)
    assert written == "reports/first_study.html\n"
    names = run(
        [str(source / "python"), "-c", "from coupling.configuration.shipped import *; print(*shipped_names())"], empty
    )
    assert tuple(names.split()) == shipped_names()


@WITHOUT_NOBODY
def test_nobody_gets_a_page_from_an_installed_package(wheel: Path, place: Path) -> None:
    empty = place / "nobody"
    empty.mkdir()
    os.chown(empty, NOBODY, NOBODY)
    command = as_nobody([str(wheel / "python"), "-m", "coupling", "report", "simulated"])
    answer = subprocess.run(command, capture_output=True, text=True, cwd=empty, check=False)
    if "setpriv" in answer.stderr:
        pytest.skip(f"this root may not become nobody: {answer.stderr.strip()}")
    assert (answer.returncode, answer.stdout) == (0, "reports/simulated.html\n"), answer.stderr
    assert "arning" not in answer.stderr
