"""A page allows its own script and style by their hashes, and nothing else."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

import pytest

from coupling.report import render
from coupling.report.policy import script
from coupling.results.study import StudyResult


@pytest.fixture(scope="module")
def text(example: Callable[..., StudyResult]) -> str:
    return render(example(n=300))


def test_the_policy_names_the_hash_of_the_one_script_and_the_one_style(text: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    for element in ("script", "style"):
        found = re.findall(rf"<{element}\b[^>]*>(.*?)</{element}>", text, flags=re.S)
        assert len(found) == 1
        assert rules[f"{element}-src"] == f"'sha256-{b64encode(sha256(found[0].encode()).digest()).decode()}'"
    assert "unsafe" not in policy[1]


def test_no_attribute_is_style_or_script(text: str) -> None:
    body = text.split("</head>")[1]
    assert not re.search(r'<[^>]*\s(style|on\w+)="', body)
    assert "javascript:" not in text


def test_the_script_takes_nothing_from_outside_and_writes_no_markup() -> None:
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "document.write",
        "eval(",
        "Function(",
        "fetch(",
        "import(",
    ):
        assert word not in script()
    assert "XMLHttpRequest" not in script()
    assert "http" not in script()
    assert len(script()) < 14_000
    assert "</" not in script()
