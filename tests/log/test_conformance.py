"""What hubbub/log/port.py promises, asked of every implementation."""

from collections.abc import Awaitable, Callable
from copy import copy
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from hubbub.chat.events import Message
from hubbub.chat.queries import Head, PageQuery, PostedAs
from hubbub.log.pages import COUNTED_MAX
from hubbub.log.port import Log
from tests.log.drafts import (
    NOON,
    all_of,
    deleted,
    edited,
    found,
    reacted,
    said,
    seqs,
    titled,
)

if TYPE_CHECKING:
    from hubbub.chat.events import AnyLogged

Play = Callable[[Callable[[Log], Awaitable[None]]], None]


def test_an_empty_log_has_nothing(play: Play) -> None:
    async def scenario(log: Log) -> None:
        assert await log.heads() == []
        assert await log.backlog("lobby", 0, 1000) == []
        page = await log.page(PageQuery(room="lobby"))
        assert (page.room, page.messages, page.more, page.last) == ("lobby", [], False, 0)
        assert await log.append([]) == []
        assert await found(log, "hello") == []
        assert await found(log, "hello", room="lobby") == []

    play(scenario)


def test_events_are_kept_in_order_and_as_they_are(play: Play) -> None:
    async def scenario(log: Log) -> None:
        drafts: list[AnyLogged] = [
            said("ünïcode 今天 🎉 \n\t \"quoted\" \\ and 'more'", nonce="n"),
            titled("about"),
            reacted(1, "👍"),
            msgspec.structs.replace(said("reply"), reply_to=1),
            edited(4, "new"),
            said("later"),
            deleted(6),
        ]
        assert await log.append(drafts[:2]) == [1, 2]
        assert await log.append(drafts[2:]) == [3, 4, 5, 6, 7]
        kept = await all_of(log, "lobby")
        assert seqs(kept) == [1, 2, 3, 4, 5, 6, 7]
        unchanged = [0, 1, 2, 4, 6]
        assert [kept[at] for at in unchanged] == [drafts[at] for at in unchanged]

    play(scenario)


def test_prev_is_the_seq_of_the_rooms_previous_event(play: Play) -> None:
    async def before(log: Log) -> None:
        drafts: list[AnyLogged] = [said(), said(room="den"), said(), titled("t", room="den")]
        await log.append(drafts)
        await log.append([said(), said(room="den"), said(room="new")])
        assert [(e.seq, e.prev) for e in drafts] == [(1, 0), (3, 0), (2, 1), (4, 3)]
        assert [(e.seq, e.prev) for e in await all_of(log, "lobby")] == [(1, 0), (2, 1), (5, 2)]
        assert [(e.seq, e.prev) for e in await all_of(log, "den")] == [(3, 0), (4, 3), (6, 4)]
        assert [(e.seq, e.prev) for e in await all_of(log, "new")] == [(7, 0)]

    async def reopened(log: Log) -> None:
        draft = said(room="den")
        assert await log.append([draft]) == [8]
        assert draft.prev == 6

    play(before)
    play(reopened)


def test_seqs_are_given_room_by_room_and_returned_in_the_order_of_the_drafts(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(room="den", nonce="old")])
        drafts = [
            said("a", nonce="n"),
            said("b", room="den"),
            said("c", room="attic"),
            said("d", room="den", nonce="old"),
            said("e", nonce="n"),
            said("f", room="den"),
            said("g"),
        ]
        assert await log.append(drafts) == [2, 4, 6, 1, 2, 5, 3]
        assert [draft.seq for draft in drafts] == [2, 4, 6, 0, 0, 5, 3]
        assert seqs(await all_of(log, "lobby")) == [2, 3]
        assert seqs(await all_of(log, "den")) == [1, 4, 5]
        assert seqs(await all_of(log, "attic")) == [6]
        assert await log.append([said()]) == [7]

    play(scenario)


def test_heads_tell_where_rooms_stand_and_their_topic(play: Play) -> None:
    async def before(log: Log) -> None:
        await log.append([said(), said(room="den"), titled("old"), titled("new"), said()])
        await log.append([said(), said(room="den")])
        expected = {Head("lobby", 1, 6, "new"), Head("den", 5, 7, "")}
        assert set(await log.heads()) == expected
        await log.append([titled("")])
        assert Head("lobby", 1, 8, "") in await log.heads()

    async def reopened(log: Log) -> None:
        assert set(await log.heads()) == {Head("lobby", 1, 8, ""), Head("den", 5, 7, "")}

    play(before)
    play(reopened)


def test_a_log_is_in_one_epoch_from_its_opening_on(play: Play) -> None:
    async def scenario(log: Log) -> None:
        (first,) = await log.epochs()
        assert first.id
        assert first.start == 0
        await log.append([said(), said(room="den")])
        assert await log.epochs() == [first]

    play(scenario)


def test_a_repeated_nonce_posts_once(play: Play) -> None:
    async def before(log: Log) -> None:
        first, repeat = said("one", nonce="n"), said("two", nonce="n")
        assert await log.append([said(), first]) == [1, 2]
        assert await log.append([said(), repeat, said()]) == [3, 2, 4]
        assert (repeat.seq, repeat.prev) == (0, 0)
        assert [(e.seq, e.prev) for e in await all_of(log, "lobby")] == [
            (1, 0),
            (2, 1),
            (3, 2),
            (4, 3),
        ]

    async def reopened(log: Log) -> None:
        assert await log.append([said("three", nonce="n")]) == [2]
        assert len(await all_of(log, "lobby")) == 4

    play(before)
    play(reopened)


def test_a_nonce_repeated_within_a_batch_posts_once(play: Play) -> None:
    async def scenario(log: Log) -> None:
        drafts = [said("a", nonce="n"), said("b", nonce="n"), said("c", nonce="m")]
        assert await log.append(drafts) == [1, 1, 2]
        assert [d.seq for d in drafts] == [1, 0, 2]
        assert [(e.seq, e.prev) for e in await all_of(log, "lobby")] == [(1, 0), (2, 1)]

    play(scenario)


def test_a_nonce_belongs_to_its_sender_however_spelled(play: Play) -> None:
    async def scenario(log: Log) -> None:
        drafts = [
            said(sender="Alice", nonce="n"),
            said(sender="aLICE", nonce="n"),
            said(sender="bob", nonce="n"),
            said(sender="Ärger", nonce="n"),
            said(sender="ärger", nonce="n"),
        ]
        assert await log.append(drafts) == [1, 1, 2, 3, 3]

    play(scenario)


YEAR = 366 * 24 * 3600 * 1000


@pytest.mark.parametrize("later", [0, 1, YEAR, 100 * YEAR, -YEAR, -NOON])
def test_a_nonce_is_a_repeat_whatever_the_clock_says(play: Play, later: int) -> None:
    async def before(log: Log) -> None:
        assert await log.append([said(nonce="n", at=NOON)]) == [1]
        assert await log.append([said(nonce="n", at=NOON + later)]) == [1]

    async def reopened(log: Log) -> None:
        fresh = said(nonce="m", at=NOON + later)
        assert await log.append([said(nonce="n", at=NOON + later), fresh]) == [1, 2]
        assert await log.append([said(nonce="n", at=NOON)]) == [1]
        assert len(await all_of(log, "lobby")) == 2

    play(before)
    play(reopened)


def test_a_nonce_is_a_repeat_however_much_was_said_since(play: Play) -> None:
    async def before(log: Log) -> None:
        await log.append([said(nonce="n")])
        for batch in range(20):
            await log.append([said(nonce=f"{batch}-{n}", at=NOON + batch) for n in range(200)])

    async def reopened(log: Log) -> None:
        assert await log.append([said(nonce="n"), said(nonce="0-199")]) == [1, 201]

    play(before)
    play(reopened)


def test_what_was_posted_is_found_by_its_nonce(play: Play) -> None:
    async def found(log: Log, sender: str, nonce: str, room: str = "lobby") -> list[int]:
        query = PageQuery(room=room, posted_as=PostedAs(sender, nonce))
        return seqs((await log.page(query)).messages)

    async def before(log: Log) -> None:
        await log.append([said(), said(nonce="n"), said(nonce="m", room="den"), said()])
        await log.append([deleted(2)])

    async def reopened(log: Log) -> None:
        await log.append([said()])
        assert await found(log, "ALICE", "n") == [2], "though it was deleted"
        assert await found(log, "alice", "m", "den") == [4]
        for sender, nonce, room in (
            ("bob", "n", "lobby"),
            ("alice", "m", "lobby"),
            ("alice", "n", "den"),
            ("alice", "never", "lobby"),
            ("alice", "n", "nowhere"),
        ):
            assert await found(log, sender, nonce, room) == []

    play(before)
    play(reopened)


def test_a_nonce_belongs_to_its_room(play: Play) -> None:
    async def before(log: Log) -> None:
        drafts = [said(nonce="n"), said(nonce="n", room="den"), said(nonce="n", room="den")]
        assert await log.append(drafts) == [1, 2, 2]

    async def reopened(log: Log) -> None:
        assert await log.append([said(nonce="n", room="den"), said(nonce="n")]) == [2, 1]

    play(before)
    play(reopened)


def test_a_batch_of_repeats_alone_commits_nothing(play: Play) -> None:
    async def scenario(log: Log) -> None:
        drafts = [said(nonce=str(n)) for n in range(300)]
        posted = await log.append(drafts)
        assert await log.append([said(nonce=str(n)) for n in range(300)]) == posted
        assert await log.append([said()]) == [301]

    play(scenario)


def test_a_backlog_is_bounded_by_bytes_but_never_empty(play: Play) -> None:
    async def scenario(log: Log) -> None:
        drafts = [said("ü" * 1000, room=room) for _ in range(10) for room in ("lobby", "den")]
        for at in range(0, 20, 2):
            await log.append(drafts[at : at + 2])
        size = max(len(msgspec.json.encode(draft)) for draft in drafts)
        assert size > 2000  # bytes are counted, not characters
        assert seqs(await log.backlog("lobby", 0, 0)) == [1]
        assert seqs(await log.backlog("lobby", 1, size - 1)) == [3]
        of_three = 3 * size + 100  # of long seqs as well
        assert seqs(await log.backlog("lobby", 0, of_three)) == [1, 3, 5]
        assert seqs(await log.backlog("lobby", 3, of_three)) == [5, 7, 9]
        assert seqs(await log.backlog("lobby", 15, 2**40)) == [17, 19]
        assert await log.backlog("lobby", 19, 2**40) == []
        assert await log.backlog("nowhere", 0, 2**40) == []

    play(scenario)


def test_a_backlog_is_about_as_long_as_was_asked_for(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(f"{n}") for n in range(700)])
        for after in (0, 10, 300):
            sizes = [len(msgspec.json.encode(e)) for e in await log.backlog("lobby", after, 32_768)]
            assert 16_384 < sum(sizes) <= 32_768

    play(scenario)


def test_a_backlog_read_to_its_end_holds_every_event_once(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(str(n), room=("lobby", "den")[n % 2]) for n in range(2500)])
        for n in range(500):
            await log.append([said(str(n), room=("lobby", "den")[n % 2])])
        alternating = list(range(2501, 3001, 2))
        assert seqs(await all_of(log, "lobby")) == [*range(1, 1251), *alternating]
        assert seqs(await all_of(log, "den", after=2000))[:500] == list(range(2001, 2501))
        assert seqs(await all_of(log, "den", after=2700)) == list(range(2702, 3001, 2))

    play(scenario)


@pytest.mark.parametrize(
    ("query", "expected", "more"),
    [
        ({"limit": 2}, [7, 9], True),
        ({"limit": 5}, [1, 3, 5, 7, 9], False),
        ({"limit": 6}, [1, 3, 5, 7, 9], False),
        ({"limit": 2, "before": 7}, [3, 5], True),
        ({"limit": 2, "before": 5}, [1, 3], False),
        ({"limit": 2, "before": 1}, [], False),
        ({"limit": 2, "after": 0}, [1, 3], True),
        ({"limit": 2, "after": 3}, [5, 7], True),
        ({"limit": 2, "after": 5}, [7, 9], False),
        ({"limit": 2, "after": 9}, [], False),
    ],
)
def test_pages_reach_from_the_newest_or_before_or_after(
    play: Play, query: dict[str, int], expected: list[int], more: bool
) -> None:
    async def scenario(log: Log) -> None:
        for _ in range(5):
            await log.append([said(), said(room="den")])
        page = await log.page(msgspec.convert({"room": "lobby", **query}, PageQuery))
        assert (seqs(page.messages), page.more, page.last) == (expected, more, 10)

    play(scenario)


def test_a_page_of_long_messages_ends_early_and_says_so(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("é" * 200_000) for _ in range(5)])  # 400,000 bytes each
        newest = await log.page(PageQuery(room="lobby"))
        assert (seqs(newest.messages), newest.more) == ([4, 5], True)
        oldest = await log.page(PageQuery(room="lobby", after=0))
        assert (seqs(oldest.messages), oldest.more) == ([1, 2], True)
        rest = await log.page(PageQuery(room="lobby", after=3))
        assert (seqs(rest.messages), rest.more) == ([4, 5], False)
        await log.append([edited(5, "x" * 2_000_000)])
        longest = await log.page(PageQuery(room="lobby"))
        assert (seqs(longest.messages), longest.more) == ([5], True)

    play(scenario)


def test_a_page_says_how_many_messages_follow_if_it_is_asked_to(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said() for _ in range(7)])
        await log.append([said(room="den") for _ in range(3)])
        await log.append([edited(7, "new"), said()])

        async def counted(
            after: int | None = None, *, around: int | None = None, before: int | None = None
        ) -> int | None:
            asked = PageQuery(room="lobby", after=after, around=around, before=before, limit=2)
            return (await log.page(replace(asked, counts=True))).count

        assert await counted(after=0) == 8
        assert await counted(after=5) == await counted(around=5) == 3
        assert await counted(after=99) == 0
        assert await counted(before=5) is None
        assert (await log.page(PageQuery(room="lobby", after=0))).count is None
        await log.append([said() for _ in range(2 * COUNTED_MAX)])
        assert await counted(after=0) == COUNTED_MAX

    play(scenario)


def test_a_page_around_a_message_has_it_in_its_middle(play: Play) -> None:
    async def scenario(log: Log) -> None:
        for drafts in ([said()], [said(room="den")] * 3, [said(text) for text in "abcdefghi"]):
            await log.append([*map(copy, drafts)])
        await log.append([edited(9, "new")])

        async def around(seq: int, limit: int) -> tuple[list[int], bool, bool]:
            page = await log.page(PageQuery(room="lobby", around=seq, limit=limit))
            assert page.last == 14
            return seqs(page.messages), page.more, page.newer

        assert await around(9, 5) == ([7, 8, 9, 10, 11], True, True)
        assert await around(9, 4) == ([7, 8, 9, 10], True, True)
        assert await around(9, 1) == ([9], True, True)
        assert await around(13, 5) == ([11, 12, 13], True, False)
        assert await around(1, 5) == ([1, 5, 6], False, True)
        assert await around(3, 5) == ([1, 5, 6], False, True), "as if it stood there"
        assert await around(9, 200) == ([1, *range(5, 14)], False, False)
        assert await around(99, 3) == ([12, 13], True, False)
        assert await around(2**63 - 1, 3) == ([12, 13], True, False), "no seq is larger"
        page = await log.page(PageQuery(room="lobby", around=9, limit=1))
        assert page.messages[0].text == "new"
        nowhere = await log.page(PageQuery(room="nowhere", around=9))
        assert (nowhere.messages, nowhere.more, nowhere.newer) == ([], False, False)

    play(scenario)


def test_a_page_around_a_long_message_ends_early_on_both_sides(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("é" * 200_000) for _ in range(6)])  # 400,000 bytes each
        page = await log.page(PageQuery(room="lobby", around=4))
        assert (seqs(page.messages), page.more, page.newer) == ([3, 4], True, True)
        page = await log.page(PageQuery(room="lobby", around=1))
        assert (seqs(page.messages), page.more, page.newer) == ([1, 2], False, True)

    play(scenario)


def test_pages_count_messages_not_what_happened_to_them(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(), *(reacted(1, "👍", sender=f"m{n}") for n in range(100)), said()])
        page = await log.page(PageQuery(room="lobby", limit=2))
        assert (seqs(page.messages), page.more, page.last) == ([1, 102], False, 102)

    play(scenario)


def test_pages_fold_edits_deletions_and_reactions_in(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said("a"), said("b"), said("c")])
        await log.append(
            [
                edited(1, "a2", at=NOON + 1),
                reacted(2, "👍"),
                reacted(2, "👍", sender="carol"),
                reacted(2, "🎉"),
                edited(1, "a3", at=NOON + 2),
                deleted(3),
                reacted(2, "🎉", on=False),
                edited(3, "too late"),
            ]
        )
        page = await log.page(PageQuery(room="lobby"))
        a, b, c = page.messages
        assert (a.text, a.edited) == ("a3", NOON + 2)
        assert (b.text, b.reactions) == ("b", {"👍": ["bob", "carol"]})
        assert (c.text, c.deleted) == ("", True)
        assert page.last == 11
        older = await log.page(PageQuery(room="lobby", before=2))
        assert older.messages == [a]

    play(scenario)


def test_an_edited_deed_is_a_deed(play: Play) -> None:
    async def scene(log: Log) -> None:
        await log.append([msgspec.structs.replace(said("waves"), me=True), said("hello")])
        await log.append([edited(1, "nods")])
        page = await log.page(PageQuery(room="lobby"))
        events = [*page.messages, *await log.backlog("lobby", 0, 65_536)]
        deeds = [(one.text, one.me) for one in events if isinstance(one, Message)]
        assert deeds == [("nods", True), ("hello", False)] * 2

    play(scene)


def test_a_backlog_of_edits_is_bounded_by_the_texts_that_they_show(play: Play) -> None:
    async def scenario(log: Log) -> None:
        await log.append([said(f"{n}") for n in range(20)])
        await log.append([edited(1 + n, "short") for n in range(20)])
        await log.append([edited(1 + n, "x" * 10_000) for n in range(20)])
        assert 1 <= len(await log.backlog("lobby", 0, 50_000)) < 5
        assert 1 <= len(await log.backlog("lobby", 20, 50_000)) < 5
        assert seqs(await all_of(log, "lobby")) == list(range(1, 61))

    play(scenario)


def test_committed_events_may_be_used_as_they_are(play: Play) -> None:
    async def scenario(log: Log) -> None:
        draft = said("a")
        await log.append([draft, edited(1, "b")])
        await log.page(PageQuery(room="lobby"))
        assert draft.text == "a"

    play(scenario)
