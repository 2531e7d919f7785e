"""The launchers at the root, run for real, on a machine whose Python and pip are stand-ins.

What a true first start installs is proven by `.ci/run`, which begins with no `.venv`.
"""

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAUNCHERS = ("hubbub", "check", "scripts/setup.sh")
TOOLS = ("sh", "dirname", "grep", "ln", "mkdir", "mv", "readlink", "rm", "sleep", "tail")
CHECKS = ("ruff", "mypy", "lint-imports", "pytest")

# `python -m venv DIR` puts a copy of itself there; `python -m pip install` does what the file
# `pip` beside the folder says, and puts commands there that say what they were called with.
PYTHON = r"""#!/bin/sh
echo "$*" >>{calls}
case $1-$2 in
    -c-*) echo "{verdict}" ;;
    -m-venv) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    -m-pip)
        [ "$3" = install ] || exit 0
        . {pip}
        for command in hubbub {checks}; do
            printf '#!/bin/sh\necho "%s: $*"\n[ "$FAILING" != %s ]\n' $command $command \
                >"${{0%/*}}/$command"
            chmod +x "${{0%/*}}/$command"
        done ;;
    *) exit 1 ;;
esac
"""


class Machine:
    """A checkout in a folder of its own, and a PATH that leads to nothing but a few tools."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a checkout"
        self.bin = folder / "bin"
        self.calls = folder / "calls"
        self.pip = folder / "pip"
        self.bin.mkdir()
        for tool in (*TOOLS, "cp", "chmod"):  # the last two are for the stand-in
            found = shutil.which(tool)
            assert found, tool
            (self.bin / tool).symlink_to(found)
        for launcher in LAUNCHERS:
            (self.root / launcher).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / launcher, self.root / launcher)
        (self.root / "pyproject.toml").touch()
        self.pip_does("")

    def has_python(self, name: str, verdict: str = "good") -> None:
        """Install a stand-in that the launchers' probe judges so."""
        script = PYTHON.format(
            calls=self.calls, pip=self.pip, verdict=verdict, checks=" ".join(CHECKS)
        )
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o755)

    def pip_does(self, script: str) -> None:
        self.pip.write_text(script)

    @property
    def installs(self) -> list[str]:
        """What pip was asked to install, one after the other."""
        calls = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [call.split()[-1] for call in calls if call.startswith("-m pip install")]

    def environment(self, **more: str) -> dict[str, str]:
        return {"PATH": str(self.bin), "HOME": str(self.root.parent), "FAILING": "", **more}

    def run(
        self, *command: str | Path, cwd: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        launcher, *arguments = command or (self.root / "hubbub",)
        return subprocess.run(
            [launcher, *arguments],
            cwd=cwd or self.root,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.has_python("python3.12")
    return machine


def test_the_first_start_installs_and_says_so(machine: Machine) -> None:
    first = machine.run(machine.root / "hubbub", "send", "two words")
    assert first.stdout == "hubbub: send two words\n"
    assert first.stderr == "hubbub: Setting up hubbub in .venv, once …\n"
    assert machine.installs == ["."]


def test_later_starts_go_straight_on(machine: Machine) -> None:
    machine.run()
    machine.calls.unlink()
    later = machine.run()
    assert (later.stdout, later.stderr) == ("hubbub: \n", "")
    assert not machine.calls.exists()


def test_from_another_folder_and_through_links(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "near").symlink_to(machine.root / "hubbub")
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "link").symlink_to("../near")
    for launcher in ("near", "far/link", "a checkout/hubbub"):
        assert machine.run(tmp_path / launcher, cwd=tmp_path).stdout == "hubbub: \n"
    assert machine.run("sh", "hubbub").stdout == "hubbub: \n"
    assert machine.installs == ["."]


def test_the_exit_code_is_the_commands(machine: Machine) -> None:
    assert machine.run(FAILING="hubbub").returncode == 1
    assert machine.run().returncode == 0


def test_a_newer_pyproject_is_installed_once(machine: Machine) -> None:
    machine.run()
    now = time.time()
    os.utime(machine.root / ".venv" / "hubbub-ready", (now - 20, now - 20))
    os.utime(machine.root / "pyproject.toml", (now - 10, now - 10))
    assert machine.run().stderr == "hubbub: Bringing .venv up to date …\n"
    assert machine.run().stderr == ""
    assert machine.installs == [".", "."]


def test_check_adds_what_it_needs_and_hubbub_leaves_it(machine: Machine) -> None:
    machine.run()
    check = machine.run(machine.root / "check", "-k", "resume")
    assert check.returncode == 0
    assert [line for line in check.stdout.splitlines() if ": " in line] == [
        "ruff: check",
        "ruff: format --check",
        "mypy: ",
        "lint-imports: ",
        "pytest: -n auto --dist loadfile --no-loadscope-reorder -k resume",
    ]
    assert machine.run().stderr == ""
    assert machine.installs == [".", ".[dev]"]


def test_check_has_python_keep_what_it_compiled(machine: Machine) -> None:
    machine.run(machine.root / "check")
    pytest_ = machine.root / ".venv" / "bin" / "pytest"
    pytest_.write_text('#!/bin/sh\necho "told to keep nothing: ${PYTHONDONTWRITEBYTECODE-no}"\n')
    check = machine.run(machine.root / "check", PYTHONDONTWRITEBYTECODE="1")
    assert "told to keep nothing: no" in check.stdout.splitlines()


@pytest.mark.parametrize("failing", CHECKS)
def test_check_ends_with_the_first_failure(machine: Machine, failing: str) -> None:
    check = machine.run(machine.root / "check", FAILING=failing)
    assert check.returncode == 1
    assert check.stdout.splitlines()[-1].startswith(f"== Failed: {failing}")


def test_an_interrupted_install_is_repaired(machine: Machine) -> None:
    machine.pip_does("kill -9 $(readlink .venv/hubbub-setup); exit 1")
    assert machine.run().returncode < 0
    (machine.root / ".venv" / "bin" / "half-written").touch()
    machine.pip_does("")
    assert machine.run().stdout == "hubbub: \n"
    assert not (machine.root / ".venv" / "bin" / "half-written").exists()


def test_a_checkout_that_moved_is_set_up_anew(machine: Machine) -> None:
    machine.run(machine.root / "check")
    machine.root = machine.root.rename(machine.root.with_name("elsewhere"))
    assert machine.run().stdout == "hubbub: \n"
    assert machine.installs == [".[dev]", ".[dev]"]


def test_a_python_that_vanished_is_replaced(machine: Machine) -> None:
    machine.run()
    (machine.root / ".venv" / "bin" / "python").unlink()
    assert machine.run().stdout == "hubbub: \n"


def test_two_first_starts_at_once_install_once(machine: Machine, tmp_path: Path) -> None:
    release = tmp_path / "release"
    os.mkfifo(release)
    machine.pip_does(f"read word <{release}")
    launcher = machine.root / "hubbub"
    one, two = (
        subprocess.Popen(
            [launcher], env=machine.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    )
    with one, two:
        with release.open("w") as pipe:  # opens as soon as pip is at work
            assert _first_line(one, two, b"Waiting for process")
            pipe.write("go\n")
        outputs = [process.communicate(timeout=60)[0] for process in (one, two)]
    assert outputs == [b"hubbub: \n"] * 2
    assert machine.installs == ["."]


def _first_line(
    one: subprocess.Popen[bytes], two: subprocess.Popen[bytes], expected: bytes
) -> bool:
    """Return whether the first line of either process holds `expected`."""
    errors = [process.stderr for process in (one, two) if process.stderr]
    lines = []
    for stream in errors:
        assert select.select([stream], [], [], 60)[0], "neither a line nor an end"
        lines.append(stream.readline())
    return any(expected in line for line in lines)


def no_python(machine: Machine) -> None:
    (machine.bin / "python3.12").unlink()


def old_python(machine: Machine) -> None:
    no_python(machine)
    machine.has_python("python3", "old 3.9")


def no_venv(machine: Machine) -> None:
    machine.has_python("python3.12", "bare ensurepip")


def no_network(machine: Machine) -> None:
    machine.pip_does(
        "echo 'WARNING: Retrying after connection broken by NewConnectionError'\nexit 1"
    )


def no_compiler(machine: Machine) -> None:
    machine.pip_does("echo 'Building'; echo 'error: command gcc failed'; exit 1")


@pytest.mark.parametrize(
    ("lack", "sentence"),
    [
        (no_python, "Python 3.11 or newer is needed, and there is none. Install one from"),
        (old_python, "Python 3.11 or newer is needed, and python3 is 3.9. Install a newer one"),
        (no_venv, "python3.12 lacks ensurepip. Install what is missing (on Debian and Ubuntu: apt"),
        (no_network, "cannot be downloaded. Connect this machine to the internet and start again"),
        (no_compiler, "Installing failed: error: command gcc failed The rest is in"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(
    machine: Machine, lack: Callable[[Machine], None], sentence: str
) -> None:
    lack(machine)
    refused = machine.run()
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert sentence in refused.stderr.splitlines()[-1]
    assert len(refused.stderr.splitlines()) == 2
    machine.has_python("python3.12")
    machine.pip_does("")
    assert machine.run().stdout == "hubbub: \n"


def test_the_newest_python_that_will_do_is_taken(machine: Machine) -> None:
    machine.has_python("python3.14", "bare venv, ensurepip")
    machine.has_python("python3.13", "old 3.8")
    assert machine.run().returncode == 0


def test_the_probe_judges_real_pythons() -> None:
    text = (ROOT / "scripts" / "setup.sh").read_text()
    probe = text.split("probe='")[1].split("'")[0]
    verdict = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert verdict.stdout == "good\n"


def test_hubbub_python_names_the_one_to_take(machine: Machine, tmp_path: Path) -> None:
    missing = machine.run(HUBBUB_PYTHON=str(tmp_path / "none"))
    assert "does not run. Name one that does, then start again." in missing.stderr
    (machine.bin / "python3.12").rename(tmp_path / "mine")
    assert machine.run(HUBBUB_PYTHON=str(tmp_path / "mine")).returncode == 0
