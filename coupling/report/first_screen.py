"""The first screen: the answer and its picture, made from the findings of a study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from coupling.report import told
from coupling.report.pair_rows import Pair, PairRow, pairs_of, rows_of, side_axis, span_of
from coupling.report.strokes import Axis, Mark, hue_of, marks, time_axis
from coupling.results.age import Age, age_of
from coupling.results.answered import Answered
from coupling.results.base import Result
from coupling.results.finding import Finding
from coupling.results.open_row import OpenRow
from coupling.results.verdicts import Claimed

__all__ = ["FirstScreen", "first_screen"]

FEW, OPEN, ERRORS, NEWS = 7, 8, 3, 5
SHORT = 180  # letters of an error that is read at a glance
HEADED = ("coupled", "changed", "responds", "claim")


@dataclass(frozen=True)
class EventRow:
    """The response of one instrument."""

    name: str
    hue: str
    mark: Markup
    number: str
    interval: str
    note: str


@dataclass(frozen=True)
class EventBlock:
    """The responses to the events, since the instant."""

    title: str
    anchor: str
    rows: tuple[EventRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ClaimBlock:
    """The claims, counted by verdict, with what is wrong about some of them."""

    total: int
    counts: tuple[tuple[str, int], ...]
    strip: Markup
    errors: tuple[OpenRow, ...]


@dataclass(frozen=True)
class NewsBlock:
    """What changed since another run."""

    title: str
    changes: tuple[str, ...]
    told: str


@dataclass(frozen=True)
class FirstScreen:
    """What the first screen shows; a block that is None leaves no gap."""

    headline: str
    age: Age
    rests: tuple[tuple[str, str], ...]
    layout: str
    rows: tuple[PairRow, ...]
    more: tuple[PairRow, ...]
    missing: tuple[str, ...]
    path_title: str
    now_title: str
    since: str
    dates: Markup
    scale: Markup
    notes: tuple[str, ...]
    events: EventBlock | None
    claims: ClaimBlock | None
    news: NewsBlock | None


def first_screen(study: Answered) -> FirstScreen:
    """Return what the first screen of a study shows.

    Parameters
    ----------
    study : Answered
    """
    pairs = pairs_of(study)
    rows = rows_of(pairs, focus=study.focus)
    layout = "" if not rows else "large" if len(rows) == 1 else "rows" if len(rows) <= FEW else "forest"
    span, splits = span_of(pairs), [pair.since for pair in pairs if pair.since is not None]
    shown = OPEN if layout == "forest" else len(rows)
    judged = {pair.name for pair in pairs} | {study.focus}
    return FirstScreen(
        headline=study.headline,
        age=age_of(study),
        rests=tuple(_rests(study)),
        layout=layout,
        rows=tuple(rows[:shown]),
        more=tuple(rows[shown:]),
        missing=tuple(o.instrument for o in study.provenance.origins if rows and o.instrument not in judged),
        path_title=_path_title(pairs),
        now_title=_now_title(study),
        since=f"{splits[0]:%Y-%m-%d}" if splits else "",
        dates=time_axis(span) if span else Markup(""),
        scale=_scale(side_axis(pairs)) if rows else Markup(""),
        notes=_notes(each for pair in pairs for each in (pair.now, pair.change) if each is not None),
        events=_events(study),
        claims=_claims(study),
        news=_news(study.since),
    )


def _results(study: Answered) -> dict[str, Result]:
    return {result.name: result for result in study.results if isinstance(result, Result)}


def _rests(study: Answered) -> Iterable[tuple[str, str]]:
    """Say on what the headline rests, each part with the anchor of its evidence."""
    results, seen = _results(study), set[str]()
    for finding in study.found:
        if not (finding.primary and finding.question in HEADED and finding.evidence in results.keys() - seen):
            continue
        seen.add(finding.evidence)
        title = results[finding.evidence].title
        if finding.question == "responds":
            yield f"{_events_name(finding)}: {_episodes(finding)}", finding.evidence
        elif finding.question == "claim":
            yield (
                _count(sum(each.question == "claim" and each.primary for each in study.found), "claim"),
                finding.evidence,
            )
        else:
            yield title, finding.evidence


def _path_title(pairs: Iterable[Pair]) -> str:
    """Return the title of the path that most rows show."""
    named = Counter(pair.path_title for pair in pairs if pair.path_title)
    return named.most_common(1)[0][0] if named else ""


def _now_title(study: Answered) -> str:
    """Return the title of the estimate that most rows show."""
    results = _results(study)
    named = Counter(each.evidence for each in study.found if each.primary and each.question == "coupled")
    return results[named.most_common(1)[0][0]].title if named and named.most_common(1)[0][0] in results else ""


def _scale(axis: Axis) -> Markup:
    """Return the numbers above the marks."""
    texts = "".join(
        f'<text x="{axis.at(tick)}%" y="12" class="{_anchor(axis.at(tick))}">{f"{tick:g}".replace("-", "−")}</text>'
        for tick in axis.ticks
    )
    return Markup(f'<svg class="own axis" height="16" aria-hidden="true">{texts}</svg>')


def _anchor(place: float) -> str:
    return "from" if place < 5 else "to" if place > 95 else "mid"


def _notes(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the cautions of the rows, each once, with the instruments that it is about."""
    about: dict[str, list[str]] = {}
    for finding in findings:
        for caution in finding.cautions:
            names = about.setdefault(caution, [])
            names += [] if finding.subject[-1] in names else [finding.subject[-1]]
    return tuple(f"{', '.join(names)}: {caution}" for caution, names in about.items())


def _events(study: Answered) -> EventBlock | None:
    """Return the responses of all instruments to the events on which the headline rests."""
    lead = next((each for each in study.found if each.primary and each.question == "responds"), None)
    if lead is None:
        return None
    same = [each for each in study.found if each.question == "responds" and _asked(each) == _asked(lead)]
    known = sorted((each for each in same if each.estimate is not None), key=lambda each: each is not lead)
    axes = {unit: _reach(each for each in known if each.unit == unit) for unit in dict.fromkeys(e.unit for e in known)}
    rows = tuple(_event_row(each, axes[each.unit]) for each in known)
    notes = [f"* {note[:1].upper()}{note[1:]}." for note in dict.fromkeys(n for e in known for n in e.cautions)]
    notes += ["Each unit has its own scale."] if len(axes) > 1 else []
    title = f"{_events_name(lead)}: response since the instant, {_episodes(lead)}, {lead.specification}"
    return EventBlock(title, lead.evidence, rows, tuple(notes))


def _asked(finding: Finding) -> tuple[str, ...]:
    return (finding.evidence, *finding.subject[1:], finding.specification)


def _reach(findings: Iterable[Finding]) -> Axis:
    """Return an axis around zero, as far on either side as any interval reaches."""
    ends = [abs(end) for each in findings for end in (each.estimate, each.lower, each.upper) if end is not None]
    reach = max(ends, default=1.0) * 1.04 or 1.0
    return Axis(-reach, reach)


def _event_row(finding: Finding, axis: Axis) -> EventRow:
    name, span = finding.subject[0], told.interval(finding)
    text = f"{told.number(finding)} {finding.unit}".strip()
    mark = Mark(finding.estimate or 0.0, finding.lower, finding.upper, full=told.is_significant(finding))
    label = f"Response of {name}: {text}{f' ({span})' if span else ''}"
    drawn = marks([mark], axis, label=label, hue=hue_of(name), height=22, grid=False)
    return EventRow(name, hue_of(name), drawn, text, span, "*" if finding.cautions else "")


def _events_name(finding: Finding) -> str:
    return finding.subject[-1].replace("_", " ").capitalize()


def _episodes(finding: Finding) -> str:
    return _count(int(finding.n or 0), "episode")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _claims(study: Answered) -> ClaimBlock | None:
    verdicts = [str(each.verdict) for each in study.found if each.primary and each.question == "claim"]
    if not verdicts:
        return None
    counted = Counter(verdicts)
    order = (Claimed.CONTRADICTED, Claimed.PARTLY, Claimed.SUPPORTED, Claimed.UNDECIDED, Claimed.NOT_TESTABLE)
    counts = tuple((verdict.value, counted[verdict]) for verdict in order if counted[verdict])
    entries = (entry for result in _results(study).values() for entry in result.entries)
    errors = sorted((entry for entry in entries if entry.error), key=lambda entry: len(entry.error) > SHORT)
    return ClaimBlock(len(verdicts), counts, _strip(counts, len(verdicts)), tuple(errors[:ERRORS]))


def _strip(counts: tuple[tuple[str, int], ...], total: int) -> Markup:
    """Return the verdicts as parts of one bar, each with its count."""
    parts, start = [], 0.0
    for verdict, count in counts:
        share = 100 * count / total
        kind = f"v-{verdict.replace(' ', '-')}"
        parts.append(f'<rect class="{kind}" x="{start:.2f}%" width="{share:.2f}%" y="0" height="100%"/>')
        parts.append(f'<text class="{kind}" x="{start + share / 2:.2f}%" y="21">{count}</text>')
        start += share
    label = ", ".join(f"{count} {verdict}" for verdict, count in counts)
    return Markup(f'<svg class="own strip" height="30" role="img" aria-label="{label}">{"".join(parts)}</svg>')


def _news(since: Result | None) -> NewsBlock | None:
    """Return the verdicts that the headline rests on and that changed, and how much else did."""
    if since is None:
        return None
    frame: pd.DataFrame = since.frame
    turned = frame[(frame["what"] == "verdict changed") & frame["primary"].astype(bool)] if len(frame) else frame
    changes = tuple(
        f"{row['subject']}, {row['question']}: {row['verdict before']} → {row['verdict now']}"
        for row in turned.to_dict("records")[:NEWS]
    )
    return NewsBlock(
        since.title,
        changes,
        str(since.sentence.sentences[0]) if hasattr(since.sentence, "sentences") else since.sentence,
    )
