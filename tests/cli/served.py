"""A `hubbub serve` of its own, in a process."""

import signal
from pathlib import Path

from hubbub.testing import LocalServer
from tests.cli.commands import PATIENCE_SECONDS, started, told
from tests.server.event_peer import EventPeer


class Served:
    """Runs until the test is over; `folder` is where its log is."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.process = started("serve", "--listen", "127.0.0.1:0", *options)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().decode().split()[-1]

    @property
    def server(self) -> LocalServer:
        """Where it listens."""
        host, _, port = self.address.rpartition(":")
        return LocalServer(host, int(port))

    def enter(self, name: str, password: str) -> EventPeer:
        """Let somebody in who gives the password, and enters the lobby."""
        peer = EventPeer(self.server, name, room=None)
        peer.ask(type="unlock", password=password)
        peer.ask(type="join", room="lobby")
        return peer

    def admin(self, *arguments: str) -> str:
        """Run a command of an operator on its machine; return what it prints."""
        return told("admin", *arguments, "--data", str(self.folder))

    def journal(self) -> str:
        """Stop it, and return what it noted."""
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=PATIENCE_SECONDS)
        return errors.decode()
