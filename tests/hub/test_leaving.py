"""What somebody leaves behind goes, whatever fails meanwhile."""

from collections.abc import Callable

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.hub.known.links import Links
from hubbub.hub.people import claims, leaving, linking_afar, places
from hubbub.hub.present.departed import Departed
from hubbub.hub.present.former import FormerPeople
from hubbub.hub.present.here import Here
from hubbub.hub.present.looks import Looks
from hubbub.hub.present.operating import Operating
from hubbub.hub.present.watchers import Watchers
from tests.hub.nodes import nodes, settled
from tests.hub.peers import Chatroom
from tests.hub.test_sessions import welcome

STEPS = [
    (Links, "left"),
    (linking_afar, "left"),
    (Watchers, "stop"),
    (Here, "_tell"),
    (places, "leave"),
    (leaving, "leave_room"),
    (Operating, "end"),
    (FormerPeople, "left"),
    (claims, "clear_released"),
    (Looks, "free"),
    (Departed, "remember"),
]


def fails_once(step: Callable[..., object]) -> Callable[..., object]:
    """Return what fails the first time, and then does what `step` does."""
    faults = [RuntimeError("a fault")]

    def faulty(*args: object, **options: object) -> object:
        if faults:
            raise faults.pop()
        return step(*args, **options)

    return faulty


@pytest.mark.parametrize(("owner", "step"), STEPS, ids=[step for _, step in STEPS])
def test_a_name_is_free_and_the_rooms_are_left_whatever_fails_when_somebody_goes(
    owner: object, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chatroom = Chatroom()
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    for peer in (ann, bob):
        peer.tell(c.Join(room="den"))
        peer.tell(c.Join(room="dev"))
    chatroom.commit()
    monkeypatch.setattr(owner, step, fails_once(getattr(owner, step)))
    with pytest.raises(RuntimeError, match="a fault"):
        chatroom.hub.depart(ann.session)
    bob.events()
    bob.tell(c.Members(room="dev"))
    (told,) = (event for event in bob.events() if isinstance(event, e.Members))
    assert [member.name for member in told.members] == ["bob"]
    assert not welcome(chatroom.enter("ann")).held


@pytest.mark.parametrize(("owner", "step"), STEPS, ids=[step for _, step in STEPS])
def test_a_name_is_free_at_other_nodes_whatever_fails_when_somebody_goes(
    owner: object, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = nodes()
    ann = first.enter("ann")
    ann.tell(c.Join(room="den"))
    settled(first, second)
    monkeypatch.setattr(owner, step, fails_once(getattr(owner, step)))
    with pytest.raises(RuntimeError, match="a fault"):
        first.hub.depart(ann.session)
    first.hub.sweep(first.clock)
    settled(first, second)
    assert not welcome(second.enter("ann")).held
