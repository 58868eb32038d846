"""One release: version, change log, citation, commit, tag, archives, and their check. Nothing is published by it.

`make release VERSION=0.2.0` runs this in the environment of the lock; CONTRIBUTING.md says what comes before it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[1]
UNRELEASED = "## [Unreleased]\n"


class NotYetError(Exception):
    """Why there is no release: one sentence with the next step."""


def git(*arguments: str, root: Path) -> str:
    """Run git in the tree and return what it printed."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotYetError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout


def settled(text: str, root: Path) -> tuple[str, str]:
    """Return the version that is there and the new one; refuse what is no later version, or has been tagged."""
    there = re.search(r'__version__ = "([^"]+)"', (root / "coupling" / "version.py").read_text(encoding="utf-8"))
    assert there is not None
    try:
        new = Version(text)
    except InvalidVersion:
        raise NotYetError(f"{text!r} is no version; write it as 0.2.0") from None
    if str(new) != text:
        raise NotYetError(f"{text!r} is not as versions are written; write {new}")
    tags = git("tag", root=root).split()
    if f"v{new}" in tags:
        raise NotYetError(f"v{new} is tagged already; name a later version")
    first = not any(tag.startswith("v") for tag in tags)
    if new < Version(there[1]) or (new == Version(there[1]) and not first):
        raise NotYetError(f"{new} is not later than {there[1]}; name a later version")
    return there[1], str(new)


def require_clean(root: Path) -> None:
    """Refuse a tree that holds what is not committed, or another branch than main."""
    if git("status", "--porcelain", root=root).strip():
        raise NotYetError("the tree holds changes that are not committed; commit or remove them")
    branch = git("rev-parse", "--abbrev-ref", "HEAD", root=root).strip()
    if branch != "main":
        raise NotYetError(f"releases are made from main, and this is {branch}; merge first")


def with_heading(log: str, version: str, day: dt.date) -> str:
    """Return the change log with what was unreleased under a version and a day."""
    start = log.find(UNRELEASED)
    if start < 0:
        raise NotYetError(f"CHANGELOG.md has no line {UNRELEASED.strip()!r}; add it")
    told = re.split(r"^## \[", log[start + len(UNRELEASED) :], maxsplit=1, flags=re.MULTILINE)[0]
    if not re.search(r"^- ", told, re.MULTILINE):
        raise NotYetError("CHANGELOG.md says nothing under [Unreleased]; write what a user gains")
    return log.replace(UNRELEASED, f"{UNRELEASED}\n## [{version}] - {day}\n", 1)


def write(old: str, new: str, root: Path) -> None:
    """Write the version into the package and the citation, and the heading into the change log."""
    log = root / "CHANGELOG.md"
    text = with_heading(log.read_text(encoding="utf-8"), new, dt.datetime.now(dt.UTC).date())
    for name, pattern in (("coupling/version.py", '__version__ = "{}"'), ("CITATION.cff", "version: {}\n")):
        path = root / name
        was = path.read_text(encoding="utf-8")
        if pattern.format(old) not in was:
            raise NotYetError(f"{name} does not hold version {old}; mend it")
        path.write_text(was.replace(pattern.format(old), pattern.format(new), 1), encoding="utf-8")
    log.write_text(text, encoding="utf-8")


def build(version: str, root: Path) -> list[Path]:
    """Build both archives with the locked backend, dated by the commit: of one commit always the same bytes."""
    folder = root / "dist"
    for old in folder.glob("macro_coupling-*"):
        old.unlink()
    environment = os.environ | {"SOURCE_DATE_EPOCH": git("log", "-1", "--format=%ct", root=root).strip()}
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=root, env=environment, check=True
    )
    return [folder / f"macro_coupling-{version}{end}" for end in ("-py3-none-any.whl", ".tar.gz")]


def release(text: str, root: Path, *, check: bool) -> list[Path]:
    """Make a release and return its archives; where something stands in the way nothing is written."""
    require_clean(root)
    old, new = settled(text, root)
    write(old, new, root)
    git("commit", "--quiet", "--all", "--message", f"Version {new}", root=root)
    git("tag", "--annotate", f"v{new}", "--message", f"Version {new}", root=root)
    archives = build(new, root)
    if check:
        subprocess.run([sys.executable, "-m", "pytest", "-q", "tests/test_wheel.py"], cwd=root, check=True)
    return archives


def main() -> int:
    """Make the release that was asked for, and say what is left to do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", help="such as 0.2.0")
    parser.add_argument("--no-check", action="store_true", help="leave out the test of the archives")
    asked = parser.parse_args()
    try:
        archives = release(asked.version, ROOT, check=not asked.no_check)
    except NotYetError as why:
        print(f"error: {why}", file=sys.stderr)
        return 2
    print(*archives, sep="\n")
    named = " ".join(str(path.relative_to(ROOT)) for path in archives)
    print(f"next: git push origin main v{asked.version}, then .venv/bin/uv publish {named}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
