"""Facts: what stands under each key, in every implementation of the log."""

from collections.abc import Awaitable, Callable

from hubbub.chat.events import NOTHING, Entry
from hubbub.chat.queries import PageQuery
from hubbub.log.port import Log
from tests.log.drafts import all_of, every_fact, fact, said, seqs, told

Play = Callable[[Callable[[Log], Awaitable[None]]], None]


def test_a_log_without_facts_has_none(play: Play) -> None:
    async def scenario(log: Log) -> None:
        assert await log.facts() == []
        await log.append([said()])
        assert await log.facts() == []

    play(scenario)


def test_facts_are_kept_as_they_are(play: Play) -> None:
    drafts = [
        fact("person/a", {"name": "Ärger \" ' \n 今天 🎉"}, sender="id"),
        fact("read/a/lobby", 7),
        fact("own/a", [None, True, 1.5], expects=0),
    ]

    async def before(log: Log) -> None:
        assert await log.append(drafts) == [1, 2, 3]
        assert await log.facts() == [drafts[2], drafts[0], drafts[1]]

    async def reopened(log: Log) -> None:
        assert await log.facts() == [drafts[2], drafts[0], drafts[1]]

    play(before)
    play(reopened)


def test_the_newest_fact_under_a_key_stands(play: Play) -> None:
    async def before(log: Log) -> None:
        await log.append([fact("a", 1), fact("b", 2), fact("a", 3)])
        assert told(await log.facts()) == [("a", 3, 3), ("b", 2, 2)]
        await log.append([fact("b", 4)])
        assert told(await log.facts()) == [("a", 3, 3), ("b", 4, 4)]

    async def reopened(log: Log) -> None:
        assert told(await log.facts()) == [("a", 3, 3), ("b", 4, 4)]
        await log.append([fact("a", 5)])
        assert told(await log.facts()) == [("a", 5, 5), ("b", 4, 4)]

    play(before)
    play(reopened)


def test_nothing_stands_under_a_key_that_was_cleared(play: Play) -> None:
    async def before(log: Log) -> None:
        await log.append([fact("a", 1), fact("b", 2)])
        await log.append([fact("a", NOTHING), fact("c", NOTHING)])
        assert told(await log.facts()) == [("b", 2, 2)]

    async def reopened(log: Log) -> None:
        assert await log.append([fact("b", NOTHING, expects=2), fact("a", 6, expects=0)]) == [5, 6]
        assert told(await log.facts()) == [("a", 6, 6)]

    play(before)
    play(reopened)


def test_all_keys_that_begin_alike_are_cleared_at_once(play: Play) -> None:
    keys = ["read/a/den", "read/a/lobby", "read/a", "read/a0", "read/ab/den", "own/a/ignore"]

    async def before(log: Log) -> None:
        await log.append([fact(key, 1) for key in keys])
        await log.append([fact("read/a/", NOTHING)])
        assert [one.key for one in await log.facts()] == sorted(keys[2:])

    async def reopened(log: Log) -> None:
        assert [one.key for one in await log.facts()] == sorted(keys[2:])
        await log.append(
            [fact("own/a/x", 9), fact("own/a/", NOTHING), fact("own/a/y", 11, expects=0)]
        )
        assert told(await log.facts("own/")) == [("own/a/y", 10, 11)]

    play(before)
    play(reopened)


def test_a_fact_takes_only_where_what_it_expects_stands(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([fact("a", "first", expects=0), fact("a", "second", expects=0)])
        assert told(await log.facts()) == [("a", 1, "first")]
        await log.append([fact("a", "third", expects=2), fact("b", "none", expects=1)])
        assert told(await log.facts()) == [("a", 1, "first")]
        await log.append([fact("a", NOTHING, expects=7)])
        assert told(await log.facts()) == [("a", 1, "first")]
        await log.append([fact("a", "sixth", expects=1), fact("a", "seventh", expects=1)])
        assert told(await log.facts()) == [("a", 6, "sixth")]

    play(scenario)


def test_facts_of_a_batch_take_in_its_order(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([fact("a", 1), fact("a", NOTHING), fact("a", 3, expects=0), fact("b", 4)])
        assert told(await log.facts()) == [("a", 3, 3), ("b", 4, 4)]
        await log.append(
            [fact("a", 5, expects=3), fact("a", 6, expects=5), fact("a", 7, expects=3)]
        )
        assert told(await log.facts()) == [("a", 6, 6), ("b", 4, 4)]

    play(scenario)


def test_facts_are_counted_before_the_rest_of_their_batch(play: Play) -> None:
    async def before(log: Log) -> None:
        batch: list[Entry] = [
            said("hello"),
            fact("a", 1),
            said("hi", room="den"),
            fact("a", 2, expects=0),
        ]
        assert await log.append(batch) == [3, 1, 4, 2]
        assert [(one.seq, one.prev) for one in batch] == [(3, 0), (1, 0), (4, 0), (2, 1)]

    async def reopened(log: Log) -> None:
        batch: list[Entry] = [said("again"), fact("a", 3)]
        assert await log.append(batch) == [6, 5]
        assert [(one.seq, one.prev) for one in batch] == [(6, 3), (5, 2)]

    play(before)
    play(reopened)


def test_no_seq_is_given_twice_after_facts_that_left_nothing(play: Play) -> None:
    async def before(log: Log) -> None:
        await log.append([fact("a", 1)])
        await log.append([fact("a", NOTHING)])

    async def reopened(log: Log) -> None:
        draft = fact("b", 3, expects=7)
        assert await log.append([draft]) == [3]
        assert draft.prev == 2

    async def again(log: Log) -> None:
        assert await log.append([said()]) == [4]

    play(before)
    play(reopened)
    play(again)


def test_facts_are_found_by_how_their_keys_begin(play: Play) -> None:
    async def scenario(log: Log) -> None:
        keys = [
            "read/a/den",
            "read/a/lobby",
            "read/a",
            "read/ab/den",
            "READ/a/x",
            "read/a/\U0010ffff",
        ]
        await log.append([fact(key, 1) for key in keys])
        assert [one.key for one in await log.facts()] == sorted(keys)
        assert [one.key for one in await log.facts("read/a/")] == [
            "read/a/den", "read/a/lobby", "read/a/\U0010ffff",
        ]  # fmt: skip
        assert [one.key for one in await log.facts("read/a")] == [
            "read/a", "read/a/den", "read/a/lobby", "read/a/\U0010ffff", "read/ab/den",
        ]  # fmt: skip
        assert await log.facts("read/b") == []
        assert await log.facts("read/_/") == []

    play(scenario)


def test_followers_are_given_all_facts_whether_they_take_or_not(play: Play) -> None:
    async def scenario(log: Log) -> None:
        feed = log.follow()
        batch: list[Entry] = [
            said(),
            fact("a", 1, expects=0),
            fact("a", 2, expects=0),
            fact("a", NOTHING),
        ]
        await log.append(batch)
        assert feed.take() == [*batch[1:], batch[0]]

    play(scenario)


def test_the_system_room_is_none_of_those_that_people_are_in(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([fact("a", "hello"), said("hello"), fact("b", "hello")])
        assert [head.room for head in await log.heads()] == ["lobby"]
        assert await log.backlog("$", 0, 1000) == []
        page = await log.page(PageQuery(room="$"))
        assert (page.messages, page.more, page.missing) == ([], False, [])
        assert seqs(await all_of(log, "lobby")) == [3]
        assert not len(log.damage)

    play(scenario)


def test_every_fact_is_read_in_the_order_of_the_log(play: Play) -> None:
    async def scenario(log: Log) -> None:
        assert await every_fact(log) == []
        await log.append([fact("b", 1), fact("read/a/x", 2), fact("c", 3), fact("b", 4)])
        await log.append([said(), fact("a", 5)])
        assert told(await every_fact(log)) == [
            ("read/a/x", 2, 2),
            ("c", 3, 3),
            ("b", 4, 4),
            ("a", 5, 5),
        ]
        assert told(await every_fact(log, "read/")) == [("read/a/x", 2, 2)]
        assert await every_fact(log, "q") == []

    play(scenario)
