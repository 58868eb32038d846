"""A local server for the live sources, and yfinance without memory between tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.data.loopback import Loopback, serve


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Return a local server that speaks for the sources' hosts; nothing is kept from one test to the next."""
    from yfinance import cache, data

    monkeypatch.setattr(data.SingletonMeta, "_instances", {})
    monkeypatch.setattr(cache._CookieCacheManager, "_Cookie_cache", cache._CookieCacheDummy())
    monkeypatch.setattr(cache._TzCacheManager, "_tz_cache", cache._TzCacheDummy())
    with serve() as server:
        yield server
