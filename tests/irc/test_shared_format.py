"""Rooms find their live members by the formats that they share, whenever one asks for another.

Only IRC clients do that, by asking for capabilities. So one walks through whatever brings
it into rooms and out of them, and asks for capabilities at every moment of that.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hubbub.chat import commands as c
from hubbub.wire.irc.dialect import IrcDialect
from hubbub.wire.irc.format import SHARED
from tests.irc.still import Still
from tests.server.conversing import Peer, Stage

ROOMS = ("lobby", "den", "cellar")
NICKS = ("ann", "anna")
PASSWORD = "four words of mine"


class IrcPeer(Peer):
    """A connection on which IRC is spoken."""

    def __init__(self, stage: Stage) -> None:
        self.dialect = IrcDialect(Still(), lambda: 1_000)
        super().__init__(stage, opening=self.dialect.opening)
        stage.peers.append(self)

    def write(self, payload: bytes) -> None:
        if payload:  # some lines are answered by nothing
            super().write(payload)

    def ask(self, *lines: str) -> None:
        data = "".join(f"{line}\r\n" for line in lines).encode()
        self.conversation.hear(self.dialect.receive(data), len(data))
        self.follow()


class Walk(RuleBasedStateMachine):
    """An IRC client, somebody known who owns the rooms, and two who come and go."""

    @initialize()
    def begin(self) -> None:
        self.stage = Stage()
        self.owner = self.known("olga")
        for room in ROOMS[1:]:
            self.does(self.owner, c.Join(room=room), c.Say(room=room, text="x"))
        self.others: dict[str, Peer] = {}
        self.come()

    def known(self, name: str) -> Peer:
        peer = self.stage.connect(name)
        self.stage.run()
        self.does(peer, c.Identify(device=f"the-only-device-of-{name}"))
        return peer

    def come(self) -> None:
        self.client = IrcPeer(self.stage)
        self.client.ask("CAP LS 302", "NICK ann", "USER ann 0 * :ann")
        self.stage.run()

    def does(self, peer: Peer, *commands: c.AnyCommand) -> None:
        for command in commands:
            peer.command(command)
            self.stage.run()

    @rule(caps=st.sets(st.sampled_from(sorted(SHARED)), min_size=1), on=st.booleans())
    def ask_for_capabilities(self, caps: set[str], on: bool) -> None:
        names = " ".join(name if on else f"-{name}" for name in sorted(caps))
        self.client.ask(f"CAP REQ :{names}")

    @rule(
        line=st.sampled_from(
            (
                "CAP END",
                "CAP LS 302",
                *(f"{word} #{room}" for word in ("JOIN", "PART", "TOPIC") for room in ROOMS),
                "JOIN 0",
                *(f"PRIVMSG {target} :x" for target in ("#lobby", "bob", "olga", "ann")),
                *(f"NICK {nick}" for nick in NICKS),
                f"PRIVMSG NickServ :IDENTIFY olga {PASSWORD}",
                "QUIT",
            )
        )
    )
    def say(self, line: str) -> None:
        self.client.ask(line)
        self.stage.run()

    @rule(resets=st.booleans())
    def come_again(self, resets: bool) -> None:
        if resets and not self.client.is_gone:
            self.client.vanish()
        self.stage.run()
        if self.client.is_gone or self.client.closing:
            self.come()

    @rule(
        room=st.sampled_from(ROOMS),
        nick=st.sampled_from(NICKS),
        act=st.sampled_from((c.Kick, c.Add)),
    )
    def is_put_out_or_let_in(self, room: str, nick: str, act: type[c.Kick] | type[c.Add]) -> None:
        self.does(self.owner, act(room=room, name=nick))

    @rule(private=st.booleans())
    def hide(self, private: bool) -> None:
        self.does(self.owner, c.SetRules(room="cellar", private=private))

    @rule()
    def delete(self) -> None:
        self.does(self.owner, c.DeleteRoom(room="den"))

    @rule(nick=st.sampled_from(NICKS))
    def bob_talks(self, nick: str) -> None:
        if "bob" not in self.others:
            self.others["bob"] = self.stage.connect("bob")
            self.stage.run()
        self.does(self.others["bob"], c.Direct(name=nick))
        for room in [*self.stage.hub.rooms]:
            self.does(self.others["bob"], c.Say(room=room, text="x"))

    @rule()
    def bob_leaves(self) -> None:
        if "bob" in self.others:
            self.others.pop("bob").vanish()
            self.stage.run()

    @rule()
    def olga_is_a_member(self) -> None:
        self.does(self.owner, c.Register(password=PASSWORD))

    @rule()
    def is_slow(self) -> None:
        self.client.conversation.fell_behind()

    @rule()
    def catches_up(self) -> None:
        self.client.conversation.caught_breath()
        self.stage.run()

    @invariant()
    def every_room_finds_its_members_by_their_formats(self) -> None:
        for room in self.stage.hub.rooms.values():
            for format_, members in room.live.items():
                for member in members:
                    assert member.session.format.shared is format_
                    assert member.session.members.get(room.name) is member
                    assert room.name not in member.session.lagging

    def teardown(self) -> None:
        for peer in self.stage.peers:
            if not peer.is_gone:
                peer.vanish()
        self.stage.run()
        assert not any(room.live for room in self.stage.hub.rooms.values())


def test_whoever_is_left_alone_in_a_talk_of_two_is_in_it_all_the_same() -> None:
    walk = Walk()
    walk.begin()
    walk.say("CAP END")
    walk.bob_talks("ann")
    walk.bob_leaves()
    walk.say("PRIVMSG bob :x")
    walk.ask_for_capabilities({"server-time"}, on=True)
    walk.every_room_finds_its_members_by_their_formats()
    walk.bob_talks("ann")
    walk.say("PRIVMSG bob :x")
    walk.every_room_finds_its_members_by_their_formats()
    walk.teardown()


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
