"""What is paid for: everything that can be said, and more where more is done for it."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import heard
from hubbub.chat.events import Message, Page, Revision, Revisions
from hubbub.chat.heard import (
    FILLER,
    Adapt,
    Filler,
    Goodbye,
    Introduction,
    PlainLine,
    Read,
    Refusal,
    Reply,
    Said,
)
from hubbub.chat.limits import Limits
from hubbub.hub import audience, cost
from hubbub.hub.lines import LINE_COMMANDS
from hubbub.wire.framed import CLASSIC, EVENTS
from tests.hub.peers import Chatroom
from tests.hub.test_formats import Shared

CROWD = 200


def price_in_a_room_of(members: int, said: Said) -> float:
    """Return what it costs the last one of so many members of the lobby to say something."""
    chatroom = Chatroom(Limits(listed_max=CROWD))
    for number in range(members - 1):
        peer = chatroom.enter(f"m{number}")
        peer.tell(c.Join(room="lobby"))
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    ann.session.current = chatroom.hub.rooms["lobby"]
    return chatroom.hub.price(ann.session, said)


def test_everything_that_can_be_heard_has_a_price() -> None:
    said = {*c.AnyCommand.__args__, *c.InnerCommand.__args__, PlainLine, Introduction, Refusal}
    assert set(cost.PRICES) == said | {Filler, Read, Reply, Goodbye, Adapt}
    assert {Filler, Reply, Goodbye} < set(heard.Heard.__args__)


def test_every_line_command_has_a_price() -> None:
    assert set(cost._LINE_COMMANDS) == set(LINE_COMMANDS)


def shown(said: Said) -> str:
    """Return what a test is called that says this."""
    return said.text if isinstance(said, PlainLine) else type(said).__name__


@pytest.mark.parametrize(
    "said",
    [
        c.Join(room="lobby"),
        c.Typing(room="lobby"),
        c.Members(room="lobby"),
        c.People(),
        c.Sessions(),
        c.Say(room="lobby", text="x"),
        c.Edit(room="lobby", text="x", seq=1),
        c.Delete(room="lobby", seq=1),
        c.React(room="lobby", seq=1, emoji="x"),
        c.SetTopic(room="lobby", text="x"),
        *(c.Kick(room="lobby", name="m1"), c.Ban(room="lobby", who="m1"), c.Ban(who="m1*")),
        c.Rename(name="nan"),
        PlainLine("/nick nan"),
        PlainLine("x"),
        PlainLine("/who"),
        PlainLine("/join lobby"),
        PlainLine("/topic x"),
        Introduction("bob", CLASSIC),
    ],
    ids=shown,
)
def test_what_is_done_for_each_member_costs_more_in_a_larger_room(said: Said) -> None:
    assert (
        price_in_a_room_of(CROWD, said)
        > price_in_a_room_of(2, said) + CROWD * audience.LISTENER / 2
    )


LONG = "x" * 4000


@pytest.mark.parametrize(
    "said",
    [
        c.Say(room="lobby", text=LONG),
        c.Say(room="lobby", text="x", tags={"+note": LONG}),
        c.Signal(room="lobby", tags={"+note": LONG}),
        c.Edit(room="lobby", text=LONG, seq=1),
        PlainLine(LONG),
        PlainLine(f"/me {LONG}"),
    ],
    ids=lambda said: type(said).__name__,
)
def test_what_is_long_costs_as_much_as_it_takes_to_write_it_to_all(said: Said) -> None:
    """A millisecond for a megabyte, or half of one."""
    assert price_in_a_room_of(CROWD, said) > CROWD * len(LONG) * 45 / 1_000_000


def test_a_long_text_costs_more_for_each_way_in_which_irc_tells_it() -> None:
    prices = []
    for count in (1, 9):
        chatroom = Chatroom()
        for number in range(10):
            knowing = Shared()
            knowing.knows_inner = number < count
            chatroom.enter(f"m{number}", knowing).tell(c.Join(room="lobby"))
        ann = chatroom.enter("ann")
        ann.tell(c.Join(room="lobby"))
        prices.append(chatroom.hub.price(ann.session, c.Say(room="lobby", text="a\n" * 2000)))
    assert prices[1] > prices[0] + 8 * audience.LINE * audience.IRC_LINES_MAX


def test_whoever_comes_has_paid_for_going() -> None:
    chatroom = Chatroom()
    for number in range(CROWD):
        chatroom.enter(f"m{number}").tell(c.Join(room="lobby"))
    ann = chatroom.enter("ann")
    joining = chatroom.hub.price(ann.session, c.Join(room="lobby"))
    ann.tell(c.Join(room="lobby"))
    assert joining > 2 * CROWD * audience.WITNESS
    assert cost.departure(ann.session) <= 2 * cost.COMMAND
    assert chatroom.hub.price(ann.session, c.Leave(room="lobby")) <= cost.COMMAND


def test_another_name_is_paid_for_in_each_room_that_hears_of_it() -> None:
    chatroom = Chatroom()
    for room in ("lobby", "kitchen"):
        for number in range(CROWD):
            chatroom.enter(f"{room}{number}").tell(c.Join(room=room))
    ann = chatroom.enter("ann")
    prices = []
    for room in ("lobby", "kitchen"):
        ann.tell(c.Join(room=room))
        prices.append(chatroom.hub.price(ann.session, c.Rename(name="nan")))
    assert prices[0] > 2 * CROWD * audience.WITNESS
    assert prices[1] - prices[0] > 2 * CROWD * audience.WITNESS


def prices_with_others(said: Said, others: int, *, watch: bool = False) -> float:
    """Return what somebody pays in a room in which others sit over IRC, who may watch them."""
    chatroom = Chatroom()
    knowing = Shared()
    knowing.knows_inner = True
    for number in range(others):
        peer = chatroom.enter(f"m{number}", knowing)
        peer.tell(c.Watch(names=("ann",)) if watch else c.Join(room="lobby"))
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    ann.session.current = chatroom.hub.rooms["lobby"]
    return chatroom.hub.price(ann.session, said)


@pytest.mark.parametrize(
    "said",
    [
        *(c.Ban(room="lobby", who="m1"), c.Mute(room="lobby", who="m1")),
        *(c.Unban(room="lobby", who="m1"), c.Unmute(room="lobby", who="m1")),
        *(PlainLine(f"/{word} m1") for word in ("ban", "mute", "unban", "unmute", "moderator")),
        *(PlainLine("/lock"), PlainLine("/unlock"), PlainLine("/slow 30s")),
        c.SetRules(room="lobby", slow_seconds=1),
        c.SetMetadata(key="url", value="x"),
        c.SetMetadata(key="url", value="x", room="lobby"),
        c.Show(real="Ann"),
        c.Add(room="lobby", name="m1"),
        c.Login(name="ann", password="four words of mine"),
    ],
    ids=shown,
)
def test_whoever_is_told_in_a_write_of_their_own_is_paid_for(said: Said) -> None:
    assert prices_with_others(said, 50) >= prices_with_others(said, 0) + 49 * audience.TOLD


@pytest.mark.parametrize(
    "said", [c.Away(text="tea"), c.BeCalled(name="nan"), Introduction("ann", EVENTS)], ids=shown
)
def test_those_who_watch_somebody_are_paid_for(said: Said) -> None:
    watched = prices_with_others(said, 50, watch=True)
    assert watched >= prices_with_others(said, 0) + 49 * audience.TOLD


def test_to_ask_what_holds_in_a_room_costs_the_same_in_any() -> None:
    asked = c.SetRules(room="lobby")
    assert prices_with_others(asked, 50) == prices_with_others(asked, 0)


def test_nobody_pays_for_telling_a_crowd_that_is_told_nothing() -> None:
    crowd = Chatroom(Limits(listed_max=CROWD))
    for number in range(CROWD + 1):
        crowd.enter(f"m{number}").tell(c.Join(room="lobby"))
    ann = crowd.enter("ann")
    ann.tell(c.Join(room="lobby"))
    assert crowd.hub.price(ann.session, c.Typing(room="lobby")) == cost.COMMAND


@pytest.mark.parametrize("said", [c.Rooms(), PlainLine("/rooms")], ids=shown)
def test_a_list_of_rooms_costs_more_if_there_are_more(said: Said) -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann", CLASSIC)
    ann.type("hello")
    before = chatroom.hub.price(ann.session, said)
    bob = chatroom.enter("bob")
    for number in range(CROWD - 1):
        bob.tell(c.Join(room=f"room-{number}"))
    assert chatroom.hub.price(ann.session, said) >= before + CROWD * cost.LISTED / 2


def test_a_short_message_in_a_small_room_costs_one_unit() -> None:
    say = c.Say(room="lobby", text="x")
    assert price_in_a_room_of(4, say) == pytest.approx(1, rel=0.05)
    assert price_in_a_room_of(4, PlainLine("x")) == pytest.approx(1, rel=0.05)


def test_nothing_is_free() -> None:
    chatroom = Chatroom()
    assert chatroom.hub.price(None, FILLER) > 0
    assert chatroom.hub.price(None, Introduction("ann", EVENTS)) > 0
    assert cost.CHUNK > 0


def test_long_answers_cost_as_much_whatever_was_asked() -> None:
    texts = ["x" * 10_000] * 50
    messages = [
        Message(room="lobby", seq=seq, prev=0, sender="ann", at=0, text=text)
        for seq, text in enumerate(texts, 1)
    ]
    former = [Revision(at=0, text=text) for text in texts]
    read = cost.answer(Page(room="lobby", messages=messages, more=False, last=50))
    assert read == cost.answer(Revisions(room="lobby", seq=1, texts=former)) > 50
    assert cost.answer(None) == 0
