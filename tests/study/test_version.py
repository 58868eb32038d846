"""The version of a configuration: known ones are read, a later one is refused, and none means the newest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import coupling as cp
from coupling.errors import ConfigurationError

TWO: dict[str, Any] = {"title": "T", "focus": "BTC", "instruments": ["BTC", "SPX"]}


def test_one_is_read_and_none_means_the_newest() -> None:
    assert cp.load_study({"version": 1, **TWO}) == cp.load_study(TWO)
    assert "version: 1\n" in cp.load_study(TWO).as_text()


@pytest.mark.parametrize(
    ("version", "told"),
    [
        (2, "the configuration is of version 2, and this package reads 1; update it"),
        (99, "of version 99"),
        (0, "version: .*greater than or equal to 1"),
        ("new", "version: .*'new'"),
        (True, "version"),
        (1.5, "version"),
    ],
)
def test_what_is_no_known_version_is_refused(version: object, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        cp.load_study({"version": version, **TWO})


def test_the_refusal_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    path.write_text("title: T\nversion: 3\nfocus: BTC\ninstruments: [BTC, SPX]\n")
    with pytest.raises(ConfigurationError, match=r"new\.yaml:2: version: the configuration is of version 3"):
        cp.load_study(path)
