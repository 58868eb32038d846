"""A response needs its interval and its adjusted p: one of several instruments at p = .03 establishes nothing."""

from __future__ import annotations

from coupling.events.judge import responds
from coupling.results.verdicts import Responds


def test_both_must_tell_a_response_from_zero() -> None:
    assert responds(0.2, 3.0, able=True, p_adjusted=0.03) is Responds.RESPONDS
    assert responds(0.2, 3.0, able=True, p_adjusted=0.12) is Responds.NOT_ESTABLISHED
    assert responds(-0.2, 3.0, able=True, p_adjusted=0.01) is Responds.NOT_ESTABLISHED
    assert responds(0.2, 3.0, able=False, p_adjusted=0.01) is Responds.NOT_ESTABLISHED
