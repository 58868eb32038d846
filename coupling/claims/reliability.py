"""The probability that is printed: the models' range, moved or widened by what their past forecasts allow."""

from __future__ import annotations

from collections.abc import Sequence

from coupling.claims.ledger_entry import middle, span
from coupling.claims.origins import OriginsRecord
from coupling.claims.probability import CALIBRATABLE, Chance
from coupling.inference.calibration import ENOUGH, Calibration, least_shown, shown_range
from coupling.text.wording import p_value, written_range

__all__ = ["printed", "range_words", "record_words"]


def printed(chances: Sequence[Chance], record: OriginsRecord | None) -> tuple[float, float, float]:
    """Return the probability and the range that may be printed; missing where no model gives any.

    With at least 100 non-overlapping past origins all three are recalibrated by one intercept; with fewer the range is
    widened to what the origins can show. Without a record they are those of the models.
    """
    mean, (low, high) = middle(chances), span(chances)
    if record is None or mean != mean:
        return mean, low, high
    found = record.calibration
    return found.moved(mean), *shown_range(low, high, found)


def range_words(chances: Sequence[Chance], record: OriginsRecord | None) -> str:
    """Write the range that may be printed."""
    return written_range(*printed(chances, record)[1:]) or "from no model"


def record_words(chances: Sequence[Chance], record: OriginsRecord | None) -> str:
    """Say on what a probability rests: the models' own range, what their past forecasts said, and what happened.

    Nothing is said where no model gives a probability, or no record was asked for.
    """
    if record is None or middle(chances) != middle(chances):
        return ""
    found, alone = record.calibration, written_range(*span(chances))
    if not found.dates:
        return f"models alone {alone}; no non-overlapping historical window to check them on: not calibratable"
    first = f"recalibrated from {alone}" if found.dates >= ENOUGH else f"models alone {alone}"
    return f"{first}; {_past(found)}{_limit(found)}"


def _past(found: Calibration) -> str:
    plural = "" if found.origins == 1 else "s"
    over = f"{found.origins} non-overlapping historical window{plural}"
    if found.dates < found.origins:
        over = f"{found.origins} historical windows of {found.dates} independent dates"
    tested = f", {p_value(found.p_value)}" if found.p_value == found.p_value else ""
    return f"over {over} they said {_share(found.said)} and {_share(found.happened)} happened{tested}"


def _share(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


def _limit(found: Calibration) -> str:
    """Say where the past is too short to check a probability, and what it can show at most."""
    if found.dates >= CALIBRATABLE:
        return ""
    least = 100 * least_shown(found.dates)
    bounds = f"no upper bound below {least:.0f} % or lower bound above {100 - least:.0f} %"
    return f"; {found.dates} can show {bounds}: not calibratable"
