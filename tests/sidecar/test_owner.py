"""Whose a connection is, as Linux tells."""

import os
import socket
import sys
from pathlib import Path

import pytest

from hubbub.sidecar import owner
from hubbub.sidecar.owner import is_of_another, owner_in

TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:4E70 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1
   1: 0100007F:4E70 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 2 1
   2: 0100007F:C350 0100007F:4E70 01 00000000:00000000 00:00000000 00000000  1001        0 3 1
   3: 0100007F:C352 0100007F:4E70 05 00000000:00000000 00:00000000 00000000     0        0 0 1
"""
HERE, THERE = ("127.0.0.1", 20080), ("127.0.0.1", 50000)


@pytest.mark.skipif(sys.byteorder != "little", reason="the table above is of another machine")
def test_each_end_has_its_owner() -> None:
    assert owner_in(TABLE, THERE, HERE) == 1001
    assert owner_in(TABLE, HERE, THERE) == 1000
    assert owner_in(TABLE, ("127.0.0.1", 50001), HERE) is None
    assert owner_in(TABLE, ("127.0.0.1", 50002), HERE) is None, "it was left by whoever had it"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
@pytest.mark.parametrize("asks_kernel", [True, False])
def test_own_connections_are_known(monkeypatch: pytest.MonkeyPatch, asks_kernel: bool) -> None:
    """The kernel tells of one socket; the table of all is not read then, however long it is."""
    kernel = owner._Kernel()
    monkeypatch.setattr(owner, "_KERNEL", kernel)
    if asks_kernel:
        monkeypatch.setattr(owner, "TABLE", Path("/nowhere"))
    else:
        monkeypatch.setattr(kernel, "_told", lambda *_: None)
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as near,
        listening.accept()[0] as far,
    ):
        ends = near.getsockname(), far.getsockname()
        assert not is_of_another(*ends)
        monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
        assert is_of_another(*ends) is (os.geteuid() != 0), "root may do everything anyway"
        near.close()
        assert is_of_another(*ends), "nobody is there any more"
