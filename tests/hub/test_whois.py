"""`profile` and `/whois`: who somebody is; and of which kind people are in lists."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.wire.framed import CLASSIC
from tests.hub.moderated import ROOM, Moderated
from tests.hub.peers import Peer


@pytest.fixture
def room() -> Moderated:
    room = Moderated()
    room.read_all()
    return room


def profile(asker: Peer, name: str) -> e.Profile:
    asker.read()
    asker.tell(c.Profile(name=name, ref="p"))
    [told] = [one for one in asker.events() if isinstance(one, e.Profile)]
    assert told.ref == "p"
    return told


def kinds(peer: Peer) -> dict[str, str]:
    """Return the kinds of the members of the room, by name, as they are listed."""
    peer.read()
    peer.tell(c.Members(room=ROOM))
    [listed] = [one for one in peer.events() if isinstance(one, e.Members)]
    return {one.name: one.kind for one in listed.members}


def test_lists_of_members_say_of_which_kind_people_are(room: Moderated) -> None:
    assert kinds(room.pat) == {
        "pat": "",
        **dict.fromkeys(("ann", "ben", "cleo", "eve"), "guest"),
    } | {"olga": "guest"}
    room.eve.tell(c.Register(password="four words of mine"))
    assert kinds(room.pat)["eve"] == "member"


def test_presence_says_it_of_whoever_comes(room: Moderated) -> None:
    room.eve.tell(c.Leave(room=ROOM))
    room.read_all()
    room.eve.tell(c.Join(room=ROOM))
    dan = room.enter("dan")
    dan.tell(c.Join(room=ROOM))
    came = [one for one in room.ann.events() if isinstance(one, e.Presence)]
    assert [(one.name, one.kind) for one in came] == [("eve", "guest"), ("dan", "")]


def test_somebody_known_who_is_here(room: Moderated) -> None:
    first_here = room.clock
    room.wait(120)
    told = profile(room.pat, "EVE")
    assert told == e.Profile(
        name="eve",
        kind="guest",
        person=room.eve.session.person.id,
        here=True,
        since=first_here,
        seen=room.clock,
        ref="p",
    )
    assert profile(room.pat, "olga").role == "operator"


def test_somebody_known_who_is_not_here(room: Moderated) -> None:
    room.wait(120)
    left_at = room.clock
    room.hub.depart(room.eve.session)
    room.commit()
    room.wait(3600)
    told = profile(room.pat, "eve")
    assert (told.here, told.kind, told.seen) == (False, "guest", left_at)
    room.restart()
    dan = room.enter("dan")
    assert profile(dan, "eve") == told


def test_somebody_in_passing(room: Moderated) -> None:
    assert profile(room.ann, "pat") == e.Profile(name="pat", kind="passing", here=True, ref="p")


def test_it_says_why_somebody_is_away(room: Moderated) -> None:
    room.eve.tell(c.Away(text="lunch"))
    told = profile(room.pat, "eve")
    assert (told.away, told.text) == (True, "lunch")


def test_it_says_what_somebody_was_called_before_also_after_a_restart(room: Moderated) -> None:
    room.ask(room.eve, c.Rename(name="yves"))
    assert profile(room.pat, "yves").formerly == "eve"
    room.restart()
    assert profile(room.enter("dan"), "yves").formerly == "eve"


def test_nobody_is_refused(room: Moderated) -> None:
    assert room.ask(room.pat, c.Profile(name="nobody")) == (
        "not_here: Nobody called 'nobody' is here, or known here."
    )
    assert room.ask(room.pat, c.Profile(name="")).startswith("name_not_allowed")


def test_a_line_says_the_same(room: Moderated) -> None:
    dan = room.enter("dan", CLASSIC)
    dan.read()

    def said(name: str) -> str:
        dan.type(f"/whois {name}")
        [(_, sentence)] = dan.pairs()
        return sentence

    assert said("pat") == "pat is here in passing."
    assert said("olga") == (
        "olga is a guest, an operator of the server, known since 1970-01-01 00:00 UTC."
    )
    room.ask(room.eve, c.Rename(name="yves"))
    room.eve.tell(c.Away(text="lunch"))
    assert said("yves") == (
        "yves is a guest, known since 1970-01-01 00:00 UTC, called eve before. yves is away: lunch"
    )
    room.hub.depart(room.eve.session)
    room.commit()
    assert said("yves").endswith(" Last here 1970-01-01 00:00 UTC.")
    assert said("") == "Usage: /whois NAME"
