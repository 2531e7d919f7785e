"""What a terminal sends becomes what was typed, however it is cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from hubbub.tui.keyboard import Keyboard

START, END = "\x1b[200~", "\x1b[201~"


def read(*pieces: str) -> list[str]:
    """Return the keys of what is read in these pieces; of typed characters, the characters."""
    keyboard = Keyboard()
    told = [event for piece in pieces for event in keyboard.feed(piece)]
    shown = []
    for event in told:
        match event:
            case events.Key():
                shown.append(event.character if event.is_printable else event.key)
            case events.Paste():
                shown.append(f"paste {event.text!r}")
            case _:
                shown.append(type(event).__name__)
    return [one for one in shown if one is not None]


@pytest.mark.parametrize(
    "sentence",
    ["hello", "Oh well", "Once or twice", "漢字", " - and so on", "x" * 100, "élan", "= is equal"],
)
def test_a_sentence_behind_an_escape_is_typed_whole(sentence: str) -> None:
    assert read("\x1b" + sentence) == ["escape", *sentence]


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("\x1b\r", "alt+enter"),
        ("\x1b1", "alt+1"),
        ("\x1ba", "alt+a"),
        ("\x1bOP", "f1"),
        ("\x1b[17~", "f6"),
        ("\x1b[A", "up"),
    ],
)
def test_keys_of_several_bytes_are_still_keys(sent: str, key: str) -> None:
    assert read(sent + "x") == [key, "x"]


def test_a_click_and_a_sentence_at_once_are_both() -> None:
    told = read("\x1b[<0;10;5M\x1b[<0;10;5mhello")
    assert told == ["MouseDown", "MouseUp", *"hello"]


def test_what_is_pasted_is_never_pressed() -> None:
    pasted = f"{START}\x1b[31mred\x1b[0m\rsecond\x1b{END}x"
    assert read(pasted) == [r"paste '[31mred[0m\rsecond'", "x"]


@given(st.text("ab\r\x1b[20~1", max_size=30), st.data())
def test_a_paste_may_be_cut_anywhere(text: str, data: st.DataObject) -> None:
    text = text.replace(END, "").replace(START, "")
    sent = text + END + "x"
    cut = data.draw(st.integers(1, len(sent) - 1))
    body = (text + END).partition(END)[0].replace("\x1b", "")
    told = read(START, sent[:cut], sent[cut:])
    assert told == [f"paste {body!r}", "x"]
