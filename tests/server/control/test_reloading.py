"""Settings that change while the server runs, and those that do not."""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from hubbub.chat.errors import ConfigError
from hubbub.server.config import ClusterSection, Config, TlsSection, load_config, print_config
from hubbub.server.control.reloading import Part, Reloading, differing
from hubbub.server.thread import serving_in_thread
from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer
from tests.server.conftest import Meet
from tests.server.control.asking import JSON, ask
from tests.server.http.asking import ask as get
from tests.server.tls.peers import TlsPeer
from tests.tls.pairs import pair_in

RESTART = {
    *("server.listen", "server.data", "log.durability", "files.daily_megabytes_max"),
    *("limits.messages_per_second", "limits.burst", "limits.frame_bytes_max"),
    *("limits.handshake_seconds", "limits.keepalive_seconds", "limits.connections_max"),
    *("limits.rooms_max", "limits.listed_max", "limits.daily_bytes_max"),
    *(
        "limits.disk_free_bytes_min",
        "server.workers",
        "relay.of",
        "relay.secret",
        "relay.file_megabytes_max",
    ),
    *(f"tls.{key}" for key in TlsSection.__struct_fields__),
    *(f"cluster.{key}" for key in ClusterSection.__struct_fields__),
}
"""What is held where it is used, so that it takes a restart. The server here begins without TLS."""


OTHER = {
    "durability": '"power"',
    "level": '"debug"',
    "form": '"json"',
    "plaintext": '"loopback"',
    "acme_challenge": '"http-01"',
    "register": '"after"',
    "enter": '"members"',
    "replicas": "3",
    "operators": '["other correct-horse"]',
    "secret": f'"{"s" * 32}"',
}


class Running:
    """A server on a configuration file."""

    def __init__(self, folder: Path, server: LocalServer, file: Path) -> None:
        self.folder = folder
        self.server = server
        self._file = file

    def reload(self, toml: str) -> tuple[list[str], list[str]]:
        """Write the file anew, and have it read; return what was applied, and what was not."""
        self._file.write_text(toml)
        answer = ask(self.folder, type="reload")
        assert answer["type"] == "reloaded", answer
        return answer["applied"], answer["restart"]

    def refused(self, toml: str) -> str:
        """Do the same with a file that cannot be used; return why."""
        self._file.write_text(toml)
        answer = ask(self.folder, type="reload")
        assert answer["code"] == "bad_config", answer
        sentence: str = answer["message"]
        return sentence


@contextmanager
def running(tmp_path: Path, toml: str = "") -> Iterator[Running]:
    folder, file = tmp_path / "data", tmp_path / "hubbub.toml"
    file.write_text(toml)

    def read() -> Config:
        config = load_config(file)
        server = msgspec.structs.replace(config.server, listen="127.0.0.1:0", data=str(folder))
        return msgspec.structs.replace(config, server=server)

    reloading = Reloading(read(), read)
    with serving_in_thread(read(), reloading=reloading) as address:
        host, _, port = address.rpartition(":")
        yield Running(folder, LocalServer(host, int(port)), file)


def test_what_is_said_to_need_a_restart_is_all_that_does(tmp_path: Path) -> None:
    """Every setting is changed at once: each is applied, or named."""
    with running(tmp_path, "[limits]\nshutdown_seconds = 1\n") as server:
        applied, restart = server.reload(changed(print_config()))
    assert set(restart) == RESTART - {"server.listen", "server.data"}  # given by the test
    assert set(applied) | set(restart) == every_setting() - {"server.listen", "server.data"}


def every_setting() -> set[str]:
    sections = tomllib.loads(print_config())
    return {f"{section}.{key}" for section, table in sections.items() for key in table}


def changed(toml: str) -> str:
    """Return a configuration with every value changed."""
    lines = []
    for section, table in tomllib.loads(toml).items():
        lines.append(f"[{section}]")
        for key, value in table.items():
            lines.append(f"{key} = {_other(key, value)}")
    return "\n".join(lines)


def _other(key: str, value: object) -> str:
    match key, value:
        case _, _ if key in OTHER:
            return OTHER[key]
        case "hosts" | "trusted_proxies" | "acme" | "servers" | "monitors", _:
            return '["192.0.2.1"]'
        case _, bool():
            return "false" if value else "true"
        case _, str():
            return '"other"'
        case _, int() | float():
            return str(int(value) - 1 if value > 1 else 1)
    raise AssertionError(key)


def test_a_longer_text_is_taken_from_then_on(tmp_path: Path, meet: Meet) -> None:
    with running(tmp_path, "[limits]\ntext_bytes_max = 10\nshutdown_seconds = 1\n") as server:
        ann = meet(server.server, "ann")
        long = {"type": "say", "room": "lobby", "text": "x" * 20}
        assert ann.ask(**long)["code"] == "too_long"
        kept = "[limits]\nshutdown_seconds = 1\ntext_bytes_max = 30\n"
        assert server.reload(kept) == (["limits.text_bytes_max"], [])
        assert ann.ask(**long)["type"] == "ok"


def test_another_password_holds_for_those_who_come_then(tmp_path: Path, meet: Meet) -> None:
    with running(tmp_path, "[limits]\nshutdown_seconds = 1\n") as server:
        ann = meet(server.server, "ann")
        toml = '[limits]\nshutdown_seconds = 1\n[server]\npassword = "mika"\n'
        assert server.reload(toml) == (["server.password"], [])
        assert ann.say_and_wait("still here") == 2  # behind the audit record
        assert meet(server.server, "bob", room=None).welcome["locked"] is True


def test_who_is_let_in_changes(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert server.reload("[access]\npassing = false\n") == (["access.passing"], [])
        with RawPeer(server.server.host, server.server.port) as pat:
            pat.say("pat")
            assert "join with hubbub" in pat.pair()[1]


def test_other_names_of_the_server_are_known_to_browsers(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert get(server.server, "/healthz", Host="chat.example.org").status == 421
        toml = '[server]\nhosts = ["chat.example.org"]\n'
        assert server.reload(toml) == (["server.hosts"], [])
        assert get(server.server, "/healthz", Host="chat.example.org").status == 200


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ("[limits\n", "is not valid TOML"),
        ("[limits]\ntext_bytes_max = 0\n", "text_bytes_max"),
        ("[limits]\ntext_bytes_mux = 30\n", "did you mean 'limits.text_bytes_max'?"),
    ],
)
def test_a_broken_file_changes_nothing_and_says_why(tmp_path: Path, toml: str, why: str) -> None:
    with running(tmp_path) as server:
        assert why in server.refused(f'[server]\nhosts = ["chat.example.org"]\n{toml}')
        assert get(server.server, "/healthz", Host="chat.example.org").status == 421
        assert server.reload("") == ([], [])


def test_it_is_written_down_and_holds_no_secret(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.reload('[server]\npassword = "mika"\n')
        written: list[JSON] = []
        while not written:  # it is committed a moment after the answer
            written = ask(server.folder, type="history", room="$audit")["messages"]
        (entry,) = written
        assert "changed: server.password" in entry["text"]
        assert "mika" not in entry["text"]


def test_if_a_part_cannot_take_it_no_part_does() -> None:
    config, other = Config(), msgspec.json.decode(b'{"server":{"hosts":["x"]}}', type=Config)
    taken: list[str] = []

    def part(name: str, *, refuses: bool = False) -> Part:
        def prepare(_config: Config) -> Callable[[], None]:
            if refuses:
                raise ConfigError("There is no such certificate.")
            return lambda: taken.append(name)

        return Part(frozenset(), prepare)

    reloading = Reloading(config, lambda: other)
    reloading.add(part("first"))
    reloading.reload_or_tell()
    assert (taken, reloading.config) == (["first"], other)
    reloading.add(part("second", refuses=True))
    with pytest.raises(ConfigError, match="no such certificate"):
        reloading.reload()
    assert taken == ["first"]


def test_only_what_differs_is_named() -> None:
    one = msgspec.json.decode(b'{"server":{"hosts":["x"]},"access":{"guests":false}}', type=Config)
    assert differing(Config(), one) == ["server.hosts", "access.guests"]
    assert differing(one, one) == []


def test_a_certificate_that_was_made_here_and_is_damaged_changes_nothing(tmp_path: Path) -> None:
    toml = "[limits]\nshutdown_seconds = 1\n[tls]\nself_signed = true\n"
    with running(tmp_path, toml) as server:
        certificate = server.folder / "certificate.pem"
        good = certificate.read_bytes()
        certificate.write_bytes(b"")
        other = f'{toml}[server]\nhosts = ["chat.example.org"]\n'
        assert "certificate.pem" in server.refused(other)
        assert get(server.server, "/healthz", Host="chat.example.org").status == 421
        certificate.write_bytes(good)
        assert server.reload(other) == (["server.hosts"], [])


def test_a_new_certificate_is_taken_and_one_that_fits_no_key_is_refused(tmp_path: Path) -> None:
    old, new = pair_in(tmp_path / "old"), pair_in(tmp_path / "new")
    toml = "[limits]\nshutdown_seconds = 1\n[tls]\n"

    def with_files(certificate: Path, key: Path) -> str:
        return f'{toml}cert = "{certificate.as_posix()}"\nkey = "{key.as_posix()}"\n'

    with running(tmp_path, with_files(old.certificate, old.key)) as server:
        with TlsPeer(server.server, old, "ann") as ann:
            assert "same pair" in server.refused(with_files(new.certificate, old.key))
            with TlsPeer(server.server, old, "bob"):
                applied, _ = server.reload(with_files(new.certificate, new.key))
            assert applied == ["tls.cert", "tls.key"]
            assert "ann" in ann.who(), "those who are there stay"
        with TlsPeer(server.server, new, "eve") as eve:
            assert "eve" in eve.who()
