"""One line of IRC: bytes to parts and back, as another library reads and writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from irctokens.line import tokenise

from hubbub.wire.irc.line import (
    BODY_BYTES_MAX,
    NO_TAGS,
    TAGS_MAX,
    Blank,
    Line,
    LineDecoder,
    NotText,
    TooLong,
    parse,
)

WORDS = st.text(st.characters(exclude_characters="\0\r\n :@", codec="utf-8"), min_size=1)
TEXTS = st.text(st.characters(exclude_characters="\0\r\n", codec="utf-8"))
KEYS = st.text(st.sampled_from("abcdefgh/+-."), min_size=1)
LINES = st.builds(
    Line,
    st.sampled_from(["PRIVMSG", "JOIN", "001", "TAGMSG"]),
    st.builds(lambda words, text: (*words, text), st.lists(WORDS, max_size=5), TEXTS),
    st.one_of(st.just(""), WORDS),
    st.dictionaries(KEYS, TEXTS, max_size=4),
).filter(lambda line: len(line._replace(tags=NO_TAGS).encode()) < BODY_BYTES_MAX)


@given(LINES)
def test_a_line_that_is_written_reads_the_same(line: Line) -> None:
    assert parse(line.encode().decode()[:-2]) == line


@given(LINES)
def test_another_library_reads_what_is_written(line: Line) -> None:
    theirs = tokenise(line.encode().decode()[:-2])
    assert (theirs.command, tuple(theirs.params)) == (line.command, line.params)
    assert (theirs.source or "") == line.source
    assert (theirs.tags or {}) == dict(line.tags)


@pytest.mark.parametrize(
    "raw",
    [
        "PRIVMSG #a :hello there",
        ":ann!a@b PRIVMSG #a hi",
        "@a=1;b=x\\:y\\s\\\\;c :s CMD p1 p2 :",
        "@+draft/reply=lobby/1 TAGMSG #a",
        "join #a,#b",
        "CMD  a   b  :c  d",
    ],
)
def test_a_line_reads_as_another_library_reads_it(raw: str) -> None:
    theirs, ours = tokenise(raw), parse(raw)
    assert ours is not None
    assert (ours.command, [*ours.params]) == (theirs.command.upper(), theirs.params)
    assert (ours.source, dict(ours.tags)) == (theirs.source or "", theirs.tags or {})


@given(st.lists(LINES, max_size=5), st.lists(st.integers(0, 200)))
def test_lines_are_whole_however_they_come(lines: list[Line], cuts: list[int]) -> None:
    stream = b"".join(line.encode() for line in lines if len(line.encode()) < BODY_BYTES_MAX)
    decoder, heard, start = LineDecoder(), [], 0
    for end in [*sorted(cuts), len(stream)]:
        heard += [*decoder.receive(stream[start:end])]
        start = max(start, end)
    assert heard == [line for line in lines if len(line.encode()) < BODY_BYTES_MAX]


def test_what_is_too_long_is_passed_over_and_what_follows_is_heard() -> None:
    decoder = LineDecoder()
    heard = [*decoder.receive(b"A " + b"x" * 20_000), *decoder.receive(b"x" * 9000)]
    heard += decoder.receive(b"\r\nPING a\r\nB " + b"y" * BODY_BYTES_MAX + b"\r\nPING b\n")
    assert heard == [TooLong(), Line("PING", ("a",)), TooLong(), Line("PING", ("b",))]
    assert decoder.unfinished_bytes == 0


def test_what_is_no_text_is_said_to_be_none() -> None:
    assert [*LineDecoder().receive(b"PRIVMSG #a :\xff\xfe\r\n\r\nPING a\r\n")] == [
        NotText(Line("PRIVMSG", ("#a", "\ufffd\ufffd"))),
        Blank(),
        Line("PING", ("a",)),
    ]


def test_what_a_client_gave_as_a_name_never_breaks_a_line() -> None:
    assert Line("403", ("ann", "#a b", ""), "s").encode() == b":s 403 ann * :\r\n"
    assert Line("TOPIC", ("#a", "one\r\nQUIT")).encode() == b"TOPIC #a :one  QUIT\r\n"


def test_a_line_that_would_be_too_long_is_cut_between_characters() -> None:
    line = Line("TOPIC", ("#a", "🎉" * 300), "ann", {"time": "x" * 600}).encode()
    tags, _, body = line.partition(b" ")
    assert len(tags) > BODY_BYTES_MAX - 2 >= len(body) - 2 > BODY_BYTES_MAX - 8
    assert set(body.decode().rpartition(":")[2].rstrip("\r\n")) == {"🎉"}


def test_no_more_tags_are_read_than_any_client_sends() -> None:
    line = parse("@" + "".join(f"a{number};" for number in range(1000)) + " PING x")
    assert line is not None
    assert (line.command, len(line.tags)) == ("PING", TAGS_MAX)


def test_no_parameter_falls_into_two() -> None:
    for word in ("a b", "a\rb", "a\nb", "a\0b", ":a", ""):
        assert Line("432", ("*", word, "no")).encode() == b"432 * * :no\r\n"
