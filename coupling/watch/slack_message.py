"""An alert as the body of a request that Slack, and what understands its format, shows as a message."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from coupling.errors import InputError
from coupling.limits.budget import count

__all__ = ["BODY_LIMIT", "encoded", "slack_message"]

BODY_LIMIT = 64 * 1024
"""Bytes of a body, at most."""
_HEADLINE, _ID, _LINE, _LINES, _SECTION = 150, 200, 300, 20, 2900
_SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def slack_message(alert_id: str, headline: str, lines: Sequence[str] = ()) -> dict[str, Any]:
    r"""Return the body that tells one alert.

    Parameters
    ----------
    alert_id : str
        What tells this alert from every other, and stays the same however often it is sent: a receiver may drop what
        comes twice. It stands in ``metadata.event_payload.id`` and in the last block.
    headline : str
        What happened, in a few words.
    lines : sequence of str
        Further sentences; those beyond twenty are counted, and one of more than 300 letters is cut.

    Returns
    -------
    dict
        ``text`` (all of it, for a notification and for receivers without blocks), ``blocks`` and ``metadata``.

    Examples
    --------
    >>> body = slack_message("3f2a", "BTC – GOLD has left its baseline", ["Since 2025-03-03: higher."])
    >>> body["text"]
    'BTC – GOLD has left its baseline\n• Since 2025-03-03: higher.'
    >>> body["metadata"]
    {'event_type': 'coupling_alert', 'event_payload': {'id': '3f2a'}}
    """
    head, own = _cut(_plain(headline), _HEADLINE) or "Alert", _cut(_plain(alert_id), _ID)
    told = [f"• {said}" for line in lines[:_LINES] if (said := _cut(_plain(line), _LINE))]
    told += [f"• and {count(len(lines) - _LINES, 'further line')}"] if len(lines) > _LINES else []
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _text(head)}]
    blocks += [{"type": "section", "text": _text(part)} for part in _sections(told)]
    blocks.append({"type": "context", "elements": [_text(f"alert {own}")]})
    return {
        "text": _escaped("\n".join([head, *told])),
        "blocks": blocks,
        "metadata": {"event_type": "coupling_alert", "event_payload": {"id": own}},
    }


def encoded(body: Mapping[str, Any]) -> bytes:
    """Return a body as it is sent: JSON in UTF-8.

    Raises
    ------
    InputError
        If it is over the limit; what `slack_message` returns never is.

    Examples
    --------
    >>> encoded({"text": "BTC – GOLD"}).decode()
    '{"text":"BTC – GOLD"}'
    """
    sent = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    if len(sent) > BODY_LIMIT:
        raise InputError(f"a body of {len(sent):,} bytes is over the limit of {BODY_LIMIT:,}; say it in fewer lines.")
    return sent


def _text(said: str) -> dict[str, Any]:
    """Return a text in which Slack reads no mention, no link and no mark-up."""
    return {"type": "plain_text", "text": said, "emoji": False}


def _sections(told: Sequence[str]) -> list[str]:
    """Put the lines together in parts of a length that a block may have."""
    parts: list[str] = []
    for line in told:
        if parts and len(parts[-1]) + 1 + len(line) <= _SECTION:
            parts[-1] = f"{parts[-1]}\n{line}"
        else:
            parts.append(line)
    return parts


def _plain(text: str) -> str:
    """Return a text on one line, without what is not printed."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)
