"""What kind of value a parameter of an estimator takes, held by the annotation of its constructor."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from functools import cache
from numbers import Integral, Real
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from coupling.errors import InputError

__all__ = ["require_kinds", "shown"]

MANY_DIGITS = 10**21

_WORDS = {bool: "True or False", int: "whole number", float: "number", str: "text", types.NoneType: "None"}


def require_kinds(estimator: Any) -> None:
    """Raise InputError if a parameter is of a kind that its constructor does not take: a text or yes for a number.

    Which texts a parameter knows, and what is too small, the estimator itself says.

    Examples
    --------
    >>> from coupling.direction import LeadLag
    >>> require_kinds(LeadLag(replications="many"))
    Traceback (most recent call last):
        ...
    coupling.errors.InputError: replications='many' is no whole number; give one.
    """
    for name, hint in _hints(type(estimator).__init__).items():
        value = getattr(estimator, name, None)
        if hasattr(estimator, name) and not _fits(value, hint):
            raise InputError(f"{name}={shown(value)} is no {' or '.join(_words(hint))}; give one.")


def shown(value: Any) -> str:
    """Write a value that was given, of any kind and length, in a sentence.

    Examples
    --------
    >>> shown("many"), shown(10**400)
    ("'many'", 'about 1e+400')
    """
    if isinstance(value, int) and abs(value) >= MANY_DIGITS:
        return f"about {'-' if value < 0 else ''}1e+{int(abs(value).bit_length() * 0.30103)}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:60]}…"


@cache
def _hints(constructor: Any) -> dict[str, Any]:
    try:
        return {name: hint for name, hint in get_type_hints(constructor).items() if name != "return"}
    except (NameError, TypeError):  # names that are there for the type checker alone
        return {}


def _fits(value: Any, hint: Any) -> bool:
    kind, parts = get_origin(hint) or hint, get_args(hint)
    if kind in (Union, types.UnionType):
        return any(_fits(value, part) for part in parts)
    if kind is Literal:
        return any(type(value) is type(part) for part in parts)
    if kind in (bool, int, float, types.NoneType):
        return _is_plain(value, kind)
    if kind is str:
        return isinstance(value, str)
    return not (isinstance(kind, type) and issubclass(kind, Iterable)) or _fits_several(value, kind, parts)


def _fits_several(value: Any, kind: type, parts: tuple[Any, ...]) -> bool:
    """Tell whether a value is a mapping, or a list of what is asked for, of as many parts as a tuple has."""
    if issubclass(kind, Mapping):
        return isinstance(value, Mapping)
    if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping):
        return False
    if kind is tuple and Ellipsis not in parts and len(list(value)) != len(parts):
        return False
    return not parts or all(_fits(one, parts[0]) for one in value)


def _is_plain(value: Any, kind: Any) -> bool:
    """Tell whether a value is yes or no, a number, or None; a missing number is none."""
    if kind is types.NoneType:
        return value is None
    if isinstance(value, bool | np.bool_):
        return kind is bool
    return (kind is int and isinstance(value, Integral)) or (
        kind is float and isinstance(value, Real) and bool(value == value)
    )


def _words(hint: Any) -> list[str]:
    kind, parts = get_origin(hint) or hint, get_args(hint)
    if kind in (Union, types.UnionType):
        return list(dict.fromkeys(word for part in parts for word in _words(part)))
    if kind is Literal:
        return ["text"]
    fallback = "mapping" if isinstance(kind, type) and issubclass(kind, Mapping) else "list"
    return [_WORDS.get(kind, fallback)]
