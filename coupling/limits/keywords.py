"""One word for one thing: a keyword that is not there is refused in a sentence that names the one that is.

It holds for constructors and methods of estimators and studies alike, and the words serve configurations too.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeVar

from coupling.errors import InputError, nearest

__all__ = ["FORMER", "meant", "plain_keywords"]

Class = TypeVar("Class", bound=type)

FORMER: Mapping[str, str] = MappingProxyType(
    {
        "asymmetric": "margins",
        "clock": "days",
        "draws": "replications",
        "placebos": "replications",
        "bootstrap": "replications",
        "n_boot": "replications",
        "n_bootstrap": "replications",
        "n_draws": "replications",
        "samples": "replications",
        "confidence": "level",
        "confidence_level": "level",
        "coverage": "level",
        "half_life": "halflife",
        "minimum": "min_rows",
        "min_obs": "min_rows",
        "min_periods": "min_share",
        "seed": "random_state",
        "rng": "random_state",
        "standardise": "standardize",
        "start": "initial_correlation",
    }
)
"""By a word that was used before, or that other programs use: the one word of this package."""


def meant(word: str, known: Iterable[str]) -> str:
    """Say which of the known words is meant: the one that stands for the thing, or the nearest.

    Examples
    --------
    >>> meant("draws", ["replications", "level"]), meant("levle", ["replications", "level"])
    ("it is called 'replications'", "did you mean 'level'?")
    """
    known = list(known)
    new = FORMER.get(word)
    return f"it is called {new!r}" if new in known else nearest(word, known)


def plain_keywords(cls: Class) -> Class:
    """Decorate a class: its constructor and public methods refuse an unknown keyword with `InputError`.

    Examples
    --------
    >>> from coupling.direction import LeadLag
    >>> LeadLag(draws=100)
    Traceback (most recent call last):
        ...
    coupling.errors.InputError: LeadLag has no parameter 'draws'; it is called 'replications'.
    """
    for name, function in list(vars(cls).items()):
        if inspect.isfunction(function) and (name == "__init__" or not name.startswith("_")):
            setattr(cls, name, _refusing(function))
    if hasattr(cls, "set_params"):
        cls.set_params = _refusing_parameters(cls.set_params)
    return cls


def _refusing(function: Callable[..., Any]) -> Callable[..., Any]:
    own = inspect.signature(function).parameters

    @wraps(function)
    def call(self: Any, *args: Any, **keywords: Any) -> Any:
        for word in keywords:
            if word not in own:
                raise InputError(_told(type(self), function.__name__, word))
        return function(self, *args, **keywords)

    return call


def _refusing_parameters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return scikit-learn's set_params, which names the right word too."""

    @wraps(function)
    def call(self: Any, **parameters: Any) -> Any:
        for word in parameters:
            if word.partition("__")[0] not in _taken_by(type(self), "__init__"):
                raise InputError(_told(type(self), "__init__", word))
        return function(self, **parameters)

    return call


def _told(cls: type, method: str, word: str) -> str:
    """Say what to write: the right word, or where the word belongs."""
    constructor, own, name = _taken_by(cls, "__init__"), _taken_by(cls, method), cls.__name__
    new = FORMER.get(word, word)
    if method != "__init__" and new not in own and new in constructor:
        return f"{name}.{method} takes no {word!r}; give it to the constructor, as {name}({new}=…)."
    takers = [each for each in ("fit", "between", "intervals", "peak") if new in _taken_by(cls, each)]
    if method == "__init__" and new not in own and takers:
        return (
            f"{name} takes no {word!r} when it is made; give it to {' or '.join(takers)}, as {takers[0]}(…, {new}=…)."
        )
    what = f"{name} has no parameter" if method == "__init__" else f"{name}.{method} takes no"
    return f"{what} {word!r}; {meant(word, own)}" + ("." if new in own else "")


def _taken_by(cls: type, method: str) -> list[str]:
    """Return the keywords of a method, or of the constructor."""
    function = getattr(cls, method, None)
    return list(inspect.signature(function).parameters)[1:] if inspect.isfunction(function) else []
