"""What every live source promises: a test class of a source inherits these and adds its own answers."""

from __future__ import annotations

import gzip
import re
import socket
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import pandas as pd
import pytest

from coupling.data.instrument import SourceEntry, resolve
from coupling.data.observations import Observations
from coupling.data.sources.registry import fetch_rows
from coupling.data.sources.rows import RawRows, build_observations
from coupling.data.sources.span import DateSpan
from coupling.data.sources.transfer import Policy
from coupling.errors import SourceError
from tests.data.loopback import CALM, HASTY, Answer, Loopback, free_port

NOW = pd.Timestamp("2024-08-09 12:00", tz="UTC")
DATES = ["2024-08-05", "2024-08-06", "2024-08-07"]
VALUES = [3.0, 4.0, 5.0]
HTML = b"<!DOCTYPE html><html><body>Please come back later</body></html>"
DAMAGED = bytes([*gzip.compress(b"date,value\n" * 50)[:20], *b"damaged" * 9])

FAULTS = {
    "reset": (Answer(fault="reset"), "broke off"),
    "time-out": (Answer(fault="hang"), r"sent nothing for 0\.3 s"),
    "truncated": (Answer(b"date", fault="truncate"), "broke off its answer"),
    "401": (Answer(status=401), "answered 401"),
    "404": (Answer(status=404), "answered 404"),
    "429": (Answer(status=429), "answered 429"),
    "429 with a long Retry-After": (Answer(status=429, headers={"Retry-After": "3600"}), "asking for a wait of 3600 s"),
    "500": (Answer(status=500), "answered 500"),
    "gzip error": (Answer(DAMAGED, headers={"Content-Encoding": "gzip"}), "compressed answer is damaged"),
    "HTML": (Answer(HTML), "HTML|no daily bars|no readable ZIP"),
    "nothing": (Answer(b""), "empty|no daily bars|no readable ZIP"),
}


class SourceContract:
    """The faults of the network, and what stands in the error of each."""

    entry: ClassVar[SourceEntry]
    instrument: ClassVar[str]
    host: ClassVar[str]
    path: ClassVar[str]
    refuses_unsorted: ClassVar[bool] = False
    other_words: ClassVar[dict[str, str]] = {}

    def good(self, dates: Sequence[str] = DATES, values: Sequence[float | None] = VALUES) -> bytes:
        """Return an answer of the source with these values."""
        raise AssertionError(f"no format for {dates} and {values}")

    def prepare(self, loopback: Loopback) -> None:
        """Let the server answer what else the source asks for."""

    def fetch(
        self,
        loopback: Loopback,
        *answers: Answer | bytes,
        policy: Policy = CALM,
        span: DateSpan | None = None,
        now: pd.Timestamp = NOW,
        **to: str,
    ) -> RawRows:
        self.prepare(loopback)
        loopback.say(self.host, self.path, *answers)
        with loopback.session(policy, **to) as session:
            return fetch_rows(self.entry, span or DateSpan(), session=session, now=now)

    def build(self, loopback: Loopback, *answers: Answer | bytes) -> Observations:
        return build_observations(resolve(self.instrument), self.entry, self.fetch(loopback, *answers), NOW)

    def fails(self, loopback: Loopback, *answers: Answer | bytes, **options: Any) -> SourceError:
        with pytest.raises(SourceError) as caught:
            self.fetch(loopback, *answers, **{"policy": HASTY, **options})
        return caught.value

    def test_a_good_answer_is_read_and_can_be_traced(self, loopback: Loopback) -> None:
        rows = self.fetch(loopback, self.good())
        assert rows.when.dt.strftime("%Y-%m-%d").tolist() == DATES
        assert rows.value.tolist() == VALUES
        assert rows.retrieved_at == NOW
        assert len(rows.sha256) >= 64
        assert rows.repairs == ()
        assert loopback.count(self.host, self.path) == 1

    @pytest.mark.parametrize("name", FAULTS)
    def test_a_fault_is_a_typed_error_with_a_next_step(self, loopback: Loopback, name: str) -> None:
        answer, pattern = FAULTS[name]
        error = self.fails(loopback, answer, span=DateSpan(pd.Timestamp("2015-01-01")))
        assert error.source == self.entry.provider
        assert error.symbol == self.entry.symbol
        assert error.span == "from 2015-01-01"
        assert error.next_step
        assert re.search(self.other_words.get(name, pattern), str(error)), error

    def test_an_unknown_host_is_named(self, loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
        def nobody(*_: object, **__: object) -> None:
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(socket, "create_connection", nobody)
        assert f"{self.host} cannot be found" in str(self.fails(loopback, self.good()))

    def test_a_refused_connection_is_named(self, loopback: Loopback) -> None:
        shut = {self.host.replace(".", "_"): f"http://127.0.0.1:{free_port()}"}
        assert f"{self.host} refuses connections" in str(self.fails(loopback, self.good(), **shut))

    def test_an_answer_over_the_limit_of_size_is_refused(self, loopback: Loopback) -> None:
        small = replace(HASTY, size_limit=20)
        assert "over the limit of" in str(self.fails(loopback, self.good(), policy=small))

    @pytest.mark.parametrize("status", [500, 503, 429])
    def test_a_passing_trouble_is_waited_out(self, loopback: Loopback, status: int) -> None:
        headers = {"Retry-After": "0"} if status == 429 else {}
        rows = self.fetch(loopback, Answer(status=status, headers=headers), self.good())
        assert rows.value.tolist() == VALUES
        assert loopback.count(self.host, self.path) == 2

    def test_a_host_that_is_too_busy_is_left_alone(self, loopback: Loopback) -> None:
        self.prepare(loopback)
        loopback.say(self.host, self.path, Answer(status=429, headers={"Retry-After": "3600"}))
        with loopback.session() as session:
            for _ in range(3):
                with pytest.raises(SourceError, match="429"):
                    fetch_rows(self.entry, DateSpan(), session=session, now=NOW)
        assert loopback.count(self.host, self.path) == 1

    def test_unsorted_dates_are_mended_and_counted_or_refused(self, loopback: Loopback) -> None:
        answer = self.good([DATES[1], DATES[0], DATES[2]], [4.0, 3.0, 5.0])
        if self.refuses_unsorted:
            assert "order of its dates" in self.fails(loopback, answer).reason
        else:
            assert self.build(loopback, answer).levels.tolist() == VALUES

    def test_nulls_are_missing_values(self, loopback: Loopback) -> None:
        built = self.build(loopback, self.good(DATES, [3.0, None, 5.0]))
        assert built.levels.tolist() == [3.0, 5.0]
        assert built.origin is not None
        assert "missing values: 1" in built.origin.repairs

    def test_an_answer_of_missing_values_only_is_an_error(self, loopback: Loopback) -> None:
        assert "no value" in self.fails(loopback, self.good(DATES, [None, None, None])).reason

    def test_the_span_is_kept_and_a_late_beginning_is_noted(self, loopback: Loopback) -> None:
        span = DateSpan(pd.Timestamp("2024-08-06"), pd.Timestamp("2024-08-06"))
        assert self.fetch(loopback, self.good(), span=span).value.tolist() == [4.0]
        rows = self.fetch(loopback, self.good(), span=DateSpan(pd.Timestamp("2024-01-02")))
        assert rows.repairs == ("begins on 2024-08-05, asked from 2024-01-02",)

    def test_a_hole_and_an_end_far_behind_are_noted(self, loopback: Loopback) -> None:
        rows = self.fetch(loopback, self.good(["2024-06-03", "2024-06-04", "2024-07-01"]))
        assert any(note.startswith("holes of more than a week: 1; 2024-06-05 to 2024-06-30") for note in rows.repairs)
        assert rows.repairs[-1] == "ends on 2024-07-01, 39 days behind"
