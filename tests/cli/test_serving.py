"""What `hubbub serve` prints, and whom it lets in."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubbub.lan.invitation import page_url
from hubbub.lan.networks import own_networks
from hubbub.lan.qr_code import drawn_code
from tests.interop.terminal import Terminal
from tests.interop.terminal import hubbub as command
from tests.tls.pairs import pair_in

from .commands import hubbub, refused, started

ABOUT_THE_MACHINE = (b"the system allows fewer connections", b"the event loop stands still")
"""What may be said on a system that grants few descriptors, or little of its processor."""

OPEN = b"anybody who can reach this machine over the network can read and write here"


@contextmanager
def served(data: Path, *arguments: str, noted: bytes | None = None) -> Iterator[list[str]]:
    """Run `hubbub serve` on a free port; gives the lines that it printed when it was ready.

    Its operator is told nothing else but what is `noted`.
    """
    options = ["--listen", "127.0.0.1:0", "--data", str(data), *arguments]
    process = started("serve", *options)
    assert process.stdout is not None
    try:
        # All of it is written in one piece.
        yield process.stdout.read1().decode().splitlines()  # type: ignore[attr-defined]
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    notes = [
        line for line in errors.splitlines() if not any(said in line for said in ABOUT_THE_MACHINE)
    ]
    assert process.returncode == 0
    assert len(notes) == (noted is not None)
    assert all(noted in line for line in notes if noted)


def port_of(lines: list[str]) -> str:
    return lines[0].rpartition(":")[2]


def test_it_says_where_it_listens_in_one_line(tmp_path: Path) -> None:
    with served(tmp_path) as lines:
        port = port_of(lines)
        assert lines == [f"hubbub is listening on 127.0.0.1:{port}"]
        assert hubbub("send", f"127.0.0.1:{port}", "--name", "ci", "hi").returncode == 0


def test_people_are_told_what_to_open(tmp_path: Path) -> None:
    serve = command("serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path))
    with Terminal(serve) as terminal:
        terminal.expect("in a browser")
        assert "open http://127.0.0.1:" in terminal.screen


@pytest.mark.parametrize(
    ("access", "shown"),
    [
        ("", "type there: /operate "),
        ("[access]\nguests = false\n", "to run it from elsewhere: hubbub admin operate "),
    ],
)
def test_the_operators_code_is_shown_with_a_way_in(tmp_path: Path, access: str, shown: str) -> None:
    file = tmp_path / "hubbub.toml"
    file.write_text(access)
    options = ("--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"))
    with Terminal(command("serve", "--config", str(file), *options)) as terminal:
        terminal.expect("in a browser")
        assert shown in terminal.screen.replace("\n", "")


def test_who_closes_its_output_does_not_end_it(tmp_path: Path) -> None:
    process = started("serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path))
    assert process.stdout is not None
    first = process.stdout.readline().decode().strip()
    process.stdout.close()
    ran = hubbub("send", first.rpartition(" ")[2], "--name", "ci", "hi")
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert process.stderr is not None
    process.stderr.close()
    assert process.stdin is not None
    process.stdin.close()
    assert ran.returncode == 0


def test_a_password_can_be_set_without_the_lan(tmp_path: Path) -> None:
    with served(tmp_path, "--password", "mika") as lines:
        place = f"127.0.0.1:{port_of(lines)}"
        assert hubbub("send", place, "--name", "ci", "hi").returncode == 1
        assert hubbub("send", place, "--name", "ci", "hi", HUBBUB_PASSWORD="mika").returncode == 0


def test_on_the_lan_a_password_is_made_up_printed_and_kept(tmp_path: Path) -> None:
    host = str(own_networks()[0].ip)
    passwords = []
    for _ in range(2):
        with served(tmp_path, "--lan") as lines:
            port = port_of(lines)
            assert lines[0] == f"hubbub is listening on 0.0.0.0:{port}"
            assert f"in a browser:   http://{host}:{port}/" in lines
            assert f"in a terminal:  hubbub join hubbubs://{host}:{port}" in lines
            label, password = lines[-1].split()[-2:]
            assert label == "password:"
            passwords.append(password)
            place = f"127.0.0.1:{port}"
            assert hubbub("send", place, "--name", "ci", "hi").returncode == 1
            options = ["--name", "ci", "--password", password]
            assert hubbub("send", place, *options, "hi").returncode == 0
            protected = f"hubbubs://{host}:{port}"
            assert hubbub("send", protected, *options, "and safely").returncode == 0
            wrong = hubbub("send", f"hubbubs://{place}", "--name", "ci", "--password", "x", "hi")
            assert wrong.returncode == 1
            assert "in between" in wrong.stderr
    assert passwords[0] == passwords[1]


def test_a_password_of_ones_own_is_used_on_the_lan(tmp_path: Path) -> None:
    config = tmp_path / "hubbub.toml"
    config.write_text('[server]\npassword = "from the file"\n')
    for options, password in (
        (["--password", "given"], "given"),
        (["--config", str(config)], "from the file"),
        (["--config", str(config), "--password", "given"], "given"),
    ):
        with served(tmp_path / "data", "--lan", *options) as lines:
            assert lines[-1] == f"the password:   {password}"
    assert not (tmp_path / "data" / "password").exists()


def test_an_open_chatroom_says_that_all_may_join(tmp_path: Path) -> None:
    with served(tmp_path, "--lan", "--open") as lines:
        assert lines[-1] == "no password:    anyone may join"
        named = next(line for line in lines if "hubbubs://" in line).split()[-1]
        assert "/#fp=" in named
        assert hubbub("send", named, "--name", "ci", "hi").returncode == 0
        assert hubbub("send", f"127.0.0.1:{port_of(lines)}", "--name", "ci", "hi").returncode == 0


def test_a_server_beyond_loopback_without_a_password_says_what_that_means(tmp_path: Path) -> None:
    everywhere = ["--listen", "0.0.0.0:0"]
    with served(tmp_path, *everywhere, noted=OPEN):
        pass
    with served(tmp_path, *everywhere, "--password", "mika"):
        pass


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        (["--lan", "--open", "--password", "x"], "--open means no password"),
        (["--lan", "--open", "--config", "hubbub.toml"], "--open means no password"),
        (["--open"], "--open goes with --lan"),
    ],
)
def test_contradictions_are_a_sentence_and_exit_2(
    options: list[str], cause: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hubbub.toml").write_text('[server]\npassword = "x"\n')
    ran = hubbub("serve", *options)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert cause in ran.stderr


def test_two_ways_to_a_certificate_are_refused_at_the_start_and_at_a_reload(tmp_path: Path) -> None:
    pair, file, data = pair_in(tmp_path / "pair"), tmp_path / "hubbub.toml", tmp_path / "data"
    own = f"[tls]\ncert = {str(pair.certificate)!r}\nkey = {str(pair.key)!r}\n"
    both = own + 'acme = ["chat.example.org"]\n'
    file.write_text(both)
    assert "two ways to a certificate" in refused("serve", "--config", str(file))
    file.write_text('[tls]\nacme = ["chat.example.org"]\n')
    options = ("--tls-cert", str(pair.certificate), "--tls-key", str(pair.key))
    assert "two ways to a certificate" in refused("serve", "--config", str(file), *options)
    file.write_text(own)
    with served(data, "--config", str(file), noted=b"nothing changed"):
        file.write_text(both)
        assert "two ways to a certificate" in refused("admin", "reload", "--data", str(data))


def test_a_password_that_cannot_be_kept_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ran = hubbub("serve", "--lan", "--data", str(tmp_path / "file"))
    assert ran.returncode == 1
    assert ran.stderr.startswith("hubbub: The password cannot be kept in")
    assert "--password" in ran.stderr


@pytest.mark.parametrize(("encoding", "drawn"), [("utf-8", True), ("ascii", False)])
def test_a_terminal_shows_a_code_to_scan_if_it_can(
    tmp_path: Path, encoding: str, drawn: bool
) -> None:
    options = ["--listen", "127.0.0.1:0", "--data", str(tmp_path), "--lan", "--password", "mika"]
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    with Terminal(command("serve", *options), **environment) as terminal:
        terminal.expect("the password:   mika\n")
        port = int(port_of(terminal.screen.splitlines()))
        code = drawn_code(page_url(str(own_networks()[0].ip), port, "mika"))
        if drawn:
            terminal.expect(code)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.ends() == 0
        assert (code in terminal.screen) is drawn
        assert ("█" in terminal.screen) is drawn
        assert "?" not in terminal.screen


def test_without_the_lan_nothing_of_it_is_imported() -> None:
    script = (
        "import sys; from hubbub.cli import serve\n"
        "print([m for m in ('zeroconf', 'segno', 'ifaddr', 'aiohttp') if m in sys.modules])"
    )
    ran = subprocess.run(
        [command()[0], "-c", script], capture_output=True, check=True, text=True, timeout=30
    )
    assert ran.stdout == "[]\n"
