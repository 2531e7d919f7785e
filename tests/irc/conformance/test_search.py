"""SEARCH, as the specification of `soju.im/search` has it."""

import pytest

from hubbub.testing import LocalServer
from tests.irc.conformance.members import CAPS, batch, speak
from tests.irc.irc_client import IrcClient

SEARCHING = f"{CAPS} soju.im/search"


def test_messages_are_found(hubbub_server: LocalServer) -> None:
    """ "containing messages matching all the specified attributes"."""
    ann = IrcClient.named(hubbub_server.address, "ann", caps=SEARCHING, rooms="#den,#lobby")
    ben = IrcClient.named(hubbub_server.address, "ben", caps=SEARCHING, rooms="#den")
    ((_, first, *_),) = speak(ann, "#den", "PRIVMSG TARGET :a fast one")
    speak(ann, "#lobby", "PRIVMSG TARGET :fast elsewhere")
    speak(ann, "#den", "PRIVMSG TARGET :slow")
    ben.until("PRIVMSG", "#den", "slow")
    ben.ask("PRIVMSG #den :as fast as this")
    ben.said("PRIVMSG")
    for asked, texts in {
        "text=fast": ["a fast one", "fast elsewhere", "as fast as this"],
        "text=fast;in=#den": ["a fast one", "as fast as this"],
        "text=fast;in=#den;limit=1": ["as fast as this"],
        "from=ben;in=#den": ["as fast as this"],
        r"text=as\sfast": ["as fast as this"],
        "in=#lobby": ["fast elsewhere"],
        f"in=#den;before={first}": ["a fast one"],
        "before=2010-01-01T00:00:00.000Z;in=#den": [],
        "after=9999-12-31T00:00:00.000Z;before=9999-12-31T23:59:59.999Z": [],
    }.items():
        ann.ask(f"SEARCH {asked}")
        assert [line.params[1] for line in batch(ann, "soju.im/search")[1:]] == texts, asked


@pytest.mark.parametrize("asked", ["in=#nowhere;text=x", "limit=0", "after=soon", "text=from:"])
def test_what_cannot_be_searched_fails(hubbub_server: LocalServer, asked: str) -> None:
    """ "If the selectors were invalid, the `INVALID_PARAMS` error code SHOULD be returned"."""
    ann = IrcClient.named(hubbub_server.address, "ann", caps=SEARCHING, rooms="#den")
    ann.ask(f"SEARCH {asked}")
    assert ann.said("FAIL").params[:2] == ("SEARCH", "INVALID_PARAMS")
