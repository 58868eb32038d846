"""The alerts of a run, posted to a webhook: what was taken is remembered, the rest is posted again."""

from __future__ import annotations

from dataclasses import replace

from coupling.errors import gravest_first
from coupling.watch.record import Alert, DeliveryRecord, Morning
from coupling.watch.rounds import Round
from coupling.watch.slack_message import slack_message
from coupling.watch.webhook import deliver_each
from coupling.watch.webhook_address import WebhookAddress

__all__ = ["delivered"]


def delivered(round_: Round, address: WebhookAddress) -> Round:
    """Post the alerts of a round; what the receiver has taken is remembered at once, the rest is posted again next run.

    Parameters
    ----------
    round_ : Round
        Its state is written, with its alerts as pending.
    address : WebhookAddress
    """
    alerts = round_.morning.alerts
    if not alerts:
        return round_
    pending, reasons = {each.id: each for each in alerts}, []
    bodies = [_body(each, round_.morning) for each in alerts]
    for alert, outcome in zip(alerts, deliver_each(address, bodies), strict=True):
        if outcome.told:
            del pending[alert.id]
            round_.remember(list(pending.values()))
        else:
            reasons.append(outcome.reason)
    told = DeliveryRecord(posted=len(alerts), told=len(alerts) - len(pending), reason=reasons[0] if reasons else "")
    codes = [*round_.morning.exit_codes, *([1] if pending else [])]
    morning = round_.morning.model_copy(update={"delivery": told, "exit_codes": gravest_first(codes)})
    return replace(round_, morning=morning)


def _body(alert: Alert, morning: Morning) -> dict[str, object]:
    word = alert.rule.replace("_", " ")
    about = " – ".join(alert.subject)
    name = morning.title or morning.configuration
    lines = [
        alert.told,
        *([f"{morning.age}."] if morning.age else []),
        f"Seen first {alert.first_seen:%Y-%m-%d %H:%M} UTC.",
    ]
    return slack_message(alert.id, f"{name}: {word}, {about}", lines)
