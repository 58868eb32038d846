"""Is this coupling real? Cross-asset coupling with intervals, from aligned data to a verdict.

The names below are loaded on first use; the rest is reached through its room, such as `coupling.correlation`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from coupling.machine.late import UNUSED, waiting
from coupling.version import __version__

if TYPE_CHECKING:
    from coupling.claims import load_claims
    from coupling.comparison import compare
    from coupling.correlation import RollingCorrelation
    from coupling.data.frames import align
    from coupling.data.instrument import instruments
    from coupling.data.panel import Panel
    from coupling.direction import Spillover
    from coupling.events import EventStudy, LocalProjection, load_events
    from coupling.report import write_page as write_page
    from coupling.study import load_panel, load_study, run

_HOMES = {
    "EventStudy": "coupling.events",
    "LocalProjection": "coupling.events",
    "Panel": "coupling.data.panel",
    "RollingCorrelation": "coupling.correlation",
    "Spillover": "coupling.direction",
    "align": "coupling.data.frames",
    "compare": "coupling.comparison",
    "load_claims": "coupling.claims",
    "instruments": "coupling.data.instrument",
    "load_events": "coupling.events",
    "load_panel": "coupling.study",
    "load_study": "coupling.study",
    "run": "coupling.study",
    "write_page": "coupling.report",  # by which a result writes itself: the record knows no page
}

__all__ = [
    "EventStudy",
    "LocalProjection",
    "Panel",
    "RollingCorrelation",
    "Spillover",
    "__version__",
    "align",
    "compare",
    "instruments",
    "load_claims",
    "load_events",
    "load_panel",
    "load_study",
    "run",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'coupling' has no attribute {name!r}")
    value = getattr(_home(_HOMES[name]), name)
    globals()[name] = value
    return value


def _home(module: str) -> Any:
    """Import a module; where it fails because another project's package lies in the same folder, say so."""
    try:
        with waiting(*UNUSED):
            return import_module(module)
    except ImportError as error:
        from coupling.machine.distribution import beside

        other = beside()
        if not other:
            raise
        raise ImportError(f"{error}; {other}") from error


def __dir__() -> list[str]:
    return __all__
