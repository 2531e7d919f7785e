"""Walking through what was sent."""

from hypothesis import given
from hypothesis import strategies as st

from hubbub.desk.input_history import ENTRIES_MAX, InputHistory


def history(*texts: str) -> InputHistory:
    made = InputHistory()
    for text in texts:
        made.add(text)
    return made


def test_the_newest_comes_first() -> None:
    sent = history("one", "two")
    assert sent.entries == ["two", "one"]
    assert sent.back("") == "two"
    assert sent.back("two") == "one"


def test_the_oldest_is_the_end() -> None:
    sent = history("one")
    assert sent.back("") == "one"
    assert sent.back("one") is None
    assert sent.forward("one") == ""


def test_what_was_being_typed_comes_back() -> None:
    sent = history("one")
    sent.back("half a sen")
    assert sent.forward("one") == "half a sen"
    assert sent.forward("half a sen") is None


def test_a_change_on_the_way_stays_until_something_is_sent() -> None:
    sent = history("one", "two")
    sent.back("")
    sent.back("two, changed")
    assert sent.forward("one") == "two, changed"
    sent.add("three")
    assert sent.entries == ["three", "two", "one"]
    sent.back("")
    assert sent.back("three") == "two"


def test_reset_begins_at_the_newest_again() -> None:
    sent = history("one", "two")
    sent.back("")
    sent.back("two")
    sent.reset()
    assert sent.forward("x") is None
    assert sent.back("x") == "two"


def test_who_edits_the_newest_goes_on_to_the_one_before() -> None:
    assert history("one", "two").back("two") == "one"


def test_nothing_to_go_back_to() -> None:
    assert InputHistory().back("x") is None


def test_blank_texts_and_immediate_repeats_are_not_kept() -> None:
    assert history("one", "one", " \n", "two", "one").entries == ["one", "two", "one"]


def test_only_so_many_are_kept() -> None:
    sent = history(*map(str, range(ENTRIES_MAX + 3)))
    assert len(sent.entries) == ENTRIES_MAX == 500
    assert sent.entries[-1] == "3"


@given(st.lists(st.text(min_size=1)), st.text(), st.lists(st.sampled_from(["back", "forward"])))
def test_steps_back_and_forward_cancel_out(sent: list[str], typed: str, steps: list[str]) -> None:
    walked = history(*sent)
    entries = list(walked.entries)
    known = [typed, *(entries[1:] if entries[:1] == [typed] else entries)]
    at, current = 0, typed
    for step in steps:
        text = getattr(walked, step)(current)
        wanted = at + (1 if step == "back" else -1)
        if 0 <= wanted < len(known):
            at, current = wanted, known[wanted]
            assert text == current
        else:
            assert text is None
