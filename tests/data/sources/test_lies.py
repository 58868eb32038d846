"""Answers that lie, with a fixed seed: each ends in the right numbers, a typed error, or a finding; never in silence.

A source's own format is written, changed at random places, and fetched through the real libraries. Where no cell of
a value or a date was touched the numbers must be the right ones; where one was, they are refused, found by the
checks, or differ from the truth at the touched places alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pandas as pd
import pytest

from coupling.data.checks import check_meaning
from coupling.data.instrument import Instrument, resolve
from coupling.data.loading.live import LiveAnswer, fetch_all
from coupling.errors import SourceError
from tests.data.checks.planted import price, rate
from tests.data.loopback import MOF, MOF_PATH, Answer, Loopback
from tests.data.sources import test_ecb, test_fred, test_mof, test_yahoo  # modules: their classes are run there
from tests.data.sources.contract import SourceContract

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # yfinance 1.7 on pandas 3.1

NOW = pd.Timestamp("2024-08-09 12:00", tz="UTC")
HOLIDAYS = {"04-29", "05-03", "05-06", "05-27", "06-19", "07-04", "07-15"}
DAYS = [day for day in pd.bdate_range("2024-04-01", "2024-08-07") if f"{day:%m-%d}" not in HOLIDAYS]
DATES = [f"{day:%Y-%m-%d}" for day in DAYS]
SOURCES: dict[str, SourceContract] = {
    "yahoo": test_yahoo.TestYahoo(),
    "fred": test_fred.TestFred(),
    "mof": test_mof.TestMof(),
    "ecb": test_ecb.TestEcb(),
}
Lie = Callable[[random.Random, bytes, list[float], SourceContract], Answer | bytes]


def truth(source: SourceContract) -> list[float]:
    made = rate(3) if resolve(source.instrument).kind == "yield" else price(4, 0.01)
    return [round(float(value), 2) for value in made[: len(DATES)]]


def cut(draw: random.Random, body: bytes, _: list[float], __: SourceContract) -> bytes:
    return body[: draw.randrange(len(body))]


def flipped(draw: random.Random, body: bytes, _: list[float], __: SourceContract) -> bytes:
    place = draw.randrange(len(body))
    return body[:place] + bytes([draw.choice(b'\x00\xff{}[]",;<')]) + body[place + 1 :]


def pasted(draw: random.Random, body: bytes, _: list[float], __: SourceContract) -> bytes:
    place = draw.randrange(len(body))
    junk = [b"[" * 50_000, b"9" * 300_000, b"\x00" * 99, b"<html>", b"\xff\xfe", b"NaN", b"1e999", b"\r\n\r\n"]
    return body[:place] + draw.choice(junk) + body[place:]


def misnamed(draw: random.Random, body: bytes, _: list[float], __: SourceContract) -> bytes:
    words = [b"symbol", b"close", b"1d", b"UTC", b"USD", b"JPY", b"DEXJPUS", b"10Y", b"Date", b"timestamp"]
    word = draw.choice([word for word in words if word in body] or [body[:3]])
    return body.replace(word, draw.choice([b"X", b"", b"close", b"\xe3\x81"]))


def on_another_scale(draw: random.Random, _: bytes, values: list[float], source: SourceContract) -> bytes:
    place = draw.choice([draw.randrange(15, 70), len(values) - 1])
    factor = draw.choice([100.0, 0.01, 1000.0])
    return source.good(DATES, [*values[:place], *(round(value * factor, 6) for value in values[place:])])


def impossible(draw: random.Random, _: bytes, values: list[float], source: SourceContract) -> bytes:
    changed: list[float | None] = list(values)
    changed[draw.randrange(len(values))] = draw.choice([float("inf"), float("-inf"), 0.0, -1.0, None])
    return source.good(DATES, changed)


def elsewhere(draw: random.Random, body: bytes, _: list[float], __: SourceContract) -> Answer:
    targets = ["file:///etc/hosts", "http://example.org/", "https://example.org/", "/again", "ftp://x/", "//y"]
    target = draw.choice(targets)
    return Answer(body, status=draw.choice([301, 302, 307, 308]), headers={"Location": target})


def misheaded(draw: random.Random, body: bytes, _: list[float], __: SourceContract) -> Answer:
    name, value = draw.choice(
        [
            ("Content-Length", str(draw.randrange(len(body)))),
            ("Content-Length", "-5"),
            ("Content-Encoding", draw.choice(["gzip", "br", "deflate"])),
            ("Transfer-Encoding", "chunked"),
            ("Content-Type", "application/x; charset=\xff"),
        ]
    )
    return Answer(body, headers={name: value})


LIES: tuple[Lie, ...] = (cut, flipped, pasted, misnamed, on_another_scale, impossible, elsewhere, misheaded)


def tell(loopback: Loopback, seed: int) -> None:
    """Tell one lie to one source, and hold what comes of it."""
    draw = random.Random(seed)
    source, lie = SOURCES[list(SOURCES)[seed % len(SOURCES)]], LIES[seed // len(SOURCES) % len(LIES)]
    item = resolve(source.instrument).model_copy(update={"sources": (source.entry,)})
    values = truth(source)
    loopback.say(MOF, MOF_PATH + "jgbcme.csv", test_mof.TestMof().good(["2024-08-08"], [None]))
    loopback.say(source.host, source.path, lie(draw, source.good(DATES, values), values, source))
    require(fetch_all([item], now=NOW, session_factory=loopback.session), item, values, f"seed {seed}, {lie.__name__}")


def require(answer: LiveAnswer, item: Instrument, values: list[float], told: str) -> None:
    if item.name not in answer.served:
        errors = answer.failures[item.name]
        assert errors, told
        assert all(isinstance(error, SourceError) and "\n" not in error.reason for error in errors), told
        return
    observed = answer.served[item.name].observations
    true = pd.Series(values, index=pd.DatetimeIndex(DATES))
    seen = pd.Series(observed.levels.to_numpy(), index=pd.DatetimeIndex(observed.dates))
    common = true.index.intersection(seen.index)
    wrong = (seen[common] - true[common]).abs() > 1e-3 * true[common].abs()
    assert wrong.sum() <= 1 or len(check_meaning(observed, item.kind)), f"{told}: {int(wrong.sum())} wrong in silence"
    assert len(seen.index.difference(true.index)) <= 1, told


@pytest.mark.parametrize("seed", range(32))
def test_a_lie_ends_in_the_right_numbers_or_a_typed_error(loopback: Loopback, seed: int) -> None:
    tell(loopback, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(32, 132))
def test_a_hundred_more_lies(loopback: Loopback, seed: int) -> None:
    tell(loopback, seed)
