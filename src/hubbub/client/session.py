"""One person's presence on a server, across as many connections as it takes: a pure state machine.

Inputs are calls: what the network brought, what the application wants, that time has passed. Each
has a time `now` in seconds of a steady clock where that matters. Outputs gather in `outputs`, in
the order in which they are to be done. `driver.py` gives it sockets and a clock; tests give it
neither. The page's session (`web/js/chat/session.js`) follows the same rules, and both play the
scenarios in `tests/golden/scenarios`. Its states are in `states.py`.

What holds at all times:

1. A text is written only where it lands in the room that it is meant for. A server without events
   has one room, so it gets the texts for the lobby and nothing else. Once a server has spoken
   events, we always insist on its welcome, and never go classic there.
2. A secret is sent only to the chatroom (`nodes.py`) and under the name for which it was given, a
   password only to a server that says it is locked, and neither before the server's welcome.
3. A message stays in the outbox until a server with events has committed it, the system has taken
   it for one without, or it is refused. It is written again only when the backlog of its room has
   passed without it.
4. Every wait has a bound: see `pulse.py` and `questions.py`.

What may race: an `ok` and the message itself come in either order, and the first of them settles a
post. A connection may be lost between a welcome and the answer to `resume`. So the new secret
counts only from that answer on: otherwise we might be left with one that the server never took.
"""

import math

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import HubbubError, ProtocolError, Refused, Unreachable
from hubbub.client.address import Address
from hubbub.client.admission import Admission, refusal_of
from hubbub.client.classic import ClassicReader, plain_posts
from hubbub.client.dialling import Protection
from hubbub.client.errors import Disconnected
from hubbub.client.events import AnyClientEvent, NewCertificate, Offline, Online, Received
from hubbub.client.exchange import Exchange
from hubbub.client.me import Me
from hubbub.client.nodes import understood
from hubbub.client.outbox import Post
from hubbub.client.outputs import Dial, HangUp, Learn, Output, Over, Posted, Tell, Write
from hubbub.client.pulse import Pulse
from hubbub.client.questions import ANSWER_SECONDS, About, Question
from hubbub.client.recognition import CERTAIN_SECONDS, Kind, Recognition
from hubbub.client.retry import Backoff
from hubbub.client.rooms import JoinedRooms
from hubbub.client.states import NEXT, WELCOMED, State
from hubbub.client.turns import Turns
from hubbub.wire.codec import decode_event
from hubbub.wire.frames import Frame, encode_event_frame

_GIVING = {
    c.Unlock: (State.UNLOCKING, About.UNLOCKING),
    c.Resume: (State.RESUMING, About.RESUMING),
}
"""What begins with what we give to be let in; all else says who we are."""

_WITHOUT = Backoff(give_up_seconds=ANSWER_SECONDS)
"""The waits before a message is said again, where no connection is made again."""


class Session:
    """A session, as the top of the file describes it.

    It comes by an `admission`, into `rooms`. `spoke_events`: whether this server is known to speak
    events. `patient`: if even the first attempt fails, or is refused for a passing reason, or the
    name is still kept for a lost session, keep trying. Without `backoff` the first loss is the end.
    """

    def __init__(
        self,
        admission: Admission,
        rooms: JoinedRooms,
        *,
        backoff: Backoff | None = None,
        patient: bool = False,
        spoke_events: bool = False,
    ) -> None:
        self.outputs: list[Output] = []
        self.me = rooms.me = Me(admission.name)
        self.rooms = rooms
        self.state = State.IDLE
        self.exchange = Exchange(rooms, self.outputs, (backoff or _WITHOUT).anew, patient=patient)
        self.outbox = self.exchange.outbox
        self._admission = admission
        self._turns = Turns(admission.address, backoff)
        self._patient = patient
        self._classic = ClassicReader(self.me.name)
        self._server = Recognition(spoke_events=spoke_events)
        self._pulse = Pulse(0)
        self._is_listening = True
        self._news = ""
        self._protection = Protection.NONE
        self._since = 0.0
        """When the latest connection was made, or is to be made."""

    @property
    def address(self) -> Address:
        """Where the server is with which we talk, or which is tried next."""
        return self._admission.address

    @property
    def has_entered(self) -> bool:
        """Whether messages flow, or once did."""
        return self.exchange.has_entered

    @property
    def spoke_events(self) -> bool:
        """Whether the server is known to speak events."""
        return self._server.kind is Kind.HUBBUB

    @property
    def is_locked(self) -> bool:
        """Whether the server has a password, and took ours."""
        return self._admission.is_locked

    @property
    def password(self) -> str:
        """The chatroom's, with which a connection begins where it can be proven."""
        return "" if self.address.assumed else self._admission.password

    @property
    def secret(self) -> str:
        """What a later session needs to go on with this one; empty if there is nothing to go on."""
        return self._admission.secret

    @property
    def wake_at(self) -> float:
        """When to call `tick`, if nothing happens before."""
        wake_at = math.inf
        match self.state:
            case State.WAITING:
                wake_at = self._since
            case State.GREETING:
                wake_at = self._since + self._greeting_seconds
            case State.CLASSIC if self._server.kind is Kind.PRESUMED:
                wake_at = self._since + CERTAIN_SECONDS
            case State.UNLOCKING | State.IDENTIFYING | State.RESUMING:
                wake_at = self.exchange.due_at
            case State.ONLINE if self._is_listening:
                pulse = self._pulse
                wake_at = min(pulse.ask_at, pulse.dead_at, self.exchange.due_at)
            case _:
                pass  # only the network or the application can bring a change
        return wake_at

    @property
    def _greeting_seconds(self) -> float:
        return ANSWER_SECONDS if self._must_say_welcome else self._server.greeting_seconds

    @property
    def _must_say_welcome(self) -> bool:
        is_hubbub = self.spoke_events or self.address.learned
        return is_hubbub or self._classic.farewell is not None

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
        return self.exchange.request(command, now)

    def forget(self, ref: str, now: float) -> None:
        """Take in that nobody waits for the `Answer` with this ref any more."""
        self.exchange.forget(ref, now)

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

    def left(self) -> None:
        """The server has heard that we leave: our name is free, and nobody goes on with this."""
        self._admission.forget()

    def retry_now(self, now: float) -> None:
        """Make the connection again at once, if it is waited for."""
        if self.state is State.WAITING:
            self._since = now

    def close(self) -> None:
        """End for good."""
        if self.state is not State.OVER:
            self._end(Unreachable("The chat is closed."))

    # What the network brings.

    def distrust(self, refusal: Refused, now: float) -> None:
        """What answers there cannot be trusted: nothing is said to it, now or later."""
        if self.state is not State.OVER:
            self._refused(refusal, now, goes_on=self.has_entered)

    def connected(
        self, now: float, protection: Protection = Protection.NONE, news: str = ""
    ) -> None:
        """The connection is made: say who we are. `news`: of the server's certificate."""
        self._news, self._protection = news, protection
        self._become(State.GREETING)
        self._since = now
        self._pulse = Pulse(now)
        self._is_listening = True
        self._admission.begin(protection)
        self._classic = ClassicReader(self.me.name)
        self._server.connected()
        self.outputs.append(Write(encode_event_frame(self.me.name.encode())))

    def heard(self, now: float) -> None:
        """The server lives: it sent something, or took something of what we send."""
        self._pulse.heard(now)

    def written(self, nonce: str, now: float) -> None:
        """The system has taken what a `Write` with this nonce holds."""
        if self.state is State.CLASSIC and (post := self.outbox.done(nonce)) is not None:
            self._server.took(post)
            self.outputs.append(Posted(nonce, None))
            self._write_posts(now)

    def receive(self, frame: Frame, now: float) -> None:
        """Take in a frame."""
        self._pulse.heard(now)
        try:
            match self.state:
                case State.GREETING | State.CLASSIC:
                    self._read_classic(frame, now)
                case state if state in WELCOMED and frame.event and frame.text:
                    self._hear(frame.text, now)
                case _:
                    pass  # a plain frame is not for us; and after the end nothing is
        except Disconnected as error:
            self._hang_up(str(error), now, error.retry_after, error.code)
        except ProtocolError as error:
            self._hang_up(str(error), now)
        except Refused as refusal:
            self._refused(refusal, now)
        except Unreachable as error:
            self._end(error)

    def _refused(self, refusal: Refused, now: float, *, goes_on: bool = False) -> None:
        """We are not let in: the end, unless there are others, and we go on or were led here."""
        was_led = self.address.learned and self.state is not State.ONLINE
        if self.address.others and (goes_on or was_led):
            self.outputs.append(HangUp(returning=True))
            self._turns.drop()
            self._wait(f"{str(refusal).rstrip('.')}. It is not tried again", now)
        else:
            self._end(refusal)

    def lost(self, reason: str, now: float) -> None:
        """The connection is lost, or was not made; `reason` says how in a few plain words."""
        if self.state in (State.IDLE, State.WAITING, State.OVER):
            return  # we ended it ourselves
        reason, farewell = reason.rstrip("."), self._classic.farewell
        if self.state not in (State.GREETING, State.CLASSIC):
            self._wait(reason, now)
        elif not isinstance(farewell, e.Error):
            self._wait(self._classic.why(reason, is_short=self._is_short(now)), now)
        elif isinstance(turned_away := self._turned_away(refusal_of(farewell), now), Refused):
            self._refused(turned_away, now)
        else:
            self._wait(str(turned_away).rstrip("."), now, turned_away.retry_after)

    def _is_short(self, now: float) -> bool:
        """Whether a server without events has ended the connection as soon as it was made."""
        early = self.state in (State.GREETING, State.CLASSIC)
        return early and now < self._since + CERTAIN_SECONDS

    def _wait(self, reason: str, now: float, seconds_min: float = 0, code: str = "") -> None:
        """Make the connection again later, if that is wanted. `code`: that of a goodbye."""
        if self.state in (State.ONLINE, State.CLASSIC) and not self._is_short(now):
            self._turns.stood()
        self.exchange.end()
        self._admission.lost(now)
        wait = self._turns.failed(reason, seconds_min, once=not (self.has_entered or self._patient))
        self._admission.address = self._turns.address
        if isinstance(wait, Unreachable):
            self._end(wait)
            return
        # Told even if the application is behind: without it a loss would go unnoticed.
        self.outputs.append(Tell(Received(Offline(self._turns.why(reason), wait, code))))
        self._become(State.WAITING)
        self._since = now + wait

    def _hang_up(self, reason: str, now: float, seconds_min: float = 0, code: str = "") -> None:
        self.outputs.append(HangUp(returning=True))
        self._wait(reason.rstrip("."), now, seconds_min, code)

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
                self._server.is_certain()
                self._write_posts(now)
            case _:
                self._watch(now)

    def _watch(self, now: float) -> None:
        try:
            self.exchange.tick(now)
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
            self.outbox.put_back(self._server.taken)  # what it refused before its earlier welcome
            self._welcomed(heard, now)
        elif self._must_say_welcome and self._classic.farewell is None:
            raise Disconnected("what answers there is not the hubbub server that it was")
        elif heard is not None:
            self._go_classic(now)
            self._server.is_certain()
            self._tell(heard)
            self._write_posts(now)

    def _go_classic(self, now: float) -> None:
        if self.state is State.CLASSIC:
            return
        self._become(State.CLASSIC)
        self._server.presume()  # a server that spoke events never goes classic
        self.exchange.has_entered = True
        self._tell(Online(False, str(self.address)))
        self._write_posts(now)

    def _write_posts(self, now: float) -> None:
        if self.state is State.ONLINE:
            self.exchange.write_posts(now)
            self._pulse.posting(now, is_unanswered=self.exchange.questions.is_posting)
        elif self.state is State.CLASSIC:
            certain = self._server.kind is Kind.CERTAIN
            self.outputs += plain_posts(self.outbox, certain=certain)

    # A server that speaks events.

    def _welcomed_late(self, welcome: e.Welcome, now: float) -> None:
        """Take in a welcome that comes when the server was taken for a tutorial's."""
        if welcome.locked or welcome.held or self._admission.answer(welcome) is not None:
            # The answer would be a secret of ours. Either it has refused the plain texts that it
            # got, or somebody at a tutorial's server has a name that reads like a welcome. A new
            # connection, which waits longer, will tell.
            self._server.doubt()
            raise Disconnected("the server was slow to say that it speaks events")
        for post in self.outbox.written:  # for everybody in the lobby, and there they are
            self.outbox.done(post.nonce)
            self.outputs.append(Posted(post.nonce, None))
        self._welcomed(welcome, now)

    def _welcomed(self, welcome: e.Welcome, now: float) -> None:
        command = self._admission.answer(welcome)
        self._server.spoke()
        self.exchange.frame_bytes_max = welcome.limits.get("frame_bytes_max")
        self.exchange.text_bytes_max = welcome.limits.get("text_bytes_max")
        if command is None:
            self._go_online(welcome, now)
            return
        state, about = _GIVING.get(type(command), (State.IDENTIFYING, About.IDENTIFYING))
        self._become(state)
        self.exchange.ask(about, command, now)

    def _go_online(self, welcome: e.Welcome, now: float) -> None:
        self._admission.admitted(welcome)
        if self.me.entered(welcome) or self.address.assumed:
            self.rooms.leave_private(are_elsewhere=self.address.assumed)
        self.rooms.invited(welcome.rooms)
        self.me.ignore([])  # if there are any, that follows
        self._become(State.ONLINE)
        self._learn(welcome.addresses)
        self._tell(Online(True, str(self.address), welcome.server))
        if self._news:
            self._tell(NewCertificate(self._news))
            self._news = ""
        self.exchange.begin(now)
        self._pulse.posting(now, is_unanswered=self.exchange.questions.is_posting)

    def _learn(self, told: list[str]) -> None:
        """Take in where else the chatroom is, in the place of what was told before."""
        over_tls = self._protection is not Protection.NONE
        found = understood(told if self._admission.may_be_led else (), over_tls=over_tls)
        self._turns.led(found)
        self._admission.address = self._turns.address
        if not self._turns.is_astray:
            self.outputs.append(Learn(self.address, found, self._admission.is_locked))

    def _greeted_anew(self, welcome: e.Welcome, now: float) -> None:
        """Take in that the server tells us anew who we are: as somebody else we are in no room."""
        was_passing, former = self.me.person is None, self.me.name
        self._admission.admitted(welcome)
        if self.me.entered(welcome) or was_passing:
            self.rooms.leave_private()
            self.exchange.begin(now)
        else:
            self.rooms.renamed(former)

    def _hear(self, json: str, now: float) -> None:
        event = decode_event(json)
        if event is None:
            return  # from a newer server
        question = self.exchange.questions.answered(getattr(event, "ref", None), now)
        match event:
            case e.Bye():
                raise self._admission.parted(event)
            case _ if self.state is State.ONLINE:
                if isinstance(event, e.Welcome):
                    self._greeted_anew(event, now)
                if isinstance(event, e.Welcome | e.Addresses):
                    self._learn(event.addresses)
                self.exchange.hear(event, question, json, now)
                self._pulse.posting(now, is_unanswered=self.exchange.questions.is_posting)
            case _:
                self._hear_before_online(event, question, now)

    def _hear_before_online(self, event: e.AnyEvent, question: Question | None, now: float) -> None:
        asked = question.command if question is not None else None
        if isinstance(event, e.Welcome) and isinstance(asked, c.Unlock):
            self._welcomed(event, now)
            return
        try:
            welcome = self._admission.let_in(event, asked)
        except Refused as refusal:
            raise self._turned_away(refusal, now) from None
        if welcome is not None:
            self._go_online(welcome, now)

    def _turned_away(self, refusal: Refused, now: float) -> Refused | Disconnected:
        has_entered, patient = self.has_entered, self._patient
        return self._admission.turned_away(refusal, now, patient=patient, has_entered=has_entered)
