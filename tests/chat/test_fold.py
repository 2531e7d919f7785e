"""How later events change a message."""

from hubbub.chat.events import Deleted, Edited, Message, Reaction, Topic
from hubbub.chat.fold import fold, target_of

SAID = Message(room="lobby", seq=1, prev=0, sender="ann", at=1, text="first")


def edited(text: str, at: int = 2) -> Edited:
    return Edited(room="lobby", seq=2, prev=1, sender="ann", at=at, target=1, text=text)


def reaction(sender: str, emoji: str, *, on: bool = True) -> Reaction:
    return Reaction(room="lobby", seq=2, prev=1, sender=sender, at=2, target=1, emoji=emoji, on=on)


DELETED = Deleted(room="lobby", seq=3, prev=2, sender="ann", at=3, target=1)


def test_an_edit_gives_the_new_text_and_its_time() -> None:
    after = fold(fold(SAID, edited("second")), edited("third", at=5))
    assert (after.text, after.edited) == ("third", 5)
    assert SAID.text == "first", "the event itself is never changed"


def test_reactions_collect_names_in_order_each_once() -> None:
    after = SAID
    for one in (reaction("bob", "+"), reaction("cat", "+"), reaction("bob", "+")):
        after = fold(after, one)
    assert after.reactions == {"+": ["cat", "bob"]}
    after = fold(fold(after, reaction("bob", "+", on=False)), reaction("cat", "+", on=False))
    assert after.reactions == {}


def test_a_name_in_other_capitals_gives_and_takes_back_the_same_reaction() -> None:
    after = fold(fold(SAID, reaction("bob", "+")), reaction("Bob", "+"))
    assert after.reactions == {"+": ["Bob"]}
    assert fold(after, reaction("BOB", "+", on=False)).reactions == {}


def test_a_deletion_takes_all_and_is_final() -> None:
    after = fold(fold(SAID, reaction("bob", "+")), DELETED)
    assert (after.text, after.deleted, after.reactions) == ("", True, {})
    assert fold(fold(after, edited("again")), reaction("bob", "+")) == after


def test_what_has_no_target_changes_nothing() -> None:
    topic = Topic(room="lobby", seq=2, prev=1, sender="ann", at=2, text="a topic")
    assert target_of(topic) is None
    assert fold(SAID, topic) == SAID
    assert target_of(DELETED) == 1
