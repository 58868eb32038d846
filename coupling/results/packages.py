"""The versions of what computed the numbers."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

__all__ = ["installed_packages"]

_PACKAGES = ("numpy", "pandas", "scipy", "scikit-learn", "numba", "matplotlib", "seaborn")


@cache
def installed_packages() -> tuple[tuple[str, str], ...]:
    """Return Python and the packages that can change a number or a figure, with their versions.

    Examples
    --------
    >>> installed_packages()[0][0]
    'Python'
    """
    found = [("Python", platform.python_version())]
    for package in _PACKAGES:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            found.append((package, "not installed"))
    return tuple(found)
