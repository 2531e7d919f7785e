"""Portions: how the next messages get into the search index.

How it works. A portion is read and split into words in a thread of its own, beside the commits, and
put into the index in the writer's. What was read is void if meanwhile a commit changed a message
that was not indexed yet, or the index was emptied. Then all of it is done again in the writer's
thread, where nothing comes between.

Windows. The messages are divided into windows of WINDOW_WORDS words, or of what is split together
if that has more. A search asks one after the other (search.py), so the window bounds what a step of
it costs. Edits may make a window larger afterwards, for it is by their seqs that messages belong to
it.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import msgspec

from hubbub.chat.events import AnyLogged, Deleted, Edited, Message
from hubbub.chat.tags import Entries, sender_tag
from hubbub.chat.words import TOGETHER_CHARS
from hubbub.log.damage import Damage
from hubbub.log.newest import Newest, newest_of
from hubbub.log.sqlite.answered import Answer, whom_they_answer
from hubbub.log.sqlite.around import Around, attempt
from hubbub.log.sqlite.writer import Writer

PORTION_EVENTS = 500
PORTION_EVENT_BYTES = 200  # as short ones take in the file: a portion of long ones takes no longer
WINDOW_WORDS = 16_384  # a search for the beginnings of most of them takes a few milliseconds
REST_AFTER_SECONDS = 0.000_5  # a rest costs as much as some words do

# From the next segment on: facts leave holes among the seqs, and so do rooms that were removed. No
# segment has as many events as any portion may have.
PORTION = """
WITH portion (after, upto) AS MATERIALIZED (
    SELECT seq, (
        SELECT max(last) FROM (
            SELECT last, bytes, sum(bytes) OVER so_far AS total, sum(count) OVER so_far AS events
            FROM (
                SELECT last, last - first + 1 AS count, size + coalesce(
                    (SELECT sum(text_bytes) FROM folds WHERE folds.seq BETWEEN first AND last), 0
                ) AS bytes
                FROM segments WHERE last > seq AND last < :seqs_max + (
                    SELECT first FROM segments WHERE last > seq ORDER BY last LIMIT 1
                )
                ORDER BY last LIMIT :events_max
            )
            WINDOW so_far AS (ORDER BY last ROWS UNBOUNDED PRECEDING)
        ) WHERE total <= :bytes_max AND events <= :events_max OR total = bytes
    ) FROM watermark
)
SELECT
    upto,
    (SELECT '[' || coalesce(group_concat(body, ','), '') || ']' FROM segments
     WHERE last > after AND last <= upto AND +said = 1
           AND room_id NOT IN (SELECT id FROM going)),
    (SELECT '[' || coalesce(group_concat(body, ','), '') || ']' FROM segments WHERE last IN (
        SELECT newest FROM folds WHERE seq > after AND seq <= upto
    ))
FROM portion
"""
_WATERMARK = "SELECT seq FROM watermark"
PLACES = """
SELECT json_group_object(room, place) FROM places WHERE room IN (SELECT value FROM json_each(?))
"""
_NEWEST_WINDOW = """
SELECT json_array(first, words) FROM windows WHERE first = (SELECT max(first) FROM windows)
"""
_NEXT = """
SELECT min(last) FROM segments
WHERE last > ? AND kind <> 'gone' AND room_id NOT IN (SELECT id FROM going)
"""
_FILL = "INSERT INTO portions (upto, messages, windows, answers) VALUES (?, ?, ?, ?)"


class Indexable(msgspec.Struct):
    """What the index needs of a message."""

    seq: int
    room: str
    sender: str = msgspec.field(name="from")
    text: str
    person: str = ""
    reply_to: int | None = None
    files: list[msgspec.Raw] = []


class _Window(msgspec.Struct, array_like=True):
    """Messages that are searched together, from the seq `first` on, and how many words it is."""

    first: int
    words: int


_segments = msgspec.json.Decoder(list[list[Indexable]])
_changes = msgspec.json.Decoder(list[list[AnyLogged]])
_window = msgspec.json.Decoder(_Window)
_places = msgspec.json.Decoder(dict[str, str])
_encode = msgspec.json.Encoder().encode


Segment = Sequence[Indexable | Message]
"""Messages of one room, one after the other, as they read now; none of them is deleted."""


class Portion(NamedTuple):
    """What there is to be indexed of the events after one seq, up to and with another."""

    after: int
    upto: int
    messages: str
    windows: str
    answers: str
    overtakings: int
    """Of the writer, before it was read."""


def read_portion(
    writer: Writer, damage: Damage, connection: sqlite3.Connection, *, rests: bool = False
) -> Portion | None:
    """Return the next portion of what `writer` has committed, None if there is none.

    `rests`: the thread, for which no commit may wait, leaves the interpreter to others as well.

    What of it is damaged is left out. Raises Damaged if the index itself is.
    """
    # Before the rest: what changes or comes meanwhile shall be noticed, or not be passed over.
    overtakings, last = writer.overtakings, writer.last
    (after,) = connection.execute(_WATERMARK).fetchone()
    read = attempt(lambda: _read(writer, connection, after))
    if read is None or not read.upto:
        read = _read_around(last, damage, connection, after)
    if not read.upto:
        return None
    rooms = _encode({segment[0].room for segment in read.segments}).decode()
    (places,) = connection.execute(PLACES, (rooms,)).fetchone()
    newest = connection.execute(_NEWEST_WINDOW).fetchone()
    windows, entries = _in_windows(read.segments, newest, _places.decode(places), rests=rests)
    whom = whom_they_answer(connection, _answers_in(read.segments))
    messages, placed, answers = (_encode(part).decode() for part in (entries, windows, whom))
    return Portion(after, read.upto, messages, placed, answers, overtakings)


def put_portion(writer: Writer, portion: Portion, connection: sqlite3.Connection) -> bool:
    """Index a portion, in the writer's thread; return whether it was not void."""
    if portion.overtakings != writer.overtakings:
        return False
    if connection.execute(_WATERMARK).fetchone() != (portion.after,):
        return False
    assert portion.upto <= writer.last, "only this thread commits"
    row = (portion.upto, portion.messages, portion.windows, portion.answers)
    connection.execute(_FILL, row)
    writer.fed.drop(portion.upto)
    return True


def fill_portion(writer: Writer, damage: Damage, connection: sqlite3.Connection) -> bool:
    """Read and index the next portion, in the writer's thread; return whether there is more."""
    portion = read_portion(writer, damage, connection)
    if portion is None:
        return False
    is_put = put_portion(writer, portion, connection)
    assert is_put, "only this thread commits"
    return portion.upto < writer.last


def _in_windows(
    segments: Sequence[Segment],
    newest: tuple[str] | None,
    places: Mapping[str, str],
    *,
    rests: bool,
) -> tuple[list[_Window], dict[int, str]]:
    """Return the windows that segments are in, and all tokens of each message by its seq.

    These are the newest window as long as it has room, and then others.
    """
    windows = [_window.decode(newest[0])] if newest else []

    def window_of(first: int, words: int) -> int:
        if not windows or windows[-1].words + words > WINDOW_WORDS:
            windows.append(_Window(first, 0))
        windows[-1].words += words
        return windows[-1].first

    return windows, tokens_in(segments, window_of, places, rests=rests)


def tokens_in(
    segments: Iterable[Segment],
    window_of: Callable[[int, int], int],
    places: Mapping[str, str],
    *,
    rests: bool,
) -> dict[int, str]:
    """Return all tokens of each message by its seq.

    `window_of` returns the window of those that begin with a seq, and have so many words together;
    `rests`: see `read_portion`.
    """
    tokens: dict[int, str] = {}
    began = time.perf_counter()
    for group in _together(segments):
        entries = Entries([*chain.from_iterable(group)])
        begin = f"{window_of(group[0][0].seq, entries.count)}."
        between = f" {begin}"
        joined = iter(entries.joined(between))
        for segment in group:
            # A room that was removed meanwhile has none, and makes the portion void.
            end = between + places.get(segment[0].room, "").replace(" ", between)
            for one, entry in zip(segment, joined, strict=False):  # the rest is the next ones'
                tokens[one.seq] = f"{begin}{entry}{end}"
        # The event loop waits for the interpreter after each of its system calls, as long as this
        # thread has it: so it has it half of the time at most.
        if rests and (worked := time.perf_counter() - began) > REST_AFTER_SECONDS:
            time.sleep(worked)
            began = time.perf_counter()
    return tokens


class _Read(NamedTuple):
    """What was read of the events up to and with `upto`; 0: there is nothing to be indexed."""

    upto: int
    segments: Sequence[Segment]


def _read(writer: Writer, connection: sqlite3.Connection, after: int) -> _Read:
    # Commits and portions take turns: a portion of twice the last commit catches up with any
    # stream of commits, and delays the next by no more than its own size calls for.
    events_max = max(PORTION_EVENTS, 2 * writer.last_committed)
    bytes_max = events_max * PORTION_EVENT_BYTES
    if fed := writer.fed.following(after, events_max=events_max, bytes_max=bytes_max):
        return _Read(fed[-1].last, [one.messages for one in fed if one.messages])
    seqs_max = events_max * writer.seqs_per_event_max
    asked = {"events_max": events_max, "seqs_max": seqs_max, "bytes_max": bytes_max}
    upto, bodies, changes = connection.execute(PORTION, asked).fetchone()
    newest = newest_of(chain(*_changes.decode(changes)))
    segments = [as_they_read(segment, newest) for segment in _segments.decode(bodies)]
    return _Read(upto or 0, sorted(filter(None, segments), key=_first_of))


def _first_of(segment: Segment) -> int:
    return segment[0].seq


def _together(segments: Iterable[Segment]) -> Iterator[Sequence[Segment]]:
    """Yield the segments in groups that can be split into words in one call."""
    group: list[Segment] = []
    room_left = TOGETHER_CHARS
    for segment in segments:
        # Between two texts stand some characters more.
        size = sum([len(one.text) + 3 for one in segment])
        if group and size > room_left:
            yield group
            group, room_left = [], TOGETHER_CHARS
        group.append(segment)
        room_left -= size
    if group:
        yield group


def _answers_in(segments: Iterable[Segment]) -> list[Answer]:
    """Return which messages answer one."""
    return [
        Answer(one.seq, one.reply_to, sender_tag(one.sender, one.person))
        for segment in segments
        for one in segment
        if one.reply_to is not None
    ]


def _read_around(last: int, damage: Damage, connection: sqlite3.Connection, after: int) -> _Read:
    """Return a portion of one segment, without the messages of it that cannot be read."""
    if after >= last:
        return _Read(0, [])
    found = attempt(lambda: connection.execute(_NEXT, (after,)).fetchone())
    if found is None:  # what comes later may be found
        return _Read(min(after + PORTION_EVENTS, last), [])
    (following,) = found
    if following is None:
        return _Read(last, [])
    messages = Around(connection, damage).messages_of(following)
    segment = [one for one in messages if not one.deleted]
    return _Read(following, [segment] if segment else [])


def as_they_read(segment: Iterable[Indexable], newest: Newest) -> Segment:
    """Return what of a segment is to be indexed: with its newest texts, without what is deleted."""
    read = []
    for one in segment:
        match newest.get(one.seq):
            case Edited(text=text):
                one.text = text
            case Deleted():
                continue
        read.append(one)
    return read
