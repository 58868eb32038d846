"""A run of the watch as Markdown: alerts first, then what changed and why, then what is unchanged and how old it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from coupling.text.wording import listed, specified, two
from coupling.watch.record import Alert, Change, Morning, ReasonKind, SeriesAge, WatchRecord

__all__ = ["KINDS", "MARK", "compared_with", "markdown_text", "unchanged_words"]

MARK = "# Watch of "
KINDS: dict[ReasonKind, str] = {
    "new_data": "new data",
    "revision": "revision",
    "source": "another source",
    "configuration": "configuration",
    "software": "software",
}
_MARKED = re.compile(r"([\\`*_\[\]<>|#~])")
MOST = 60
"""Rows of the table of changes; the file for programs holds all."""


def markdown_text(record: WatchRecord) -> str:
    """Return a run as Markdown.

    Parameters
    ----------
    record : WatchRecord
    """
    alerts = sum(len(each.alerts) for each in record.studies)
    head = [f"{MARK}{record.ran_at:%Y-%m-%d %H:%M} UTC", _count(alerts, "alert", none="No alert") + "."]
    parts = [*head, *(block for morning in record.studies for block in _morning(morning))]
    foot = f"coupling {record.version}. Exit code {record.exit_code}. Not investment advice."
    return "\n\n".join([*parts, foot]) + "\n"


def _morning(morning: Morning) -> Iterator[str]:
    title = f" · {_plain(morning.title)}" if morning.title else ""
    simulated = " · SIMULATED market" if morning.simulated else ""
    yield f"## {_plain(morning.configuration)}{title}{simulated}"
    if morning.error:
        yield f"**No answer today:** {_plain(morning.error)}"
    if morning.banner:
        yield f"**{_plain(morning.banner)}**"
    yield from _listed("Alerts", map(_alert, morning.alerts)) if morning.alerts else ["No alert."]
    yield from _delivery(morning)
    if not morning.error:
        yield from _answer(morning)
    yield from _listed("Told earlier and still so", map(_alert, morning.standing))
    yield from _listed("No longer so", map(_alert, morning.ended))
    yield from _listed("Failed", (f"{_plain(each.title)}: {_plain(each.reason)}" for each in morning.failures))
    yield from _listed("To be known", map(_plain, morning.cautions))
    yield from _ages(morning.data)


def _answer(morning: Morning) -> Iterator[str]:
    yield f"{_plain(morning.headline)}."
    yield _plain(compared_with(morning))
    if morning.changes:
        yield "### What changed"
        yield _changes(morning.changes)
    yield from _listed("Why", (f"{KINDS[each.kind]}: {_plain(each.told)}" for each in morning.reasons))
    if not morning.first:
        yield unchanged_words(morning)


def compared_with(morning: Morning) -> str:
    """Say with which run a morning is compared, and over how many sessions.

    Parameters
    ----------
    morning : Morning
    """
    if morning.first:
        return "This is the first run: there is nothing to compare with. The next one is held against it."
    last = "an unknown instant" if morning.previous_as_of is None else f"{morning.previous_as_of:%Y-%m-%d %H:%M} UTC"
    head = f"Compared with the run as of {last}"
    if morning.sessions is None:
        return f"{head}."
    if morning.sessions == 0:
        return f"{head}: no new session."
    to = f"to {morning.session}" if morning.sessions > 1 else f"of {morning.session}"
    over = f"{head}: {_count(morning.sessions, 'new session')} {to}"
    return f"{over}; the days between are caught up." if morning.sessions > 1 else f"{over}."


def unchanged_words(morning: Morning) -> str:
    """Count what has the same verdict, and how much of it has another estimate."""
    findings = "finding has" if morning.unchanged == 1 else "findings have"
    moved = f"{morning.moved:,}" if morning.moved else "none"
    return f"Unchanged: {morning.unchanged:,} {findings} the same verdict, {moved} of them with another estimate."


def _changes(changes: Sequence[Change]) -> str:
    rows = ["| what | finding | before | now | why |", "|---|---|---|---|---|"]
    for each in changes[:MOST]:
        about = " ".join(filter(None, ("–".join(each.subject), specified(each.specification))))
        before = _side(each.verdict_before, each.estimate_before, each.lower_before, each.upper_before)
        now = _side(each.verdict_now, each.estimate_now, each.lower_now, each.upper_now)
        reasons = listed([KINDS[kind] for kind in each.why]) or "not known"
        cells = (each.what, f"{each.question.replace('_', ' ')}: {about}", before, now, reasons)
        rows.append(f"| {' | '.join(map(_plain, cells))} |")
    text = "\n".join(rows)
    more = len(changes) - MOST
    return text if more <= 0 else f"{text}\n\nand {more:,} more, which the JSON file holds."


def _side(verdict: str | None, estimate: float | None, lower: float | None, upper: float | None) -> str:
    if verdict is None:
        return ""
    ends = f" ({_signed(lower)} to {_signed(upper)})" if lower is not None and upper is not None else ""
    number = "" if estimate is None else f", {_signed(estimate)}{ends}"
    return f"{verdict.replace('_', ' ')}{number}"


def _signed(value: float) -> str:
    return two(value).replace("-", "\N{MINUS SIGN}")


def _ages(data: Sequence[SeriesAge]) -> Iterator[str]:
    if not data:
        return
    rows = ["| series | source | last session | overdue | retrieved |", "|---|---|---|---|---|"]
    for each in data:
        last = "" if each.last is None else each.last.isoformat()
        late = "not known" if each.overdue is None else f"{each.overdue}"
        retrieved = "" if each.retrieved_at is None else f"{each.retrieved_at:%Y-%m-%d %H:%M} UTC"
        source = each.symbol if each.symbol.startswith(each.source) else f"{each.source} {each.symbol}"
        cells = (each.instrument, source, last, late, retrieved)
        rows.append(f"| {' | '.join(map(_plain, cells))} |")
    yield "### Data"
    yield "\n".join(rows)


def _delivery(morning: Morning) -> Iterator[str]:
    told = morning.delivery
    if told is None:
        return
    head = f"Webhook: {told.told} of {_count(told.posted, 'alert')} delivered"
    yield f"{head}." if not told.reason else f"{head}: {_plain(told.reason)}; the rest is posted again by the next run."


def _alert(alert: Alert) -> str:
    return f"**{_plain(alert.rule.replace('_', ' '))}**: {_plain(alert.told)}"


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = [f"- {line}" for line in lines]
    if found:
        yield f"### {title}"
        yield "\n".join(found)


def _count(number: int, word: str, none: str = "") -> str:
    if not number and none:
        return none
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _plain(text: str) -> str:
    r"""Return a text on one line in which Markdown sees no mark.

    Examples
    --------
    >>> print(_plain("a|b *c*"))
    a\|b \*c\*
    """
    return _MARKED.sub(r"\\\1", " ".join(text.split()))
