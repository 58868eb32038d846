"""How the first screen says a finding: its verdict in a word or two, its numbers, and what qualifies it."""

from __future__ import annotations

from coupling.results.finding import Finding
from coupling.results.verdicts import Changed, Coupled, Responds
from coupling.text.typesetting import typeset
from coupling.text.wording import bound, p_value, signed, two

__all__ = ["change_line", "coupling_line", "interval", "is_significant", "number", "verdict_word"]

_WORDS: dict[str, str] = {
    Coupled.COUPLED: "Coupled",
    Coupled.WEAK: "Weak",
    Coupled.NOT_COUPLED: "Not coupled",
    Coupled.NOT_ESTABLISHED: "Not established",
}
_CHANGES: dict[str, str] = {
    Changed.CHANGED: "Changed from the earlier period",
    Changed.DEPENDS_ON_BASELINE: "Change depends on the baseline",
    Changed.UNCHANGED: "No change that matters",
    Changed.NOT_ESTABLISHED: "No change established",
}
_ESTABLISHED = (Coupled.COUPLED, Coupled.WEAK, Changed.CHANGED, Responds.RESPONDS)


def verdict_word(finding: Finding) -> str:
    """Return the verdict on a coupling as a heading; an inverse one says so.

    Examples
    --------
    >>> pair = {"question": "coupled", "subject": ("BTC", "USDJPY"), "quantity": "correlation"}
    >>> verdict_word(Finding(verdict=Coupled.COUPLED, estimate=-0.3, **pair))
    'Coupled (inverse)'
    """
    word = _WORDS.get(finding.verdict, str(finding.verdict).replace("_", " ").capitalize())
    inverse = finding.verdict is Coupled.COUPLED and (finding.estimate or 0.0) < 0
    return f"{word} (inverse)" if inverse else word


def is_significant(finding: Finding) -> bool:
    """Whether a mark is drawn full: the verdict is established, and survives the adjustment where there is one."""
    if finding.verdict not in _ESTABLISHED:
        return False
    return finding.p_adjusted is None or finding.p_adjusted <= 1 - finding.level + 1e-12


def number(finding: Finding) -> str:
    """Return the estimate with its sign: two decimals, one for basis points."""
    if finding.estimate is None:
        return "–"
    if finding.unit == "bp":
        return typeset(f"{finding.estimate:+.1f}")
    return typeset(signed(finding.estimate))


def interval(finding: Finding) -> str:
    """Return the interval; empty where there is none."""
    if finding.lower is None or finding.upper is None or not finding.has_interval:
        return ""
    if finding.unit == "bp":
        return typeset(f"{finding.lower:+.1f} to {finding.upper:+.1f}")
    return typeset(f"{bound(finding.lower, '+')} to {bound(finding.upper, '+')}")


def coupling_line(finding: Finding) -> str:
    """Say what qualifies a coupling: its adjusted p, what could have been seen, and the day that decides it."""
    tested = (
        finding.p_adjusted if finding.verdict is not Coupled.NOT_COUPLED else None
    )  # of which an interval is judged
    parts = [] if tested is None else [f"adjusted {p_value(tested)}"]
    if finding.verdict is Coupled.NOT_ESTABLISHED and finding.detectable is not None:
        parts.append(f"minimum detectable correlation {two(finding.detectable)}")
    if finding.fragile_on is not None:
        week = "the week to " if finding.method.endswith("overlaps") else ""
        parts.append(f"fragile: another verdict without {week}{finding.fragile_on}")
    return _joined(parts)


def change_line(finding: Finding) -> str:
    """Say whether it changed, what could have been seen, and the day on which that hangs."""
    parts = [_CHANGES[finding.verdict]]
    if finding.verdict is Changed.NOT_ESTABLISHED and finding.detectable is not None:
        parts.append(f"minimum detectable change {two(finding.detectable)}")
    if finding.fragile_on is not None:
        parts.append(f"fragile: another verdict without {finding.fragile_on}")
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]
