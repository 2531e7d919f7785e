"""Random peers that speak, hang up, vanish, resume and read slowly, beside a log that takes time.

What must hold: what a peer said is committed in the order in which it was said, each change that
was heard is answered or refused, nobody is let in under a name that is not theirs, and when all
is quiet every conversation is where its connection is.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.heard import PlainLine, Said
from hubbub.chat.limits import Limits
from hubbub.server.fairness.turns import TURN_SECONDS
from hubbub.server.sessions.states import State, Wait
from tests.server.conversing import Peer, Stage

NAMES = st.sampled_from(["ann", "bob", "cat"])
KINDS = st.lists(
    st.sampled_from(["say", "reply", "edit", "react", "history", "line"]), min_size=1, max_size=6
)
LIMITS = Limits(messages_per_second=50, burst=20, pending_bytes_max=2048, unsent_bytes_max=2048)


class Part:
    """A peer, its name, its secret, and what it said, in order."""

    def __init__(self, peer: Peer, name: str) -> None:
        self.peer = peer
        self.name = name
        self.said: list[str] = []
        self.changes: list[str] = []

    @property
    def secret(self) -> str:
        """The secret that the server gave it."""
        welcomes = [event for event in self.peer.events if isinstance(event, e.Welcome)]
        return welcomes[0].session if welcomes else ""


class ConversationMachine(RuleBasedStateMachine):
    """Drives several conversations with one hub."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(LIMITS, step_seconds=TURN_SECONDS / 3)
        self.parts: list[Part] = []
        self.count = 0
        self.stopped = False

    def a_part(self, number: int) -> Part | None:
        """Return one of those that are still there."""
        present = [part for part in self.parts if part.peer.conversation.state is State.OPEN]
        return present[number % len(present)] if present else None

    def _try(self, part: Part, other: Part) -> None:
        """Resume with the secret of any session that ever was; only the right one may do."""
        session = part.peer.conversation.session
        assert session is not None
        was_held = session.held
        part.peer.say(c.Resume(session=other.secret))
        if was_held and not session.held:
            assert other.name == part.name
            assert other is not part, "its own secret proves nothing"
            assert other.secret

    # Comings and goings.

    @precondition(lambda self: not self.stopped)
    @rule(name=NAMES, room_bytes=st.sampled_from([None, 500]))
    def connect(self, name: str, room_bytes: int | None) -> None:
        self.parts.append(Part(self.stage.connect(name, room_bytes=room_bytes), name))
        if self.parts[-1].peer.conversation.reading:
            self.parts[-1].peer.say(c.Join(room="lobby", after=0))

    @rule(number=st.integers(0, 9), secret=st.integers(0, 9))
    def resume(self, number: int, secret: int) -> None:
        part = self.a_part(number)
        if part is not None and part.peer.conversation.reading:
            self._try(part, self.parts[secret % len(self.parts)])

    @precondition(lambda self: not self.stopped)
    @rule(number=st.integers(0, 9), secret=st.integers(0, 9))
    def resume_after_the_holder_left(self, number: int, secret: int) -> None:
        """Wait for a name until its holder is gone, and then try any secret."""
        holder = self.a_part(number)
        if holder is None or not holder.peer.conversation.is_admitted:
            return
        waiting = Part(self.stage.connect(holder.name), holder.name)
        self.parts.append(waiting)
        while waiting.peer.conversation.wait is Wait.TURN:
            assert self.stage.loop.go_on(), "everybody's turn comes"
        holder.peer.vanish()
        self._try(waiting, self.parts[secret % len(self.parts)])

    @rule(number=st.integers(0, 9), how=st.sampled_from(["hang up", "vanish"]))
    def end(self, number: int, how: str) -> None:
        if (part := self.a_part(number)) is not None:
            part.peer.hang_up() if how == "hang up" else part.peer.vanish()

    @precondition(lambda self: not self.stopped and len(self.parts) > 4)
    @rule()
    def stop(self) -> None:
        self.stopped = True
        self.stage.turns.stop()
        for part in self.parts:
            part.peer.conversation.stop()
            part.peer.follow()

    # Talk.

    @rule(number=st.integers(0, 9), kinds=KINDS)
    def say(self, number: int, kinds: list[str]) -> None:
        part = self.a_part(number)
        if part is None or not part.peer.conversation.reading:
            return
        part.peer.say(*[self._one(part, kind) for kind in kinds])

    def _one(self, part: Part, kind: str) -> Said:
        self.count += 1
        text = ref = f"{kind} {self.count}"
        if kind in {"say", "reply", "edit", "line"}:
            part.said.append(text)
        if kind in {"say", "reply", "edit", "react"}:
            part.changes.append(ref)
        own = [event.seq for event in self.stage.committed if event.sender == part.name]
        target = own[-1] if own else 1
        match kind:
            case "say":
                return c.Say(room="lobby", text=text, ref=ref)
            case "reply":
                return c.Say(room="lobby", text=text, ref=ref, reply_to=1)
            case "edit":
                return c.Edit(room="lobby", text=text, ref=ref, seq=target)
            case "react":
                return c.React(room="lobby", seq=1, emoji=str(self.count), ref=ref)
            case "history":
                return c.History(room="lobby", ref=ref)
            case _:
                return PlainLine(text)

    # The world goes on.

    @rule(fails=st.booleans())
    def commit(self, fails: bool) -> None:
        self.stage.commit(fails=fails)

    @rule()
    def take_turns(self) -> None:
        self.stage.loop.go_on()

    @rule(number=st.integers(0, 9), what=st.sampled_from(["answer", "bring", "tick", "read"]))
    def happen(self, number: int, what: str) -> None:
        if self.parts:
            getattr(self.parts[number % len(self.parts)].peer, what)()

    @invariant()
    def each_is_in_its_order(self) -> None:
        """What one peer said stands in the log as it was said."""
        for part in self.parts:
            logged = [
                event.text
                for event in self.stage.committed
                if isinstance(event, e.Message | e.Edited) and event.text in part.said
            ]
            assert logged == sorted(logged, key=part.said.index)

    @invariant()
    def names_have_one_holder(self) -> None:
        """A session that is let in bears its name, and nobody else does."""
        keys = [session.person.key for session in self.stage.hub.here]
        assert len(keys) == len(set(keys))
        for session in self.stage.hub.here:
            assert session.admitted
            for room, member in session.members.items():
                live = any(member in group for group in member.room.live.values())
                assert live is not (room in session.lagging), "live or lagging, never both"

    def teardown(self) -> None:
        """In the end all is done that was asked for, and every lost connection is forgotten."""
        self.stage.run()
        while any(part.peer.unread for part in self.parts):
            for part in self.parts:
                part.peer.read()
            self.stage.run()
        for part in self.parts:
            conversation = part.peer.conversation
            assert conversation.is_idle
            assert conversation.state is not State.LOST
            assert conversation.state is not State.HALF
            if conversation.state in {State.OPEN, State.STOPPING}:
                unanswered = set(part.changes) - set(part.peer.answers)
                assert not unanswered, "dropped without a word"
                assert len(part.peer.answers) == len(set(part.peer.answers))
        holders = {id(session) for session in self.stage.hub.here}
        there = {
            id(part.peer.conversation.session)
            for part in self.parts
            if part.peer.conversation.state is not State.GONE
        }
        assert holders <= there


ConversationMachine.TestCase.settings = settings(
    max_examples=150, stateful_step_count=50, deadline=None
)
TestConversations = ConversationMachine.TestCase
