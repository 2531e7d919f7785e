"""A chatroom with somebody of every role in it, for tests of who may do what."""

from typing import Final

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.format import Format
from hubbub.chat.limits import Limits
from hubbub.wire.framed import CLASSIC, EVENTS
from tests.hub.peers import Chatroom, Peer

ROOM: Final = "tea"
SECRET: Final = "secret of the device of "


class Moderated(Chatroom):
    """Cleo owns the room, ann and ben moderate it, olga runs the server, eve is a guest.

    Pat is there in passing.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits)
        # The first from the server's own machine runs it.
        self.olga = self.arrive("olga", origin="", room="lobby")
        self.cleo = self.arrive("cleo")
        self.cleo.tell(c.Say(room=ROOM, text="tea is ready"))
        self.commit()
        self.ann, self.ben, self.eve = (self.arrive(name) for name in ("ann", "ben", "eve"))
        for name in ("ann", "ben"):
            self.cleo.tell(c.Appoint(room=ROOM, name=name, role="moderator"))
        self.olga.tell(c.Join(room=ROOM))
        self.pat = self.enter("pat", origin="198.51.100.7")
        self.pat.tell(c.Join(room=ROOM))
        self.read_all()

    def arrive(self, name: str, *, origin: str = "192.0.2.1", room: str = ROOM) -> Peer:
        """Let somebody in who is known, and has been here before if they were."""
        peer = self.enter(name, origin=origin)
        peer.tell(c.Identify(device=SECRET + name))
        if not peer.ended:
            peer.tell(c.Join(room=room))
        return peer

    def read_all(self) -> None:
        """Have everybody read what came so far."""
        self.commit()
        for peer in (self.cleo, self.ann, self.ben, self.eve, self.olga, self.pat):
            peer.read()

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.clock += seconds * 1000
        self.hub.sweep(self.clock)

    def restart(self) -> None:
        """Have another server open the log; nobody is connected to it."""
        self.feed = self.log.follow()
        self.hub = self.opened()

    def ask(self, peer: Peer, command: c.AnyCommand | c.InnerCommand) -> str:
        """Send a command; return 'ok', or the code of the refusal and its sentence."""
        peer.read()
        command.ref = "asked"
        peer.tell(command)
        self.commit()
        for event in peer.events():
            if isinstance(event, e.Error) and event.ref == "asked":
                return f"{event.code}: {event.message}"
            if getattr(event, "ref", None) == "asked":
                return "ok"
        raise AssertionError("there was no answer")

    def knock(self, name: str, *, origin: str = "", format_: Format = EVENTS) -> str:
        """Try to come in, as a known person or in a tutorial's client; return how it went."""
        try:
            peer = self.enter(name, format_, origin=origin)
        except Exception as error:  # noqa: BLE001 (its sentence is the result)
            return f"{getattr(error, 'code', 'fault')}: {error}"
        if format_ is not CLASSIC:
            peer.tell(c.Identify(device=SECRET + name))
        events = peer.events()
        said = [f"{one.code}: {one.reason}" for one in events if isinstance(one, e.Bye)]
        said += [f"{one.code}: {one.message}" for one in events if isinstance(one, e.Error)]
        if not said:
            self.hub.depart(peer.session)
        return said[0] if said else "ok"


def is_in(peer: Peer) -> bool:
    """Whether somebody is in the room."""
    return ROOM in peer.session.members


def removed(peer: Peer) -> list[str]:
    """Read, and return the reasons for which the peer was put out of a room."""
    return [event.reason for event in peer.events() if isinstance(event, e.Removed)]


def rules(peer: Peer) -> list[e.RoomRules]:
    """Read, and return what the peer was told to hold in its rooms."""
    return [event for event in peer.events() if isinstance(event, e.RoomRules)]
