"""What was edited or deleted cannot be read any more, asked of every implementation of the log."""

from collections.abc import Awaitable, Callable

import msgspec

from hubbub.chat.events import Edited, Message
from hubbub.chat.names import direct_room
from hubbub.chat.queries import PageQuery
from hubbub.log.port import Log
from tests.log.drafts import (
    NOON,
    all_of,
    deleted,
    edited,
    found,
    indexed,
    reacted,
    said,
    seqs,
)

Play = Callable[[Callable[[Log], Awaitable[None]]], None]


FORMER = ("a former text", "an interim text")


async def nothing_former_in(log: Log, *, rooms: tuple[str, ...] = ("lobby",)) -> None:
    """Assert that no read shows a text of FORMER, nor finds a message by it."""
    for room in rooms:
        events = await all_of(log, room)
        for after in range(events[-1].seq):
            events += await log.backlog(room, after, 1)
        for query in (PageQuery(room=room), PageQuery(room=room, after=0)):
            events += (await log.page(query)).messages
        for event in events:
            assert not (isinstance(event, Message | Edited) and event.text in FORMER), event
        for words in (*FORMER, "former", "interim", "inter"):
            assert await found(log, words, room=room) == []
            assert await found(log, words) == []


def test_an_edited_text_is_gone_wherever_one_reads(play: Play) -> None:
    async def scenario(log: Log) -> None:
        first = said(FORMER[0], nonce="n")
        await log.append([said("before"), first, said("after")])
        await indexed(log)
        await log.append([said("between"), edited(2, FORMER[1], at=NOON + 1)])
        await log.append([edited(2, "now", at=NOON + 2), reacted(2, "👍"), said("end")])
        await nothing_former_in(log)
        events = await all_of(log, "lobby")
        assert seqs(events) == list(range(1, 9))
        assert [event.prev for event in events] == list(range(8))
        assert events[1] == msgspec.structs.replace(first, text="now", edited=NOON + 2)
        assert [e.text for e in events if isinstance(e, Edited)] == ["now", "now"]
        assert [e.at for e in events if isinstance(e, Edited)] == [NOON + 1, NOON + 2]
        assert await found(log, "now") == [2]
        assert first.text == FORMER[0]  # whoever was handed it may keep it

    play(scenario)


def test_a_deleted_text_is_gone_wherever_one_reads(play: Play) -> None:
    private = direct_room("alice", "bob")

    async def scenario(log: Log) -> None:
        first = said(FORMER[0], room=private, nonce="n")
        await log.append([said(room=private), first, said(room=private)])
        await log.append([edited(2, FORMER[1], room=private), said()])
        await indexed(log)
        await log.append([deleted(2, room=private)])
        await log.append([edited(2, FORMER[0], room=private), said(room=private)])
        await nothing_former_in(log, rooms=("lobby", private))
        events = await all_of(log, private)
        assert seqs(events) == [1, 2, 3, 4, 6, 7, 8]
        assert events[1] == msgspec.structs.replace(first, text="", deleted=True)
        assert [e.text for e in events if isinstance(e, Edited)] == ["", ""]

    play(scenario)


def test_texts_that_come_and_go_in_one_batch_are_gone(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append(
            [
                said(FORMER[0]),
                edited(1, FORMER[1]),
                edited(1, "now"),
                said(FORMER[0]),
                deleted(4),
                edited(4, FORMER[1]),
            ]
        )
        await nothing_former_in(log)
        page = await log.page(PageQuery(room="lobby"))
        assert [(m.text, m.deleted) for m in page.messages] == [("now", False), ("", True)]

    play(scenario)


def test_a_deleted_message_shows_no_reactions(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(), reacted(1, "👍"), deleted(1), reacted(1, "🎉")])
        (message,) = (await log.page(PageQuery(room="lobby"))).messages
        assert message.reactions == {}
        first = (await all_of(log, "lobby"))[0]
        assert isinstance(first, Message)
        assert first.reactions == {}

    play(scenario)
