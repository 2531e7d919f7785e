"""What mentions people or answers them, as the hub tells it: in all that they may read, no more."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.events import NOTHING
from hubbub.chat.people import CONVERSATION
from tests.hub.peers import Chatroom, Peer, now
from tests.hub.test_conversations import back, leaves, tell
from tests.hub.test_finding import find, say
from tests.hub.test_people import company, device_of, identified
from tests.hub.test_sessions import codes


def mentions(peer: Peer, before: int | None = None, limit: int = 50) -> list[str]:
    return [one.text for one in page(peer, before, limit).messages]


def page(peer: Peer, before: int | None = None, limit: int = 50) -> e.Page:
    peer.events()
    peer.tell(c.Mentions(before=before, limit=limit, ref="m"))
    answer = peer.events()[-1]
    assert isinstance(answer, e.Page)
    assert (answer.room, answer.ref) == (None, "m")
    return answer


def answer(peer: Peer, seq: int, text: str, room: str = "lobby") -> None:
    peer.tell(c.Join(room=room))
    peer.tell(c.Say(room=room, text=text, reply_to=seq))
    peer.chatroom.commit()


def newest(chatroom: Chatroom) -> int:
    return chatroom.log._newest_seq


def test_what_mentions_somebody_or_answers_them_is_told_from_all_rooms() -> None:
    chatroom, (ann, ben) = company("ann", "ben")
    say(ann, "who has a knife?")
    asked = newest(chatroom)
    say(ben, "ann: look", room="den")
    answer(ben, asked, "not me")
    say(ben, "nothing of the kind", "in code: `ann`")
    tell(ben, "ann", "between us, ann")
    say(ben, "@everyone lunch")
    assert mentions(ann) == ["ann: look", "not me", "between us, ann", "@everyone lunch"]
    assert mentions(ben) == [], "what one says oneself calls nobody"
    first = page(ann, limit=2)
    assert ([one.text for one in first.messages], first.more) == (
        ["between us, ann", "@everyone lunch"],
        True,
    )
    assert mentions(ann, before=first.messages[0].seq) == ["ann: look", "not me"]


def test_an_answer_stays_one_whatever_its_author_is_called() -> None:
    chatroom, (ann, ben) = company("ann", "ben")
    say(ann, "who?")
    answer(ben, newest(chatroom), "me")
    say(ben, "thanks ann")
    ann.tell(c.Rename(name="anna"))
    chatroom.commit()
    assert mentions(ann) == ["me"]
    say(ben, "hello anna")
    assert mentions(ann) == ["me", "hello anna"]


def test_somebody_passing_is_told_what_to_do() -> None:
    chatroom = Chatroom()
    eve = chatroom.enter("eve")
    eve.tell(c.Mentions())
    (refusal,) = [one for one in eve.events() if isinstance(one, e.Error)]
    assert refusal.code == "forbidden"
    assert "search for 'eve'" in refusal.message


def test_nothing_calls_out_of_rooms_that_one_may_not_read() -> None:
    chatroom, (_, ben, eve) = company("ann", "ben", "eve")
    say(ben, "eve, in the den", room="den")
    say(eve, "a word", room="den")
    answer(ben, newest(chatroom), "an answer", room="den")
    tell(ben, "ann", "eve must not know")
    assert mentions(eve) == ["eve, in the den", "an answer"]
    ben.tell(c.SetRules(room="den", private=True))
    chatroom.commit()
    ben.tell(c.Kick(room="den", name="eve"))
    chatroom.commit()
    assert mentions(eve) == []
    assert find(eve, "den") == find(eve, "know") == []


def test_those_who_left_a_private_room_find_nothing_there() -> None:
    chatroom, (ann, ben) = company("ann", "ben")
    say(ann, "plans for ben", room="den")
    ben.tell(c.Join(room="den"))
    ann.tell(c.SetRules(room="den", private=True))
    chatroom.commit()
    assert mentions(ben) == find(ben, "plans") == ["plans for ben"]
    ben.tell(c.Kick(room="den", name="ben"))  # so one gives a membership up
    chatroom.commit()
    assert mentions(ben) == find(ben, "plans") == []


def test_a_talk_of_which_it_is_not_known_whose_it_is_shows_nobody_anything() -> None:
    chatroom, (ann, ben) = company("ann", "ben")
    room = tell(ben, "ann", "ann, a secret")
    assert mentions(ann) == find(ann, "secret") == ["ann, a secret"]
    (fact,) = now(chatroom.log.facts(CONVERSATION))
    fact.value = NOTHING  # as where it is damaged
    chatroom.restart()
    eve = identified(chatroom, "eve", device_of("eve"))
    again = back(chatroom, "ann")
    assert find(eve, "secret") == mentions(eve) == []
    assert find(again, "secret") == mentions(again) == [], room


def test_nobody_is_called_by_those_whom_they_ignore() -> None:
    chatroom, (ann, ben, cleo) = company("ann", "ben", "cleo")
    say(ann, "a question")
    asked = newest(chatroom)
    answer(ben, asked, "ann ann ann")
    answer(cleo, asked, "here")
    ann.tell(c.Ignore(name="ben"))
    chatroom.commit()
    assert mentions(ann) == ["here"]
    ann.tell(c.Ignore(name="ben", on=False))
    chatroom.commit()
    assert mentions(ann) == ["ann ann ann", "here"]


def test_those_of_a_room_that_was_deleted_are_gone() -> None:
    chatroom, (ann, ben) = company("ann", "ben")
    say(ben, "ann", room="den")
    assert mentions(ann) == ["ann"]
    ben.tell(c.DeleteRoom(room="den"))
    chatroom.commit()
    assert mentions(ann) == []


def test_a_search_without_a_room_covers_one_s_own_talks_and_no_others() -> None:
    chatroom, (ann, ben, eve) = company("ann", "ben", "eve")
    tell(ann, "ben", "the secret dinner")
    say(eve, "a public dinner")
    for peer in (ann, ben):
        assert find(peer, "dinner") == ["the secret dinner", "a public dinner"]
    assert find(eve, "dinner") == ["a public dinner"]
    leaves(ben)
    assert find(ann, "dinner from:ann") == ["the secret dinner"]
    chatroom.restart()
    again = [back(chatroom, name) for name in ("ann", "eve")]
    assert [find(peer, "dinner") for peer in again] == [
        ["the secret dinner", "a public dinner"],
        ["a public dinner"],
    ]


def test_the_next_holder_of_a_name_finds_nothing_of_a_talk_before() -> None:
    chatroom = Chatroom()
    ann, ben = chatroom.enter("ann"), chatroom.enter("ben")
    tell(ann, "ben", "an old secret")
    assert find(ben, "secret") == ["an old secret"]
    leaves(ben)
    chatroom.pass_time(120_000)
    other = chatroom.enter("ben")
    other.tell(c.Direct(name="ann"))
    other.tell(c.Join(room="lobby"))
    tell(ann, "ben", "a new secret")
    assert find(other, "secret") == ["a new secret"]
    assert find(ann, "secret") == ["an old secret", "a new secret"]


@pytest.mark.parametrize("name", ["banned", "muted"])
def test_those_who_may_not_come_are_not_told_either(name: str) -> None:
    chatroom, (ann, ben) = company("ann", "ben")
    say(ann, "hello ben", room="den")
    ben.tell(c.Join(room="den"))
    command = c.Ban(room="den", who="ben") if name == "banned" else c.Mute(room="den", who="ben")
    ann.tell(command)
    chatroom.commit()
    assert mentions(ben) == ([] if name == "banned" else ["hello ben"])
    assert codes(ben) == []
