"""One person's presence on a server, across as many connections as it takes: a pure state machine.

Inputs are calls: what the network brought, what the application wants, that time has passed. Each
has a time `now` in seconds of a steady clock where that matters. Outputs gather in `outputs`, in
the order in which they are to be done. `driver.py` gives it sockets and a clock; tests give it
neither. The page's session (`web/js/chat/session.js`) follows the same rules, and both play the
scenarios in `tests/golden/scenarios`.

    state       what it is                                              may become
    IDLE        not started                                             DIALLING
    DIALLING    a connection is being made                              GREETING, WAITING, OVER
    GREETING    we have said our name; no welcome has come yet          CLASSIC, UNLOCKING, …
    UNLOCKING   we have given the password                              RESUMING, ONLINE, …
    RESUMING    we have given the secret of our earlier connection      ONLINE, …
    ONLINE      events flow                                             …
    CLASSIC     the server is a tutorial's, as far as we know           UNLOCKING, …
    WAITING     the connection is lost; we dial again at `wake_at`      DIALLING, OVER
    OVER        refused, taken over, given up or closed                 nothing
    … stands for the later ones of UNLOCKING, RESUMING, ONLINE, and for WAITING and OVER: any
    connection may be lost, and any server may refuse.

What holds at all times:

1. A text is written only where it lands in the room that it is meant for. A server without events
   has one room, so it gets the texts for the lobby and nothing else. Once a server has spoken
   events, we always insist on its welcome, and never go classic there.
2. A secret is sent only to the address and under the name for which it was given, a password only
   to a server that says it is locked, and neither before the server's welcome.
3. A message stays in the outbox until a server with events has committed it, the system has taken
   it for one without, or it is refused. It is written again only when the backlog of its room has
   passed without it.
4. Every wait has a bound: see `pulse.py` and `questions.py`.

What may race: an `ok` and the message itself come in either order, and the first of them settles a
post. A connection may be lost between a welcome and the answer to `resume`. So the new secret
counts only from that answer on: otherwise we might be left with one that the server never took.
"""

import math
from enum import Enum

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import HubbubError, ProtocolError, Refused, Unreachable
from hubbub.chat.text import inert_line
from hubbub.client.address import Address
from hubbub.client.admission import Admission
from hubbub.client.classic import PLAIN_MAX, ClassicReader, is_for_everybody, no_place
from hubbub.client.errors import Disconnected
from hubbub.client.events import AnyClientEvent, Offline, Online, Received
from hubbub.client.exchange import Exchange
from hubbub.client.outbox import Post
from hubbub.client.outputs import Dial, HangUp, Output, Over, Posted, Tell, Write
from hubbub.client.pulse import Pulse
from hubbub.client.questions import ANSWER_SECONDS, About, Question
from hubbub.client.retry import Backoff
from hubbub.client.rooms import JoinedRooms
from hubbub.wire.codec import decode_event
from hubbub.wire.frames import Frame, encode_event_frame, encode_frame

WELCOME_SECONDS = 0.5
"""How long a server that we do not know has to say that it speaks events."""

CERTAIN_SECONDS = 8.0
"""How long after the greeting a server that says nothing may still turn out to speak events."""


class State(Enum):
    """Where a session stands; the table above says what each means."""

    IDLE = "idle"
    DIALLING = "dialling"
    GREETING = "greeting"
    UNLOCKING = "unlocking"
    RESUMING = "resuming"
    ONLINE = "online"
    CLASSIC = "classic"
    WAITING = "waiting"
    OVER = "over"


_ENDS = {State.WAITING, State.OVER}
_WELCOMED = {State.UNLOCKING, State.RESUMING, State.ONLINE}
NEXT: dict[State, set[State]] = {
    State.IDLE: {State.DIALLING, State.OVER},
    State.DIALLING: {State.GREETING} | _ENDS,
    State.GREETING: {State.CLASSIC} | _WELCOMED | _ENDS,
    State.UNLOCKING: {State.RESUMING, State.ONLINE} | _ENDS,
    State.RESUMING: {State.ONLINE} | _ENDS,
    State.ONLINE: _ENDS,
    State.CLASSIC: _WELCOMED | _ENDS,
    State.WAITING: {State.DIALLING, State.OVER},
    State.OVER: set(),
}


class Session:
    """A session, as the top of the file describes it.

    `spoke_events`: whether this server is known to speak events. `patient`: if even
    the first attempt to connect fails, keep trying. Without `backoff` the first loss is the end.
    """

    def __init__(
        self,
        address: Address,
        name: str,
        rooms: JoinedRooms,
        *,
        password: str = "",
        backoff: Backoff | None = None,
        patient: bool = False,
        spoke_events: bool = False,
    ) -> None:
        self.outputs: list[Output] = []
        self.address = address
        self.name = rooms.name = name
        self.rooms = rooms
        self.spoke_events = spoke_events
        self.state = State.IDLE
        self.exchange = Exchange(rooms, self.outputs)
        self.outbox = self.exchange.outbox
        self._admission = Admission(address, name, password)
        self._backoff = backoff
        self._patient = patient
        self._welcome: e.Welcome | None = None
        self._classic = ClassicReader(name)
        self._is_certain = False  # the server is a tutorial's
        self._is_doubtful = False  # it may be one, though something like a welcome came late
        self._plain: list[Post] = []
        self._pulse = Pulse(0)
        self._is_listening = True
        self._since = 0.0
        """When the latest connection was made, or is to be made."""

    @property
    def has_entered(self) -> bool:
        """Whether messages flow, or once did."""
        return self.exchange.has_entered

    @property
    def is_locked(self) -> bool:
        """Whether the server has a password, and took ours."""
        return self._admission.is_locked

    @property
    def wake_at(self) -> float:
        """When to call `tick`, if nothing happens before."""
        wake_at = math.inf
        match self.state:
            case State.WAITING:
                wake_at = self._since
            case State.GREETING:
                wake_at = self._since + self._greeting_seconds
            case State.CLASSIC if not self._is_certain:
                wake_at = self._since + CERTAIN_SECONDS
            case State.UNLOCKING | State.RESUMING:
                wake_at = self.exchange.overdue_at
            case State.ONLINE if self._is_listening:
                pulse = self._pulse
                wake_at = min(pulse.ask_at, pulse.dead_at, self.exchange.overdue_at)
            case _:
                pass  # only the network or the application can bring a change
        return wake_at

    @property
    def _greeting_seconds(self) -> float:
        is_patient = self._must_say_welcome or self._is_doubtful
        return ANSWER_SECONDS if is_patient else WELCOME_SECONDS

    @property
    def _must_say_welcome(self) -> bool:
        return self.spoke_events or self._classic.farewell is not None

    def _become(self, state: State) -> None:
        assert state in NEXT[self.state], f"{self.state} does not become {state}"
        self.state = state

    def _tell(self, event: AnyClientEvent) -> None:
        if not self.exchange.full:
            self.outputs.append(Tell(Received(event)))

    # What the application wants.

    def start(self) -> None:
        """Begin to connect."""
        self._become(State.DIALLING)
        self.outputs.append(Dial())

    def say(self, post: Post, now: float) -> None:
        """Post a message, now or when it can be; raises what ended the session."""
        if self.state is State.OVER:
            raise Unreachable("The chat is closed.")
        self.outbox.add(post)
        self._write_posts(now)

    def ask(self, command: c.Command, now: float) -> str:
        """Write a command; return the ref under which its `Answer` comes.

        Raises Refused; Unreachable if there is no connection.
        """
        self._check_events("knows nothing but messages")
        return self.exchange.ask(About.ASKING, command, now)

    def command_line(self, line: str, now: float) -> str:
        """Write a `/` line; return the ref of the `Answer` that comes when it is dealt with.

        Raises Refused; Unreachable if there is no connection.
        """
        self._check_events(
            f"knows no commands, so {line.split(maxsplit=1)[0]!r} was not sent. "
            "Begin with // to say a line that starts with a slash"
        )
        return self.exchange.command_line(line, now)

    def _check_events(self, what_it_lacks: str) -> None:
        if self.state is State.CLASSIC:
            raise Refused(f"This server relays messages and {what_it_lacks}.", code="classic")
        if self.state is not State.ONLINE:
            raise Unreachable(f"There is no connection to {self.address} now. Try again later.")

    def listen(self, now: float) -> None:
        """Go on after a `pause`: what the server said meanwhile has not been read."""
        self._is_listening = True
        self._pulse.heard(now)
        self.exchange.wait_anew(now)

    def pause(self) -> None:
        """Ignore silence from now on: the application has too much to read, so nothing is read."""
        self._is_listening = False

    def close(self) -> None:
        """End for good."""
        if self.state is not State.OVER:
            self._end(Unreachable("The chat is closed."))

    # What the network brings.

    def connected(self, now: float) -> None:
        """The connection is made: say who we are."""
        self._become(State.GREETING)
        self._since = now
        self._pulse = Pulse(now)
        self._is_listening = True
        self._welcome = None
        self._admission.begin()
        self._classic = ClassicReader(self.name)
        self._is_certain = False
        if not self._is_doubtful:
            self._plain.clear()
        self.outputs.append(Write(encode_event_frame(self.name.encode())))

    def heard(self, now: float) -> None:
        """The server lives: it sent something, or took something of what we send."""
        self._pulse.heard(now)

    def written(self, nonce: str, now: float) -> None:
        """The system has taken what a `Write` with this nonce holds."""
        if self.state is State.CLASSIC and (post := self.outbox.done(nonce)) is not None:
            self._plain = [*self._plain[1 - PLAIN_MAX :], post]
            self.outputs.append(Posted(nonce, None))
            self._write_posts(now)

    def receive(self, frame: Frame, now: float) -> None:
        """Take in a frame."""
        self._pulse.heard(now)
        try:
            match self.state:
                case State.GREETING | State.CLASSIC:
                    self._read_classic(frame, now)
                case State.UNLOCKING | State.RESUMING | State.ONLINE if frame.event and frame.text:
                    self._hear(frame.text, now)
                case _:
                    pass  # a plain frame is not for us; and after the end nothing is
        except (Disconnected, ProtocolError) as error:
            self._hang_up(str(error), now)
        except (Refused, Unreachable) as error:
            self._end(error)

    def lost(self, reason: str, now: float) -> None:
        """The connection is lost, or was not made; `reason` says how in a few plain words."""
        if self.state in (State.IDLE, State.WAITING, State.OVER):
            return  # we ended it ourselves
        reason = reason.rstrip(".")
        match self._classic.farewell:
            case e.Error() as error if self.state in (State.GREETING, State.CLASSIC):
                try:
                    self._turned_away(error)
                except Refused as refusal:
                    self._end(refusal)
                    return
                except Disconnected as sentence:
                    reason = str(sentence).rstrip(".")
            case e.Bye(reason=words) if self.state in (State.GREETING, State.CLASSIC):
                reason = inert_line(words).rstrip(".")
            case _ if self._is_short(now) and (words := self._classic.last_words):
                reason += f", after it said {words[:200]!r}"
        self._wait(reason, now)

    def _is_short(self, now: float) -> bool:
        """Whether a server without events has ended the connection as soon as it was made."""
        early = self.state in (State.GREETING, State.CLASSIC)
        return early and now < self._since + CERTAIN_SECONDS

    def _wait(self, reason: str, now: float) -> None:
        """Make the connection again later, if that is wanted."""
        stood = self.state in (State.ONLINE, State.CLASSIC) and not self._is_short(now)
        if self._backoff is not None and stood:
            self._backoff.reset()
        self.exchange.end()
        if not self.has_entered and not self._patient:
            self._end(
                Unreachable(
                    f"No chat server answers at {self.address}: {reason}. "
                    "Check the address, or start a server there with 'hubbub serve'."
                )
            )
            return
        seconds = None if self._backoff is None else self._backoff.next_seconds()
        if seconds is None:
            self._end(Unreachable(f"The chat at {self.address} is lost: {reason}."))
            return
        # Told even if the application is behind: without it a loss would go unnoticed.
        self.outputs.append(Tell(Received(Offline(reason, seconds))))
        self._become(State.WAITING)
        self._since = now + seconds

    def _hang_up(self, reason: str, now: float) -> None:
        self.outputs.append(HangUp())
        self._wait(reason.rstrip("."), now)

    def _end(self, error: HubbubError) -> None:
        self.exchange.end()
        self._become(State.OVER)
        for post in self.outbox.posts:
            self.outputs.append(Posted(post.nonce, error))
        self.outputs += [HangUp(), Over(error)]

    # What time brings.

    def tick(self, now: float) -> None:
        """Do what is due."""
        if now < self.wake_at:
            return
        match self.state:
            case State.WAITING:
                self._become(State.DIALLING)
                self.outputs.append(Dial())
            case State.GREETING if self._must_say_welcome:
                self._hang_up(f"the server did not say welcome within {ANSWER_SECONDS:.0f} s", now)
            case State.GREETING:
                self._go_classic(now)
            case State.CLASSIC:
                self._is_certain = True
                self._write_posts(now)
            case _:
                self._watch(now)

    def _watch(self, now: float) -> None:
        try:
            self.exchange.give_up_overdue(now)
        except Disconnected as silence:
            self._hang_up(str(silence), now)
            return
        if self.state is not State.ONLINE:
            return
        if now >= self._pulse.dead_at:
            self._hang_up("the server has fallen silent", now)
        elif now >= self._pulse.ask_at:
            self.exchange.ask(About.LIVING, c.Ping(), now)
            self._pulse.asked(now)

    # A server that may be a tutorial's.

    def _read_classic(self, frame: Frame, now: float) -> None:
        heard = self._classic.read(frame)
        if isinstance(heard, e.Welcome) and self.state is State.CLASSIC:
            self._welcomed_late(heard, now)
        elif isinstance(heard, e.Welcome):
            self.outbox.put_back(self._plain)  # what it refused before its earlier welcome
            self._welcomed(heard, now)
        elif self.spoke_events and self._classic.farewell is None:
            raise Disconnected("what answers there is not the hubbub server that it was")
        elif heard is not None:
            self._is_certain = True
            self._go_classic(now)
            self._tell(heard)
            self._write_posts(now)

    def _go_classic(self, now: float) -> None:
        assert not self.spoke_events, "a server that spoke events never goes classic"
        if self.state is State.CLASSIC:
            return
        self._become(State.CLASSIC)
        self._is_doubtful = False
        self._plain.clear()
        self.exchange.has_entered = True
        self._tell(Online(False, str(self.address)))
        self._write_posts(now)

    def _write_posts(self, now: float) -> None:
        if self.state is State.ONLINE:
            self.exchange.write_posts(now)
            self._pulse.posting(now, is_unanswered=self.exchange.questions.is_posting)
        if self.state is not State.CLASSIC:
            return
        certain = self._is_certain
        for post in self.outbox.waiting if certain else []:
            if not is_for_everybody(post):
                self.outbox.done(post.nonce)
                self.outputs.append(Posted(post.nonce, no_place(post)))
        for post in self.outbox.take(lambda post: is_for_everybody(post, certain=certain)):
            self.outputs.append(Write(encode_frame(post.text.encode()), post.nonce))

    # A server that speaks events.

    def _welcomed_late(self, welcome: e.Welcome, now: float) -> None:
        """Take in a welcome that comes when the server was taken for a tutorial's."""
        if welcome.locked or welcome.held:
            # Either it has refused the plain texts that it got, or somebody at a tutorial's server
            # has a name that reads like a welcome. A new connection, which waits longer, will tell.
            self._is_doubtful = True
            raise Disconnected("the server was slow to say that it speaks events")
        for post in self.outbox.written:  # for everybody in the lobby, and there they are
            self.outbox.done(post.nonce)
            self.outputs.append(Posted(post.nonce, None))
        self._welcomed(welcome, now)

    def _welcomed(self, welcome: e.Welcome, now: float) -> None:
        command = self._admission.answer(welcome)
        self._welcome = welcome
        self.spoke_events = True
        self._is_doubtful = False
        self._plain.clear()
        self.exchange.frame_bytes_max = welcome.limits.get("frame_bytes_max")
        match command:
            case c.Unlock():
                self._become(State.UNLOCKING)
                self.exchange.ask(About.UNLOCKING, command, now)
            case c.Resume():
                self._become(State.RESUMING)
                self.exchange.ask(About.RESUMING, command, now)
            case None:
                self._go_online(welcome, now)

    def _go_online(self, welcome: e.Welcome, now: float) -> None:
        self._admission.admitted(welcome)
        self.name = self.rooms.name = welcome.name
        self._become(State.ONLINE)
        self._tell(Online(True, str(self.address), welcome.server))
        self.exchange.begin(now)
        self._pulse.posting(now, is_unanswered=self.exchange.questions.is_posting)

    def _hear(self, json: str, now: float) -> None:
        event = decode_event(json)
        if event is None:
            return  # from a newer server
        question = self.exchange.questions.answered(getattr(event, "ref", None), now)
        match event:
            case e.Bye(code="resumed"):
                raise Unreachable(
                    f"The chat as '{self.name}' goes on in another connection, "
                    "which has taken the name over.",
                    code=event.code,
                )
            case e.Bye():
                raise Disconnected(inert_line(event.reason))
            case _ if self.state is State.ONLINE:
                self.exchange.hear(event, question, json, now)
                self._pulse.posting(now, is_unanswered=self.exchange.questions.is_posting)
            case _:
                self._hear_before_online(event, question, now)

    def _hear_before_online(self, event: e.AnyEvent, question: Question | None, now: float) -> None:
        welcome = self._welcome
        assert welcome is not None, "nothing comes before the welcome"
        match event, question:
            case e.Welcome(), Question(about=About.UNLOCKING):
                self._welcomed(event, now)
            case e.Ok(), Question(about=About.RESUMING):
                self._go_online(welcome, now)
            case e.Error(), Question(about=About.RESUMING) if not welcome.held:
                # The server has restarted, or forgotten us; the name was free, so it is ours.
                self._go_online(welcome, now)
            case e.Error(), _:
                self._turned_away(event)
            case _:
                pass

    def _turned_away(self, error: e.Error) -> None:
        """Raise Refused, or Disconnected if the server may want us another time."""
        refusal = Refused(inert_line(error.message), code=error.code)
        if not self.has_entered or error.code in _FOR_GOOD:
            raise refusal
        raise Disconnected(str(refusal))


_FOR_GOOD = {"name_taken", "name_not_allowed", "wrong_password", "password_needed"}
"""Refusals of a session that was let in before which will not change by themselves."""
