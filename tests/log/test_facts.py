"""Facts: what stands under each key, in every implementation of the log."""

from collections.abc import Awaitable, Callable, Sequence

from hubbub.chat.events import NOTHING, Entry, Fact
from hubbub.chat.leads import of_device, of_looks
from hubbub.chat.queries import PageQuery
from hubbub.log.port import Log
from tests.log.drafts import all_of, fact, person, said, seqs, told
from tests.log.feeds import handed_out

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
        assert handed_out(feed) == [*batch[1:], batch[0]]

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


# Looking up.


def keys(facts: Sequence[Entry]) -> list[str]:
    return [one.key for one in facts if isinstance(one, Fact)]


def test_facts_are_looked_up_by_their_keys(play: Play) -> None:
    async def before(log: Log) -> None:
        assert log.look_up(["a"]) == []
        await log.append([fact("a", 1), said(), fact('"\\ä', 2), fact("c", 3)])
        await log.append([fact("a", 4), fact("c", NOTHING)])

    async def reopened(log: Log) -> None:
        (found,) = log.look_up(["a"])
        assert found == (await log.facts("a"))[0]
        assert told([found]) == [("a", 5, 4)]
        found_together = log.look_up(["a", "b", "c", '"\\ä'])
        assert sorted(keys(found_together)) == ['"\\ä', "a"]
        assert log.look_up([]) == []

    play(before)
    play(reopened)


def test_people_are_led_to_by_devices_and_looks_and_guests_come_in_order(play: Play) -> None:
    async def before(log: Log) -> None:
        await log.append([person("1", "Ann", "x", "y"), person("2", "bob", "z", kind="member")])
        await log.append([fact("person/3", {"name": "broken"}), fact("own/person/4", 1)])
        await log.append([person("4", "cat"), fact("name/ann", {"person": "1"})])

    async def reopened(log: Log) -> None:
        for lead, ids in {
            of_device("x"): "1",
            of_device("y"): "1",
            of_device("z"): "2",
            of_device("w"): "",
            of_looks("b0b")[0]: "2",
            of_looks("ann")[0]: "1",
            of_looks("аnn")[0]: "1",  # with a Cyrillic letter
        }.items():
            assert keys(log.led_to(lead, 9)) == [f"person/{id_}" for id_ in ids], lead
        assert keys(log.guests(9)) == ["person/1", "person/4"]
        assert keys(log.guests(1)) == ["person/1"]

    play(before)
    play(reopened)


def test_what_does_not_stand_any_more_is_led_to_no_longer(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([person("1", "ann", "x"), person("2", "bob", "y"), person("3", "cat")])
        await log.append([person("1", "anna", "z"), fact("person/2", NOTHING)])
        await log.append([fact("person/3", NOTHING, expects=1)])
        assert log.led_to(of_looks("ann")[0], 9) == log.led_to(of_device("x"), 9) == []
        assert log.led_to(of_device("y"), 9) == []
        assert keys(log.led_to(of_device("z"), 9)) == ["person/1"]
        assert keys(log.guests(9)) == ["person/3", "person/1"], "what did not take, stands"
        await log.append([fact("person/", NOTHING), person("4", "dan")])
        assert keys(log.guests(9)) == ["person/4"]
        assert log.led_to(of_device("z"), 9) == []
        assert log.look_up(["person/1"]) == []

    play(scenario)


def test_of_those_to_whom_something_leads_the_newest_are_given(play: Play) -> None:
    async def scenario(log: Log) -> None:
        for id_ in "12345":
            await log.append([person(id_, "ann", f"x{id_}")])
        await log.append([person("2", "ann", "y")])
        (lead,) = of_looks("ann")
        assert keys(log.led_to(lead, 3)) == ["person/2", "person/5", "person/4"]
        assert log.led_to(of_device("x2"), 3) == []
        assert keys(log.led_to(of_device("y"), 3)) == ["person/2"]
        assert keys(log.guests(2)) == ["person/1", "person/3"]
        await log.append([person("1", "ann", kind="member")])
        assert keys(log.guests(9)) == [f"person/{id_}" for id_ in "3452"]

    play(scenario)
