"""What searches find by sender, content and time, asked of every implementation of the log."""

from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace

from hubbub.chat.events import Message
from hubbub.chat.queries import SearchQuery, TimeQuery
from hubbub.chat.tags import content_tag, sender_tag
from hubbub.log.port import Log
from tests.log.drafts import ALL_WINDOWS, NOON, deleted, edited, fact, found, indexed, said, seqs
from tests.log.test_removing import gone

Play = Callable[[Callable[[Log], Awaitable[None]]], None]

ALICE, BOB, ANNA = sender_tag("alice"), sender_tag("Bob"), sender_tag("", "AnnasId")
LINK, CODE = content_tag("link"), content_tag("code")


def by_anna(text: str) -> Message:
    return replace(said(text, sender="anna"), person="AnnasId")


def test_what_somebody_said_is_found_with_words_and_without(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("dinner"), said("dinner", sender="bob"), by_anna("dinner is ready")])
        await log.append([said("lunch", sender="BOB", room="den"), by_anna("lunch")])
        assert await found(log, "", senders=(BOB,)) == [2, 4]
        assert await found(log, "dinner", senders=(BOB,)) == [2]
        assert await found(log, "din", senders=(BOB, ANNA)) == [2, 3]
        assert await found(log, "", senders=(ANNA,), room="lobby") == [3, 5]
        assert await found(log, "", senders=(BOB,), room="den") == [4]
        assert await found(log, "", senders=(sender_tag("anna"),)) == [], "she is known by her id"
        assert await found(log, "", senders=(sender_tag("nobody"),)) == []

    play(scenario)


def test_links_and_code_are_found_as_the_messages_read_now(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("see http://x.org"), said("run `ls`"), said("`curl http://x`")])
        assert await found(log, "", contents=(LINK,)) == [1, 3]
        assert await found(log, "", contents=(LINK, CODE)) == [3]
        assert await found(log, "run", contents=(LINK,)) == []
        await log.append([edited(1, "see there"), edited(2, "see https://y.org"), deleted(3)])
        assert await found(log, "", contents=(LINK,)) == [2]
        assert await found(log, "", contents=(CODE,)) == []
        assert await found(log, "", senders=(ALICE,)) == [1, 2]
        await log.append([edited(2, "once `more`"), edited(1, "http://z")])
        assert await found(log, "", contents=(LINK,)) == [1]
        assert await found(log, "", contents=(CODE,), senders=(ALICE,)) == [2]
        await log.append([deleted(1), deleted(2)])
        assert await found(log, "", senders=(ALICE,)) == []

    play(scenario)


def test_an_edit_under_another_name_leaves_nothing_in_the_index(play: Play) -> None:
    """Known people may be called otherwise when they edit."""

    async def scenario(log: Log) -> None:
        await log.append([by_anna("one `x`")])
        await log.append([replace(edited(1, "two"), sender="anne", person="AnnasId")])
        assert await found(log, "", senders=(ANNA,)) == [1]
        await log.append([replace(edited(1, "three"), sender="ann", person="AnnasId")])
        assert await found(log, "", senders=(ANNA,)) == [1]
        await log.append([deleted(1)])
        for senders in ((ANNA,), (sender_tag("anna"),), (sender_tag("anne"),)):
            assert await found(log, "", senders=senders) == []

    play(scenario)


def test_private_rooms_are_left_out_of_filters_too(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("a", room="den"), said("b", room="@0123"), said("c")])
        assert await found(log, "", senders=(ALICE,)) == [1, 3]
        await log.append([fact("room/den", {"private": True}), said("d", sender="bob")])
        assert await found(log, "", senders=(ALICE,)) == [3]
        assert await found(log, "", senders=(ALICE,), private=("den",)) == [1, 3]
        assert await found(log, "", senders=(ALICE,), room="@0123") == [2]
        assert await found(log, "", is_about_all=True) == [3, 5]

    play(scenario)


def test_a_quoted_phrase_is_found_as_it_stands(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([*map(said, ("it is ready", "ready it is", "it is readymade"))])
        assert await found(log, '"is ready"') == [1]
        assert await found(log, '"is ready') == [1, 3]
        assert await found(log, '"it is"') == [1, 2, 3]
        assert await found(log, '"it is" ready') == [1, 2, 3]

    play(scenario)


def test_a_last_word_does_not_go_on_into_who_said_it(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("the end"), said("C")])
        for words in ('"end s"', "end-s", "C#", "s", "link"):
            assert await found(log, words) == []

    play(scenario)


def test_what_was_found_is_marked(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("Dinner is ready"), said("ready for dinners")])
        await indexed(log)
        page = await log.search(SearchQuery(words='dinner "ready"'), ALL_WINDOWS)
        places = [[one.text[start:end] for start, end in one.found] for one in page.messages]
        assert places == [["Dinner", "ready"], ["ready", "dinners"]]
        page = await log.search(SearchQuery(words="", senders=(ALICE,)), ALL_WINDOWS)
        assert [one.found for one in page.messages] == [(), ()]

    play(scenario)


def test_a_search_ends_at_a_seq(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(f"word {number}") for number in range(9)])
        assert await found(log, "word", after=7) == [8, 9]
        assert await found(log, "word", after=3, before=6) == [4, 5]
        assert await found(log, "", is_about_all=True, after=8) == [9]
        assert await found(log, "word", after=9) == []
        await indexed(log)
        query = SearchQuery(words="word", after=7, limit=1)
        page = await log.search(query, ALL_WINDOWS)
        assert (seqs(page.messages), page.more) == ([9], True)
        page = await log.search(SearchQuery(words="none", after=7), ALL_WINDOWS)
        assert (page.messages, page.more, page.reached) == ([], False, None)

    play(scenario)


@pytest.mark.parametrize("batch", [1, 3, 60])
def test_a_time_has_its_place_in_the_log(play: Play, batch: int) -> None:
    async def scenario(log: Log) -> None:
        assert await log.seqs_at(TimeQuery(NOON)) == (1, 1)
        drafts = [said(room="lobby", at=NOON + 10 * number) for number in range(60)]
        for start in range(0, 60, batch):
            await log.append(drafts[start : start + batch])
        for at, expected in ((0, 1), (NOON, 1), (NOON + 1, 2), (NOON + 295, 31), (NOON + 999, 61)):
            low, high = await log.seqs_at(TimeQuery(at))
            assert low == high == expected, at

    play(scenario)


def test_a_time_is_found_beside_what_was_removed(play: Play) -> None:
    async def scenario(log: Log) -> None:
        for number in range(40):
            await log.append([said(room="den" if number % 3 else "lobby", at=NOON + number)])
        await log.append([gone("den")])
        for number in range(0, 40, 3):
            low, high = await log.seqs_at(TimeQuery(NOON + number))
            assert low <= number + 1
            assert number - 2 <= high - 1 <= number

    play(scenario)
