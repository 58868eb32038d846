"""What methods are asked with, each by one law: a level, the name of an instrument, a pair, a word."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np

from coupling.errors import InputError, nearest
from coupling.limits.kinds import shown
from coupling.limits.upper import require_within

__all__ = [
    "require_instrument",
    "require_instruments",
    "require_level",
    "require_pair",
    "require_seed",
    "require_whole",
    "require_word",
    "require_workers",
]

SEVERAL = 20
"""Names that a sentence lists."""


def require_level(level: Any) -> float:
    """Return the coverage asked of an interval, or raise InputError if it is no number between 0 and 1.

    Examples
    --------
    >>> require_level(95)
    Traceback (most recent call last):
        ...
    coupling.errors.InputError: level=95 must lie between 0 and 1; use a share such as 0.95.
    """
    number = isinstance(level, Real) and not isinstance(level, bool)
    if not number or not 0 < level < 1:
        raise InputError(f"level={shown(level)} must lie between 0 and 1; use a share such as 0.95.")
    return float(level)


def require_whole(value: Any, name: str, *, least: int) -> int:
    """Return a whole number, or raise InputError if it is none, below `least` or beyond the limit of its name."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral) or value < least:
        raise InputError(f"{name}={shown(value)} must be a whole number of at least {least}.")
    require_within(name, value)
    return int(value)


def require_seed(random_state: Any) -> None:
    """Raise InputError if a seed is no whole number of at least 0; several of them may stand in a tuple."""
    if isinstance(random_state, np.random.SeedSequence):
        return
    for number in random_state if isinstance(random_state, tuple) else (random_state,):
        require_whole(number, "random_state", least=0)


def require_workers(n_jobs: Any) -> None:
    """Raise InputError if a number of processes is none: 1 or more, or -1 for every core.

    Examples
    --------
    >>> require_workers(0)
    Traceback (most recent call last):
        ...
    coupling.errors.InputError: n_jobs=0 is no number of processes; give 1 or more, or -1 for every core.
    """
    if n_jobs is None:
        return
    require_within("n_jobs", n_jobs)
    if isinstance(n_jobs, bool | np.bool_) or not isinstance(n_jobs, Integral) or n_jobs == 0:
        raise InputError(f"n_jobs={shown(n_jobs)} is no number of processes; give 1 or more, or -1 for every core.")


def require_word(name: str, word: Any, known: Iterable[str]) -> str:
    """Return a word, or raise InputError with the nearest one if it is not known.

    Examples
    --------
    >>> require_word("kind", "path", ("paths", "events"))
    Traceback (most recent call last):
        ...
    coupling.errors.InputError: kind='path' is unknown; did you mean 'paths'?
    """
    words = list(known)
    if not isinstance(word, str) or word not in words:
        raise InputError(f"{name}={shown(word)} is unknown; {nearest(str(word)[:60], words)}")
    return word


def require_instrument(name: Any, known: Iterable[Hashable]) -> Any:
    """Return the name of an instrument, or raise InputError with the nearest one.

    Examples
    --------
    >>> require_instrument(["BTC"], ["BTC", "SPX"])
    Traceback (most recent call last):
        ...
    coupling.errors.InputError: There is no instrument ['BTC']; did you mean 'BTC'?
    """
    names = dict.fromkeys(known)
    try:
        there = name in names
    except (TypeError, ValueError):  # a list, a table: nothing that names
        there = False
    if not there:
        raise InputError(f"There is no instrument {shown(name)}; {nearest(str(name)[:60], map(str, names), SEVERAL)}")
    return name


def require_instruments(names: Any, known: Iterable[Hashable]) -> tuple[Any, ...]:
    """Return the names of several instruments, or raise InputError if they are no list, or one is unknown."""
    if isinstance(names, str | bytes) or not isinstance(names, Iterable):
        raise InputError(f"{shown(names)} is no list of instruments; write it as ['SPX', 'VIX'].")
    there = dict.fromkeys(known)
    return tuple(require_instrument(name, there) for name in names)


def require_pair(left: Any, right: Any, known: Iterable[Hashable]) -> None:
    """Raise InputError if two names are not those of two instruments."""
    names = dict.fromkeys(known)
    for name in (left, right):
        require_instrument(name, names)
    if left == right:
        raise InputError(f"A pair needs two instruments, and both are {left!r}; name another one.")
