"""A headline says what the verdicts say, in few words, and nothing beyond them."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.results.finding import Finding
from coupling.results.headline import MOST_WORDS, headline
from coupling.results.verdicts import Changed, Claimed, Coupled, Responds


def coupled(name: str, verdict: Coupled, estimate: float = 0.4) -> Finding:
    return Finding(
        question="coupled", subject=("BTC", name), quantity="correlation", estimate=estimate, verdict=verdict
    )


def changed(name: str, verdict: Changed) -> Finding:
    return Finding(question="changed", subject=("BTC", name), quantity="change", estimate=0.2, verdict=verdict)


def responds(verdict: Responds) -> Finding:
    return Finding(question="responds", subject=("BTC", "carry_unwinds"), quantity="response", verdict=verdict)


def claims(*verdicts: Claimed) -> list[Finding]:
    return [
        Finding(question="claim", subject=(f"c{place}",), quantity="all tests together", verdict=verdict)
        for place, verdict in enumerate(verdicts)
    ]


def test_changes_come_before_couplings_events_and_claims() -> None:
    told = headline(
        [
            *claims(Claimed.CONTRADICTED, Claimed.SUPPORTED),
            responds(Responds.RESPONDS),
            coupled("SPX", Coupled.COUPLED),
            changed("SPX", Changed.CHANGED),
        ]
    )
    assert told == ("BTC's correlation with SPX changed; BTC is coupled with SPX; BTC responds to carry unwinds")
    assert headline([*claims(Claimed.CONTRADICTED, Claimed.SUPPORTED), responds(Responds.RESPONDS)]) == (
        "BTC responds to carry unwinds; 1 of 2 claims is contradicted"
    )


@pytest.mark.parametrize(
    ("findings", "told"),
    [
        ([coupled("SPX", Coupled.NOT_ESTABLISHED)], "No coupling was established"),
        (
            [coupled("SPX", Coupled.NOT_ESTABLISHED), changed("SPX", Changed.NOT_ESTABLISHED)],
            "No change or coupling was established",
        ),
        ([coupled("SPX", Coupled.NOT_COUPLED)], "BTC is not coupled with SPX"),
        ([coupled("JPY", Coupled.COUPLED, -0.3)], "BTC is inversely coupled with JPY"),
        ([coupled("SPX", Coupled.WEAK, 0.12)], "BTC is weakly coupled with SPX"),
        (
            [changed("SPX", Changed.DEPENDS_ON_BASELINE)],
            "Whether BTC's correlation with SPX changed depends on the baseline",
        ),
        ([changed("SPX", Changed.UNCHANGED)], "BTC's correlation with SPX is unchanged"),
        ([responds(Responds.NOT_ESTABLISHED)], "No response to carry unwinds was established"),
        (claims(Claimed.UNDECIDED, Claimed.SUPPORTED), "1 of 2 claims is supported"),
        (claims(Claimed.UNDECIDED), ""),
        ([], ""),
    ],
)
def test_every_verdict_has_its_words(findings: list[Finding], told: str) -> None:
    assert headline(findings) == told


def test_what_is_not_primary_is_not_in_the_headline() -> None:
    finding = coupled("SPX", Coupled.COUPLED)
    assert headline([Finding(**{**finding.__dict__, "primary": False})]) == ""


def test_names_that_do_not_fit_are_counted() -> None:
    many = [coupled(f"Fund {place} of the long name", Coupled.COUPLED, 0.9 - place / 100) for place in range(20)]
    told = headline(many)
    assert len(told.split()) <= MOST_WORDS
    assert told == "BTC is coupled with Fund 0 of the long name, Fund 1 of the long name and 18 others"
    assert "1 others" not in headline([coupled(name, Coupled.COUPLED) for name in "abcde"])


VERDICTS = list(product(Coupled, Changed, Responds))


def test_that_nothing_changed_gives_way_to_what_is_coupled() -> None:
    found = [changed(name, Changed.UNCHANGED) for name in ("JGB10Y", "USDJPY")]
    found += [changed("IXIC", Changed.DEPENDS_ON_BASELINE), coupled("IXIC", Coupled.COUPLED)]
    found += [coupled("SPX", Coupled.COUPLED, 0.3), coupled("USDJPY", Coupled.COUPLED, -0.2)]
    assert headline(found) == (
        "BTC is coupled with IXIC and SPX, inversely with USDJPY; "
        "whether the correlation with IXIC changed depends on the baseline"
    )


@given(st.lists(st.sampled_from(VERDICTS), min_size=1, max_size=9), st.lists(st.sampled_from(Claimed), max_size=4))
def test_no_headline_is_longer_or_says_not_of_what_is_open(
    kinds: list[tuple[Coupled, Changed, Responds]], judged: list[Claimed]
) -> None:
    findings = [coupled(f"X{place}", kind[0]) for place, kind in enumerate(kinds)]
    findings += [changed(f"X{place}", kind[1]) for place, kind in enumerate(kinds)]
    findings += [responds(kinds[0][2]), *claims(*judged)]
    told = headline(findings)
    assert 0 < len(told.split()) <= MOST_WORDS
    if not any(kind[0] is Coupled.NOT_COUPLED for kind in kinds):
        assert "not coupled" not in told
        assert "not with" not in told
    if not any(kind[1] is Changed.CHANGED for kind in kinds):
        assert " changed" not in told.replace("changed depends on the baseline", "")
    if kinds[0][2] is not Responds.RESPONDS:
        assert "responds" not in told
