"""How the room says its findings: shares in words, the verdict and the answer in one sentence."""

from __future__ import annotations

import math

from coupling.text.passage import Passage, Sentence

__all__ = ["ORDER_OF_CLOSES", "answer", "one_decimal", "percent", "verdict"]

ORDER_OF_CLOSES = (
    "The closes are not synchronous, so this is an artefact of them, and no claim about who moves whom can rest on it."
)


def percent(estimate: float, lower: float, upper: float) -> str:
    """Return a share with its interval in words.

    Examples
    --------
    >>> percent(12.59, 5.87, 22.0)
    '12.6 % (95 % interval 5.9 to 22.0)'
    >>> percent(12.59, float("nan"), float("nan"))
    '12.6 % (no interval: the model is not stable)'
    """
    if math.isnan(lower) or math.isnan(upper):
        return f"{one_decimal(estimate)} % (no interval: the model is not stable)"
    return f"{one_decimal(estimate)} % (95 % interval {one_decimal(lower)} to {one_decimal(upper)})"


def one_decimal(value: float) -> str:
    """Return a number with one decimal, and 0.0 without a sign.

    Examples
    --------
    >>> one_decimal(-0.04)
    '0.0'
    """
    text = f"{value:.1f}"
    return "0.0" if text == "-0.0" else text


def answer(spillovers: str, hours: str, *, one_instant: bool) -> Passage:
    """Say the verdict in one sentence where lead and lag go through many pairs.

    Parameters
    ----------
    spillovers : str
        What the spillovers say of the focus; empty where there are none.
    hours : str
        What lead and lag on true instants answer; empty where there is none.
    one_instant : bool
        Whether all is struck at one instant, so that spillovers over rows say who moves whom.
    """
    if not hours or (one_instant and spillovers):
        return Passage()
    order = "" if one_instant else "; daily changes show an artefact of non-synchronous closes only"
    return Passage(f"Asynchronous-adjusted, {hours}{order}.")


def verdict(spillovers: str, hours: Passage | None, *, one_instant: bool) -> Passage:
    """Rest on spillovers where rows are struck at one instant, and else on lead and lag on true instants."""
    if one_instant and spillovers:
        return Passage(spillovers)
    if hours is not None:
        parts = [point for sentence in hours.sentences for point in sentence.points]
        if not one_instant:
            parts.append("spillovers over these changes are an artefact of non-synchronous closes")
        return Passage(Sentence("Asynchronous-adjusted,", tuple(parts)))
    if spillovers:
        return Passage(
            "The closes are not synchronous, so the spillovers are no more than an artefact of non-synchronous closes."
        )
    return Passage("Nothing could be estimated, so nothing is said about who moves whom.")
