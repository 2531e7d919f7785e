"""Where the user is, of the several addresses that a chatroom may have."""

from pathlib import Path

import pytest

from hubbub.client import Online
from hubbub.desk.connection import Connection
from hubbub.desk.hosting import HostingOn
from hubbub.desk.link import Link
from hubbub.desk.room import RoomState
from hubbub.desk.rooms import Rooms


class NoHosting(HostingOn):
    """Offers nothing."""

    def __init__(self) -> None:
        pass

    def take(self, event: object) -> None:
        pass


def test_links_for_others_lead_to_where_the_user_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_state_path", lambda _name: tmp_path)
    link = Link("127.0.0.1:1234")
    assert (link.page, link.is_local) == ("http://127.0.0.1:1234", True)
    connection = Connection(link, Rooms(RoomState("lobby")), NoHosting(), lambda: None)
    connection.take(Online(True, "n2.example.org:1234"))
    assert (link.page, link.is_local) == ("http://n2.example.org:1234", False)
    assert link.address == "127.0.0.1:1234", "it is the same chatroom"
