"""An alert posted to a webhook: within a deadline, with retries, and told only where the receiver said so.

The address is written nowhere: what kept an alert away is said in words of our own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from coupling.watch.slack_message import encoded
from coupling.watch.webhook_address import WebhookAddress
from coupling.watch.webhook_request import Answer, Poster

__all__ = ["Delivery", "Patience", "deliver", "deliver_each"]


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long is tried to deliver.

    Parameters
    ----------
    connect, read : float
        Seconds for a connection, and between two pieces of an answer.
    whole : float
        Seconds for all that is delivered in one go, retries and waits included.
    attempts : int
        Times that one alert is sent at most.
    backoff : float
        Seconds before the second attempt, doubled each time; what a receiver asks for (``Retry-After``) beats it.
    """

    connect: float = 5.0
    read: float = 15.0
    whole: float = 60.0
    attempts: int = 5
    backoff: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What became of an alert.

    Parameters
    ----------
    told : bool
        Whether the receiver answered with a status of success; else the alert is to be sent again.
    attempts : int
        How often it was sent.
    reason : str
        Why it was not told, in a sentence without a name or an address; empty where it was.
    """

    told: bool
    attempts: int
    reason: str = ""


def deliver(
    address: WebhookAddress,
    body: Mapping[str, Any],
    *,
    patience: Patience | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Delivery:
    """Post one alert, and say whether it was told.

    An answer that came too late, or an error of the receiver after it had read the body, may lead to the same alert
    being sent again: the id in the body lets the receiver drop it.

    Parameters
    ----------
    address : WebhookAddress
    body : mapping
        What `coupling.watch.slack_message.slack_message` returns.
    patience : Patience, optional
    pause : callable
        Waits for some seconds.

    Raises
    ------
    InputError
        If the body is over the limit on its size.
    """
    return next(deliver_each(address, [body], patience=patience, pause=pause))


def deliver_each(
    address: WebhookAddress,
    bodies: Iterable[Mapping[str, Any]],
    *,
    patience: Patience | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[Delivery]:
    """Post alerts one after the other within one deadline; yield what became of each as soon as it is known.

    Parameters and errors are those of `deliver`. The deadline counts from the first alert that is asked for, and the
    caller's own work in between; what it leaves no time for was not told.
    """
    patience = patience or Patience()
    end = time.monotonic() + patience.whole
    with Poster(address, connect=patience.connect, read=patience.read) as poster:
        for body in bodies:
            yield _delivered(poster, encoded(body), patience, end, pause)


def _delivered(poster: Poster, body: bytes, patience: Patience, end: float, pause: Callable[[float], None]) -> Delivery:
    """Try until it is told, refused for good, or the attempts or the time are over."""
    answer = Answer(reason="there was no time for an attempt")
    for attempt in range(1, patience.attempts + 1):
        left = end - time.monotonic()
        if left <= 0:
            return Delivery(told=False, attempts=attempt - 1, reason=f"{answer.reason}; {_over(patience)}")
        answer = poster.post(body, left)
        if answer.told or not answer.again or attempt == patience.attempts:
            return Delivery(told=answer.told, attempts=attempt, reason=answer.reason)
        wait = patience.backoff * 2 ** (attempt - 1) if answer.wait is None else answer.wait
        if wait >= end - time.monotonic():
            return Delivery(told=False, attempts=attempt, reason=f"{answer.reason}; {_over(patience)}")
        pause(wait)
    return Delivery(told=False, attempts=0, reason=answer.reason)


def _over(patience: Patience) -> str:
    return f"the {patience.whole:g} s for all deliveries leave no time for another attempt"
