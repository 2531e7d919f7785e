"""No text and no secret comes into other hands than those it is meant for.

Walks every path that servers, losses and the user can take together, and looks at each frame that
the session writes: what is in it, and who may read it.
"""

import json
from contextlib import suppress
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import HubbubError
from hubbub.client.address import Address
from hubbub.client.admission import Admission
from hubbub.client.outbox import Post
from hubbub.client.outputs import Posted, Write
from hubbub.client.recognition import CERTAIN_SECONDS
from hubbub.client.retry import Backoff
from hubbub.client.rooms import JoinedRooms
from hubbub.client.session import Session
from hubbub.client.states import WELCOMED, State
from hubbub.wire.codec import encode
from hubbub.wire.frames import Frame, FrameDecoder
from tests.client.passing import ticks

PASSWORD = "rolu-mika-tedo"
DEVICE = "device-of-ann-and-of-nobody-else"
INVITATION = "k3vWQ0pTz1mUe8rYb5xJ7A"
ROOMS = ["lobby", "kitchen", "@bob"]
STRANGERS = ["eve", "an", "hubbub"]
POSTS_MAX = 8
HEARD = WELCOMED | {State.CLASSIC}
"""The server has said something, and the connection lives."""

TEXTS = ["hello", "/msg bob psst", "/join kitchen", "//", "7", "x" * 3000]


class Hands(RuleBasedStateMachine):
    """`secrets` maps each secret that a server gave to the name that it was given to."""

    @initialize(
        spoke_events=st.booleans(),
        password=st.booleans(),
        device=st.booleans(),
        invited=st.booleans(),
    )
    def begin(self, spoke_events: bool, password: bool, device: bool, invited: bool) -> None:
        self.now = 100.0
        self.spoke_events = spoke_events
        self.password = PASSWORD if password else ""
        self.device = DEVICE if device else ""
        self.invitation = INVITATION if invited and device else ""
        self.names = {"ann"}
        self.secrets: dict[str, str] = {}
        self.posts: dict[str, Post] = {}
        self.outcomes: dict[str, int | HubbubError | None] = {}
        self.latest: e.Welcome | None = None  # on this connection
        self.frames = 0  # that came on this connection before any welcome that counts
        self.is_tutorial = False  # a pair of frames came on this connection
        self.is_late = False  # the latest welcome came when the server was taken for a tutorial's
        self.asked: dict[str, dict[str, Any]] = {}
        self.line = ""  # a command that the user has just given
        self.joined = ""  # where the server takes a line to be said
        self.session = Session(
            Admission(
                Address(),
                "ann",
                password=self.password,
                device=self.device,
                invitation=self.invitation,
            ),
            JoinedRooms("lobby"),
            backoff=Backoff(0.5, 1, jitter=lambda: 1.0),
            patient=True,
            spoke_events=spoke_events,
        )
        self.session.start()
        self.look()

    # What the session may write.

    def look(self) -> None:
        while self.session.outputs:
            match self.session.outputs.pop(0):
                case Write(raw=raw, nonce=nonce):
                    for frame in FrameDecoder(1_000_000).receive(raw):
                        self.look_at(frame)
                    if nonce is not None:
                        self.session.written(nonce, self.now)
                case Posted(nonce=nonce, outcome=outcome):
                    # A text that a server took and then refused may be posted once more.
                    assert self.outcomes.get(nonce) is None
                    self.outcomes[nonce] = outcome
                case _:
                    pass

    def look_at(self, frame: Frame) -> None:
        if frame.text in self.names and frame.event:
            return
        if not frame.event:
            self.look_at_plain(frame.text)
            return
        command = json.loads(frame.text)
        assert self.latest is not None, "nothing is said before the welcome"
        assert self.latest.name in self.names, "nothing is said to who takes us for somebody else"
        self.asked[command["ref"]] = command
        match command["type"]:
            case "join":
                self.joined = command["room"]
            case "resume":
                secret = command["session"]
                # An empty one gives nothing away: it asks for how long the name is kept.
                assert secret == "" or self.secrets[secret] == "ann"
            case "identify":
                assert command["device"] == DEVICE
                assert "people" in self.latest.features
                assert command.get("invitation", "") in ("", self.invitation)
                # A lock is opened by an invitation, or by a device that was invited.
                may_open = command.get("invitation") or not self.password
                assert may_open or not self.latest.locked
                assert not self.is_late, "it may be somebody's name at a tutorial's server"
            case "unlock":
                assert self.latest.locked
                assert not self.is_late, "it may be somebody's name at a tutorial's server"
                assert command["password"] == self.password != ""
            case "say":
                post = self.posts[command["nonce"]]
                assert (command["room"], command["text"]) == (post.room, post.text)
                assert command.get("reply_to") == post.reply_to
                assert not self.latest.locked
        if command["type"] not in ("unlock", "identify", "resume"):
            assert self.session.state is State.ONLINE

    def look_at_plain(self, text: str) -> None:
        if text == self.line:
            assert self.session.state is State.ONLINE
            rooms = self.session.rooms
            # It is about the room that the user is in, whatever was joined since.
            assert self.joined == rooms.current or rooms.current not in rooms.replicas
            return
        assert not self.spoke_events, "it is known to speak events"
        assert self.latest is None
        assert PASSWORD not in text
        assert DEVICE not in text
        assert not any(secret in text for secret in self.secrets)
        meant = [post for post in self.posts.values() if post.text == text]
        assert any(post.room == "lobby" and post.reply_to is None for post in meant)
        # A hubbub server that was only slow would take it for a command.
        is_certain = self.is_tutorial or self.now >= self.connected_at + CERTAIN_SECONDS
        assert is_certain or not text.startswith("/")

    # What happens. Most steps must lead somewhere, or few would ever lead to a welcome.

    @precondition(lambda self: len(self.posts) < POSTS_MAX)
    @rule(text=st.sampled_from(TEXTS), room=st.sampled_from(ROOMS), reply=st.booleans())
    def say(self, text: str, room: str, reply: bool) -> None:
        if self.session.state is State.OVER:
            return
        nonce = str(len(self.posts))  # as a ref might read
        # Each text of its own, so that a plain one can be told whose it is.
        text = f"{text} {nonce}"
        post = self.posts[nonce] = Post(nonce, room, text, 1 if reply else None)
        self.session.say(post, self.now)
        self.look()

    @precondition(lambda self: self.session.state in HEARD)
    @rule(line=st.sampled_from(["/msg bob psst", "/topic x", "/"]))
    def command_line(self, line: str) -> None:
        with suppress(HubbubError):
            self.session.command_line(line, self.now)
        self.line = line
        self.look()
        self.line = ""

    @precondition(lambda self: self.session.state is State.DIALLING)
    @rule(made=st.sampled_from([True, True, True, False]))
    def dial(self, made: bool) -> None:
        self.latest = None
        self.frames = 0
        self.is_tutorial = False
        self.connected_at = self.now
        if made:
            self.session.connected(self.now)
        else:
            self.session.lost("connection refused", self.now)
        self.look()

    @precondition(lambda self: self.session.state is State.WAITING)
    @rule()
    def wait_to_dial(self) -> None:
        self.wait(self.session.wake_at - self.now)

    @precondition(lambda self: self.session.state not in (State.DIALLING, State.WAITING))
    @rule(seconds=st.sampled_from([0.1, 0.6, CERTAIN_SECONDS, 30.0]))
    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        for moment in ticks(self.session, self.now, end):
            self.now = moment
            self.look()
        self.now = end

    @precondition(lambda self: self.session.state in HEARD)
    @rule()
    def lose(self) -> None:
        self.session.lost("connection reset", self.now)
        self.look()

    def hear(self, event: e.Event) -> None:
        self.session.receive(Frame(encode(event).decode(), event=True), self.now)
        self.look()

    @precondition(lambda self: self.session.state in (State.GREETING, State.CLASSIC))
    @rule(
        name=st.sampled_from(["ann", "ann", "ann", *STRANGERS]),
        held=st.booleans(),
        locked=st.sampled_from([False, False, True]),
        knows_people=st.booleans(),
    )
    def welcome(self, name: str, held: bool, locked: bool, knows_people: bool) -> None:
        """Only the very first frame counts, and only with our name; others are somebody's names."""
        if self.frames == 0 and name == "ann":
            self.give_welcome(
                name,
                held=held and not locked,
                locked=locked,
                knows_people=knows_people,
                ref=None,
            )
            return
        session = f"secret {len(self.secrets)}"
        limits, features = {"frame_bytes_max": 2000}, list[str]()
        welcome = e.Welcome(1, "x", name, session, held, limits, features, locked)
        self.relayed(Frame(encode(welcome).decode(), event=True))

    def give_welcome(
        self, name: str, *, held: bool, locked: bool, knows_people: bool, ref: str | None
    ) -> None:
        self.is_late = self.session.state is State.CLASSIC
        secret = "" if locked else f"secret {len(self.secrets)}"
        if secret:
            self.secrets[secret] = name
        self.latest = e.Welcome(
            protocol=1,
            server="x",
            name=name,
            session=secret,
            held=held,
            limits={"frame_bytes_max": 2000},
            features=["people"] if knows_people else [],
            locked=locked,
            ref=ref,
        )
        wants_secret = held or locked or (knows_people and self.device)
        # One that comes late and wants a secret may be somebody's name at a tutorial's server.
        is_proof = self.session.state is not State.CLASSIC or not wants_secret
        self.spoke_events = self.spoke_events or (name == "ann" and is_proof)
        self.hear(self.latest)

    @precondition(lambda self: self.session.state in (State.GREETING, State.CLASSIC))
    @rule()
    def relay(self) -> None:
        """A tutorial's server relays somebody's message."""
        for text in ("bob", "hi"):
            self.relayed(Frame(text))

    def relayed(self, frame: Frame) -> None:
        if self.session.state in (State.GREETING, State.CLASSIC):
            self.frames += 1
            self.is_tutorial = self.frames > 1
        self.session.receive(frame, self.now)
        self.look()

    @precondition(lambda self: bool(self.asked))
    @rule(refused=st.booleans(), data=st.data())
    def answer(self, refused: bool, data: st.DataObject) -> None:
        ref = data.draw(st.sampled_from(sorted(self.asked)))
        command = self.asked.pop(ref)
        room = command.get("room", "@bob")
        if refused:
            codes = ["no_such_room", "log_unavailable", "not_here", "name_taken", "slow_down"]
            codes += ["password_needed", "wrong_invitation"]
            code = data.draw(st.sampled_from(codes))
            self.hear(e.Error(code=code, message="No.", ref=ref))
        elif command["type"] == "identify":
            # By the device a server may know us under another name.
            name = data.draw(st.sampled_from(["ann", "ann", "anna"]))
            self.names.add(name)
            self.give_welcome(name, held=False, locked=False, knows_people=True, ref=ref)
        elif command["type"] == "unlock":
            name = data.draw(st.sampled_from(["ann", "ann", "eve"]))
            held, knows_people = data.draw(st.booleans()), data.draw(st.booleans())
            self.give_welcome(name, held=held, locked=False, knows_people=knows_people, ref=ref)
        elif command["type"] in ("join", "direct"):
            self.hear(
                e.Room(
                    room=room,
                    topic="",
                    members=[],
                    last=data.draw(st.integers(0, 3)),
                    first=0,
                    gap=False,
                    epoch="e",
                    replaced=data.draw(st.booleans()),
                    direct=["ann", "bob"] if room == "@bob" else [],
                    ref=ref,
                )
            )
        else:
            self.hear(e.Ok(ref=ref, seq=1))

    @precondition(lambda self: self.session.state is State.ONLINE)
    @rule(room=st.sampled_from(ROOMS))
    def open_room(self, room: str) -> None:
        command = c.Direct(name="bob") if room == "@bob" else c.Join(room=room, epoch="")
        self.session.ask(command, self.now)
        self.look()

    @invariant()
    def nothing_is_lost(self) -> None:
        """Each text has an outcome, or is in the outbox."""
        if not hasattr(self, "session"):
            return
        kept = {post.nonce for post in self.session.outbox.posts}
        assert self.posts.keys() == kept | self.outcomes.keys()


TestHands = Hands.TestCase
TestHands.settings = settings(max_examples=200, stateful_step_count=60, deadline=None)
