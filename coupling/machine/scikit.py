"""The door to scikit-learn: its base class and its checks, without the statistics library that they load and never use.

``sklearn.base`` imports ``scipy.stats``, half of what its start costs, for functions of older versions. While it loads
a stand-in is there instead, which passes on whatever is asked of it; afterwards scipy loads it where somebody needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["BaseEstimator", "check_is_fitted", "clone", "validate_data"]

UNUSED = "scipy.stats"


class _StandIn(ModuleType):
    """A module that is loaded at the first question."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Let a module that is not loaded yet wait for its first question."""
    stand_in = _StandIn(name)
    sys.modules.setdefault(name, stand_in)
    try:
        yield
    finally:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]


with _without(UNUSED):
    from sklearn.base import BaseEstimator, clone
    from sklearn.utils.validation import check_is_fitted, validate_data
