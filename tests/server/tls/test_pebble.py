"""A certificate of pebble, the authority that Let's Encrypt tests its clients with (RFC 8555)."""

import json
import os
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bench.ports import free_ports

from hubbub.testing import LocalServer
from tests.server.tls.test_authority import PATIENCE_SECONDS, Kind, shown, trusted
from tests.tls.pairs import Pair, pair_in
from tests.tui.tmux import require

BLOCKED = "blocked.example.org"
NAMES = ("localhost", "127.0.0.1")

SOON = """
import sys
from hubbub.server.tls import renewing
from hubbub.server.tls.acme import client
client.LOOK_SECONDS, renewing.LOOK_SECONDS, renewing.RETRY_SECONDS = 0.2, 0.2, (0.2,)
from hubbub.cli import main
sys.exit(main())
"""
"""A `hubbub` that looks more often: nobody waits for an hour here."""


class Pebble:
    """An authority, and the server that it looks at; `seconds` is how long a certificate lasts."""

    def __init__(self, folder: Path, seconds: int) -> None:
        self.own: Pair = pair_in(folder / "own", "127.0.0.1")
        self._folder = folder
        self._directory, self._management, self.looks_at = free_ports(3)
        self._config = folder / "pebble.json"
        settings = {
            "listenAddress": f"127.0.0.1:{self._directory}",
            "managementListenAddress": f"127.0.0.1:{self._management}",
            "certificate": str(self.own.certificate),
            "privateKey": str(self.own.key),
            "httpPort": self.looks_at,
            "tlsPort": self.looks_at,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": False,
            "domainBlocklist": [BLOCKED],
            "certificateValidityPeriod": seconds,
        }
        self._config.write_text(json.dumps({"pebble": settings}))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Answer until the block ends; every other nonce is refused, as may happen."""
        environment = {**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "30"}
        with (
            (self._folder / "pebble.log").open("wb") as log,
            subprocess.Popen(
                ["pebble", "-config", self._config], stdout=log, stderr=log, env=environment
            ) as process,
        ):
            try:
                yield
            finally:
                process.kill()

    def root(self) -> ssl.SSLContext:
        """Return what trusts it, once it answers."""
        context = ssl.create_default_context(cafile=str(self.own.certificate))
        address = f"https://127.0.0.1:{self._management}/roots/0"
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with urllib.request.urlopen(address, context=context) as answer:
                    return ssl.create_default_context(cadata=answer.read().decode())
            except OSError:
                assert time.monotonic() < give_up_at, (self._folder / "pebble.log").read_text()
                time.sleep(0.05)

    @contextmanager
    def asked(self, kind: Kind, *names: str) -> Iterator[LocalServer]:
        """Run a server that asks it for a certificate."""
        config = self._folder / "hubbub.toml"
        config.write_text(
            f'[server]\nlisten = "127.0.0.1:{self.looks_at}"\ndata = "{self._folder / "data"}"\n'
            f'[tls]\nacme = {json.dumps(names)}\nacme_challenge = "{kind}"\n'
            f'acme_directory = "https://127.0.0.1:{self._directory}/dir"\nplaintext = "forbidden"\n'
        )
        environment = {**os.environ, "SSL_CERT_FILE": str(self.own.certificate)}
        with (
            self.journal.open("wb") as journal,
            subprocess.Popen(
                [sys.executable, "-c", SOON, "serve", "--config", config],
                stdout=subprocess.PIPE,
                stderr=journal,
                env=environment,
            ) as process,
        ):
            assert process.stdout is not None
            try:
                assert process.stdout.readline(), self.journal.read_text()
                yield LocalServer("127.0.0.1", self.looks_at)
            finally:
                process.kill()

    @property
    def journal(self) -> Path:
        """What the server noted."""
        return self._folder / "journal"

    def noted(self, sentence: str) -> None:
        """Wait until the server has noted a sentence."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while sentence not in self.journal.read_text():
            assert time.monotonic() < give_up_at, self.journal.read_text()
            time.sleep(0.05)


@pytest.fixture
def pebble(tmp_path: Path) -> Iterator[Pebble]:
    require("pebble")
    made = Pebble(tmp_path, 3600)
    with made.running():
        yield made


@pytest.mark.parametrize("kind", ["http-01", "tls-alpn-01"])
def test_a_certificate_for_a_name_and_an_address(pebble: Pebble, kind: Kind) -> None:
    context = pebble.root()
    with pebble.asked(kind, *NAMES) as server:
        found = {trusted(server, context, name) for name in NAMES}
    assert len(found) == 1
    with pebble.asked(kind, *NAMES) as server:
        assert {shown(server, context, NAMES[0])} == found, "it is kept"


def test_the_next_one_is_asked_for_in_time(tmp_path: Path) -> None:
    require("pebble")
    pebble = Pebble(tmp_path, 9)
    with pebble.running(), pebble.asked("tls-alpn-01", "localhost") as server:
        context = pebble.root()
        first = trusted(server, context, "localhost")
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while trusted(server, context, "localhost") == first:
            assert time.monotonic() < give_up_at
            time.sleep(0.1)


def test_a_refusal_is_noted_in_the_authority_s_words_and_the_chatroom_runs(pebble: Pebble) -> None:
    context = pebble.root()
    with pebble.asked("http-01", BLOCKED) as server:
        pebble.noted("The authority refuses: ")
        pebble.noted(BLOCKED)
        with pytest.raises(ssl.SSLCertVerificationError):
            shown(server, context, BLOCKED)


def test_a_name_that_leads_elsewhere_is_noted(pebble: Pebble) -> None:
    pebble.root()
    with pebble.asked("http-01", "nowhere.invalid"):
        pebble.noted("The authority does not accept it: ")
