"""Plain lines: each says whose it is, and nobody can forge another's."""

from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from hubbub.chat.events import Deleted, Edited, Error, Message, Notice, Room, RoomRules, Topic
from hubbub.cli.transcript import server_lines, shown_name, transcript
from hubbub.client import ClassicMessage

PRIVATE = "@97049da5464956062d0e94be"


def message(
    text: str, room: str = "lobby", sender: str = "ann", *, deleted: bool = False
) -> Message:
    return Message(room=room, seq=1, prev=0, sender=sender, at=0, text=text, deleted=deleted)


def doing(text: str, room: str = "lobby", sender: str = "ann") -> Message:
    return structs.replace(message(text, room, sender), me=True)


def edited(text: str, room: str = "lobby") -> Edited:
    return Edited(room=room, seq=13, prev=12, sender="ann", at=0, target=12, text=text)


def deleted(room: str = "lobby") -> Deleted:
    return Deleted(room=room, seq=13, prev=12, sender="ann", at=0, target=12)


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (message("hi"), ["ann > hi"]),
        (message("hi", "dev"), ["ann > [dev] hi"]),
        (message("hi", PRIVATE), ["ann > (private) hi"]),
        (structs.replace(message("hi"), imported="slack"), ["ann > (from slack) hi"]),
        (structs.replace(message("hi", "dev"), imported="irc"), ["ann > [dev, from irc] hi"]),
        (message("(from slack) hi"), ["ann > [lobby] (from slack) hi"]),
        (message("", deleted=True), ["ann > (deleted)"]),
        (message("", "dev", deleted=True), ["ann > [dev, deleted]"]),
        (edited("hello"), ["ann > (edited 12) hello"]),
        (edited("hello", "dev"), ["ann > [dev, edited 12] hello"]),
        (edited("hello", PRIVATE), ["ann > (private, edited 12) hello"]),
        (edited(""), []),
        (deleted(), ["ann > (deleted 12)"]),
        (deleted(PRIVATE), ["ann > (private, deleted 12)"]),
        (doing("waves"), ["* ann waves"]),
        (doing("waves", "dev"), ["* ann [dev] waves"]),
        (doing("waves", PRIVATE), ["* ann (private) waves"]),
        (doing("waves\nand smiles"), ["* ann waves", "* ann and smiles"]),
        (doing("(private) waves"), ["* ann [lobby] (private) waves"]),
        (ClassicMessage("ann", "hi"), ["ann > hi"]),
        (Notice(text="one\ntwo"), ["hubbub > one", "hubbub > two"]),
        (Error(code="empty", message="No."), ["hubbub > No."]),
        (
            RoomRules(room=PRIVATE, held=True),
            [
                "hubbub > your conversation: under a legal hold, so nothing can be changed or "
                "deleted."
            ],
        ),
        (Topic(room="lobby", seq=1, prev=0, sender="ann", at=0, text="soup"), []),
    ],
)
def test_an_event_is_told_in_lines(event: Message, lines: list[str]) -> None:
    assert transcript(event, "lobby") == lines


def test_nobody_does_what_reads_like_the_deed_of_somebody_else() -> None:
    assert transcript(doing("lee waves"), "lobby") == ["* ann lee waves"]
    assert transcript(doing("waves", sender="ann lee"), "lobby") == ["ann lee > * waves"]
    assert transcript(message("hi", sender="* ann"), "lobby") == ["'* ann' > hi"]
    assert transcript(doing("> hi"), "lobby") == ["* ann > hi"], "no name begins so"


def test_moving_to_another_room_is_told_only_where_the_reader_did_it() -> None:
    entered = Room(room="dev", topic="", members=[], last=0, first=0, gap=False)
    assert transcript(entered, "dev") == ["hubbub > You are in dev now."]
    entered.ref = "1"
    assert transcript(entered, "dev") == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\u2029", "\x0b", "\x85", "\n\n"])
def test_each_line_of_a_text_has_the_name_and_the_mark(end: str) -> None:
    text = f"one{end}bob > yes, I agree"
    for room, mark in (("lobby", ""), ("dev", "[dev] "), (PRIVATE, "(private) ")):
        lines = [
            line for line in transcript(message(text, room), "lobby") if line != f"ann > {mark}"
        ]
        if end in "\x0b\x85":  # control characters, which are removed
            assert lines == [f"ann > {mark}onebob > yes, I agree"]
        else:
            assert lines == [f"ann > {mark}one", f"ann > {mark}bob > yes, I agree"]
    assert all(line.startswith("hubbub > ") for line in server_lines(text))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "(private) psst",
            "  (private) psst",
            "(PRIVATE) psst",
            "（private） psst",
            "(рrivate) psst",
        ),
        *("\u200b(\u200bprivate) psst", "(pri\u034fvate) psst", "(edited 12) no", "(deleted 12)"),
        *("[dev] psst", "[dev, edited 12] psst", "(private, edited 12) psst"),
    ],
)
def test_a_text_cannot_bear_a_mark_of_ours(text: str) -> None:
    assert transcript(message(f"{text}\nmore"), "lobby") == [
        f"ann > [lobby] {text}",
        "ann > [lobby] more",
    ]
    assert transcript(message(f"more\n{text}"), "lobby")[1] == f"ann > [lobby] {text}"
    assert transcript(ClassicMessage("ann", text), "lobby") == [f"ann > [everybody] {text}"]


@pytest.mark.parametrize(
    "before", ["\u0301\u0316" * 20_000, "\u200b" * 60_000, " \u3000" * 20_000], ids=ascii
)
def test_a_mark_behind_much_that_is_unseen_is_found_in_little_time(
    before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths = []

    def normalized(form: Literal["NFKD"], text: str) -> str:
        lengths.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr("hubbub.cli.transcript.normalize", normalized)
    assert transcript(message(f"{before}(private) psst"), "lobby") == [
        f"ann > [lobby] {before}(private) psst"
    ]
    # A run of marks takes the square of its length.
    assert lengths
    assert max(lengths) <= 200


@pytest.mark.parametrize("text", ["(hi)", "[ ] buy milk", "a (private) word", "12:00"])
def test_other_texts_are_shown_as_they_are(text: str) -> None:
    assert transcript(message(text), "lobby") == [f"ann > {text}"]


@pytest.mark.parametrize(
    ("sender", "shown"),
    [
        ("ann > yes, I agree", "'ann > yes, I agree'"),
        ("(private) ann", "'(private) ann'"),
        ("hubbub", "'hubbub'"),
        ("ann ", "'ann '"),
        ("\u2800", r"'\u2800'"),
        ("", "''"),
        ("a\nb", "'a b'"),
        ("Zoë", "Zoë"),
    ],
)
def test_a_name_that_we_would_not_let_in_is_quoted(sender: str, shown: str) -> None:
    """A tutorial's server lets everybody in, and says what it likes."""
    assert transcript(ClassicMessage(sender, "hi"), "lobby") == [f"{shown} > hi"]
    assert transcript(message("hi", sender=sender), "lobby") == [f"{shown} > hi"]


@given(st.text(), st.text())
def test_whatever_is_said_every_line_begins_with_its_sender(sender: str, text: str) -> None:
    label = shown_name(sender)
    assert label.startswith("'") or " > " not in label
    for line in transcript(ClassicMessage(sender, text), "lobby"):
        assert line.startswith(f"{label} > ") or line == f"{label} >"
        assert len(line.splitlines()) == 1
