"""Searches with filters, as the hub reads them: who is meant, which room, and what may be seen."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_conversations import leaves, tell
from tests.hub.test_people import company
from tests.hub.test_sessions import codes

DAY = 86_400_000


@pytest.fixture
def chatroom() -> Chatroom:
    return Chatroom()


@pytest.fixture
def ann(chatroom: Chatroom) -> Peer:
    return chatroom.enter("ann")


def say(peer: Peer, *texts: str, room: str = "lobby") -> None:
    peer.tell(c.Join(room=room))
    for text in texts:
        peer.tell(c.Say(room=room, text=text))
    peer.chatroom.commit()


def find(peer: Peer, query: str, room: str | None = None) -> list[str] | str:
    """Return the texts that are found, or why not."""
    peer.events()
    peer.tell(c.Search(query=query, room=room, ref="s"))
    answer = peer.events()[-1]
    if isinstance(answer, e.Error):
        return answer.message
    assert isinstance(answer, e.Page)
    return [one.text for one in answer.messages]


def test_what_somebody_said_is_found_whatever_they_are_called_now() -> None:
    _, (ann, ben) = company("ann", "ben")
    say(ann, "dinner at six", "see http://x.org")
    say(ben, "dinner is ready", "no dinner for me")
    ben.tell(c.Rename(name="benjamin"))
    ben.chatroom.commit()
    assert find(ann, "dinner from:benjamin") == ["dinner is ready", "no dinner for me"]
    assert find(ann, "from:BENJAMIN ready") == ["dinner is ready"]
    assert find(ann, "from:@ann has:link") == ["see http://x.org"]
    assert find(ann, "from:me dinner") == ["dinner at six"]
    assert find(ann, "from:me from:benjamin din") == [
        *("dinner at six", "dinner is ready", "no dinner for me"),
    ]


def test_who_only_passed_is_found_by_their_name_even_when_they_are_gone(
    chatroom: Chatroom, ann: Peer
) -> None:
    eve = chatroom.enter("Eve")
    say(eve, "boo")
    leaves(eve)
    assert find(ann, "from:eve") == ["boo"]


def test_a_name_that_nobody_has_is_said_and_which_was_meant(chatroom: Chatroom, ann: Peer) -> None:
    chatroom.enter("benjamin")
    say(ann, "hello")
    assert find(ann, "from:zoe hello") == "There is nobody called 'zoe'."
    assert find(ann, "from:benjamim") == (
        "There is nobody called 'benjamim'. Did you mean benjamin?"
    )
    assert find(ann, "from:benjamin") == []
    assert find(ann, "from:zoe from:ann") == ["hello"]
    assert find(ann, "in:@zoe hello") == "There is nobody called 'zoe'."


def test_in_names_a_room_whatever_room_is_asked_for(chatroom: Chatroom, ann: Peer) -> None:
    say(ann, "in the lobby")
    say(ann, "in the den", room="den")
    assert find(ann, "the in:den") == ["in the den"]
    assert find(ann, "the in:#Den", room="lobby") == ["in the den"]
    assert find(ann, "in:den from:ann") == ["in the den"]
    assert str(find(ann, "in:nowhere x")).startswith("There is no room 'nowhere'")


def test_a_talk_of_two_is_searched_by_the_other_one_s_name() -> None:
    _, (ann, ben) = company("ann", "ben")
    tell(ann, "ben", "the secret dinner")
    say(ann, "a public dinner")
    assert find(ben, "dinner in:@ann") == ["the secret dinner"]
    assert find(ann, "dinner in:@ben") == ["the secret dinner"]
    assert find(ann, "dinner") == ["the secret dinner", "a public dinner"]
    assert isinstance(find(ann, "in:@ann dinner"), str)


def test_nobody_finds_what_they_may_not_read_by_any_filter() -> None:
    _, (ann, _, eve) = company("ann", "ben", "eve")
    room = tell(ann, "ben", "between us")
    say(ann, "plans", room="den")
    ann.tell(c.SetRules(room="den", private=True))
    ann.chatroom.commit()
    assert find(ann, "from:ann in:den") == ["plans"]
    assert find(ann, "from:ann") == ["between us", "plans"], "what one may read is among all"
    for query in (f"in:{room} us", "in:den plans", "in:@ben us", "from:ann", "from:ann in:den"):
        found = find(eve, query)
        assert isinstance(found, str) or found == [], query


def test_days_and_times_have_their_messages(chatroom: Chatroom, ann: Peer) -> None:
    say(ann, "long ago")
    chatroom.pass_time(10 * DAY)
    say(ann, "last week")
    chatroom.pass_time(3 * DAY)
    say(ann, "now")
    assert find(ann, "from:ann after:7d") == ["last week", "now"]
    assert find(ann, "after:7d before:1d") == ["last week"]
    assert find(ann, "before:7d") == ["long ago"]
    assert find(ann, "ago after:7d") == []
    assert find(ann, "after:1h before:2h") == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("before:soon", "bad_command"),
        ("from:", "bad_command"),
        ("has:fun", "bad_command"),
        ("from:hubbub<", "name_not_allowed"),
        ("in:a/b", "room_not_allowed"),
        ("w " * 17, "too_long"),
    ],
)
def test_a_wrong_filter_is_refused(chatroom: Chatroom, ann: Peer, query: str, code: str) -> None:
    ann.events()
    ann.tell(c.Search(query=query))
    assert codes(ann) == [code]


def test_classic_lines_have_filters_as_well(chatroom: Chatroom, ann: Peer) -> None:
    bob = chatroom.enter("bob")
    say(bob, "dinner is ready")
    ann.tell(c.Join(room="lobby"))
    ann.events()
    ann.type('/search from:bob "is ready"')
    ann.type("/search from:zoe x")
    told = [one.text if isinstance(one, e.Notice) else one.message for one in ann.events()]  # type: ignore[union-attr]
    assert told[0].endswith("dinner is ready")
    assert told[-1] == "There is nobody called 'zoe'."
