"""Exit codes and sentences (docs/protocol.md section 8), and what may be imported when."""

import os
import shlex
import subprocess
import sys

import pytest

from .commands import COMMAND, environment, hubbub


def test_the_version_is_printed_without_a_server_or_a_client() -> None:
    script = (
        "import sys; from hubbub.cli import main; sys.argv[1:] = ['--version']\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "print([m for m in ('asyncio', 'aiohttp', 'msgspec', 'click') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        text=True,
        env=environment(),
        timeout=60,
    )
    assert ran.stdout == "hubbub 0.1.0\n[]\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["join", "--help"], 0),
        (["send", "127.0.0.1:1", "hi"], 1),
        (["join", "127.0.0.1:1", "--name", "ann"], 1),
    ],
)
def test_what_draws_no_screen_waits_for_nothing_that_it_does_not_need(
    arguments: list[str], code: int
) -> None:
    script = (
        "import sys; from hubbub.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: print('exit', end.code)\n"
        "slow = 'textual', 'rich', 'pygments', 'emoji', 'zeroconf', 'segno', 'ifaddr', 'aiohttp'\n"
        "print([m for m in slow if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        check=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=environment(),
        timeout=60,
    )
    assert ran.stdout.endswith(f"exit {code}\n[]\n")


@pytest.mark.parametrize("command", ["join", "send", "tail", "history", "search"])
def test_nobody_there_is_one_sentence_and_exit_1(command: str) -> None:
    text = ["hi"] if command in {"send", "search"} else []
    ran = hubbub(command, "127.0.0.1:1", "--name", "ci", *text)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.startswith("hubbub: No chat server answers at 127.0.0.1:1: connection refu")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["nonsense"], "nonsense"),
        (["send"], "Say what to send"),
        (["send", "a", "b", "c"], "not 3 words"),
        (["join"], "--name"),
        ([], "--name"),
        (["--plain"], "--name"),
        (["--plain", "join"], "after the command"),
        (["--name", "ann", "send", "hi"], "after the command"),
        (["--password", "x", "join"], "after the command"),
        (["join", "--theme", "pink"], "--theme"),
        *((["tail", "--after", after], "--after") for after in ("x", "9" * 20, "9" * 5000, "-1")),
        (["history", "--before", str(2**63)], "--before"),
        (["history", "--before", "1", "--after", "1"], "only one of"),
        (["send", "--room", "dev", "--person", "ben", "hi"], "not both"),
        (["history", "--limit", "201"], "--limit"),
        (["history", "--limit", "few"], "'few' is not a valid whole number."),
        (["hisory"], "No such command 'hisory'. Did you mean 'history'? 'hubbub --help' says"),
        (["admin", "ivite"], "Did you mean 'invite'? 'hubbub admin --help' says"),
        (["send", "--nam", "ann", "hi"], "No such option '--nam'. Did you mean '--name'? "),
    ],
)
def test_wrong_usage_is_a_sentence_and_exit_2(arguments: list[str], cause: str) -> None:
    ran = hubbub(*arguments)
    assert ran.returncode == 2
    assert cause in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "│" not in ran.stderr


BYTES = "\udcff\udcfe"  # how Python has arguments that are not UTF-8


@pytest.mark.parametrize(
    "arguments",
    [
        ["send", "--name", BYTES, "hi"],
        ["send", "--name", "ann", BYTES],
        ["send", BYTES, "hi", "--name", "ann"],
        ["send", "hi", "--name", "ann", "--room", BYTES],
        ["send", "hi", "--name", "ann", "--password", BYTES],
        ["tail", BYTES],
        ["history", "--room", BYTES],
        ["search", BYTES],
        ["join", "--room", BYTES, "--name", "ann"],
        ["--name", BYTES, "--plain"],
        ["serve", "--listen", BYTES],
        ["serve", "--password", BYTES],
    ],
)
def test_bytes_that_are_no_text_are_wrong_usage(arguments: list[str]) -> None:
    ran = hubbub(*arguments)
    assert ran.returncode == 2
    assert "It holds bytes that are not UTF-8." in ran.stderr


@pytest.mark.parametrize("variable", ["HUBBUB_NAME", "HUBBUB_PASSWORD"])
@pytest.mark.parametrize("arguments", [["--plain"], ["send", "hi"], ["tail"]])
def test_so_they_are_in_the_environment(variable: str, arguments: list[str]) -> None:
    ran = hubbub(*arguments, **{variable: BYTES})
    assert ran.returncode == 2
    assert "It holds bytes that are not UTF-8." in ran.stderr


def test_a_bad_address_is_a_sentence() -> None:
    for port in ("port", "0", "65536", "²", "9" * 5000):
        ran = hubbub("tail", f"host:{port}", "--name", "ci")
        assert ran.returncode == 2
        assert ran.stderr.startswith("hubbub: The port in the address")


@pytest.mark.parametrize(
    "place",
    [
        *(f"127.0.0.1:{port}" for port in ("port", "-1", "65536", "²", "9" * 5000)),
        *("x..y:1", f"{'a' * 300}:1"),
    ],
)
def test_a_bad_place_to_listen_at_is_a_sentence(place: str) -> None:
    ran = hubbub("serve", "--listen", place)
    assert ran.returncode != 0
    assert ran.stderr.startswith("hubbub: Cannot listen on")
    assert ran.stderr.count("\n") == 1


def test_help_names_every_command() -> None:
    shown = hubbub("--help").stdout
    for command in ("serve", "join", "send", "tail", "history", "search", "--version"):
        assert command in shown
    for options in (shown, hubbub("join", "--help").stdout):
        assert "--plain" in options
        assert "screen" in options


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["serve", "--print-config"]])
def test_an_output_that_is_full_is_a_sentence_and_exit_1(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        ran = subprocess.run(
            [*COMMAND, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert ran.returncode == 1
    assert ran.stderr == "hubbub: The output cannot be written: No space left on device.\n"


@pytest.mark.skipif(os.name != "posix", reason="only POSIX shells close outputs")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&- <&-"])
def test_closed_outputs_are_no_failure_of_ours(closed: str) -> None:
    command = shlex.join([*COMMAND, "history", "127.0.0.1:9", "--name", "ann"])
    ran = subprocess.run(
        ["sh", "-c", f"{command} {closed}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 1
    assert "Traceback" not in ran.stdout + ran.stderr


def test_the_settings_of_the_terminal_client_are_printed() -> None:
    printed = hubbub("--print-client-config").stdout
    assert '#theme = "auto"' in printed
    assert "[keys]" in printed
