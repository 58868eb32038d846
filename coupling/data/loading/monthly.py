"""Sources that give one value a month: they serve monthly studies and no others."""

from __future__ import annotations

from collections.abc import Mapping

from coupling.data.clocks.clock import load_clock
from coupling.data.clocks.ticks import Frequency
from coupling.data.instrument import HOURLY, Instrument
from coupling.data.observations import Observations
from coupling.errors import AlignmentError

__all__ = ["is_monthly", "monthly_flags", "refuse_monthly", "serving"]


def is_monthly(clock: str) -> bool:
    """Tell whether a clock (or the clocks of a formula) is of monthly values.

    Examples
    --------
    >>> is_monthly("MONTH"), is_monthly("MOF"), is_monthly("MONTH and H15")
    (True, False, True)
    """
    names = [name for name in clock.split(" and ") if name and name != HOURLY]
    return any(load_clock(name).monthly for name in names)


def serving(instrument: Instrument, frequency: Frequency | str) -> tuple[Instrument, str]:
    """Return an instrument with the sources that may serve a frequency, and why the others may not.

    Examples
    --------
    >>> from coupling.data.instrument import resolve
    >>> serving(resolve("JGB10Y"), "1d")[1]
    'fred IRLTLT01JPM156N gives monthly averages, refused at a frequency of 1d'
    """
    refused = [entry for entry in instrument.sources if is_monthly(entry.clock)]
    if frequency == Frequency.MONTHLY or not refused:
        return instrument, ""
    kept = tuple(entry for entry in instrument.sources if entry not in refused)
    named = f"{refused[0].provider} {refused[0].symbol}"
    return instrument.model_copy(update={"sources": kept}), (
        f"{named} gives monthly averages, refused at a frequency of {frequency}"
    )


def refuse_monthly(observations: Mapping[str, Observations], frequency: Frequency) -> None:
    """Raise `AlignmentError` where monthly values would stand at ticks of a higher frequency."""
    if frequency is Frequency.MONTHLY:
        return
    for name, symbol in _monthly(observations).items():
        raise AlignmentError(
            f"{name} comes from {symbol} as monthly averages, and alignment.frequency is {frequency}; set it to "
            "1mo, or use a daily source."
        )


def monthly_flags(observations: Mapping[str, Observations]) -> tuple[str, ...]:
    """Say of each monthly series what its changes are."""
    return tuple(
        f"{name} is MONTHLY ({symbol}): each value is the average of a month, so its changes are smoothed and lag by "
        "about half a month; a correlation with changes between month-ends is pulled towards 0."
        for name, symbol in _monthly(observations).items()
    )


def _monthly(observations: Mapping[str, Observations]) -> dict[str, str]:
    origins = {name: item.origin for name, item in observations.items() if item.origin is not None}
    return {name: origin.symbol for name, origin in origins.items() if is_monthly(origin.clock)}
