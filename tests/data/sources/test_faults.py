"""The table of faults: each, by name, at each source, ends in one sentence or in a counted repair; the store is safe.

The real yfinance and pandas-datareader run against a local server. The store holds an older answer beforehand. After
a fault it is the same to the last byte; after a repair it has one vintage more, with what was mended in its manifest.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from coupling.data.instrument import resolve
from coupling.data.loading.live import fetch_all
from coupling.data.loading.serving import Supply, supply
from coupling.data.section import DataSource
from coupling.data.sources.registry import fetch_rows
from coupling.data.sources.span import DateSpan
from coupling.data.stores.store import Store
from tests.data.loopback import HASTY, MOF, MOF_PATH, Answer, Loopback, free_port
from tests.data.sources import test_ecb, test_fred, test_mof, test_yahoo  # modules: their classes are run there
from tests.data.sources.contract import DAMAGED, HTML, SourceContract

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # yfinance 1.7 on pandas 3.1

NOW = pd.Timestamp("2024-08-09 03:00", tz="UTC")  # before the strike of 9 August at every source
DAYS = ["2024-08-06", "2024-08-07", "2024-08-08"]
SOURCES: dict[str, SourceContract] = {
    "yahoo": test_yahoo.TestYahoo(),
    "fred": test_fred.TestFred(),
    "mof": test_mof.TestMof(),
    "ecb": test_ecb.TestEcb(),
}


def good(source: SourceContract) -> bytes:
    return source.good(DAYS, [3.0, 4.0, 5.0])


def of_text(source: SourceContract, change: Callable[[str], str]) -> bytes:
    """Return a good answer with its text changed; the ECB's is packed again."""
    if isinstance(source, test_ecb.TestEcb):
        rows = "\n".join(f"{day},2.0,{2 * value}," for day, value in zip(DAYS, (3.0, 4.0, 5.0), strict=True))
        return test_ecb.archive(change(f"Date,USD,JPY,\n{rows}\n"))
    return change(good(source).decode()).encode()


def renamed(source: SourceContract) -> bytes:
    other = {"DEXJPUS": "DEXUSJP", "10Y": "Ten", "JPY": "JAP", '"close"': '"last"'}
    return of_text(source, lambda text: re.sub("|".join(other), lambda found: other[found[0]], text))


def reordered(source: SourceContract) -> bytes:
    def turn(text: str) -> str:
        if text.startswith("{"):
            answer = json.loads(text)
            result = answer["chart"]["result"][0]
            quote = result["indicators"]["quote"]
            quote[0] = dict(reversed(quote[0].items()))
            answer["chart"]["result"][0] = dict(reversed(result.items()))
            return json.dumps(answer)
        return "\n".join(",".join(reversed(line.rstrip("\r").split(","))) for line in text.splitlines())

    return of_text(source, turn)


def other_dates(source: SourceContract) -> bytes:
    """Return an answer whose dates change their shape halfway."""
    stamp = str(int(pd.Timestamp(DAYS[1], tz="UTC").timestamp()))
    return of_text(
        source,
        lambda text: re.sub(f"2024[-/]0?8[-/]0?7|(?<=, ){stamp}(?=, )", lambda found: _written(found[0]), text),
    )


def _written(date: str) -> str:
    return '"07.08.2024"' if date.isdigit() else "07.08.2024"


def in_cp932(source: SourceContract) -> bytes:
    """Return an answer with Japanese in cp932 where UTF-8 is expected: in place of a date, or in a name."""
    note = "円の値".encode("cp932")
    if isinstance(source, test_ecb.TestEcb):
        return test_ecb.archive(b"Date,USD,JPY,\n" + note + b",2.0,6.0,\n")
    body = good(source)
    return body.replace(b'"USD"', b'"' + note + b'"') if body.startswith(b"{") else body + note + b",1,1\r\n"


REPAIRS: dict[str, Callable[[SourceContract], bytes]] = {
    "duplicate dates": lambda source: source.good([DAYS[0], *DAYS], [3.0, 3.0, 4.0, 5.0]),
    "unsorted dates": lambda source: source.good([DAYS[1], DAYS[0], DAYS[2]], [4.0, 3.0, 5.0]),
    "a live bar": lambda source: source.good([*DAYS, "2024-08-09"], [3.0, 4.0, 5.0, 9.0]),
    "nulls": lambda source: source.good(DAYS, [3.0, None, 5.0]),
    "reordered columns": reordered,
}
FAULTS: dict[str, Callable[[SourceContract], Answer | bytes]] = {
    "reset connection": lambda _: Answer(fault="reset"),
    "time-out": lambda _: Answer(fault="hang"),
    "401": lambda _: Answer(status=401),
    "404": lambda _: Answer(status=404),
    "429 without Retry-After": lambda _: Answer(status=429),
    "429 with Retry-After": lambda _: Answer(status=429, headers={"Retry-After": "3600"}),
    "500": lambda _: Answer(status=500),
    "an HTML page": lambda _: Answer(HTML),
    "a truncated body": lambda source: Answer(good(source), fault="truncate"),
    "an empty result": lambda _: b"",
    "no rows": lambda source: source.good([], []),
    "missing values only": lambda source: source.good(DAYS, [None, None, None]),
    "renamed columns": renamed,
    "a gzip error": lambda _: Answer(DAMAGED, headers={"Content-Encoding": "gzip"}),
    "cp932 for UTF-8": in_cp932,
    "a date format changed halfway": other_dates,
}


def kept(folder: Path) -> dict[str, bytes]:
    """Return every file of a store but its lock."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


class Bench:
    """A source whose older answer is in a store, and a second fetch that meets a fault."""

    def __init__(self, name: str, loopback: Loopback, folder: Path) -> None:
        self.source, self.loopback, self.store = SOURCES[name], loopback, Store(folder)
        self.item = resolve(self.source.instrument).model_copy(update={"sources": (self.source.entry,)})
        loopback.say(MOF, MOF_PATH + "jgbcme.csv", test_mof.TestMof().good(["2024-08-01"], [None]))
        assert not self.fetch(self.source.good(DAYS[:2], [3.0, 4.0])).missing
        self.before = kept(folder)

    def fetch(self, answer: Answer | bytes, **options: object) -> Supply:
        self.loopback.say(self.source.host, self.source.path, answer)
        return supply(
            [self.item],
            source=DataSource.LIVE,
            store=self.store,
            max_age=pd.Timedelta(0),
            now=NOW,
            fetch=lambda asked, now: fetch_all(
                asked,
                now=now,
                session_factory=partial(self.loopback.session, **options),  # type: ignore[arg-type]
            ),
        )

    def require_refusal(self, had: Supply) -> None:
        """The error is one line that names source and symbol, and the store is as it was."""
        assert had.observations == {}
        reason = had.missing[self.item.name]
        entry = self.source.entry
        assert reason.startswith(f"{entry.provider} {entry.symbol}: ")
        assert "\n" not in reason
        assert len(reason) > len(f"{entry.provider} {entry.symbol}: ") + 10
        assert kept(self.store.folder) == self.before
        older = self.store.newest(entry)
        assert older is not None
        assert older.value.dropna().tolist() == [3.0, 4.0]


@pytest.fixture
def bench(request: pytest.FixtureRequest, loopback: Loopback, tmp_path: Path) -> Bench:
    return Bench(request.param, loopback, tmp_path / "store")


every_source = pytest.mark.parametrize("bench", list(SOURCES), indirect=True)


@pytest.mark.thorough
@every_source
@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_fault_is_one_line_and_the_store_is_as_it_was(bench: Bench, fault: str) -> None:
    had = bench.fetch(FAULTS[fault](bench.source))
    if fault == "cp932 for UTF-8" and isinstance(
        bench.source, test_yahoo.TestYahoo
    ):  # in a name; no value depends on it
        assert had.observations["BTC"].levels.tolist() == [3.0, 4.0, 5.0]
    else:
        bench.require_refusal(had)


@every_source
def test_dns_failure(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", nobody)
    bench.require_refusal(bench.fetch(good(bench.source)))


@every_source
def test_refused_connection(bench: Bench) -> None:
    elsewhere = {bench.source.host.replace(".", "_"): f"http://127.0.0.1:{free_port()}"}
    bench.require_refusal(bench.fetch(good(bench.source), **elsewhere))


@every_source
def test_an_answer_over_the_size_limit(bench: Bench) -> None:
    bench.require_refusal(bench.fetch(good(bench.source), policy=replace(HASTY, size_limit=20)))


@every_source
def test_500_then_success(bench: Bench) -> None:
    bench.loopback.answers[bench.source.host, bench.source.path] = [Answer(status=500), Answer(good(bench.source))]
    with bench.loopback.session() as session:
        rows = fetch_rows(bench.source.entry, DateSpan(), session=session, now=NOW)
    assert 5.0 in rows.value.tolist()


@every_source
@pytest.mark.parametrize("repair", list(REPAIRS))
def test_what_can_be_mended_is_mended_counted_and_kept(bench: Bench, repair: str) -> None:
    source = bench.source
    had = bench.fetch(REPAIRS[repair](source))
    refuses = source.refuses_unsorted if repair == "unsorted dates" else isinstance(source, test_fred.TestFred)
    if repair in ("unsorted dates", "reordered columns") and refuses:  # pandas-datareader reads FRED by place
        bench.require_refusal(had)
        return
    origin = had.observations[bench.item.name].origin
    assert origin is not None
    wanted = COUNTED.get(repair)
    assert wanted is None or any(re.search(wanted, note) for note in origin.repairs)
    levels = had.observations[bench.item.name].levels.tolist()
    assert levels[-1] == 5.0
    assert 9.0 not in levels
    assert kept(bench.store.folder).items() > bench.before.items() or len(bench.store.vintages(source.entry)) == 2


COUNTED = {
    "duplicate dates": "exact repeats of a row: 1|further bars of a date, left out by yfinance: 1",
    "a live bar": "unfinished bars: 1",
    "nulls": "missing values: [12]",
}
