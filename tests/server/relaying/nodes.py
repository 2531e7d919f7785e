"""An origin and two relays, as real processes."""

import itertools
import json
import time
from contextlib import ExitStack
from pathlib import Path

from hubbub.testing import LocalServer
from tests.faults.serving import PATIENCE_SECONDS, ServerProcess
from tests.interop.raw import HEADER_BYTES, RawPeer
from tests.server.control.asking import ask
from tests.server.event_peer import JSON, event_frame

SECRET = "0123456789abcdef0123456789abcdef"
ORIGIN = f'[relay]\nsecret = "{SECRET}"\n[limits]\nshutdown_seconds = 1\n'


def relay_of(port: int) -> str:
    return ORIGIN.replace("[relay]\n", f'[relay]\nof = "127.0.0.1:{port}"\n')


class Nodes:
    """The origin and two relays; `anywhere` is another relay each time that it is asked."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.origin = stack.enter_context(ServerProcess(folder / "origin", ORIGIN))
        config = relay_of(self.origin.port)
        self.relays = [
            stack.enter_context(ServerProcess(folder / f"relay{number}", config))
            for number in range(2)
        ]
        self._ports = itertools.cycle([relay.port for relay in self.relays])
        for relay in self.relays:
            await_linked(relay)

    @property
    def port(self) -> int:
        return next(self._ports)

    def status(self, node: str) -> JSON:
        """Return what whoever runs a node is told, by the name of its folder."""
        return ask(self.folder / node, type="status")

    def await_copied(self) -> None:
        """Wait until both relays have copied all that the origin has committed."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while [one.get("behind") for one in self.status("origin")["relays"]] != [0, 0]:
            assert time.monotonic() < deadline, self.status("origin")["relays"]
            time.sleep(0.05)


def at(server: ServerProcess) -> LocalServer:
    return LocalServer(server.host, server.port)


def first_event(server: ServerProcess) -> JSON:
    """Return what somebody hears first after the welcome who asks for the rooms."""
    with RawPeer(server.host, server.port) as peer:
        peer.send(event_frame(f"visitor{time.monotonic_ns() % 1_000_000}"))
        peer.exactly(int(peer.exactly(HEADER_BYTES)))
        peer.send(event_frame({"type": "rooms"}))
        event: JSON = json.loads(peer.exactly(int(peer.exactly(HEADER_BYTES))))
        return event


def await_linked(relay: ServerProcess, *, linked: bool = True) -> None:
    """Wait until a relay has reached its origin, or is alone."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            if (first_event(relay)["type"] == "rooms") is linked:
                return
        except (ConnectionError, AssertionError, TimeoutError):
            pass  # sent away in between
        assert time.monotonic() < deadline, f"it is not {linked=}"
        time.sleep(0.05)
