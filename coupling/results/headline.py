"""The headline of a study: one sentence from the verdicts of its primary findings, and nothing beyond them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from coupling.results.finding import Finding
from coupling.results.verdicts import Changed, Claimed, Coupled, Responds

__all__ = ["MOST_WORDS", "headline"]

MOST_WORDS = 20
_MOST_NAMES = (4, 3, 2, 1, 0)
_OPEN = ("not changed", "not coupled", "not responds")
_IN_TEXT = ("changed", "unchanged", "coupled", "depends_on_baseline", "responds", "claim", *_OPEN)
_BY_WEIGHT = ("changed", "coupled", "depends_on_baseline", "responds", "claim", "unchanged", *_OPEN)
_NOTHING = {"changed": "change", "coupled": "coupling", "responds": "response"}


def headline(findings: Iterable[Finding], *, most: int = MOST_WORDS) -> str:
    """Return what the primary findings say in at most `most` words; empty where there are none.

    Changes come first, then couplings, events and claims; a change that depends on the baseline is none yet and stands
    after the couplings. What is established goes before what is not, and *not established* is said as such; that
    nothing changed gives way where the words do not suffice for all.

    Parameters
    ----------
    findings : iterable of Finding
    most : int
        Words.

    Examples
    --------
    >>> from coupling.results.finding import Finding
    >>> from coupling.results.verdicts import Coupled
    >>> pair = {"question": "coupled", "quantity": "correlation"}
    >>> spx = Finding(subject=("BTC", "SPX"), verdict=Coupled.COUPLED, estimate=0.43, **pair)
    >>> gold = Finding(subject=("BTC", "GOLD"), verdict=Coupled.NOT_ESTABLISHED, estimate=0.01, **pair)
    >>> headline([spx, gold])
    'BTC is coupled with SPX; no coupling with GOLD was established'
    """
    primary = [each for each in findings if each.primary]
    told = [_chosen(_established(primary, names), {}, primary, most) for names in _MOST_NAMES]
    kept = max(told, key=len)
    unknown = [question for question in _NOTHING if _open(primary, question, 0)]
    if not kept and len(unknown) > 1:
        return _headed([_none([_NOTHING[question] for question in unknown])], primary)
    for question in unknown:
        ways = ({f"not {question}": _open(primary, question, names)} for names in _MOST_NAMES)
        kept = max((_chosen(way, kept, primary, most) for way in ways), key=len)
    return _headed(_in_order(kept), primary) if kept else ""


def _chosen(
    clauses: Mapping[str, str], kept: Mapping[str, str], primary: Sequence[Finding], most: int
) -> dict[str, str]:
    """Return the clauses kept and as many more as the words allow, each whole, the first ones first."""
    told = dict(kept)
    for key in sorted(clauses, key=_BY_WEIGHT.index):
        if len(_headed(_in_order({**told, key: clauses[key]}), primary).split()) <= most:
            told[key] = clauses[key]
    return told


def _in_order(clauses: Mapping[str, str]) -> list[str]:
    return [clauses[key] for key in sorted(clauses, key=_IN_TEXT.index)]


def _headed(clauses: Sequence[str], primary: Sequence[Finding]) -> str:
    text = "; ".join(clauses)
    focus = next((each.subject[0] for each in primary if each.question in ("changed", "coupled")), "")
    if text.startswith("whether") and f"{focus} is" not in text:
        return text.replace("whether the", f"Whether {focus}'s", 1)
    return text[:1].upper() + text[1:]


def _established(primary: Sequence[Finding], names: int) -> dict[str, str]:
    """Return what is established, by its key."""
    asked = {question: [each for each in primary if each.question == question] for question in _QUESTIONS}
    return {key: told for question, make in _QUESTIONS.items() for key, told in make(asked[question], names)}


def _open(primary: Sequence[Finding], question: str, names: int) -> str:
    """Say where a question has no answer, which is no answer to it; empty where it has one for all."""
    asked = [each for each in primary if each.question == question]
    group = [each for each in asked if each.verdict == "not_established"]
    return _unknown(question, group, len(asked), names) if group else ""


def _none(words: Sequence[str]) -> str:
    """Say of which questions nothing was established."""
    listed = ", ".join(words[:-1]) + (" or " if len(words) > 1 else "") + words[-1]
    return f"no {listed} was established"


def _unknown(question: str, group: Sequence[Finding], total: int, names: int) -> str:
    """Say where a question has no answer, which is no answer to it."""
    word = _NOTHING[question]
    if question == "responds":
        return f"no {word} to {_events(group)} was established"
    if len(group) == total:
        return f"no {word} was established"
    return f"no {word} with {_named(group, total, names)} was established"


def _changed(group: Sequence[Finding], names: int) -> Iterator[tuple[str, str]]:
    total = len(group)
    for verdict, form in _CHANGES.items():
        found = [each for each in group if each.verdict is verdict]
        if found:
            yield verdict.value, form.format(focus=found[0].subject[0], others=_named(found, total, names))


_CHANGES = {
    Changed.CHANGED: "{focus}'s correlation with {others} changed",
    Changed.DEPENDS_ON_BASELINE: "whether the correlation with {others} changed depends on the baseline",
    Changed.UNCHANGED: "{focus}'s correlation with {others} is unchanged",
}


def _coupled(group: Sequence[Finding], names: int) -> Iterator[tuple[str, str]]:
    """Say with what the focus is coupled, in which direction, and how weakly."""
    said: list[str] = []
    for verdict, sign, first, words in _COUPLINGS:
        found = [each for each in group if each.verdict is verdict and (sign == 0 or _sign(each) == sign)]
        if found:
            said.append(f"{words if said else first} {_named(found, len(group), names)}")
    if said:
        yield "coupled", f"{group[0].subject[0]} is {', '.join(said)}"


_COUPLINGS = (
    (Coupled.COUPLED, 1, "coupled with", ""),
    (Coupled.COUPLED, -1, "inversely coupled with", "inversely with"),
    (Coupled.WEAK, 0, "weakly coupled with", "weakly with"),
    (Coupled.NOT_COUPLED, 0, "not coupled with", "not with"),
)


def _sign(finding: Finding) -> int:
    return 1 if (finding.estimate or 0.0) >= 0 else -1


def _responds(group: Sequence[Finding], names: int) -> Iterator[tuple[str, str]]:  # noqa: ARG001
    for verdict, words in ((Responds.RESPONDS, "responds to"), (Responds.NO_RESPONSE, "shows no response to")):
        found = [each for each in group if each.verdict is verdict]
        if found:
            yield "responds", f"{found[0].subject[0]} {words} {_events(found)}"


def _events(group: Sequence[Finding]) -> str:
    return group[0].subject[-1].replace("_", " ")


def _claims(group: Sequence[Finding], names: int) -> Iterator[tuple[str, str]]:  # noqa: ARG001
    """Count the claims that are contradicted, else those that are supported."""
    for verdict in (Claimed.CONTRADICTED, Claimed.SUPPORTED):
        count = sum(each.verdict is verdict for each in group)
        if count:
            claims = "claim" if len(group) == 1 else "claims"
            yield "claim", f"{count} of {len(group)} {claims} {'is' if count == 1 else 'are'} {verdict.value}"
            return


def _named(group: Sequence[Finding], total: int, names: int) -> str:
    """Name the other instruments, the strongest first; those beyond `names` are counted."""
    order = sorted(group, key=lambda each: -abs(each.estimate or 0.0))
    others = [each.subject[-1] for each in order]
    if not names:
        return f"{len(others)} of {total} instruments"
    if len(others) <= names:
        shown = others
    else:
        left = len(others) - names
        shown = [*others[:names], f"{left} {'other' if left == 1 else 'others'}"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


_QUESTIONS = {"changed": _changed, "coupled": _coupled, "responds": _responds, "claim": _claims}
