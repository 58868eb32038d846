"""Libraries that others load at their start, for functions that nobody here calls, wait for their first question."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["UNUSED", "waiting"]

UNUSED = ("numpy.f2py", "numpy.testing", "scipy.spatial", "scipy.stats")
"""What ``scipy.special``, ``scipy.optimize`` and ``sklearn.base`` load: a third of their start."""


class _StandIn(ModuleType):
    """A module that is loaded at the first question."""

    def __getattr__(self, name: str) -> Any:
        _remove(self)
        return getattr(import_module(self.__name__), name)


@contextmanager
def waiting(*names: str) -> Iterator[None]:
    """Let modules that are not loaded yet wait for their first question.

    While others load, a stand-in is there that passes on whatever is asked of it; afterwards whoever imports the module
    has the module itself.

    Parameters
    ----------
    *names : str
        Modules inside packages, with their packages: ``"scipy.stats"``.

    Examples
    --------
    >>> with waiting("xml.sax"):
    ...     import xml.sax
    >>> callable(xml.sax.parse)
    True
    """
    stand_ins = [_StandIn(name) for name in names if name not in sys.modules]
    for stand_in in stand_ins:
        package, _, child = stand_in.__name__.rpartition(".")
        setattr(import_module(package), child, stand_in)
        sys.modules[stand_in.__name__] = stand_in
    try:
        yield
    finally:
        for stand_in in stand_ins:
            _remove(stand_in)


def _remove(stand_in: ModuleType) -> None:
    """Take a stand-in out of the modules and of its package, where it stands there still."""
    package, _, child = stand_in.__name__.rpartition(".")
    if sys.modules.get(stand_in.__name__) is stand_in:
        del sys.modules[stand_in.__name__]
    if vars(sys.modules[package]).get(child) is stand_in:
        delattr(sys.modules[package], child)
