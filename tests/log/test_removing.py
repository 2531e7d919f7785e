"""A fact removes a room: whatever log there is, nothing of the room is left for its readers."""

from collections.abc import Awaitable, Callable

from hubbub.chat.events import NOTHING, Entry, Fact
from hubbub.chat.names import private_room
from hubbub.chat.queries import Head, PageQuery, PostedAs
from hubbub.log.port import Log
from tests.log.drafts import all_of, deleted, edited, fact, found, indexed, said, seqs, titled, told

Play = Callable[[Callable[[Log], Awaitable[None]]], None]


def gone(room: str) -> Fact:
    return fact(f"gone/{room}", NOTHING)


async def talk(log: Log) -> None:
    """Say things in the den and the lobby, turn by turn."""
    for number in range(10):
        await log.append(
            [
                said(f"lobby word{number}", nonce=f"n{number}"),
                said(f"den word{number}", room="den", nonce=f"n{number}"),
            ]
        )
    await log.append([titled("a topic", room="den")])
    await log.append([edited(2, "den edited", room="den"), deleted(4, room="den")])


def test_nothing_is_read_of_a_room_that_was_removed(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await talk(log)
        lobby = await all_of(log, "lobby")
        await indexed(log)
        (seq,) = await log.append([gone("den")])
        assert seq == 24
        assert await all_of(log, "den") == []
        assert (await log.page(PageQuery(room="den"))).messages == []
        assert await found(log, "den") == []
        assert await found(log, "edited", room="den") == []
        assert await found(log, "word7") == [15]
        assert await all_of(log, "lobby") == lobby
        posted = PageQuery(room="den", posted_as=PostedAs("alice", "n3"))
        assert (await log.page(posted)).messages == []
        assert {one.room: one for one in await log.heads()}["den"] == Head(
            "den", 0, 0, "", removed=23
        )

    play(scenario)


def test_a_room_of_the_same_name_begins_anew(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await talk(log)
        await log.append([gone("den")])
        drafts = [said("new", room="den", nonce="n3"), said("lobby", nonce="n3")]
        assert await log.append(drafts) == [25, 7]
        again = said("new", room="den", nonce="n3")
        assert await log.append([again]) == [25], "a repeat of what is in the new room"
        (event,) = await all_of(log, "den")
        assert (event.seq, event.prev) == (25, 0)
        assert await found(log, "new", room="den") == [25]
        assert await found(log, "den") == []
        heads = {one.room: one for one in await log.heads()}
        assert heads["den"] == Head("den", 25, 25, "", removed=23)

    async def later(log: Log) -> None:
        heads = {one.room: one for one in await log.heads()}
        assert heads["den"] == Head("den", 25, 25, "", removed=23)
        assert seqs(await all_of(log, "den")) == [25]
        assert await found(log, "new", room="den") == [25]
        assert await log.append([said("new", room="den", nonce="n3")]) == [25]
        await log.append([gone("den")])
        await log.append([said("newest", room="den", nonce="n3")])
        assert [event.prev for event in await all_of(log, "den")] == [0]

    play(scenario)
    play(later)


def test_what_is_said_in_the_batch_that_removes_the_room_is_said_in_the_next_one(
    play: Play,
) -> None:
    async def scenario(log: Log) -> None:
        await talk(log)
        new = said("new", room="den", nonce="n3")
        drafts: list[Entry] = [new, gone("den"), said("lobby again")]
        assert await log.append(drafts) == [25, 24, 26]
        assert [(event.seq, event.prev) for event in await all_of(log, "den")] == [(25, 0)]
        assert await found(log, "new", room="den") == [25]

    play(scenario)


def test_what_was_decided_about_a_room_goes_with_it(play: Play) -> None:
    den, other = {"room": "den"}, {"room": "denim"}

    async def scenario(log: Log) -> None:
        await log.append(
            [
                said(room="den"),
                fact("room/den", {"owner": "a"}),
                fact("room/denim", {"owner": "a"}),
                fact("read/ABCDEFGHIJK/den", 1),
                fact("read/ABCDEFGHIJK/denim", 1),
                fact("ban/1", den),
                fact("ban/2", other),
                fact("mute/1", den),
                fact("mute/2", {}),
                fact("hook/1", den),
                fact("hook/2", other),
                fact("name/den", "a"),
            ]
        )
        before = {key: value for key, _, value in told(await log.facts())}
        await log.append([fact("ban/3", den), gone("den"), fact("mute/3", den)])
        after = {key: value for key, _, value in told(await log.facts())}
        went = {"room/den", "read/ABCDEFGHIJK/den", "ban/1", "mute/1", "hook/1"}
        assert before.keys() - after.keys() == went
        assert after.keys() - before.keys() == {"mute/3"}

    play(scenario)


def test_private_rooms_and_several_at_once_are_removed_alike(play: Play) -> None:
    direct = private_room("alice", "bob")

    async def scenario(log: Log) -> None:
        await talk(log)
        await log.append([said("between us", room=direct), said("kept", room="shed")])
        await log.append([gone(direct), gone("den"), gone("nowhere")])
        assert await found(log, "between", room=direct) == []
        assert {one.room for one in await log.heads() if one.last} == {"lobby", "shed"}
        assert "nowhere" not in {one.room for one in await log.heads()}

    play(scenario)
