"""`hubbub` alone joins the chatroom of this machine, or hosts one."""

from collections.abc import Iterator

import platformdirs
import pytest
from bench.ports import free_port

from hubbub.chat.errors import ConfigError, LogError
from hubbub.cli import hosting, join
from hubbub.cli.plain import Look
from hubbub.client import address
from hubbub.desk.opening import Opening
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.server.noted import notes_as_before

ANN = Opening(name="ann")


@pytest.fixture(autouse=True)
def _no_stdin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """End each chat at once; forget where notes went."""
    monkeypatch.setattr("sys.stdin", None)
    with notes_as_before():
        yield


@pytest.fixture
def own_port(monkeypatch: pytest.MonkeyPatch) -> int:
    """Return the default port, where nobody listens."""
    port = free_port()
    monkeypatch.setattr(address, "DEFAULT_PORT", port)
    return port


@pytest.fixture
def taken_port(hubbub_server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return the default port, where a server answers."""
    monkeypatch.setattr(address, "DEFAULT_PORT", hubbub_server.port)
    return hubbub_server.port


def answering(monkeypatch: pytest.MonkeyPatch, *answers: bool) -> None:
    """Have the next looks for a server end so."""
    left = list(answers)
    monkeypatch.setattr(hosting, "answers", lambda _: left.pop(0))


def test_it_joins_the_server_that_is_there(
    taken_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    join.join_or_host(ANN, plain=True, look=Look())
    assert capsys.readouterr().err.startswith(f"connected to 127.0.0.1:{taken_port}")


def test_it_hosts_a_server_where_there_is_none(
    own_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    place = f"127.0.0.1:{own_port}"
    for _ in range(2):
        join.join_or_host(ANN, plain=True, look=Look())
        said = capsys.readouterr().err.splitlines()
        assert said[:3] == [
            f"hosting a chatroom; others join it with 'hubbub join {place}'",
            f"or in a browser at http://{place}/",
            f"messages are kept in {platformdirs.user_data_path('hubbub')}",
        ]
        assert said[3].startswith(f"connected to {place}")
        assert len(said) == 4
    assert (platformdirs.user_data_path("hubbub") / "hubbub.db").exists()


def test_it_joins_whoever_was_faster_to_host(
    taken_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, False, True)
    join.join_or_host(ANN, plain=True, look=Look())
    assert capsys.readouterr().err.startswith(f"connected to 127.0.0.1:{taken_port}")


@pytest.mark.usefixtures("taken_port")
def test_a_port_that_is_taken_by_who_does_not_answer_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answering(monkeypatch, False, False)
    with pytest.raises(ConfigError, match="another program uses that port"):
        join.join_or_host(ANN, plain=True, look=Look())


@pytest.mark.usefixtures("own_port")
def test_a_folder_that_a_server_elsewhere_uses_is_told() -> None:
    data = str(platformdirs.user_data_path("hubbub"))
    with (
        serving(Config(server=ServerSection(listen="127.0.0.1:0", data=data))),
        pytest.raises(LogError, match="another hubbub server"),
    ):
        join.join_or_host(ANN, plain=True, look=Look())
