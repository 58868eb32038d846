"""The session of an instant: what ends at midnight belongs to the day that ends."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from coupling.dates.sessions import session_of


@pytest.mark.parametrize(
    ("instant", "session"),
    [
        ("2026-08-21 00:00+00:00", date(2026, 8, 20)),
        ("2026-08-21 00:00:01+00:00", date(2026, 8, 21)),
        ("2026-08-20 23:59:59.999999999+00:00", date(2026, 8, 20)),
        ("2026-08-20 16:00-04:00", date(2026, 8, 20)),  # New York's close
        ("2026-08-21 15:00+09:00", date(2026, 8, 21)),  # Tokyo's close
        ("2026-08-20 20:00-04:00", date(2026, 8, 20)),  # 24:00 UTC, said in New York's time
        ("2026-08-21", date(2026, 8, 21)),  # a label of a session
        ("2026-01-01 00:00+00:00", date(2025, 12, 31)),
    ],
)
def test_a_close_belongs_to_the_day_that_ends(instant: str, session: date) -> None:
    assert session_of(pd.Timestamp(instant)) == session
