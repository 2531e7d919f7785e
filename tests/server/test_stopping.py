"""A server that stops finishes what it was asked, unless that could go on for ever."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat.events import Bye
from hubbub.chat.limits import Limits
from hubbub.hub import Hub
from hubbub.log.memory import MemoryLog
from hubbub.server.sessions import chatroom
from hubbub.server.sessions.chatroom import Chatroom
from hubbub.server.sessions.connection import Connection
from hubbub.server.sessions.states import ASKS, Wait
from hubbub.wire.framed import FramedDialect
from tests.interop.raw import frame
from tests.log.drafts import all_of
from tests.server.conftest import Meet, Serve
from tests.server.conversing import Stage
from tests.server.event_peer import event_frame
from tests.server.test_conversation import texts, with_a_message
from tests.server.transports import FakeTransport

RENAMES = 800


def test_a_flood_of_what_waits_for_the_log_does_not_hold_up_the_stop(
    serve: Serve, meet: Meet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of the flood is acted on before the stop: the budget is used up."""
    monkeypatch.setattr(chatroom, "ACTING_SECONDS", 0.01)
    with serve(messages_per_second=1, burst=100) as server:
        bob, eve = meet(server, "bob"), meet(server, "eve")
        eve.ask(type="identify", device="e" * 22)
        eve.send(
            b"".join(event_frame({"type": "rename", "name": f"e {n}"}) for n in range(RENAMES))
        )
        bob.tell(type="say", room="lobby", text="before the stop", ref="said")
        assert bob.next("ok", ref="said")
    assert "not all that was asked for before the stop is done" in caplog.text
    with serve() as server:
        ann = meet(server, "ann")
        page = ann.ask(type="history", room="lobby")
        assert [message["text"] for message in page["messages"]] == ["before the stop"]
        assert ann.welcome["type"] == "welcome"


ASKED: tuple[c.AnyCommand, ...] = (
    c.History(room="lobby"),
    c.Search(query="x"),
    c.Mentions(),
    c.Replies(room="lobby", seq=1),
    c.Pins(room="lobby"),
    c.Revisions(room="lobby", seq=1),
    c.Rooms(),
    c.Members(room="lobby"),
    c.Profile(name="ann"),
    c.Devices(),
    c.Hooks(room="lobby"),
    c.Bans(),
    c.Tokens(),
    c.Invitations(),
    c.Status(),
    c.People(),
    c.Sessions(),
)


@pytest.mark.parametrize("end", ["stop", "vanish"])
def test_what_only_asks_is_passed_over_when_nobody_hears_the_answer(end: str) -> None:
    """What is asked for waits behind a change; what is said behind it all is posted."""
    assert {type(one) for one in ASKED} == set(ASKS)
    stage = Stage()
    ann = with_a_message(stage)
    heard = len(ann.events)
    ann.say(
        c.React(room="lobby", seq=1, emoji="x"),
        *(replace(one, ref=f"asked {number}") for number, one in enumerate(ASKED)),
        c.Say(room="lobby", text="goodbye", ref="said"),
    )
    if end == "stop":
        ann.conversation.stop()
    else:
        ann.vanish()
    stage.run()
    assert texts(stage)[-1] == "goodbye"
    refs = [getattr(event, "ref", None) for event in ann.events[heard:]]
    assert [ref for ref in refs if ref is not None] == (["said"] if end == "stop" else [])


LINK = object()


class Carried(FakeTransport):
    """A connection that comes over the link of a relay."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return LINK if name == "link" else default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0


def test_what_waits_for_its_turn_when_a_relay_stops_is_said_before_the_goodbye(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chatroom, "ACTING_SECONDS", 60)
    said = [f"{number}" for number in range(60)]

    async def scene() -> None:
        limits, log = Limits(messages_per_second=200, burst=10, shutdown_seconds=0), MemoryLog()
        room = Chatroom(limits, Hub(limits, server="test"), log)
        committing = asyncio.ensure_future(room.commits.run())
        turn = room.turns.turn("192.0.2.1")
        ann = Connection(room, FramedDialect(limits.frame_bytes_max), turn, turn.close)
        Carried(ann).receive(b"".join(map(frame, ["ann", *said])))
        assert ann.conversation.wait is Wait.TURN
        await room.dismiss(LINK, Bye(reason="The relay stops."))
        assert [getattr(one, "text", "") for one in await all_of(log, "lobby")] == said
        committing.cancel()

    asyncio.run(scene())
