"""How much time and memory work may take, told before it begins and not when it has crawled or failed."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from coupling.errors import InputError

__all__ = [
    "SECONDS",
    "Budget",
    "allowance",
    "allowed_seconds",
    "available_memory",
    "count",
    "duration",
    "refusals",
    "require_memory",
    "require_seconds",
    "size",
]

log = logging.getLogger("coupling")

SECONDS = 120.0
"""Estimated time above which work is not begun unasked."""

SILENT = 2.0
"""Estimated seconds that work may take without a word."""

TRIFLE = 1e6
"""Bytes about which nobody is asked."""

SHARE = 0.8
"""Share of the free memory that work may take."""

_GROUPS = (
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_inactive_file"),
)
"""Of either version of control groups: the files of limit, use and its parts, and the part that can be had back."""


@dataclass(frozen=True)
class Budget:
    """What work may take.

    Parameters
    ----------
    seconds : float
        Estimated time; infinity for any.
    memory : float, optional
        Bytes; by default four fifths of what the system has free, its control group's limit included.
    quiet : bool
        Whether long work is not announced: it is part of what was.
    """

    seconds: float = SECONDS
    memory: float | None = None
    quiet: bool = False

    @property
    def bytes(self) -> float:
        """The memory that may be taken."""
        return SHARE * available_memory() if self.memory is None else self.memory


_budget: ContextVar[Budget] = ContextVar("budget", default=Budget())  # noqa: B039 - it is frozen


_refused: list[str] = []
"""What this process refused, for want of memory or of allowed time."""


def refusals() -> int:
    """Return how often this process refused work: what came of it depends on the machine's state, not on the input."""
    return len(_refused)


@contextmanager
def allowance(*, seconds: float | None = None, memory: float | None = None, quiet: bool = False) -> Iterator[None]:
    """Allow the work in a block more, or less, than the budget.

    Parameters
    ----------
    seconds : float, optional
        Estimated time that work may take; ``float("inf")`` for any.
    memory : float, optional
        Bytes that it may take.
    quiet : bool
        Whether long work is not announced.

    Examples
    --------
    >>> with allowance(memory=1e6):
    ...     require_memory(2e6, "the table", "take a window less")
    Traceback (most recent call last):
        ...
    coupling.errors.InputError: the table would need 2.0 MB of memory, and 1.0 MB may be taken; take a window less.
    """
    held = _budget.get()
    changed = Budget(
        held.seconds if seconds is None else seconds, held.memory if memory is None else memory, held.quiet or quiet
    )
    token = _budget.set(changed)
    try:
        yield
    finally:
        _budget.reset(token)


def require_memory(needed: float, what: str, way_out: str) -> None:
    """Raise InputError, before anything is allocated, if it would not fit.

    Parameters
    ----------
    needed : float
        Bytes.
    what : str
        What needs them.
    way_out : str
        What the user can do.
    """
    if needed > TRIFLE and needed > (free := _budget.get().bytes):
        _refused.append(what)
        raise InputError(f"{what} would need {size(needed)} of memory, and {size(free)} may be taken; {way_out}.")


def require_seconds(needed: float, what: str, way_out: str) -> None:
    """Raise InputError, before anything begins, if it would take longer than is allowed unasked; say if it is long.

    Where nobody listens to the log, as in a script, the word goes to standard error.

    Parameters
    ----------
    needed : float
        Estimated seconds of one core.
    what : str
        What takes them.
    way_out : str
        What the user can do, besides allowing more.

    Examples
    --------
    >>> with allowance(seconds=1):
    ...     require_seconds(7200, "the intervals of 900 pairs", "take fewer")
    Traceback (most recent call last):
        ...
    coupling.errors.InputError: the intervals of 900 pairs would take about 2.0 hours, and 1 second is allowed \
unasked; take fewer, or allow more with coupling.limits.allowance(seconds=7200).
    """
    allowed = _budget.get().seconds
    if needed > allowed:
        is_are = "second is" if round(allowed) == 1 else "are"
        told = f"{allowed:.0f} {is_are}" if is_are != "are" else f"{duration(allowed)} are"
        _refused.append(what)
        raise InputError(
            f"{what} would take about {duration(needed)}, and {told} allowed unasked; {way_out}, "
            f"or allow more with coupling.limits.allowance(seconds={needed:.0f})."
        )
    if needed >= SILENT and not _budget.get().quiet:
        log.log(logging.INFO if log.hasHandlers() else logging.WARNING, "%s: about %s", what, duration(needed))


def allowed_seconds() -> float:
    """Return the estimated time that work may take unasked."""
    return _budget.get().seconds


def available_memory() -> float:
    """Return the bytes that a process can still get, as the system and its control group see it."""
    system = _meminfo()
    groups = [_free_in_group(Path("/sys/fs/cgroup"), *names) for names in _GROUPS]
    return min(system, *groups)


def _meminfo() -> float:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        return _physical()


def _physical() -> float:
    try:
        return float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return float("inf")


def _free_in_group(folder: Path, limit: str, used: str, parts: str, spare: str) -> float:
    try:
        most, held = (folder / limit).read_text().strip(), (folder / used).read_text().strip()
        stated = dict(line.split() for line in (folder / parts).read_text().splitlines())
        return max(0.0, float(most) - float(held) + float(stated.get(spare, 0)))
    except (OSError, ValueError):  # no group, or "max"
        return float("inf")


def size(needed: float) -> str:
    """Write a number of bytes.

    Examples
    --------
    >>> size(9.02e10), size(2e6), size(500)
    ('90.2 GB', '2.0 MB', '1 kB')
    """
    for unit, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if needed >= unit:
            return f"{needed / unit:,.1f} {name}"
    return f"{max(1, round(needed / 1000))} kB"


def count(number: int, what: str) -> str:
    """Write how many of something there are.

    Examples
    --------
    >>> count(1, "window"), count(4500, "pair")
    ('1 window', '4,500 pairs')
    """
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def duration(seconds: float) -> str:
    """Write a length of time.

    Examples
    --------
    >>> duration(45), duration(300), duration(3 * 3600), duration(5e6)
    ('45 seconds', '5 minutes', '3.0 hours', '58 days')
    """
    if seconds < 100:
        return f"{seconds:.0f} seconds"
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours" if seconds < 2 * 86400 else f"{seconds / 86400:,.0f} days"
