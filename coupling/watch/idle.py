"""Rules that a configuration states and that have nothing to look at: said, so that silence is not taken for calm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from coupling.errors import nearest
from coupling.study.watching import EventDetected, MonitorLeft, PredictionResolved, VerdictChanged, WatchRule
from coupling.watch.today import Today

__all__ = ["idle_rules"]


def idle_rules(today: Today) -> list[str]:
    """Return a sentence for every rule of the configuration that cannot ring; the rules by default pass in silence."""
    section = today.study.watch
    stated = () if section is None or "rules" not in section.model_fields_set else section.rules
    return [
        f"Rule {place} ({rule.rule}) has nothing to watch: {told}."
        for place, rule in enumerate(stated, 1)
        for told in _IDLE.get(type(rule), _never)(rule, today)
    ]


def _never(rule: Any, today: Today) -> Iterator[str]:  # noqa: ARG001
    yield from ()


def _monitor(rule: MonitorLeft, today: Today) -> Iterator[str]:  # noqa: ARG001
    if not any(each.question == "monitor" for each in today.record.findings):
        yield "the study has no monitor; ask it in the section change"


def _verdicts(rule: VerdictChanged, today: Today) -> Iterator[str]:
    asked = {each.question for each in today.record.findings}
    for question in rule.questions:
        if question not in asked:
            yield f"no finding answers the question {question!r}"
    known = sorted({name for each in today.record.findings for name in each.subject})
    for name in rule.subjects:
        if name not in known:
            yield f"no finding is about {name!r}; {nearest(name, known, most=8)}"


def _predictions(rule: PredictionResolved, today: Today) -> Iterator[str]:
    claims = {key.removesuffix(f"/{words}") for key, (_, words, _) in today.predictions.items()}
    if not claims:
        yield "no claim of the study is a prediction"
    for name in rule.claims if claims else ():
        if name not in claims:
            yield f"{name!r} is no claim with a prediction; {nearest(name, claims)}"


def _detector(rule: EventDetected, today: Today) -> Iterator[str]:  # noqa: ARG001
    if today.detected_to is None:
        yield "the study has no detector; ask it in the section events"


_IDLE: dict[type[WatchRule], Callable[[Any, Today], Iterator[str]]] = {
    MonitorLeft: _monitor,
    VerdictChanged: _verdicts,
    PredictionResolved: _predictions,
    EventDetected: _detector,
}
