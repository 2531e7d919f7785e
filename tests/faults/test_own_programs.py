"""hubbub's own commands live through kills of the server (protocol sections 6 and 8)."""

import itertools
import json
import subprocess
import time
from pathlib import Path

from tests.faults.serving import PATIENCE_SECONDS, ServerProcess
from tests.interop.terminal import hubbub

LINES = [f"line {number} {'é' * (number % 40)}" for number in range(3000)]
KILL_AFTER = (300, 1100, 1900)


def wait_for_lines(path: Path, count: int) -> list[str]:
    """Return the whole lines of a growing file once there are so many."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (written := path.read_bytes()).count(b"\n") < count:  # it may end within a character
        assert time.monotonic() < deadline, f"{written.count(10)} of {count} lines came"
        time.sleep(0.01)
    return written[: written.rindex(b"\n")].decode().splitlines()


def test_a_script_that_sends_and_one_that_tails_notice_no_kill(tmp_path: Path) -> None:
    """`After kill -9 and a restart every message anyone saw is still there`; what `hubbub send`
    sent is posted once, and `hubbub tail --after` shows it once, in order.
    """
    shown, said = tmp_path / "shown", tmp_path / "said"
    said.write_text("".join(f"{line}\n" for line in LINES))
    with ServerProcess(tmp_path / "data") as server, shown.open("w") as out, said.open() as lines:
        address = f"{server.host}:{server.port}"
        tail = subprocess.Popen(
            hubbub("tail", address, "--name", "ear", "--after", "0", "--json"),
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
        send = subprocess.Popen(
            hubbub("send", address, "--name", "ci", "-"),
            stdin=lines,
            stderr=subprocess.PIPE,
        )
        try:
            for count in KILL_AFTER:
                wait_for_lines(shown, count)
                server.kill()
                server.start()
            _, complaint = send.communicate(timeout=PATIENCE_SECONDS)
            assert send.returncode == 0
            events = [json.loads(line) for line in wait_for_lines(shown, len(LINES))]
            tail.terminate()
            assert tail.wait(PATIENCE_SECONDS) == 0
        finally:
            for process in (tail, send):
                process.kill()
                process.wait()
    assert [event["text"] for event in events] == LINES
    assert all(one["seq"] == after["prev"] for one, after in itertools.pairwise(events))
    assert complaint == b"", "in a script, a server that comes back is no news"


def test_messages_said_in_the_chat_while_the_server_is_away_are_posted_once(
    tmp_path: Path,
) -> None:
    """`keeps an ordered outbox of what was typed while offline and sends it once (nonces)`"""
    heard, errors, greeting = tmp_path / "heard", tmp_path / "errors", tmp_path / "greeting"
    with (
        ServerProcess(tmp_path / "data") as server,
        heard.open("w") as out,
        errors.open("w") as complaints,
        greeting.open("w") as greetings,
    ):
        address = f"{server.host}:{server.port}"
        ear = subprocess.Popen(
            hubbub("join", address, "--name", "ear", "--plain"),
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=greetings,
        )
        wait_for_lines(greeting, 1)  # connected
        ann = subprocess.Popen(
            hubbub("join", address, "--name", "ann", "--plain"),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
        )
        try:
            assert ann.stdin is not None
            assert ear.stdin is not None
            wait_for_lines(errors, 1)  # connected
            ann.stdin.write(b"one\n")
            ann.stdin.flush()
            wait_for_lines(heard, 1)
            server.kill()
            ann.stdin.write("zwei\nthrée\n".encode())
            ann.stdin.flush()
            wait_for_lines(errors, 3)  # lost, and not to be reached
            server.start()
            wait_for_lines(heard, 3)
            ann.stdin.write(b"four\n")
            ann.stdin.close()
            assert ann.wait(PATIENCE_SECONDS) == 0
            lines = wait_for_lines(heard, 4)
            ear.stdin.close()
            assert ear.wait(PATIENCE_SECONDS) == 0
        finally:
            for process in (ann, ear):
                if process.stdin is not None:
                    process.stdin.close()
                process.kill()
                process.wait()
    assert lines == ["ann > one", "ann > zwei", "ann > thrée", "ann > four"]
