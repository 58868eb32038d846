"""Every recipe is run as far as it can be without its machine: parsed, verified, its commands taken, its shell run."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from coupling.cli import app
from tests.watch.desk import Desk
from tests.watch.receiver import SECRET, Receiver, receive

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "docs" / "recipes"
WRITTEN = ("--store", "--state", "--json", "--markdown", "--out")


def text(name: str) -> str:
    return (RECIPES / name).read_text(encoding="utf-8")


def cron_line() -> tuple[list[str], str]:
    """Return the fields of time and the command."""
    (line,) = (each for each in text("crontab").splitlines() if re.match(r"[\d*]", each))
    *fields, command = line.split(None, 5)
    return fields, command


def docker() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, each with what it says."""
    lines = [line for line in text("Dockerfile").splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined)]


def instruction(name: str) -> str:
    return [rest for word, rest in docker() if word == name][-1]


def steps() -> list[dict[str, Any]]:
    return list(yaml.safe_load(text("publish.yml"))["jobs"]["watch"]["steps"])


def script() -> str:
    return next(str(step["run"]) for step in steps() if step.get("name") == "watch")


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=", comment_prefixes="#")
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text(name))
    return parser


def commands() -> dict[str, list[str]]:
    """Return the arguments of every ``coupling`` in the recipes."""
    dockerfile = json.loads(instruction("ENTRYPOINT")) + json.loads(instruction("CMD"))
    shell = {"crontab": cron_line()[1], "publish.yml": next(x for x in script().splitlines() if "coupling watch" in x)}
    found = {name: re.split(r"\s(?:\|\||>>)", line[line.index("coupling ") :])[0] for name, line in shell.items()}
    return {name: shlex.split(line)[1:] for name, line in found.items()} | {
        "Dockerfile": dockerfile[1:],
        "coupling-watch.service": shlex.split(unit("coupling-watch.service")["Service"]["ExecStart"])[1:],
    }


@pytest.mark.parametrize("name", sorted(commands()))
def test_its_command_is_taken_by_the_command_line(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[tuple[Any, ...]] = []

    def watch(*given: Any, **_: Any) -> int:
        taken.append(given)
        return 0

    monkeypatch.setattr("coupling.cli.watch._watch", watch)
    result = CliRunner().invoke(app, commands()[name])
    assert result.exit_code == 0, result.output
    assert taken[0][0][0].name == "desk.yaml"
    assert None not in (taken[0][1], *taken[0][3].values())  # state, and the files that are written


def test_every_recipe_is_on_its_page_and_every_file_of_the_folder_is_one() -> None:
    page = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\(recipes/([\w.-]+)\)", page)) == {each.name for each in RECIPES.iterdir()}


@pytest.mark.parametrize("shell", [cron_line()[1], script(), *(rest for word, rest in docker() if word == "RUN")])
def test_its_shell_can_be_read(shell: str) -> None:
    subprocess.run(["sh", "-n", "-c", shell], check=True)


def test_no_recipe_holds_an_address_or_posts_by_the_command_line() -> None:
    for each in RECIPES.iterdir():
        told = each.read_text(encoding="utf-8")
        assert "hooks." not in told
        assert "--webhook http" not in told
        assert not re.search(r"COUPLING_WEBHOOK_URL=https?://\w", told)


def test_the_line_of_cron_has_a_time_and_no_percent_sign() -> None:
    """In a line of cron a percent sign ends the command."""
    fields, command = cron_line()
    for field, top in zip(fields, (59, 23, 31, 12, 7), strict=True):
        assert re.fullmatch(r"\*|\d+(-\d+)?", field)
        assert all(int(number) <= top for number in re.findall(r"\d+", field))
    assert "%" not in command


@pytest.fixture
def home(tmp_path: Path) -> Iterator[tuple[Path, Receiver]]:
    """Return a home with a desk whose data are old, which rings, and the receiver of its alerts."""
    folder = tmp_path / "desk"
    folder.mkdir()
    desk = Desk(folder)
    desk.grow(400)
    desk.study.rename(folder / "desk.yaml")
    with receive() as receiver:
        (folder / "webhook.env").write_text(f"export COUPLING_WEBHOOK_URL={receiver.url}\n")
        yield tmp_path, receiver


def run_cron(home: Path, program: str) -> int:
    """Run the line of cron where ``coupling`` is a script."""
    shim = home / "bin" / "coupling"
    shim.parent.mkdir(exist_ok=True)
    shim.write_text(f"#!/bin/sh\n{program}\n")
    shim.chmod(0o755)
    env = {"HOME": str(home), "PATH": f"{shim.parent}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    return subprocess.run(["sh", "-c", cron_line()[1]], env=env, cwd=home, check=False).returncode


def require_rung_once(home: Path, receiver: Receiver) -> None:
    """Check that each alert came once, and that no file but that of the secret holds it."""
    assert json.loads((home / "desk" / "morning.json").read_text(encoding="utf-8"))["exit_code"] == 0
    ids = [body["metadata"]["event_payload"]["id"] for body in receiver.bodies]
    assert len(ids) == len(set(ids)) > 0
    for each in (home / "desk").rglob("*"):
        if each.is_file() and each.name != "webhook.env":
            assert SECRET.encode() not in each.read_bytes(), each


def test_what_the_line_of_cron_runs_rings_once_and_keeps_its_secret(
    home: tuple[Path, Receiver], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line is run by a shell with a script that writes down what it was given; then that is run."""
    folder, receiver = home
    said = 'pwd >asked; printf \'%s\\n\' "$COUPLING_WEBHOOK_URL" "$@" >>asked; exit 4'
    assert run_cron(folder, said) == 4
    place, address, *arguments = (folder / "desk" / "asked").read_text().splitlines()
    (folder / "desk" / "asked").unlink()
    monkeypatch.chdir(place)
    monkeypatch.setenv("COUPLING_WEBHOOK_URL", address)
    results = [CliRunner().invoke(app, arguments) for _ in range(2)]
    assert [each.exit_code for each in results] == [4, 0], results[0].output
    assert SECRET not in "".join(each.output for each in results)
    require_rung_once(folder, receiver)


@pytest.mark.slow
@pytest.mark.processes
def test_the_line_of_cron_runs(home: tuple[Path, Receiver]) -> None:
    program = f'exec "{sys.executable}" -m coupling "$@"'
    assert [run_cron(home[0], program) for _ in range(2)] == [4, 0]
    require_rung_once(*home)


@pytest.mark.parametrize(("code", "page", "expected"), [(0, True, 0), (4, True, 0), (1, True, 1), (3, False, 3)])
def test_the_step_of_the_workflow_fails_for_what_is_a_failure_alone(
    code: int, *, page: bool, expected: int, tmp_path: Path
) -> None:
    shim = tmp_path / "bin" / "coupling"
    shim.parent.mkdir()
    made = "touch site/morning.md site/desk.html\n" if page else ""
    shim.write_text(f'#!/bin/sh\necho "$@" >asked\n{made}exit {code}\n')
    shim.chmod(0o755)
    summary = tmp_path / "summary.md"
    env = {"PATH": f"{shim.parent}:/usr/bin:/bin", "GITHUB_STEP_SUMMARY": str(summary)}
    done = subprocess.run(["bash", "-e", "-c", script()], env=env, cwd=tmp_path, check=False)
    assert done.returncode == expected
    assert (tmp_path / "site" / "index.html").exists() == page
    assert summary.exists() == page


def test_the_workflow_keeps_its_state_and_hands_the_secret_by_the_environment() -> None:
    watch = next(step for step in steps() if step.get("name") == "watch")
    assert watch["env"]["COUPLING_WEBHOOK_URL"] == "${{ secrets.COUPLING_WEBHOOK_URL }}"
    assert all("secrets." not in str(step.get("run", "")) for step in steps())
    kept = [step["with"]["path"] for step in steps() if "actions/cache" in str(step.get("uses"))]
    assert kept == ["kept", "kept"]
    arguments = commands()["publish.yml"]
    assert all(arguments[arguments.index(option) + 1].startswith("kept/") for option in ("--store", "--state"))
    assert all(re.fullmatch(r"actions/[\w/-]+@v\d+", step["uses"]) for step in steps() if "uses" in step)


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    for name in ("coupling-watch.service", "coupling-watch.timer"):
        (tmp_path / name).write_text(text(name).replace("/usr/local/lib/coupling/bin/coupling", "/bin/true"))
    verify = ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    when = unit("coupling-watch.timer")["Timer"]["OnCalendar"]
    subprocess.run(["systemd-analyze", "calendar", when], check=True, capture_output=True)


def test_the_service_writes_below_its_own_folders_alone() -> None:
    service = unit("coupling-watch.service")["Service"]
    assert service["SuccessExitStatus"] == "4"
    assert (service["ProtectSystem"], service["DynamicUser"]) == ("strict", "yes")
    own = (f"/var/lib/{service['StateDirectory']}/", f"/var/cache/{service['CacheDirectory']}")
    arguments = commands()["coupling-watch.service"]
    assert all(arguments[arguments.index(option) + 1].startswith(own) for option in WRITTEN)
    assert f"COUPLING_CACHE={own[1]}" in service["Environment"]


def test_the_container_is_not_root_and_writes_to_its_volumes_alone() -> None:
    assert re.fullmatch(r"python:3\.1[1-4]-slim", instruction("FROM"))
    user = instruction("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    words = [word for word, _ in docker()]
    assert words.index("VOLUME") > words.index("RUN")  # what is made of a volume after it is lost
    volumes = tuple(json.loads(instruction("VOLUME")))
    arguments = commands()["Dockerfile"]
    assert all(arguments[arguments.index(option) + 1].startswith(volumes) for option in WRITTEN)
    environment = dict(pair.split("=", 1) for pair in instruction("ENV").split())
    assert environment["HOME"] in volumes
    assert environment["COUPLING_CACHE"] in volumes
    made = instruction("RUN")
    assert all(f" {volume}" in made for volume in volumes)
    assert f"--uid {user.partition(':')[0]}" in made
    told = text("Dockerfile")
    assert all(f":{volume}" in told for volume in volumes)
    assert "--read-only" in told


@pytest.mark.slow
@pytest.mark.processes
def test_the_container_needs_nothing_writable_but_its_volumes(tmp_path: Path) -> None:
    """Its command under a root file system that is read-only, as its user, in a name space of mounts."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("setpriv") is None:
        pytest.skip("needs root, unshare and setpriv")
    arguments = commands()["Dockerfile"]
    for folder in ("desk", "state", "cache"):
        (tmp_path / folder).mkdir()
    desk = Desk(tmp_path / "desk")
    desk.grow(400)
    desk.study.rename(tmp_path / "desk" / "desk.yaml")
    place = {"/desk": "desk", "/var/lib/coupling": "state", "/var/cache/coupling": "cache"}
    for old, new in place.items():
        arguments = [each.replace(old, str(tmp_path / new), 1) if each.startswith(old) else each for each in arguments]
    for folder in (tmp_path, *tmp_path.parents[:2]):  # those that pytest has made
        folder.chmod(folder.stat().st_mode | 0o055)
    for folder in ("state", "cache"):
        os.chown(tmp_path / folder, 10001, 10001)
    inside = " && ".join(
        [
            "mount --make-rprivate /",
            *(f"mount --bind {tmp_path / each} {tmp_path / each}" for each in ("state", "cache")),
            "mount -o remount,ro,bind /",
            "mount -t tmpfs tmpfs /mnt",
            "cd /mnt",
            f"exec setpriv --reuid 10001 --regid 10001 --clear-groups {shlex.join([sys.executable, '-m', 'coupling'])} "
            + shlex.join(arguments),
        ]
    )
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "state"), "COUPLING_CACHE": str(tmp_path / "cache")}
    env |= {"TMPDIR": "/mnt", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(["unshare", "-m", "sh", "-c", inside], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 4, done.stderr
    assert (tmp_path / "state" / "pages" / "desk.html").exists()
