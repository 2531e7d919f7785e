"""What searches find, asked of every implementation of the log."""

from collections.abc import Awaitable, Callable

import pytest

from hubbub.chat.events import NOTHING
from hubbub.chat.names import direct_room
from hubbub.chat.queries import SearchQuery
from hubbub.chat.words import QUERY_PIECES_MAX, QUERY_WORDS_MAX
from hubbub.log.port import Log
from tests.log.drafts import (
    ALL_WINDOWS,
    NOON,
    deleted,
    edited,
    fact,
    found,
    indexed,
    reacted,
    said,
    seqs,
    titled,
)

Play = Callable[[Callable[[Log], Awaitable[None]]], None]


def test_search_finds_beginnings_of_words_whatever_their_case(play: Play) -> None:
    async def scenario(log: Log) -> None:
        texts = ["Hello World", "hell freezes", "shell", "Über den Wolken", "a-b c"]
        await log.append([said(text) for text in texts])
        assert await found(log, "HELL") == [1, 2]
        assert await found(log, "wor hello") == [1]
        assert await found(log, "hello freezes") == []
        assert await found(log, "uber") == [4]
        assert await found(log, "ÜBER") == [4]
        assert await found(log, "a-b") == [5]
        assert await found(log, "b-a") == []

    play(scenario)


@pytest.mark.parametrize("words", ["", " \t\n", "!!!", '"', "*", "- + :", "\0", '""" *', "()"])
def test_a_wordless_query_finds_nothing(play: Play, words: str) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("hello *"), said('"')])
        assert await found(log, words) == []
        assert await found(log, words, room="lobby") == []

    play(scenario)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("AND", [1]),
        ("or NOT", [1]),
        ("NEAR(x", [1]),
        ('"quoted', [2]),
        ('say"quoted"', [2]),
        ("quo*", [2]),
        ("text:quoted", []),
        ("-quoted", [2]),
        ("place", []),
        ("r1", []),
        ("quoted !!!", [2]),
        ("nul\0byte", [3]),
        (" ".join(f"w{n}" for n in range(500)), []),
        ("-".join(f"w{n}" for n in range(500)), []),
    ],
)
def test_search_syntax_is_plain_words(play: Play, words: str, expected: list[int]) -> None:
    async def scenario(log: Log) -> None:
        await log.append(
            [said("this and that or not near x"), said('say "quoted" words'), said("nul byte")]
        )
        assert await found(log, words) == expected
        assert await found(log, words, room="lobby") == expected

    play(scenario)


def test_search_knows_the_newest_text_only(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("apple"), said("banana"), said("cherry"), titled("apple")])
        assert await found(log, "apple") == [1]
        await log.append([edited(1, "apricot"), edited(2, "blueberry"), edited(1, "avocado")])
        assert [await found(log, w) for w in ("apple", "apricot", "avocado")] == [[], [], [1]]
        await log.append([edited(2, "banana"), deleted(3), deleted(1), edited(1, "apple")])
        assert [await found(log, w) for w in ("banana", "blueberry", "cherry")] == [[2], [], []]
        assert [await found(log, w) for w in ("apple", "avocado")] == [[], []]
        await log.append([said("date"), edited(12, "elderberry"), said("fig"), deleted(14)])
        assert [await found(log, w) for w in ("date", "elderberry", "fig")] == [[], [12], []]

    play(scenario)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("今天天气很好", "天气 好 今天 天天气"),
        ("東京タワーに行きました", "京タ ワー 行 した"),
        ("한국어를 배워요", "국어 를 배워 요"),
        ("ฉันกินข้าวผัด", "กิน ข้าว ผัด น"),
        ("ຂ້ອຍກິນເຂົ້າ", "ກິນ ເຂົ້າ"),
        ("ខ្ញុំញ៉ាំបាយ", "ញ៉ាំ បាយ"),
        ("ကျွန်တော်ထမင်းစားတယ်", "ထမင်း စား"),
        ("hubbub很好用v2", "hub 好 用v2 v2"),
        ("𠮷野家で", "𠮷 野家"),
    ],
)
def test_search_finds_words_inside_text_without_spaces(play: Play, text: str, words: str) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("日本 天 地 คน 어국"), said(text)])
        for word in words.split():
            assert 2 in await found(log, word), word
        assert await found(log, "気天") == []
        assert await found(log, "어국") == [1]

    play(scenario)


@pytest.mark.parametrize(
    "alike",
    [
        ["Ｈｅｌｌｏ", "hello", "HELLO", "ｈéllo"],
        ["ﬁne", "fine", "ＦＩＮＥ"],
        ["ﾊﾝｶｸｶﾞ", "ハンカクガ", "ハンカクガ"],
        ["Straße", "STRASSE", "strasse", "straẞe"],
        ["x²", "x2"],
        ["한글", "한글"],
        ["İstanbul", "istanbul"],
        ["ΣΊΣΥΦΟΣ", "σισυφος", "σίσυφοσ"],
        ["soft­hyphen", "softhyphen"],
        ["㍿", "株式会社"],
        ["שָׁלוֹם", "שלום"],
    ],
)
def test_search_folds_what_people_write_alike(play: Play, alike: list[str]) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(text) for text in alike])
        for word in alike:
            assert await found(log, word) == list(range(1, len(alike) + 1))

    play(scenario)


def test_search_tells_names_with_signs_apart(play: Play) -> None:
    async def scenario(log: Log) -> None:
        texts = ["C++20 rules", "in C# I", "plain c", ".NET core", "a net", "a+b", "a b", "R&D"]
        await log.append([said(text) for text in texts])
        assert await found(log, "C++") == [1]
        assert await found(log, "c#") == [2]
        assert 3 in await found(log, "C")
        assert await found(log, ".net") == [4]
        assert await found(log, "net") == [4, 5]
        assert await found(log, "a+b") == [6]
        assert await found(log, "b") == [6, 7]
        assert await found(log, "R&D") == [8]
        assert await found(log, "F#") == []
        assert await found(log, "C＋＋") == [1]

    play(scenario)


def test_a_query_as_long_as_is_allowed_finds_what_holds_all_of_it(play: Play) -> None:
    async def scenario(log: Log) -> None:
        many = [f"w{n}" for n in range(QUERY_WORDS_MAX)]
        await log.append([said(" ".join(many)), said("天" * QUERY_PIECES_MAX)])
        assert await found(log, " ".join(many)) == [1]
        assert await found(log, " ".join(["other", *many[1:]])) == []
        assert await found(log, "天" * QUERY_PIECES_MAX) == [2]

    play(scenario)


def test_search_folds_what_it_finds(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("one"), edited(1, "two", at=NOON + 5), reacted(1, "👍")])
        await indexed(log)
        page = await log.search(SearchQuery(words="two"), ALL_WINDOWS)
        (message,) = page.messages
        assert (message.text, message.edited) == ("two", NOON + 5)
        assert message.reactions == {"👍": ["bob"]}
        assert (page.room, page.more, page.last) == (None, False, 3)

    play(scenario)


def test_a_search_across_rooms_leaves_out_private_ones_but_for_those_it_names(play: Play) -> None:
    async def scenario(log: Log) -> None:
        closed, opened = {"owner": "ann", "private": True}, {"owner": "ann"}
        await log.append([said("hello", room=room) for room in ("den", "lobby", "tea")])
        everything = await found(log, "hello")
        # What was said before it is private, and in the same commit.
        await log.append([fact("room/tea", closed), said("hello again", room="tea")])
        den, lobby, _ = everything
        assert await found(log, "hello") == [den, lobby]
        assert await found(log, "again") == []
        tea = await found(log, "hello", room="tea")
        assert len(tea) == 2
        assert await found(log, "hello", private=("tea",)) == [den, lobby, *tea]
        assert await found(log, "hello", private=("den", "no such")) == [den, lobby]
        other = said("something else")  # so that all is indexed at the end
        await log.append([fact("room/den", closed, expects=7), fact("rooms/den", closed), other])
        assert await found(log, "hello") == [den, lobby]  # the first did not take
        await log.append([fact("room/den", closed), said("and more")])
        assert await found(log, "hello") == [lobby]
        await log.append([fact("room/tea", opened), said("and more")])
        assert await found(log, "hello") == [lobby, *tea]
        await log.append([fact("room/den", NOTHING), said("and more")])
        assert await found(log, "hello") == [den, lobby, *tea]

    play(scenario)


def test_a_room_may_be_private_before_anything_was_said_there(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([fact("room/tea", {"private": True})])
        await log.append([said("hello", room="tea"), said("hello")])
        assert len(await found(log, "hello")) == 1
        assert len(await found(log, "hello", private=("tea",))) == 2

    play(scenario)


def test_hits_in_private_rooms_take_no_place_among_others(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([fact("room/tea", {"private": True}), said("hello")])
        await log.append([said("hello", room="tea") for _ in range(30)])
        await indexed(log)
        page = await log.search(SearchQuery(words="hello", limit=2), ALL_WINDOWS)
        assert [one.room for one in page.messages] == ["lobby"]
        assert (page.more, page.reached) == (False, None)

    play(scenario)


def test_search_keeps_to_its_room_and_out_of_direct_ones(play: Play) -> None:
    private = direct_room("alice", "bob")

    async def scenario(log: Log) -> None:
        await log.append(
            [said("hello"), said("hello", room="den"), said("hello direct", room=private)]
        )
        assert await found(log, "hello") == [1, 2]
        assert await found(log, "hello", room="lobby") == [1]
        assert await found(log, "hello", room="den") == [2]
        assert await found(log, "hello", room=private) == [3]
        assert await found(log, "hello", room="nowhere") == []
        assert await found(log, "direct") == []
        await log.append([edited(3, "goodbye", room=private)])
        assert await found(log, "goodbye") == []
        assert await found(log, "goodbye", room=private) == [3]

    play(scenario)


def test_search_pages_back_from_the_newest(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("hello"), said("other")])
        await log.append([said(text) for _ in range(3) for text in ("hello", "other")])
        await indexed(log)
        page = await log.search(SearchQuery(words="hello", limit=2), ALL_WINDOWS)
        assert (seqs(page.messages), page.more) == ([5, 7], True)
        page = await log.search(SearchQuery(words="hello", limit=2, before=5), ALL_WINDOWS)
        assert (seqs(page.messages), page.more) == ([1, 3], False)
        page = await log.search(
            SearchQuery(words="hello", limit=2, before=1, room="lobby"), ALL_WINDOWS
        )
        assert (seqs(page.messages), page.more) == ([], False)

    play(scenario)
