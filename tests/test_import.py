"""What `import coupling` loads: little, so that it stays cheap."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import coupling

# What pandas brings along; heavier things are loaded by the room that needs them, on first use.
ALLOWED = {"coupling", "dateutil", "numpy", "pandas", "pyarrow", "pytz", "six", "tzdata"}
HEAVY = {
    "arch",
    "exchange_calendars",
    "jinja2",
    "matplotlib",
    "numba",
    "pandas_datareader",
    "pydantic",
    "requests",
    "scipy",
    "seaborn",
    "sklearn",
    "statsmodels",
    "typer",
    "yfinance",
}
PROMISED = [
    "align",
    "EventStudy",
    "LocalProjection",
    "Panel",
    "RollingCorrelation",
    "Spillover",
    "instruments",
    "load_events",
    "load_panel",
    "load_study",
    "run",
]


def loaded_by(statement: str) -> set[str]:
    """Return the packages from outside the standard library that a statement loads in a fresh interpreter."""
    report = "import json; print(json.dumps(sorted(set(sys.modules) - before)))"
    code = f"import sys; before = set(sys.modules); {statement}; {report}"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = {name.partition(".")[0] for name in json.loads(answer.stdout)}
    return {name for name in names if not name.startswith("_")} - sys.stdlib_module_names


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = loaded_by("import coupling")
    assert loaded & HEAVY == set()
    assert loaded - ALLOWED == set(), "a new package is loaded by `import coupling`: import it late"


def test_the_probe_sees_what_is_loaded() -> None:
    assert "yaml" in loaded_by("import yaml")


@pytest.mark.parametrize("name", PROMISED)
def test_a_promised_name_is_loaded_on_first_use(name: str) -> None:
    assert name in coupling.__all__
    assert name in dir(coupling)
    assert callable(getattr(coupling, name))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Rolling"):
        getattr(coupling, "Rolling")  # noqa: B009
