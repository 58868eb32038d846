"""A finding that differs between two runs, as the file of a watch holds it."""

from __future__ import annotations

from collections.abc import Sequence

from coupling.results.since import Pairing
from coupling.watch.reasons import why
from coupling.watch.record import Change, Reason

__all__ = ["change_of"]


def change_of(pair: Pairing, reasons: Sequence[Reason], instruments: Sequence[str]) -> Change:
    """Return one finding that has another verdict, is new or is gone, with the kinds of reasons that concern it."""
    shown, was, now = pair.shown, pair.before, pair.now
    return Change.model_validate(
        {
            "what": pair.what,
            "id": shown.id,
            "question": shown.question,
            "subject": list(shown.subject),
            "specification": shown.specification,
            "primary": shown.primary,
            "verdict_before": None if was is None else was.verdict,
            "verdict_now": None if now is None else now.verdict,
            **{f"{name}_before": None if was is None else getattr(was, name) for name in _NUMBERS},
            **{f"{name}_now": None if now is None else getattr(now, name) for name in _NUMBERS},
            "unit": shown.unit,
            "differs": pair.differs,
            "why": why(pair, reasons, instruments),
        }
    )


_NUMBERS = ("estimate", "lower", "upper")
