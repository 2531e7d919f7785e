"""The terminal client in a real terminal, at a real server in a process of its own."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bench.ports import free_port

from tests.interop.raw import RawPeer, frame

from .seats import click, press, release, to
from .tmux import PATIENCE_SECONDS, Tmux, require

PYTHON = sys.executable


class Server:
    """`hubbub serve` on a port of its own, which can be killed and started again."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._options = options
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self._folder = folder / "server"
        self.start()

    def start(self) -> None:
        """Serve; return when it accepts."""
        command = [PYTHON, "-m", "hubbub.cli", "serve", "--listen", self.address]
        self.process = subprocess.Popen(
            [*command, "--data", str(self._folder), *self._options], stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], PATIENCE_SECONDS)[0]
        assert self.process.stdout.readline()

    def kill(self) -> None:
        """End without a word."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def taken(screen: str) -> bool:
    """Return whether the server has something, and all that was said."""
    return "complete 1–" in screen and "to be sent" not in screen


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path)
    yield one
    one.kill()


@contextmanager
def chatting(folder: Path, server: Server, width: int = 100, height: int = 30) -> Iterator[Tmux]:
    with Tmux(folder, width, height) as terminal:
        terminal.start(PYTHON, "-m", "hubbub.cli", "join", server.address, "--name", "ann")
        terminal.until(f"● {server.address}")
        yield terminal


def test_half_typed_text_survives_what_a_tutorials_client_says(
    tmp_path: Path, server: Server
) -> None:
    with chatting(tmp_path, server) as terminal, RawPeer("127.0.0.1", server.port, "bob") as bob:
        terminal.type("half typed")
        terminal.until("half typed")
        terminal.keys("Left", "Left")
        bob.say("hello from a socket")
        screen = terminal.until("bob  hello from a socket")
        assert "half typed" in screen
        terminal.type("_")
        terminal.until("half typ_ed")
        terminal.keys("Enter")
        terminal.until("ann  half typ_ed")
        assert bob.pair() == ("ann", "half typ_ed")


def test_a_killed_server_takes_nothing_with_it(tmp_path: Path, server: Server) -> None:
    with chatting(tmp_path, server) as terminal:
        terminal.type("before")
        terminal.keys("Enter")
        terminal.until(taken)
        terminal.type("still typing")
        server.kill()
        screen = terminal.until("○ offline")
        assert "still typing" in screen
        terminal.keys("Enter")
        terminal.type("and again")
        terminal.keys("Enter")
        terminal.until("2 waiting to be sent")
        server.start()
        screen = terminal.until(lambda screen: taken(screen) and "and again" in screen)
        for text in ("before", "still typing", "and again"):
            assert screen.count(text) == 1


def test_a_paste_of_forty_lines_becomes_one_message(tmp_path: Path, server: Server) -> None:
    with chatting(tmp_path, server) as terminal, RawPeer("127.0.0.1", server.port, "bob") as bob:
        pasted = "\n".join(f"line {number}" for number in range(1, 41))
        terminal.paste(pasted)
        terminal.until("line 40")
        terminal.keys("BSpace", "1")
        terminal.keys("Enter")
        terminal.until("Send 40 lines as one message?")
        terminal.keys("Enter")
        assert bob.pair() == ("ann", pasted[:-1] + "1")


def test_lines_are_made_and_the_editor_opens(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text("import sys; open(sys.argv[1], 'a').write('from the editor')")
    with Tmux(tmp_path) as terminal:
        command = f"{PYTHON} -m hubbub.cli join {server.address} --name ann"
        terminal.start("sh", "-c", f"EDITOR='{PYTHON} {editor}' exec {command}")
        terminal.until("Say something")
        terminal.type("one")
        terminal.keys("M-Enter")
        terminal.type("two")
        terminal.keys("C-j")
        terminal.keys("C-x", "C-e")
        screen = terminal.until("from the editor")
        assert "one" in screen
        terminal.keys("Enter")
        terminal.until(lambda screen: "ann  one" in screen and "Say something" in screen)


def test_another_size_keeps_the_draft_and_the_log(tmp_path: Path, server: Server) -> None:
    with chatting(tmp_path, server) as terminal, RawPeer("127.0.0.1", server.port, "bob") as bob:
        bob.say("a message to keep")
        terminal.until("a message to keep")
        terminal.type("my draft")
        for width, height in ((40, 10), (20, 4), (250, 60), (100, 30)):
            terminal.resize(width, height)
            terminal.until("my draft")
        terminal.until("bob  a message to keep")


def test_links_reach_the_terminal_and_control_characters_do_not(
    tmp_path: Path, server: Server
) -> None:
    with chatting(tmp_path, server) as terminal, RawPeer("127.0.0.1", server.port, "bob") as bob:
        raw = terminal.record()
        bob.say("see https://example.org/x and \x1b]0;title\x07\x1b[31mred\x9b31m done")
        terminal.until("done")
        terminal.until(lambda _: b"done" in raw.read_bytes())
        written = raw.read_bytes()
        assert b"\x1b]8;" in written
        assert b";https://example.org/x\x1b\\" in written
        assert b"\x1b]0;title" not in written
        assert b"\x1b[31mred" not in written
        assert "\x9b31m".encode() not in written


def test_a_click_on_an_address_runs_no_text_browser(tmp_path: Path, server: Server) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("lynx", "w3m", "www-browser", "links", "xdg-open"):
        (programs / name).write_text(f"#!/bin/sh\necho RAN > {tmp_path}/ran\necho RAN >/dev/tty\n")
        (programs / name).chmod(0o755)
    with Tmux(tmp_path) as terminal, RawPeer("127.0.0.1", server.port, "bob") as bob:
        join = f"{PYTHON} -m hubbub.cli join {server.address} --name ann"
        path = f"{programs}:{os.environ['PATH']}"
        terminal.start("sh", "-c", f"PATH='{path}' BROWSER=lynx exec {join}")
        terminal.until(f"● {server.address}")
        bob.say("see https://example.org/x")
        terminal.type(click(terminal.place("example.org")) + "and I go on typing")
        terminal.until("No browser with a window was found")
        terminal.until("and I go on typing")
        assert terminal.clipboard == "https://example.org/x"
        assert not (tmp_path / "ran").exists()


def test_what_is_typed_while_the_program_starts_stands_in_the_composer(
    tmp_path: Path, server: Server
) -> None:
    with Tmux(tmp_path) as terminal:
        terminal.start(PYTHON, "-m", "hubbub.cli", "join", server.address, "--name", "ann")
        terminal.type("early words, ")
        terminal.until(f"● {server.address}")
        terminal.type("late words")
        terminal.until("early words, late words")


def test_what_the_mouse_marks_reaches_the_clipboard(tmp_path: Path, server: Server) -> None:
    with chatting(tmp_path, server) as terminal, RawPeer("127.0.0.1", server.port, "bob") as bob:
        bob.say("these 漢字 to mark")
        column, row = terminal.place("these")
        terminal.type(press((column, row)) + to((column + 9, row)))
        terminal.wait(lambda: "7mthese 漢字" in terminal.painted)  # in reverse video
        bob.say("meanwhile")
        terminal.until("meanwhile")
        terminal.type(release((column + 9, row)) + "e and on")
        terminal.keys("C-c")
        terminal.until("Copied, if your terminal")
        assert terminal.clipboard == "these 漢字"
        assert "e and on" in terminal.screen


def test_a_sentence_right_behind_an_escape_is_whole(tmp_path: Path, server: Server) -> None:
    sentence = "delete nothing, edit nothing, and lose no letter of this"
    with chatting(tmp_path, server) as terminal, RawPeer("127.0.0.1", server.port, "bob") as bob:
        bob.say("hello")
        terminal.until("bob  hello")
        terminal.keys("F6")
        terminal.until("r reply")
        terminal.type("\x1bx" + sentence)
        assert "r reply" not in terminal.until("x" + sentence)


def test_it_ends_with_zero_when_the_user_quits(tmp_path: Path, server: Server) -> None:
    with chatting(tmp_path, server) as terminal:
        terminal.keys("C-q")
        assert terminal.ended() == 0


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_what_was_waiting_to_be_sent_is_sent_once_at_the_next_start(
    tmp_path: Path, server: Server, ending: signal.Signals
) -> None:
    texts = ("said while offline", "and this one, too")
    with chatting(tmp_path, server) as terminal:
        server.kill()
        terminal.until("○ offline")
        for text in texts:
            terminal.type(text)
            terminal.keys("Enter")
        terminal.until("2 waiting to be sent")
        os.kill(terminal.pid, ending)
        terminal.ended()
    server.start()
    for _ in range(2):
        with chatting(tmp_path, server) as terminal:
            terminal.until(taken)
            screen = terminal.until(texts[-1])  # the log may be drawn after the line below it
            assert [screen.count(text) for text in texts] == [1, 1]
            terminal.keys("C-q")
            assert terminal.ended() == 0


def stand_still_while_many_talk(terminal: Tmux, server: Server) -> None:
    """Have much that the program has not read, so that its system would reset the connection."""
    os.kill(terminal.pid, signal.SIGSTOP)
    with RawPeer("127.0.0.1", server.port, "bob") as bob:
        for number in range(50):
            bob.say(f"much {number}")
        bob.who()  # the server has acted on all of it


@pytest.mark.parametrize("ending", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_whoever_is_told_to_end_is_gone_at_once(
    tmp_path: Path, server: Server, ending: signal.Signals
) -> None:
    with chatting(tmp_path, server) as terminal:
        stand_still_while_many_talk(terminal, server)
        os.kill(terminal.pid, ending)
        os.kill(terminal.pid, signal.SIGCONT)
        assert terminal.ended() == 0
    with RawPeer("127.0.0.1", server.port, "bob") as other:
        assert other.who().startswith("1 in lobby")


def test_whoever_was_killed_comes_back_under_their_name(tmp_path: Path, server: Server) -> None:
    with chatting(tmp_path, server) as terminal:
        stand_still_while_many_talk(terminal, server)
        os.kill(terminal.pid, signal.SIGKILL)
        terminal.ended()
    with RawPeer("127.0.0.1", server.port) as other:
        other.send(frame("ann"))
        assert "is kept for" in other.pair()[1], "it was a loss, and nobody else gets the name"
    with chatting(tmp_path, server) as terminal:
        terminal.until("much 49")


@pytest.mark.parametrize("ending", [signal.SIGHUP, signal.SIGTERM])
def test_a_closed_window_keeps_the_draft(
    tmp_path: Path, server: Server, ending: signal.Signals
) -> None:
    with chatting(tmp_path, server) as terminal:
        terminal.type("my precious draft")
        terminal.until("my precious draft")
        os.kill(terminal.pid, ending)
        assert terminal.ended() == 0
    with chatting(tmp_path, server) as terminal:
        terminal.until("my precious draft")


def test_a_terminal_that_vanishes_without_a_signal_ends_the_chat(
    tmp_path: Path, server: Server
) -> None:
    ours, its = os.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "XDG_STATE_HOME": str(tmp_path)}
    command = [PYTHON, "-m", "hubbub.cli", "join", server.address, "--name", "ann"]
    program = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environment)
    os.close(its)
    try:
        read_until(ours, b"ay something")  # the cursor stands on the S
        os.write(ours, b"half a draft")
        read_until(ours, b"draft")
        os.close(ours)
        assert program.wait(PATIENCE_SECONDS) == 0
    finally:
        program.kill()
        program.wait()
    assert "half a draft" in (tmp_path / "hubbub" / "profile.json").read_text()


def read_until(terminal: int, text: bytes) -> None:
    """Read what a program prints until some text was among it."""
    shown = b""
    while text not in shown:
        readable, _, _ = select.select([terminal], [], [], PATIENCE_SECONDS)
        assert readable, f"it printed nothing more: {shown[-2000:]!r}"
        shown += os.read(terminal, 65_536)


def test_a_password_is_typed_unseen_and_only_once(tmp_path: Path) -> None:
    locked = Server(tmp_path, "--password", "rotu-mika")
    try:
        command = (PYTHON, "-m", "hubbub.cli", "join", locked.address, "--name", "ann")
        with Tmux(tmp_path) as terminal:
            terminal.start(*command)
            terminal.until("has a password.")
            terminal.type("rotu")
            terminal.until("••••")
            terminal.keys("Enter")
            terminal.until("That is not the password.")
            terminal.type("rotu-mika")
            assert "rotu" not in terminal.until("•••••••••")
            terminal.keys("Enter")
            terminal.until(f"● {locked.address}")
            terminal.keys("C-q")
            assert terminal.ended() == 0
        with Tmux(tmp_path) as terminal:
            terminal.start(*command)
            terminal.until(f"● {locked.address}")
    finally:
        locked.kill()


def test_it_ends_with_one_and_a_sentence_when_nobody_answers(
    tmp_path: Path, server: Server
) -> None:
    server.kill()
    with Tmux(tmp_path) as terminal:
        terminal.start(PYTHON, "-m", "hubbub.cli", "join", server.address, "--name", "ann")
        assert terminal.ended() == 1
        assert "server there with 'hubbub serve'." in terminal.screen


def test_enter_and_ctrl_q_in_one_read_send_the_text_and_leave_no_draft(
    tmp_path: Path, server: Server
) -> None:
    wide = chatting(tmp_path, server, width=120)
    with wide as terminal, RawPeer("127.0.0.1", server.port, "bob") as bob:
        terminal.until("bob")
        terminal.type("the last words\r\x11")
        assert terminal.ended() == 0
        assert bob.pair() == ("ann", "the last words")
    with chatting(tmp_path, server) as terminal:
        screen = terminal.until("ann  the last words")
        assert screen.count("the last words") == 1


def test_only_going_to_the_button_deletes(tmp_path: Path, server: Server) -> None:
    with chatting(tmp_path, server) as terminal:
        terminal.type("to be deleted\r")
        terminal.until("ann  to be deleted")
        for key in ("Enter", "Space", "y", "Escape"):
            terminal.keys("F6")
            terminal.until("d delete")
            terminal.type("d")
            terminal.until("for everybody?")
            terminal.keys(key)
            terminal.until(lambda screen: "for everybody?" not in screen)
            terminal.keys("Escape", "C-u")
            terminal.until(lambda screen: "d delete" not in screen)
        terminal.until("ann  to be deleted")
        terminal.keys("F6")
        terminal.until("d delete")
        terminal.type("d")
        terminal.until("for everybody?")
        terminal.keys("Left", "Enter")
        terminal.until("(deleted)")


def test_ctrl_z_goes_back_to_the_shell_and_fg_to_the_chat(tmp_path: Path, server: Server) -> None:
    require("bash")
    command = f"{PYTHON} -m hubbub.cli join {server.address} --name ann"
    with Tmux(tmp_path) as terminal, RawPeer("127.0.0.1", server.port, "bob") as bob:
        terminal.start("bash", "--norc", "--noprofile", "-i")
        terminal.until("bash-")
        terminal.type(command)
        terminal.keys("Enter")
        terminal.until(f"● {server.address}")
        terminal.type("half typed")
        terminal.until("half typed")
        terminal.keys("C-z")
        terminal.until("Stopped")
        terminal.type("echo $((6 * 7))")
        terminal.keys("Enter")
        terminal.until("42")
        bob.say("are you there?")
        terminal.type("fg")
        terminal.keys("Enter")
        terminal.until(lambda screen: "are you there?" in screen and "half typed" in screen)
        terminal.keys("Enter")
        terminal.until("ann  half typed")
        terminal.keys("C-q")
        terminal.until(lambda screen: "Stopped" in screen and "half typed" not in screen)


def test_ctrl_z_stops_nothing_where_no_shell_waits(tmp_path: Path, server: Server) -> None:
    with chatting(tmp_path, server) as terminal:
        terminal.type("one")
        terminal.keys("C-z")
        terminal.until("No shell waits")
        terminal.type(" two")
        terminal.keys("Enter")
        terminal.until("ann  one two")


def test_the_window_says_which_room_and_what_is_unread_and_is_itself_again_at_the_end(
    tmp_path: Path, server: Server
) -> None:
    with (
        Tmux(tmp_path, tells_focus=True) as terminal,
        RawPeer("127.0.0.1", server.port, "bob") as bob,
    ):
        command = f"{PYTHON} -m hubbub.cli join {server.address} --name ann"
        terminal.start("sh", "-c", f"printf '\\033]2;before\\007'; {command}; sleep 60")
        terminal.until(f"● {server.address}")
        terminal.wait(lambda: terminal.title == "#lobby – hubbub")
        terminal.type("/join kitchen")
        terminal.keys("Enter")
        terminal.wait(lambda: terminal.title == "#kitchen – hubbub")
        bob.say("hello \x1b]2;evil\x07")
        terminal.wait(lambda: terminal.title == "(1) #kitchen – hubbub")
        bob.say("ann: soup")
        terminal.wait(lambda: terminal.title == "(@1) #kitchen – hubbub")
        terminal.keys("C-q")
        terminal.wait(lambda: terminal.title == "before")
