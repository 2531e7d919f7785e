"""Plain lines: messages, and `/` commands for whoever has no others (protocol section 2)."""

import pytest
from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.limits import Limits
from hubbub.chat.queries import SearchQuery
from hubbub.hub.lines import BROKEN_OFF, LINE_COMMANDS, SAID_LINES_MAX
from hubbub.log.memory import MemoryLog
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, Peer

# 2023-11-14 22:13:20 UTC
SAID_AT = 1_700_000_000_000


@pytest.fixture
def chatroom() -> Chatroom:
    room = Chatroom(Limits(text_bytes_max=100))
    room.clock = SAID_AT
    return room


@pytest.fixture
def ann(chatroom: Chatroom) -> Peer:
    return chatroom.enter("ann", CLASSIC)


@pytest.fixture
def bob(chatroom: Chatroom) -> Peer:
    return chatroom.enter("Bob B", CLASSIC)


def answers(chatroom: Chatroom, peer: Peer, line: str) -> list[str]:
    """Return what the server says to a line."""
    peer.type(line)
    chatroom.commit()
    pairs = peer.pairs()
    assert {name for name, _ in pairs} <= {"hubbub"}
    return [text for _, text in pairs]


def test_lines_are_messages(chatroom: Chatroom, ann: Peer, bob: Peer) -> None:
    for line in ("hello", "  ", "//help", "two\nlines"):
        assert answers(chatroom, ann, line) == []
    assert bob.pairs() == [("ann", text) for text in ("hello", "  ", "/help", "two\nlines")]


@pytest.mark.parametrize("line", ["\n", "\n\n", "\x00", "\x1b\x07"])
def test_a_line_without_anything_in_it_means_nothing(
    chatroom: Chatroom, ann: Peer, bob: Peer, line: str
) -> None:
    assert answers(chatroom, ann, line) == []
    assert bob.pairs() == []


def test_help_names_every_command_with_its_usage(chatroom: Chatroom, ann: Peer) -> None:
    (text,) = answers(chatroom, ann, "/help")
    lines = text.splitlines()
    assert len(lines) == len(LINE_COMMANDS) + 1
    for word, line in zip(LINE_COMMANDS, lines, strict=False):
        assert line.startswith(f"/{word}")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/frobnicate", "There is no command /frobnicate. /help lists them"),
        ("/histroy", "Did you mean /history?"),
        ("/", "There is no command /."),
        ("/join", "Usage: /join ROOM"),
        ("/join two words", "A room cannot be called 'two words'"),
        ("/join @0123", "There is no room '@0123'"),
        ("/history none", "Usage: /history [N], N from 1 to 50."),
        *(
            (f"/history {count}", "Usage: /history [N], N from 1 to 50.")
            for count in ("51", "0", "-1", "9" * 5000, "²", "１２", "٣", "1e1", "1_0", "+1")
        ),
        ("/history", "Nothing was said in lobby yet."),
        ("/search", "Usage: /search WORDS"),
        ("/search nothing", "Nothing in lobby matches."),
        (
            "/search " + "w " * 20_000,
            "Your search has 20,000 words; 16 are allowed. Search for less.",
        ),
        ("/msg", "Usage: /msg NAME TEXT"),
        ("/msg ann", "Usage: /msg NAME TEXT"),
        ("/msg nobody hi", "Nobody called 'nobody' is here."),
        ("/topic", "lobby has no topic."),
        ("x" * 101, "The message has 101 bytes; the limit is 100."),
    ],
)
def test_answers_and_refusals(chatroom: Chatroom, ann: Peer, line: str, answer: str) -> None:
    (text,) = answers(chatroom, ann, line)
    assert answer in text


def test_each_line_of_an_old_message_has_its_name(chatroom: Chatroom, ann: Peer, bob: Peer) -> None:
    bob.type("one\n[1970-01-01 00:00 UTC] ann > yes, I agree")
    chatroom.commit()
    ann.pairs()
    at = "[2023-11-14 22:13 UTC] Bob B > "
    (answer,) = answers(chatroom, ann, "/history")
    assert answer == f"{at}one\n{at}[1970-01-01 00:00 UTC] ann > yes, I agree"


def test_history_and_search_read_the_room(chatroom: Chatroom, ann: Peer, bob: Peer) -> None:
    for text in ("one apple", "two pears", "three apples"):
        answers(chatroom, bob, text)
    ann.pairs()
    at = "[2023-11-14 22:13 UTC] Bob B > "
    assert answers(chatroom, ann, "/history 2") == [f"{at}two pears", f"{at}three apples"]
    assert answers(chatroom, ann, "/SEARCH Apple") == [f"{at}one apple", f"{at}three apples"]


def test_a_classic_session_moves_from_room_to_room(
    chatroom: Chatroom, ann: Peer, bob: Peer
) -> None:
    assert answers(chatroom, ann, "/join Dev") == ["You are in dev now, 1 present."]
    assert answers(chatroom, ann, "/topic Work") == []
    assert answers(chatroom, bob, "/join dev") == ["You are in dev now, 2 present. Topic: Work"]
    assert answers(chatroom, bob, "/who") == ["2 in dev: ann, Bob B"]
    assert answers(chatroom, bob, "/join lobby") == ["You are in lobby now, 1 present."]
    answers(chatroom, ann, "only in dev")
    assert bob.pairs() == []
    assert answers(chatroom, ann, "/rooms") == [
        "dev, 1 present (you are here): Work\nlobby, 1 present"
    ]


def test_private_messages_go_to_names_with_spaces_too(
    chatroom: Chatroom, ann: Peer, bob: Peer
) -> None:
    assert answers(chatroom, ann, "/msg Bob B the keys are here") == []
    assert bob.pairs() == [("ann", "(private) the keys are here")]
    assert answers(chatroom, bob, "/msg ANN thank you") == []
    assert ann.pairs() == [("Bob B", "(private) thank you")]
    assert answers(chatroom, ann, "to all") == []
    assert bob.pairs() == [("ann", "to all")]


def test_plain_lines_of_an_event_session_go_to_the_room_joined_last(chatroom: Chatroom) -> None:
    cat = chatroom.enter("cat")
    cat.type("the lobby, since it is in no room")
    for room in ("one", "two"):
        cat.tell(c.Join(room=room))
    cat.type("in two")
    cat.type("/join one")
    cat.type("in one")
    chatroom.commit()
    said = [(event.room, event.text) for event in cat.events() if isinstance(event, e.Message)]
    assert said == [
        ("lobby", "the lobby, since it is in no room"),
        ("two", "in two"),
        ("one", "in one"),
    ]


@pytest.mark.parametrize(
    ("limits", "room"),
    [
        (Limits(rooms_max=1), "another"),
        (Limits(), "no way"),
        (Limits(), "@97049da5464956062d0e94be"),
    ],
)
def test_a_refused_join_leaves_a_classic_session_where_it_was(limits: Limits, room: str) -> None:
    chatroom = Chatroom(limits)
    ann, bob, cat = (chatroom.enter(name, CLASSIC) for name in ("ann", "bob", "cat"))
    watcher = chatroom.enter("watcher")
    watcher.tell(c.Join(room="lobby"))
    watcher.events()
    ann.type(f"/join {room}")
    assert len(ann.pairs()) == 1, "it is told why"
    assert watcher.events() == [], "and nobody is told that it left"
    bob.type("still with us?")
    ann.type("yes")
    chatroom.commit()
    assert ann.pairs() == [("bob", "still with us?")]
    assert cat.pairs() == [("bob", "still with us?"), ("ann", "yes")]


def test_one_room_is_enough_for_a_classic_session_to_move() -> None:
    chatroom = Chatroom(Limits(rooms_per_member_max=1))
    ann = chatroom.enter("ann", CLASSIC)
    assert answers(chatroom, ann, "/join kitchen") == ["You are in kitchen now, 1 present."]


def test_a_search_that_was_broken_off_says_so(
    chatroom: Chatroom, ann: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def search(log: MemoryLog, query: SearchQuery, windows: int) -> e.Page:
        return replace(await whole(log, query, windows), more=True, reached=2)

    whole = MemoryLog.search
    answers(chatroom, bob, "one apple")
    ann.pairs()
    monkeypatch.setattr(MemoryLog, "search", search)
    assert answers(chatroom, ann, "/search pear") == [BROKEN_OFF]
    said, found = answers(chatroom, ann, "/search apple")
    assert said == BROKEN_OFF
    assert found.endswith("one apple")


def test_a_message_of_very_many_lines_is_cut_in_the_history() -> None:
    chatroom = Chatroom()
    ann, bob = chatroom.enter("ann", CLASSIC), chatroom.enter("bob", CLASSIC)
    bob.type("x" + "\n" * 60_000 + "y")
    chatroom.commit()
    ann.read()
    (answer,) = answers(chatroom, ann, "/history 1")
    lines = answer.split("\n")
    assert len(lines) == SAID_LINES_MAX + 1
    assert lines[-1].endswith("bob > (… and 59,801 more lines)")


def test_a_private_line_is_for_the_longest_name_that_is_here(chatroom: Chatroom, ann: Peer) -> None:
    lee, named = chatroom.enter("Bob Lee"), chatroom.enter("Bob")
    for line in ("/msg bob lee only you", "/msg BOB  LEE hi", "/msg bob LEEway"):
        ann.type(line)
    chatroom.commit()
    assert [event.text for event in lee.events() if isinstance(event, e.Message)] == ["only you"]
    assert [event.text for event in named.events() if isinstance(event, e.Message)] == [
        "LEE hi",
        "LEEway",
    ]
