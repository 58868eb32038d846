"""The rules by which an interval supports or contradicts a claim, printed beside every verdict."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from scipy.special import ndtri, stdtr

from coupling.claims.leg import Effect, Figure
from coupling.claims.verdict import Variant, Verdict
from coupling.results.verdicts import Changed, Coupled, Responds

__all__ = [
    "effect_rule",
    "figure_rule",
    "hangs_on",
    "judge_effect",
    "judge_figure",
    "missed",
    "power_from",
    "ruled",
    "sensitive",
    "spread",
    "t_test",
    "upheld",
]

POWER = 0.8
ESTABLISHED = (Coupled.COUPLED, Coupled.WEAK, Changed.CHANGED, Responds.RESPONDS)


def judge_figure(leg: Figure, lower: float | None, upper: float | None) -> Verdict:
    """Hold an interval against a claimed figure and its tolerance."""
    low, high = leg.limits
    if lower is None or upper is None or math.isnan(lower + upper):
        return Verdict.UNDECIDED
    if low <= lower and upper <= high:
        return Verdict.SUPPORTED
    return Verdict.CONTRADICTED if upper < low or lower > high else Verdict.UNDECIDED


def figure_rule(leg: Figure) -> str:
    """Say the rule of `judge_figure`."""
    low, high = leg.limits
    return (
        f"Supported: the 95 % interval lies inside {low:g} to {high:g} (the figure with its tolerance). Contradicted: "
        "it excludes all of that. Else undecided."
    )


def judge_effect(leg: Effect, lower: float | None, upper: float | None) -> Verdict:
    """Hold an interval against a claimed direction and the smallest effect that matters."""
    if lower is None or upper is None or math.isnan(lower + upper):
        return Verdict.UNDECIDED
    above, below = lower > leg.smallest, upper < -leg.smallest
    if leg.side == "either":
        inside = -leg.smallest < lower and upper < leg.smallest
        return Verdict.SUPPORTED if above or below else Verdict.CONTRADICTED if inside else Verdict.UNDECIDED
    holds, fails = (above, upper < leg.smallest) if leg.side == "positive" else (below, lower > -leg.smallest)
    return Verdict.SUPPORTED if holds else Verdict.CONTRADICTED if fails else Verdict.UNDECIDED


def upheld(verdict: Verdict, answer: StrEnum) -> Verdict:
    """Support a claim of an effect only where the finding that it rests on establishes one.

    Examples
    --------
    >>> upheld(Verdict.SUPPORTED, Changed.CHANGED).value, upheld(Verdict.SUPPORTED, Changed.NOT_ESTABLISHED).value
    ('supported', 'undecided')
    """
    return Verdict.UNDECIDED if verdict is Verdict.SUPPORTED and answer not in ESTABLISHED else verdict


def effect_rule(leg: Effect) -> str:
    """Say the rule of `judge_effect`."""
    least = f"{leg.smallest:g}"
    if leg.side == "either":
        words = f"beyond ±{least}", f"inside ±{least}"
    elif leg.side == "positive":
        words = f"above {least}", f"below {least}"
    else:
        words = f"below -{least}", f"above -{least}"
    return (
        f"Supported: the 95 % interval lies {words[0]}, the smallest effect that matters. Contradicted: it lies "
        f"{words[1]}. Else undecided; a high p-value is not evidence of no effect."
    )


def power_from(lower: float, upper: float, level: float = 0.95) -> float:
    """Return the effect that a sample with this interval would show with 80 % power."""
    quantile = float(ndtri((1 + level) / 2))
    return (quantile + float(ndtri(POWER))) * (upper - lower) / (2 * quantile)


def t_test(estimate: float, error: float, freedom: float) -> float:
    """Return the two-sided p-value of an estimate against 0."""
    if not (error > 0 and math.isfinite(estimate)):
        return float("nan")
    return float(2 * stdtr(freedom, -abs(estimate) / error))


def ruled(leg: Effect | Figure, variants: Sequence[Variant]) -> tuple[Variant, ...]:
    """Return the variants with what the rule of the leg would say of each that has an interval."""

    def rule(variant: Variant) -> Variant:
        if variant.lower is None or variant.upper is None or variant.verdict is not None:
            return variant
        judge = judge_effect if isinstance(leg, Effect) else judge_figure
        return replace(variant, verdict=judge(leg, variant.lower, variant.upper))  # type: ignore[arg-type]

    return tuple(rule(variant) for variant in variants)


def missed(verdict: Verdict, detectable: float | None) -> str:
    """Say of what is undecided how large an effect would have been seen; nothing of the rest."""
    if verdict is not Verdict.UNDECIDED or detectable is None or math.isnan(detectable):
        return ""
    return f"; minimum detectable effect {detectable:.2g} (80 % power)"


def spread(variants: Sequence[Variant], form: str) -> str:
    """Say between which estimates the variants lie that have an interval; nothing where there are none."""
    known = [each.estimate for each in variants if each.estimate is not None and each.lower is not None]
    return f"; other specifications give {min(known):{form}} to {max(known):{form}}" if known else ""


def sensitive(verdict: Verdict, variants: Sequence[Variant]) -> bool:
    """Tell whether the same rule judges a variant otherwise."""
    return any(variant.verdict not in (None, verdict) for variant in variants)


def hangs_on(verdict: Verdict, variants: Sequence[Variant]) -> str:
    """Say how the same rule judges the variants, and which of them it would have judged to the contrary."""
    judged = [variant for variant in variants if variant.verdict is not None]
    if not judged:
        return ""
    if not sensitive(verdict, judged):
        every = {1: "The one variant says", 2: "Both variants say"}.get(len(judged), f"All {len(judged)} variants say")
        return f"{every} the same."
    counts = Counter(str(variant.verdict) for variant in judged)
    tally = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
    contrary = [v for v in judged if v.verdict not in (verdict, Verdict.UNDECIDED)]
    names = f" ({'; '.join(f'{each.name}: {each.verdict}' for each in contrary[:3])})" if contrary else ""
    return (
        f"The answer is sensitive to the specification: by the same rule the {len(judged)} variants are {tally}{names}."
    )
