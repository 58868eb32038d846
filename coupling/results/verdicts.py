"""What may be said in answer to each question: one enumeration per question, and no verdict outside it."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["VERDICTS", "Changed", "Claimed", "Coupled", "Leads", "Monitored", "Responds"]


class Coupled(StrEnum):
    """Answers to "How tight is it?", and in the tails."""

    COUPLED = "coupled"
    WEAK = "weak"
    NOT_COUPLED = "not_coupled"
    NOT_ESTABLISHED = "not_established"


class Changed(StrEnum):
    """Answers to "Did it change?"."""

    CHANGED = "changed"
    DEPENDS_ON_BASELINE = "depends_on_baseline"
    UNCHANGED = "unchanged"
    NOT_ESTABLISHED = "not_established"


class Monitored(StrEnum):
    """What the sequential monitor says by now; *learning*: no baseline is known yet, or a column does not move."""

    LEFT = "left"
    STEADY = "steady"
    LEARNING = "learning"


class Leads(StrEnum):
    """Answers to "Who moves whom?"; the subject is the pair, the first of which leads or follows."""

    LEADS = "leads"
    FOLLOWS = "follows"
    NO_LEAD = "no_lead"
    NOT_ESTABLISHED = "not_established"


class Responds(StrEnum):
    """Answers to "What happens around an event?", since the instant and before it."""

    RESPONDS = "responds"
    NO_RESPONSE = "no_response"
    NOT_ESTABLISHED = "not_established"


class Claimed(StrEnum):
    """What is said of a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    PARTLY = "partly"
    UNDECIDED = "undecided"
    NOT_TESTABLE = "not testable"


VERDICTS: dict[str, type[StrEnum]] = {
    "coupled": Coupled,
    "tail": Coupled,
    "changed": Changed,
    "monitor": Monitored,
    "leads": Leads,
    "responds": Responds,
    "ran_up": Responds,
    "claim": Claimed,
}
"""Question of a finding → the enumeration of its answers."""
