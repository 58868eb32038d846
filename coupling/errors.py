"""Every error that the toolkit raises on purpose, each with the exit code of the command line.

A message is one sentence that says what was wrong, the value seen, where, and the next step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

__all__ = [
    "AlignmentError",
    "ConfigurationError",
    "CouplingError",
    "DataError",
    "InputError",
    "SourceError",
    "TooShortError",
    "gravest_first",
    "nearest",
]


_GRAVEST_FIRST = (2, 3, 4, 1, 0)
_LONG = re.compile(r"(\S{100})\S{200,}")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class CouplingError(Exception):
    """Base of every error raised on purpose; `exit_code` is what the command line returns."""

    exit_code = 1


class InputError(CouplingError, ValueError):
    """An estimator was given something that it cannot use."""


class TooShortError(InputError):
    """The sample is shorter than an estimator needs; what nobody asked for by name is then left out."""


class AlignmentError(InputError):
    """The observations cannot be brought onto the ticks that were asked for."""


class DataError(CouplingError):
    """Data could not be had, or a file cannot be read as what it claims to be."""

    exit_code = 3


class SourceError(DataError):
    """A source gave no usable rows of a series.

    Parameters
    ----------
    reason : str
        What happened.
    source, symbol, span : str
        Who was asked for which series and which dates.
    next_step : str
        What the user can do.

    Examples
    --------
    >>> str(SourceError("no such series", source="fred", symbol="X", span="all dates", next_step="check the name"))
    'fred X (all dates): no such series; check the name.'
    """

    def __init__(self, reason: str, *, source: str, symbol: str, span: str, next_step: str) -> None:
        self.reason, self.source, self.symbol, self.span, self.next_step = reason, source, symbol, span, next_step
        super().__init__(f"{source} {symbol} ({span}): {reason}; {next_step}.")


class ConfigurationError(CouplingError, ValueError):
    """The configuration or the command is wrong.

    Parameters
    ----------
    message : str
        What was wrong, with the value seen and the next step.
    file : Path, optional
        The configuration file.
    line : int, optional
        Line of that file, counted from 1.
    path : str, optional
        Dotted path of the setting, such as ``correlation.rolling.window``.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        file: Path | None = None,
        line: int | None = None,
        path: str | None = None,
    ) -> None:
        message = _LONG.sub(r"\1…", message)  # a value seen may be of any length
        self.message, self.file, self.line, self.path = message, file, line, path
        path = path and _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", path)
        place = ":".join(str(part) for part in (file, line) if part is not None)
        super().__init__(": ".join(part for part in (place, path, message) if part))


def gravest_first(codes: Iterable[int]) -> list[int]:
    """Return exit codes, each once: a wrong configuration, missing data, an alert, a failure that is shown, done.

    Examples
    --------
    >>> gravest_first([1, 4, 2, 4])
    [2, 4, 1]
    """
    return sorted(set(codes), key=_GRAVEST_FIRST.index)


def nearest(word: str, known: Iterable[str], most: int | None = None) -> str:
    """Return a hint at the nearest known word, or at all of them (of very many at the first `most`).

    Examples
    --------
    >>> nearest("BTCC", ["BTC", "SPX"])
    "did you mean 'BTC'?"
    >>> nearest("xnys", ["BTC", "XNYS"])
    "did you mean 'XNYS'?"
    >>> nearest("gold", ["BTC", "SPX"])
    'known: BTC, SPX'
    >>> nearest("gold", ["BTC", "SPX", "VIX"], most=2)
    'known: BTC, SPX and 1 more'
    """
    words = sorted(known)
    alike = [each for each in words if each.casefold() == word.casefold()]
    close = alike or get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    more = f" and {len(words) - most} more" if most is not None and len(words) > most else ""
    return "known: " + ", ".join(words[:most]) + more
