"""The version of everything that computes: the package's own sources, and the packages and the machine it stands on."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import coupling
from coupling.machine.threads import WORDS

__all__ = ["code_version"]

PACKAGES = (
    "charset-normalizer",
    "exchange_calendars",
    "matplotlib",
    "numba",
    "numpy",
    "pandas",
    "pillow",
    "pyarrow",
    "python-calamine",
    "pyyaml",
    "scikit-learn",
    "scipy",
    "seaborn",
    "tzdata",
)
SUFFIXES = (".py", ".yaml", ".csv", ".json", ".css", ".js", ".j2")
ORDERS = (*WORDS, "OPENBLAS_CORETYPE", "NUMBA_DISABLE_JIT", "NUMBA_CPU_NAME")
"""Variables of the environment that decide in which order the libraries add."""


@cache
def code_version() -> str:
    """Return a hash that changes with any source of the package, and with what it computes on.

    Examples
    --------
    >>> len(code_version())
    64
    """
    found = hashlib.sha256()
    for told in (sys.version, platform.machine(), platform.system(), *map(_installed, PACKAGES), *map(_set, ORDERS)):
        found.update(f"{told}\0".encode())
    folder = Path(coupling.__file__).parent
    for path in sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES):
        found.update(f"{path.relative_to(folder)}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _installed(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"


def _set(name: str) -> str:
    return f"{name}={os.environ.get(name, '')}"
