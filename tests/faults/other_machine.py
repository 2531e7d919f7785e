"""Another machine on the network: a namespace of Linux with addresses that can vanish."""

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

CLONE_NEWNET = 0x40000000
BUFFER_BYTES = 8192
"""What a peer's system takes in that the peer does not read."""


def why_not() -> str:
    """Return what is missing, if anything."""
    if sys.platform != "linux":
        return "only Linux has network namespaces"
    if os.geteuid() != 0:
        return "only root may make a network namespace"
    return "" if shutil.which("ip") else "ip (iproute2) is not installed"


class OtherMachine:
    """What is at the other end of a cable. It has two addresses, and one of them can vanish."""

    def __init__(self, name: str) -> None:
        net = f"198.18.{os.getpid() % 256}"
        self._name = name
        self.here = f"{net}.1"  # of this end
        self.staying, self.vanishing = f"{net}.2", f"{net}.3"

    def connect(self, port: int, address: str) -> socket.socket:
        """Connect from one of the addresses to our own."""
        with ThreadPoolExecutor(1) as thread:  # only its thread is in the namespace, and ends
            sock = thread.submit(self._socket).result()
        sock.settimeout(30)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        sock.bind((address, 0))
        sock.connect((self.here, port))
        return sock

    def _socket(self) -> socket.socket:
        namespace = os.open(Path("/run/netns", self._name), os.O_RDONLY)
        try:
            failed = ctypes.CDLL(None, use_errno=True).setns(namespace, CLONE_NEWNET)
            assert not failed, os.strerror(ctypes.get_errno())
        finally:
            os.close(namespace)
        return socket.socket()

    def vanish(self) -> None:
        """Have nothing get to or from the vanishing address any more, without a word."""
        ip("-n", self._name, "address", "delete", f"{self.vanishing}/24", "dev", "eth0")


def ip(*arguments: str) -> None:
    """Run iproute2's command."""
    command = ["ip", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise OSError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")


@contextmanager
def other_machine() -> Iterator[OtherMachine]:
    """Make the namespace and the cable to it; skip the test where that cannot be."""
    name, cable = f"hubbub-{os.getpid()}", f"hubbub{os.getpid() % 100_000}"
    machine = OtherMachine(name)
    if not (why := why_not()):
        try:
            ip("netns", "add", name)
        except OSError as error:  # a container may keep even root from it
            why = str(error)
    if why and not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
        pytest.skip(why)
    assert not why, why
    try:
        ip(*f"link add {cable} type veth peer name eth0 netns {name}".split())
        ip("address", "add", f"{machine.here}/24", "dev", cable)
        ip("link", "set", cable, "up")
        for address in (machine.staying, machine.vanishing):
            ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
        ip("-n", name, "link", "set", "eth0", "up")
        yield machine
    finally:
        ip("netns", "delete", name)  # and with it the cable
