"""The upper limit of every number that a user can give, in one table, by the name of the parameter.

What a limit is for: a slip of the hand (a million for a thousand) is told at once, not after hours.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from numbers import Real
from types import MappingProxyType
from typing import Any

from coupling.errors import InputError
from coupling.limits.kinds import MANY_DIGITS, require_kinds, shown

__all__ = ["LEAST", "UPPER", "beyond", "require_limits", "require_within"]

ROWS, FIGURE = 1_000_000, 1e15

UPPER: Mapping[str, float] = MappingProxyType(
    {
        # draws
        "replications": 100_000,
        # rows
        "window": ROWS,
        "min_rows": ROWS,
        "min_segment": ROWS,
        "block": ROWS,
        "training": ROWS,
        "every": ROWS,
        "min_baseline": ROWS,
        "lag": ROWS,
        "observations_per_year": ROWS,
        "alarms_per_year": ROWS,
        "shift": 2,
        "halflife": 1e9,
        "refractory": 100_000,
        "estimation_window": 100_000,
        "event_window": 1_000,
        "sessions": 1_000,
        # steps ahead and back
        "horizon": 1_000,
        "horizons": 1_000,
        "lags": 100,
        "max_lags": 100,
        "max_lag": 1_000,
        "leads_lags": 1_000,
        "max_breaks": 100,
        "n_breaks": 100,
        # time
        "hours": 1_000,
        "max_hours": 1_000,
        "step_hours": 1_000,
        "reference_days": 10_000,
        "days": 10_000,
        "search": 1_000,
        "weeks": 5_000,
        "duration": 100_000,
        "annualisation": ROWS,
        # work at once
        "combinations": 100_000,
        "n_jobs": 256,
        # shares and what stays below one
        "level": 1,
        "min_share": 1,
        "share": 1,
        "probability": 1,
        "quantile": 1,
        "trim": 1,
        "kappa1": 1,
        "kappa2": 1,
        "threshold": 100,
        "digits": 9,
        # figures of the field and of claims
        "critical_value": 1_000,
        "gamma": 1e6,
        "initial_variance": FIGURE,
        "value": FIGURE,
        "factor": 1e9,
        "tolerance": FIGURE,
        "smallest": FIGURE,
        "least": FIGURE,
        "above": FIGURE,
        "below": FIGURE,
        "seed": 2**63 - 1,
        "random_state": 2**63 - 1,
    }
)

LEAST: Mapping[str, float] = MappingProxyType({"replications": 1, "halflife": 0.001, "seed": 0, "random_state": 0})
"""The least of what fails in the arithmetic below it; estimators ask for more where a figure needs more."""


def beyond(name: str, value: object) -> str:
    """Say in a sentence's part why a number, or one of several, lies beyond its limit; empty where none does.

    Examples
    --------
    >>> beyond("replications", 10**9)
    'replications=1,000,000,000 is beyond its limit of 100,000'
    >>> beyond("event_window", (-5, 10)), beyond("title", 10**9)
    ('', '')
    """
    limit = UPPER.get(name)
    if limit is None:
        return ""
    numbers: tuple[Any, ...] = tuple(value) if isinstance(value, tuple | list) else (value,)
    for number in numbers:
        if isinstance(number, Real) and abs(number) > limit:  # type: ignore[operator]
            return f"{name}={_figure(number)} is beyond its limit of {_figure(limit)}"
    return ""


def require_within(name: str, value: object) -> None:
    """Raise InputError if a number, or one of several, lies beyond the limit of its name."""
    told = beyond(name, value)
    if told:
        advice = "use a share between 0 and 1, such as 0.95" if UPPER[name] == 1 else "use a smaller one"
        raise InputError(f"{told}; {advice}.")


@cache
def _parameters(cls: type) -> tuple[str, ...]:
    return tuple(inspect.signature(cls).parameters)


def require_limits(estimator: object) -> None:
    """Raise InputError if a parameter of an estimator's constructor is of another kind, or beyond its limits.

    Examples
    --------
    >>> from coupling.direction import LeadLag
    >>> require_limits(LeadLag(replications=10**8))
    Traceback (most recent call last):
        ...
    coupling.errors.InputError: replications=100,000,000 is beyond its limit of 100,000; use a smaller one.
    """
    require_kinds(estimator)
    kind: Any = type(estimator)
    for name in _parameters(kind):
        value: Any = getattr(estimator, name, None)
        require_within(name, value)
        if isinstance(value, Real) and value < LEAST.get(name, value):
            raise InputError(f"{name}={_figure(value)} is below its least, {_figure(LEAST[name])}; use a larger one.")


def _figure(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < MANY_DIGITS else shown(value)
    return f"{value:,.6g}"
