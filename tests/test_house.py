"""The rules of the house that no linter knows: layout, paths, locks, docstrings."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import coupling

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ["requirements.lock", "requirements-lowest.lock", "requirements-tools.lock", "requirements-docs.lock"]
ROOMS = ["correlation", "change", "direction", "events"]
MACHINE_PATH = re.compile(r"(?<![\w.~*>}\])])/(?:home|root|Users|work|tmp|opt|mnt|srv)/|\b[A-Z]:\\\w")
INDEX = re.compile(r"py[p]i\.org|python[h]osted\.org|(?<!emit-)index-[u]rl|find-[l]inks|anacond[a]\.org|/simpl[e]/")
LIMIT = 350


def tracked() -> list[Path]:
    """Return the files that git holds."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def modules() -> list[ModuleType]:
    """Return every module of the package."""
    names = [info.name for info in pkgutil.walk_packages(coupling.__path__, "coupling.")]
    return [coupling, *(importlib.import_module(name) for name in names if not name.endswith("__main__"))]


MODULES = modules()


def pins(lock: str) -> dict[str, list[Version]]:
    """Return the versions that a lock pins for each distribution."""
    found: dict[str, list[Version]] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if line and not line[0].isspace() and not line.startswith("#"):
            name, _, version = line.removesuffix("\\").split(";")[0].strip().partition("==")
            found.setdefault(canonicalize_name(name), []).append(Version(version))
    return found


def wanted(*groups: str) -> list[Requirement]:
    """Return the requirements of the package and of some dependency groups."""
    lists = [PROJECT["project"]["dependencies"], *(PROJECT["dependency-groups"][group] for group in groups)]
    return [Requirement(text) for requirements in lists for text in requirements]


@pytest.mark.parametrize("pattern", [MACHINE_PATH, INDEX], ids=["machine path", "index address"])
def test_no_file_names_a_machine_or_an_index(pattern: re.Pattern[str]) -> None:
    found = []
    for path in tracked():
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        found += [
            f"{path.relative_to(ROOT)}:{i}: {line.strip()}" for i, line in enumerate(lines, 1) if pattern.search(line)
        ]
    assert found == []


@pytest.mark.parametrize("text", ["see " + "/ho" + "me/ann/x", "'" + "/t" + "mp/x'", "C:" + "\\Users"])
def test_a_machine_path_is_seen(text: str) -> None:
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_versions_and_hashes_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash)", text, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("lock", "groups"),
    [
        ("requirements.lock", ["build", "test", "check"]),
        ("requirements-lowest.lock", ["build", "test"]),
        ("requirements-tools.lock", ["benchmarks", "tools"]),
        ("requirements-docs.lock", ["docs"]),
    ],
)
def test_a_lock_holds_what_the_project_asks_for(lock: str, groups: list[str]) -> None:
    pinned = pins(lock)
    missing = [
        str(need)
        for need in wanted(*groups)
        if not any(need.specifier.contains(version) for version in pinned.get(canonicalize_name(need.name), []))
    ]
    assert missing == [], "run `make lock`"


def test_the_build_backend_is_locked() -> None:
    backend = {canonicalize_name(Requirement(text).name) for text in PROJECT["build-system"]["requires"]}
    assert backend <= set(pins("requirements.lock"))
    assert backend <= set(pins("requirements-lowest.lock"))


def test_the_lowest_lock_holds_the_lowest_versions() -> None:
    pinned = pins("requirements-lowest.lock")
    above = []
    for need in wanted():
        (bound,) = [Version(part.version) for part in need.specifier if part.operator == ">="]
        lowest = min(pinned[canonicalize_name(need.name)])
        if (lowest.major, lowest.minor) != (bound.major, bound.minor):
            above.append(f"{need} is locked at {lowest}")
    assert above == []


def test_make_offers_at_most_eleven_targets_and_lists_each() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, flags=re.MULTILINE)
    described = re.findall(r"^([a-z-]+):.*## ", text, flags=re.MULTILINE)
    assert sorted(described) == sorted(phony.split())
    assert len(described) <= 11


def test_the_folders_of_the_design_are_there() -> None:
    expected = [
        ".ci/run",
        "benchmarks",
        "configs/yen_carry.yaml",
        "docs/quickstart.md",
        "reports/README.md",
        "CITATION.cff",
    ]
    expected += [f"docs/{room}.md" for room in ["data", *ROOMS]]
    expected += [f"coupling/{room}/{part}.py" for room in ROOMS for part in ("section", "run")]
    expected += [f"tests/{room}" for room in ["data", *ROOMS]]
    assert [name for name in expected if not (ROOT / name).exists()] == []


def test_no_module_is_too_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "coupling").rglob("*.py")}
    assert {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > LIMIT} == {}


@pytest.mark.parametrize("module", [m for m in MODULES if hasattr(m, "__path__")], ids=lambda module: module.__name__)
def test_no_exported_name_hides_a_module(module: ModuleType) -> None:
    names = {info.name for info in pkgutil.iter_modules(module.__path__)} - {"__main__"}
    assert names & set(getattr(module, "__all__", [])) == set()
    assert [name for name in names if not isinstance(getattr(module, name), ModuleType)] == []


def test_modules_declare_what_exists() -> None:
    assert [f"{m.__name__}.{name}" for m in MODULES for name in getattr(m, "__all__", []) if not hasattr(m, name)] == []


def offered() -> dict[str, Callable[..., object]]:
    """Return the functions and estimators of the public face and of the rooms: what a user calls with parameters."""
    found = {f"coupling.{name}": getattr(coupling, name) for name in coupling.__all__}
    for room in (importlib.import_module(f"coupling.{name}") for name in ["data", *ROOMS]):
        found |= {f"{room.__name__}.{name}": getattr(room, name) for name in getattr(room, "__all__", [])}
    return {name: item for name, item in found.items() if inspect.isfunction(item) or hasattr(item, "fit")}


OFFERED = offered()


@pytest.mark.parametrize("name", sorted(OFFERED))
def test_what_is_offered_explains_its_parameters_and_shows_an_example(name: str) -> None:
    item = OFFERED[name]
    text = inspect.getdoc(item) or ""
    parameters = [
        p.name for p in inspect.signature(item).parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    assert not parameters or "Parameters\n-----" in text
    assert [p for p in parameters if not re.search(rf"\b{p}\b", text)] == []
    assert ">>> " in text, "needs an example that runs as a doctest"
