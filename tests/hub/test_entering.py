"""Who is let in: as configured, behind a locked door, and what those are told who are not."""

from contextlib import suppress

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.access import Access
from hubbub.chat.errors import Refused
from hubbub.chat.format import Format
from hubbub.chat.queries import Moment
from hubbub.hub import Hub
from hubbub.hub.asking import PAUSE_SECONDS_MAX
from hubbub.hub.people.admission import WAIT_FOR_WELCOME_SECONDS, WAIT_SECONDS
from hubbub.wire.framed import CLASSIC, EVENTS
from tests.hub.moderated import ROOM, SECRET, Moderated
from tests.hub.peers import Chatroom, Peer, now

AWAY = "192.0.2.1"
LOCKED = "not_admitted: The door is locked, and nobody new is let in for now; olga can unlock it."


class Guarded(Chatroom):
    """A chatroom whose access is configured. Bob was here as a guest before, olga runs it."""

    def __init__(self) -> None:
        super().__init__()
        self.access = Access()
        for name, origin in (("olga", ""), ("bob", AWAY)):
            self.hub.depart(self.known(name, origin=origin).session)
        self.commit()

    def opened(self) -> Hub:
        heads, epochs, facts = self.log.heads(), self.log.epochs(), self.log.facts()
        access = getattr(self, "access", None)
        log = (now(heads), now(epochs), now(facts), self.log)
        return Hub(self.limits, *log, access=access, server="test", at=self.clock)

    def configure(self, access: Access) -> None:
        """Start the server anew with another configuration."""
        self.access, self.feed = access, self.log.follow()
        self.hub = self.opened()

    def known(self, name: str, *, origin: str = AWAY) -> Peer:
        """Have somebody come who says which device they are."""
        peer = self.enter(name, origin=origin)
        peer.tell(c.Identify(device=SECRET + name))
        return peer


def answer(peer: Peer) -> str:
    """Return the last refusal, else 'ok'."""
    errors = [one for one in peer.events() if isinstance(one, e.Error)]
    return f"{errors[-1].code}: {errors[-1].message}" if errors else "ok"


def is_in(peer: Peer) -> bool:
    peer.read()
    if peer.session.admitted:
        peer.tell(c.Join(room="lobby", ref="1"))
    return "lobby" in peer.session.members


@pytest.fixture
def chatroom() -> Guarded:
    return Guarded()


# As configured.


def test_a_chatroom_without_rules_lets_everybody_in(chatroom: Guarded) -> None:
    assert is_in(chatroom.enter("sam", origin=AWAY))
    assert is_in(chatroom.enter("tim", CLASSIC))
    assert is_in(chatroom.known("eve"))


def test_without_passing_people_a_client_must_say_who_it_is(chatroom: Guarded) -> None:
    chatroom.configure(Access(passing=False))
    with pytest.raises(Refused, match="your client cannot do that; join with hubbub or in a"):
        chatroom.enter("tim", CLASSIC, origin=AWAY)
    stranger = chatroom.enter("eve", origin=AWAY)
    (welcome,) = stranger.events()
    assert isinstance(welcome, e.Welcome)
    assert welcome.held
    stranger.tell(c.Join(room="lobby"))
    assert answer(stranger).startswith("not_admitted: Only people whom the server can know")
    assert chatroom.hub.here.holder("eve") is None, "nobody has the name yet"
    stranger.tell(c.Identify(device=SECRET + "eve"))
    assert is_in(stranger)


def test_a_name_that_somebody_has_is_not_taken_by_a_stranger(chatroom: Guarded) -> None:
    chatroom.configure(Access(passing=False))
    assert is_in(chatroom.known("eve"))
    other = chatroom.enter("eve", origin=AWAY)
    other.tell(c.Identify(device=SECRET + "another"))
    assert answer(other).startswith("name_taken")
    assert not is_in(other)


def test_without_guests_only_those_in_passing_and_members_come_in(chatroom: Guarded) -> None:
    chatroom.configure(Access(guests=False))
    assert is_in(chatroom.enter("sam", origin=AWAY))
    for name in ("eve", "bob"):
        guest = chatroom.known(name)
        assert answer(guest).startswith("not_admitted: Guests are not let in; log in, or ask olga")


def test_by_invitation_only_those_come_in_who_were_here_before(chatroom: Guarded) -> None:
    chatroom.configure(Access(enter="invitation"))
    assert is_in(chatroom.known("bob"))
    for peer in (chatroom.known("eve"), chatroom.enter("sam", origin=AWAY)):
        assert not is_in(peer)
    with pytest.raises(Refused, match="Only people who were invited are let in; olga can invite"):
        chatroom.enter("tim", CLASSIC, origin=AWAY)


def test_where_only_members_are_let_in_they_log_in(chatroom: Guarded) -> None:
    max_ = chatroom.known("max")
    max_.tell(c.Register(password="four words of mine"))
    chatroom.commit()
    chatroom.configure(Access(enter="members"))
    assert is_in(chatroom.known("max")), "by the device"
    other = chatroom.enter("somebody", origin=AWAY)
    other.tell(c.Login(name="max", password="four words of mine"))
    assert is_in(other)
    assert not is_in(chatroom.known("bob"))


def test_whoever_runs_the_server_is_always_let_in(chatroom: Guarded) -> None:
    chatroom.configure(Access(enter="members", guests=False, passing=False))
    assert is_in(chatroom.known("olga"))


def test_whoever_comes_first_from_the_servers_machine_is_let_in_to_run_it() -> None:
    chatroom = Guarded.__new__(Guarded)
    Chatroom.__init__(chatroom)
    chatroom.configure(Access(enter="members"))
    assert not is_in(chatroom.known("eve"))
    assert is_in(chatroom.known("olga", origin=""))


def test_programs_post_over_http_from_the_servers_machine_alone(chatroom: Guarded) -> None:
    chatroom.configure(Access(passing=False))
    peer = chatroom.known("bob")
    chatroom.hub.outside.poster("ci", CLASSIC, peer)
    with pytest.raises(Refused) as refusal:
        chatroom.hub.outside.poster("ci", CLASSIC, peer, origin=AWAY)
    assert refusal.value.code == "not_admitted"


# The door.


def test_a_locked_door_keeps_out_whoever_is_new_until_it_is_unlocked() -> None:
    room = Moderated()
    assert room.ask(room.ann, c.SetDoor(locked=True)) == (
        "forbidden: Only operators of the server can lock the door of the chatroom; ask olga."
    )
    assert room.ask(room.olga, c.SetDoor(locked=True)) == "ok"
    for _ in range(2):
        assert room.knock("sam", origin=AWAY, format_=CLASSIC) == LOCKED
        assert room.knock("eve", origin=AWAY) == "ok", "she was here before"
        stranger = room.arrive("newcomer")
        assert answer(stranger) == LOCKED
        assert ROOM not in stranger.session.members
        room.restart()
    assert room.ask(room.arrive("olga"), c.SetDoor(locked=False)) == "ok"
    assert room.knock("sam", origin=AWAY, format_=CLASSIC) == "ok"


def test_whoever_is_inside_stays_and_comes_back_through_a_locked_door() -> None:
    room = Moderated()
    secret = room.pat.session.secret
    room.ask(room.olga, c.SetDoor(locked=True))
    assert room.ask(room.pat, c.Say(room=ROOM, text="hi")) == "ok"
    room.hub.depart(room.pat.session, 1.0)
    again = room.enter("pat", origin="198.51.100.7")
    again.tell(c.Resume(session=secret))
    again.tell(c.Join(room=ROOM))
    assert ROOM in again.session.members


# A name whose holder has hung up, and whose last words are still acted on.


@pytest.mark.parametrize(
    ("format_", "seconds"),
    [(CLASSIC, WAIT_SECONDS), (EVENTS, WAIT_FOR_WELCOME_SECONDS)],
)
def test_whoever_waits_for_a_name_that_is_being_left_looks_for_it_ever_more_rarely(
    format_: Format, seconds: float
) -> None:
    """Many may wait for it, and each look takes as long as some messages do."""
    chatroom = Chatroom()
    holder = chatroom.enter("ann")
    holder.session.leaving = True
    _, waiting = chatroom.hub.enter("ann", format_, holder, "another secret", None)
    assert waiting is not None
    waited: list[float] = []
    with suppress(StopIteration, Refused):
        while isinstance(question := next(waiting), Moment):
            waited.append(question.seconds)
    assert seconds <= sum(waited) < seconds + PAUSE_SECONDS_MAX
    assert waited == sorted(waited)
    assert len(waited) <= 20
