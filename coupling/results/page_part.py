"""A part of a room's page, declared in its own file: a page finds its parts, so that a new figure is one new file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from coupling.results.base import Result

__all__ = ["PagePart", "parts_of"]


@dataclass(frozen=True, kw_only=True)
class PagePart:
    """What a page shows in one place; a module of the page that holds one calls it ``PART``.

    Parameters
    ----------
    place : int
        Where it stands: parts go by their places. Leave room between two for what comes later.
    section : str
        Entry of the room's section that asks for it, and whose parameters it takes; empty for what is always asked and
        takes the section.
    name, title : str
        Of its result, or of its failure.
    make : callable
        From the parameters and the room's context to the result.
    """

    place: int
    section: str
    name: str
    title: str
    make: Callable[[Any, Any], Result]


def parts_of(page: ModuleType) -> tuple[PagePart, ...]:
    """Return the parts that the modules of a page declare, in the order of the page.

    Examples
    --------
    >>> from coupling.correlation import page
    >>> [part.name for part in parts_of(page)][:2]
    ['correlation-headline', 'correlation-rolling']
    """
    modules = (import_module(f"{page.__name__}.{each.name}") for each in iter_modules(page.__path__))
    parts = [part for module in modules if isinstance(part := getattr(module, "PART", None), PagePart)]
    return tuple(sorted(parts, key=lambda part: (part.place, part.name)))
