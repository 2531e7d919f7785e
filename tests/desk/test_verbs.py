"""The table of what can be done."""

from inspect import iscoroutinefunction

from hubbub.desk.verbs import VERBS


def test_what_a_verb_means_is_fixed_when_it_is_called() -> None:
    assert not [verb.name for verb in VERBS if iscoroutinefunction(verb.run)]


def test_names_and_words_are_given_once() -> None:
    names = [verb.name for verb in VERBS]
    words = [verb.word for verb in VERBS if verb.word]
    assert (len(set(names)), len(set(words))) == (len(names), len(words))


def test_a_verb_says_how_it_is_typed() -> None:
    by_name = {verb.name: verb for verb in VERBS}
    assert by_name["msg"].slash == "/msg NAME [TEXT]"
    assert by_name["above"].slash == ""
    assert by_name["join"].needs_argument
    assert not by_name["topic"].needs_argument
