"""Every calendar of exchange_calendars serves to its own bounds, or says in one sentence why it does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import exchange_calendars
import pandas as pd
import pytest

from coupling.data.alignment import AlignmentSection, align
from coupling.data.clocks import calendars
from coupling.data.clocks.clock import load_clock
from coupling.data.clocks.ticks import ticks_of
from coupling.data.instrument import Provider, SourceEntry, resolve
from coupling.data.sources.rows import RawRows, build_observations
from coupling.errors import ConfigurationError, CouplingError, DataError
from coupling.events.listing.event import Event
from coupling.events.studies.clock import first_session, sessions_between
from coupling.keeping import keeping

CODES = sorted(exchange_calendars.get_calendar_names(include_aliases=False))
# Both bounds, one, none; weekends on Friday, never shut, opening the evening before; two that the library cannot build.
ODD = ["24/7", "AIXK", "ASEX", "CMES", "XBOM", "XSAU", "XSES", "XSHG", "us_futures"]
YEAR = pd.date_range("2024-01-01", "2024-12-31")


def answer(ask: Callable[[], Any]) -> Any:
    """Return what was answered, or the one sentence of a typed refusal."""
    try:
        return ask()
    except CouplingError as error:
        text = str(error)
        assert "\n" not in text
        assert "; " in text
        return text


def instants(year: int, last: int) -> tuple[pd.Timestamp, pd.Timestamp]:
    return pd.Timestamp(f"{year}-01-01", tz="UTC"), pd.Timestamp(f"{last}-12-31", tz="UTC")


def questions(code: str) -> dict[str, Callable[[], Any]]:
    clock, end = load_clock(code), calendars.known_to(code)
    edge = min(end, pd.Timestamp("2030-12-31"))
    span = instants(2024, 2024)
    return {
        "struck": lambda: clock.struck_at(YEAR),
        "known": lambda: clock.known_at(YEAR),
        "sessions": lambda: calendars.sessions(code, YEAR[0], YEAR[-1]),
        "at the edge": lambda: clock.struck_at(pd.DatetimeIndex([edge])),
        "beyond": lambda: clock.struck_at(pd.DatetimeIndex([end + pd.Timedelta(days=1)])),
        "early": lambda: clock.struck_at(pd.date_range("1971-01-01", "1971-12-31")),
        "daily": lambda: ticks_of(code, "close", "1d", *span),
        "second": lambda: ticks_of(code, "24:00 UTC", "2d", *span),
        "weekly": lambda: ticks_of(code, "close", "1w", *span),
        "monthly": lambda: ticks_of(code, "24:00 UTC", "1mo", *span),
        "event": lambda: Event(id="x", day="2024-05-01", market=code).at,
        "old event": lambda: Event(id="x", day="1970-05-01", market=code).at,
        "last event": lambda: Event(id="x", day=f"{edge:%Y-%m-%d}", market=code).at,
        "event clock": lambda: sessions_between(code, "close", *span),
        "first": lambda: first_session(pd.Timestamp("2024-12-24 20:00", tz="UTC"), code),
        "last": lambda: first_session(edge.tz_localize("UTC") + pd.Timedelta(hours=23), code),
        "days": lambda: AlignmentSection(days=code, at="close"),
    }


def check(code: str) -> None:
    answers = {name: answer(ask) for name, ask in questions(code).items()}
    assert "lies after it" in answers["beyond"] or "cannot be built" in answers["beyond"]
    if isinstance(answers["struck"], str):
        assert "cannot be built" in answers["struck"]
        assert calendars.zone(code) in answers["struck"]
        return
    labels = YEAR[answers["struck"].notna()]
    assert labels.equals(answers["sessions"])
    assert len(labels) >= 230
    start, end = instants(2024, 2024)
    struck, daily = answers["struck"].dropna(), answers["daily"]
    assert daily[daily > start].equals(struck[struck <= end])
    assert len(answers["event clock"].labels) == len(labels)
    assert 45 <= len(answers["weekly"]) <= 53
    assert answers["event"] >= pd.Timestamp("2024-04-30", tz="UTC")
    assert labels[0] < answers["first"] <= pd.Timestamp("2025-01-06")


@pytest.mark.parametrize("code", ODD)
def test_an_odd_calendar_serves_or_says_why_not(code: str) -> None:
    if code not in CODES:
        pytest.skip(f"exchange_calendars {exchange_calendars.__version__} has no {code}")
    check(code)


@pytest.mark.slow(reduced=True)
@pytest.mark.parametrize("code", CODES)
def test_every_calendar_serves_or_says_why_not(code: str) -> None:
    check(code)


def test_the_library_has_the_calendars_that_the_documentation_counts() -> None:
    assert len(CODES) >= 60
    assert set(CODES) <= set(calendars._classes())


@pytest.mark.parametrize(
    ("code", "date", "close"),
    [
        ("24/7", "2024-05-04", "2024-05-05 00:00"),  # never shut: a day ends when the next begins
        ("24/7", "1985-05-04", "1985-05-05 00:00"),  # before 1990 as well
        ("XSAU", "2024-05-05", "2024-05-05 12:00"),  # Riyadh trades on Sundays
        ("XSAU", "2024-05-03", ""),  # and not on Fridays
        ("XSAU", "2019-05-05", "2019-05-05 12:00"),  # before its own dates too
        ("XBOM", "2024-11-04", "2024-11-04 10:00"),
        ("XSHG", "2024-02-12", ""),  # the lunar New Year
        ("XSHG", "1991-01-02", "1991-01-02 07:00"),  # its own dates begin in December 1990
        ("XHKG", "1988-06-16", "1988-06-16 08:00"),  # and Hong Kong's in 1960
        ("XHKG", "1988-06-18", ""),  # a Saturday
        ("CMES", "2024-05-02", "2024-05-02 22:00"),
    ],
)
def test_a_close_is_where_the_exchange_says(code: str, date: str, close: str) -> None:
    struck = load_clock(code).struck_at(pd.DatetimeIndex([date]))[0]
    assert ("" if pd.isna(struck) else f"{struck:%Y-%m-%d %H:%M}") == close


@pytest.mark.parametrize(
    ("code", "first", "last", "days"),
    [
        ("XTKS", "1996-12-30", "1997-01-07", ["30", "31", "06", "07"]),  # weekdays, then its own dates
        ("XSAU", "2020-12-28", "2021-01-03", ["28", "29", "30", "31", "03"]),  # its week begins on Sunday
        ("24/7", "1989-12-30", "1990-01-01", ["30", "31", "01"]),
    ],
)
def test_before_its_own_dates_a_calendar_has_its_usual_days(code: str, first: str, last: str, days: list[str]) -> None:
    found = calendars.sessions(code, pd.Timestamp(first), pd.Timestamp(last))
    assert found.strftime("%d").tolist() == days


def test_an_event_opens_on_the_evening_before_where_its_market_does() -> None:
    assert Event(id="x", day="2024-05-02", market="CMES").at == pd.Timestamp("2024-05-01 22:00", tz="UTC")


def test_a_date_after_the_last_that_a_calendar_knows_is_refused() -> None:
    edge = calendars.known_to("XSHG")
    beyond = edge + pd.Timedelta(days=4)
    for ask in (
        lambda: calendars.closes("XSHG", pd.DatetimeIndex([beyond])),
        lambda: calendars.sessions("XSHG", edge, beyond),
        lambda: ticks_of("XSHG", "24:00 UTC", "1w", *(day.tz_localize("UTC") for day in (edge, beyond))),
        lambda: sessions_between("XSHG", "close", *(day.tz_localize("UTC") for day in (edge, beyond))),
    ):
        with pytest.raises(DataError, match=rf"calendar XSHG .* ends on {edge:%Y-%m-%d}, and .* '15:00 Asia/Shanghai'"):
            ask()


def test_an_event_after_the_last_date_that_its_market_knows_is_refused_by_its_name() -> None:
    beyond = calendars.known_to("XSHG") + pd.Timedelta(days=4)
    with pytest.raises(DataError, match="event x: the calendar XSHG .* lies after it; give its instant"):
        _ = Event(id="x", day=f"{beyond:%Y-%m-%d}", market="XSHG").at


def test_a_margin_past_the_last_date_that_a_calendar_knows_costs_nothing() -> None:
    edge = calendars.known_to("XSHG")
    last = calendars.sessions("XSHG", edge - pd.Timedelta(days=20), edge)[-1]
    assert not load_clock("XSHG").known_at(pd.DatetimeIndex([last])).isna().any()
    assert first_session(last.tz_localize("UTC"), "XSHG") == last
    weeks = ticks_of("XSHG", "close", "1w", *(d.tz_localize("UTC") for d in (edge - pd.Timedelta(days=20), edge)))
    assert weeks[-1] < last.tz_localize("UTC")  # the last week is not over, as far as anybody knows


@pytest.mark.parametrize(("alias", "code"), [("NYSE", "XNYS"), ("LSE", "XLON"), ("HKEX", "XHKG"), ("SSE", "XSHG")])
def test_an_alias_is_told_its_code(alias: str, code: str) -> None:
    for ask in (calendars.require_days, load_clock):
        with pytest.raises(ConfigurationError, match=f"'{alias}' is unknown; write the code '{code}'"):
            ask(alias)


def test_a_time_of_day_is_a_clock() -> None:
    clock = load_clock("17:20 Europe/Athens")
    assert clock.struck_at(pd.DatetimeIndex(["2025-07-01"]))[0] == pd.Timestamp("2025-07-01 14:20", tz="UTC")
    with pytest.raises(ConfigurationError, match="outside 00:00 to 24:00"):
        load_clock("27:20 Europe/Athens")


def test_rows_and_ticks_before_a_calendar_say_so() -> None:
    dates = pd.bdate_range("1989-12-20", "1990-01-12")
    rows = RawRows(
        place="x.csv",
        when=pd.Series(dates),
        value=pd.Series(range(1, len(dates) + 1), dtype=float),
        line=pd.Series(range(len(dates))),
        sha256="",
    )
    entry = SourceEntry(provider=Provider.FILE, symbol="x.csv", clock="XNYS")
    item = build_observations(resolve("SPX"), entry, rows, pd.Timestamp("2026-01-01", tz="UTC"))
    assert item.origin is not None
    assert item.origin.repairs[-1] == (
        "rows before 1990-01-01, where the dates of XNYS begin, struck at its regular close: 8"
    )
    aligned = align({"SPX": item}, AlignmentSection(days="XNYS"))
    assert aligned.flags == (
        "The calendar of XNYS begins on 1990-01-01: before it every usual day of the week is a session.",
    )


def test_hours_that_are_kept_are_those_of_the_calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, last = pd.Timestamp("1985-03-01"), pd.Timestamp("2025-12-31")  # from before the calendar knows

    def asked() -> list[pd.DatetimeIndex]:
        calendars._kept_hours.cache_clear()
        days = calendars.sessions("XTKS", first, last)
        return [days, calendars.opens("XTKS", days[-2000:]), calendars.closes("XTKS", days[-2000:])]

    plain = asked()
    with keeping(tmp_path):
        made = asked()
    monkeypatch.setattr(calendars, "_exchange", lambda *_: pytest.fail("it was built again"))
    with keeping(tmp_path):
        read = asked()
    for one, two, three in zip(plain, made, read, strict=True):
        pd.testing.assert_index_equal(one, two)
        pd.testing.assert_index_equal(one, three)
