"""Servers that cannot start say why in one sentence on stderr (protocol section 8)."""

import asyncio
import subprocess
from pathlib import Path

from tests.faults.serving import PATIENCE_SECONDS, ServerProcess, serve_command


def refusal(data: Path, listen: str = "127.0.0.1:0", config: str = "") -> str:
    """Return what a server says that does not start."""
    done = subprocess.run(
        serve_command(data, listen, config),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.count("\n") == 1, "one line"
    assert done.stderr.endswith((".\n", "?\n")), "a sentence"
    return done.stderr


def test_a_second_server_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    """`A second server on the same data folder is refused with a clear sentence.`"""
    data = tmp_path / "data"
    with ServerProcess(data) as first:
        sentence = refusal(data)
        assert str(data) in sentence
        first.kill()
        with ServerProcess(data):  # a killed server leaves no lock behind
            assert str(data) in refusal(data)


def test_a_port_in_use_is_refused_with_the_remedy(tmp_path: Path) -> None:
    """`Every refusal is one plain sentence naming cause and remedy: … port in use`"""
    with ServerProcess(tmp_path / "data") as first:
        address = f"{first.host}:{first.port}"
        sentence = refusal(tmp_path / "other", address)
        assert address in sentence
        assert "--listen" in sentence


def test_a_folder_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    """`data folder in use or unwritable`"""
    file = tmp_path / "file"
    file.write_text("not a folder")
    assert str(file) in refusal(file)
    assert str(file) in refusal(file / "below")


def test_a_folder_of_another_program_is_refused_and_not_touched(tmp_path: Path) -> None:
    """What is not hubbub's is neither read as a log nor written over."""
    data = tmp_path / "data"
    with ServerProcess(data):
        pass
    (log,) = (path for path in data.iterdir() if path.suffix in {".db", ".sqlite", ".sqlite3"})
    for path in data.iterdir():
        path.unlink()
    log.write_bytes(b"dear diary, " * 1000)
    assert str(data) in refusal(data)
    assert log.read_bytes() == b"dear diary, " * 1000


def test_a_configuration_with_an_unknown_key_is_refused_with_the_nearest_right_one(
    tmp_path: Path,
) -> None:
    """`config key unknown (with the nearest right one)`"""
    sentence = refusal(tmp_path / "data", config="[limits]\nmessages_per_secnd = 5\n")
    assert "messages_per_secnd" in sentence
    assert "messages_per_second" in sentence


def test_a_log_that_is_damaged_at_its_root_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """What is damaged, where, and which command says more; and no traceback."""
    data = tmp_path / "data"
    with ServerProcess(data) as server:
        server.stop()
        assert asyncio.run(server.exit_code()) == 0
    database = data / "hubbub.db"
    content = database.read_bytes()
    at = content.index(b"CREATE TRIGGER batch_committed")
    for noise in (b"CREATE TRIGGEX", b"\xff" * 14):
        database.write_bytes(content[:at] + noise + content[at + len(noise) :])
        sentence = refusal(data)
        assert str(data) in sentence
        assert "damaged" in sentence
        assert f"hubbub check {data}" in sentence
