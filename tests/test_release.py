"""One release on a small repository: what is written, tagged and built, and what stands in the way."""

from __future__ import annotations

import importlib.util
import subprocess
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOG = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [0.0.1] - 2025-01-01\n\n- First.\n"
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "macro-coupling"
dynamic = ["version"]
requires-python = ">=3.11"
[tool.hatch.version]
path = "coupling/version.py"
[tool.hatch.build.targets.wheel]
packages = ["coupling"]
"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / ".ci" / "release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "a@example.org")
    (tmp_path / "coupling").mkdir()
    (tmp_path / "coupling" / "version.py").write_text('__version__ = "0.1.0"\n')
    (tmp_path / "CITATION.cff").write_text("cff-version: 1.2.0\nversion: 0.1.0\nlicense: X\n")
    (tmp_path / "CHANGELOG.md").write_text(LOG)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / ".gitignore").write_text("dist/\n")
    for command in (["init", "--quiet", "--initial-branch=main"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.processes
def test_a_release(script: ModuleType, tree: Path) -> None:
    archives = script.release("0.2.0", tree, check=False)
    assert [path.name for path in archives] == ["macro_coupling-0.2.0-py3-none-any.whl", "macro_coupling-0.2.0.tar.gz"]
    assert "coupling/version.py" in zipfile.ZipFile(archives[0]).namelist()
    assert (tree / "coupling" / "version.py").read_text() == '__version__ = "0.2.0"\n'
    assert "\nversion: 0.2.0\n" in (tree / "CITATION.cff").read_text()
    assert "cff-version: 1.2.0" in (tree / "CITATION.cff").read_text()
    log = (tree / "CHANGELOG.md").read_text()
    assert log.index("## [Unreleased]\n\n## [0.2.0] - 20") < log.index("- A thing.") < log.index("## [0.0.1]")
    assert script.git("status", "--porcelain", root=tree) == ""
    assert script.git("describe", "--exact-match", root=tree) == "v0.2.0\n"
    first = [path.read_bytes() for path in archives]
    assert [path.read_bytes() for path in script.build("0.2.0", tree)] == first
    with pytest.raises(script.NotYetError, match="says nothing under"):
        script.release("0.3.0", tree, check=False)


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("0.0.9", "0.0.9 is not later than 0.1.0"),
        ("next", "'next' is no version; write it as 0.2.0"),
        ("v0.2", "'v0.2' is not as versions are written; write 0.2"),
    ],
)
def test_what_is_no_later_version_is_refused_and_nothing_is_written(
    version: str, told: str, script: ModuleType, tree: Path
) -> None:
    with pytest.raises(script.NotYetError, match=told):
        script.release(version, tree, check=False)
    assert script.git("status", "--porcelain", root=tree) == ""
    assert script.git("tag", root=tree) == ""


def test_a_tree_that_is_not_clean_or_not_main_is_refused(script: ModuleType, tree: Path) -> None:
    (tree / "new").write_text("x")
    with pytest.raises(script.NotYetError, match="not committed"):
        script.release("0.2.0", tree, check=False)
    (tree / "new").unlink()
    script.git("switch", "--quiet", "--create", "mine", root=tree)
    with pytest.raises(script.NotYetError, match="from main, and this is mine"):
        script.release("0.2.0", tree, check=False)


def test_a_tag_is_made_once_and_the_first_release_may_keep_the_version(script: ModuleType, tree: Path) -> None:
    assert script.settled("0.1.0", tree) == ("0.1.0", "0.1.0")
    script.git("tag", "v0.1.0", root=tree)
    with pytest.raises(script.NotYetError, match=r"v0\.1\.0 is tagged already"):
        script.settled("0.1.0", tree)


def test_citation_and_package_agree() -> None:
    import coupling

    assert f"\nversion: {coupling.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert "## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
