"""What is exchanged with a server that speaks events, once it has let us in. Pure.

Every text that leaves carries its room, so none depends on which room the server believes us to be
in. A `/` line does: before one is written, the server is told to be in the room that we are in.
"""

import math
from collections.abc import Iterable

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import HubbubError, Refused, Unreachable
from hubbub.chat.names import same_name
from hubbub.chat.text import inert_line
from hubbub.client.errors import Disconnected
from hubbub.client.events import AnyClientEvent, Received
from hubbub.client.outbox import Outbox
from hubbub.client.outputs import Answer, Output, Posted, Tell, Write
from hubbub.client.questions import ANSWER_SECONDS, About, Question, Questions
from hubbub.client.replica import Fit
from hubbub.client.rooms import JoinedRooms
from hubbub.wire.codec import encode
from hubbub.wire.frames import encode_event_frame, encode_frame

_TRANSIENT = "log_unavailable"
"""A room that cannot be returned to for this reason is not lost."""


class Exchange:
    """Rooms, outbox and questions of one session.

    `full`: the application has left so many events unread that room events are left out for now.
    `has_entered`: the first room was entered, or there is none to enter.
    """

    def __init__(self, rooms: JoinedRooms, outputs: list[Output]) -> None:
        self.rooms = rooms
        self.outbox = Outbox()
        self.questions = Questions()
        self.full = False
        self.has_entered = False
        self._outputs = outputs
        self.frame_bytes_max: int | None = None
        self._is_open = False
        self._progress_at = 0.0  # when something came of what was missed
        self._servers_room: str | None = None  # where a plain line would go, as far as is known

    # What is said.

    def begin(self, now: float) -> None:
        """Return to all rooms; posts follow as soon as what was missed has passed."""
        self._is_open = True
        self._progress_at = now
        self._servers_room = None
        joins = self.rooms.returns()
        for join in joins:
            self._join(join, now)
        self.has_entered = self.has_entered or not joins
        self.write_posts(now)

    def end(self) -> None:
        """Say nothing any more: the connection is lost. What is not done waits again."""
        self._is_open = False
        self.frame_bytes_max = None
        self.outbox.rewind()
        for ref, question in self.questions.give_up():
            if question.about is About.ASKING:
                lost = Unreachable("The connection was lost before the server answered.")
                self._outputs.append(Answer(ref, lost))

    def ask(self, about: About, command: c.Command, now: float) -> str:
        """Write a command that wants an answer; return its ref.

        Raises Refused if it is too long for the server.
        """
        ref = self.questions.ask(about, command, now)
        json = encode(command)
        limit = self.frame_bytes_max
        if limit is not None and len(json) > limit:
            self.questions.answered(ref, now)
            raise Refused(
                f"This is {len(json)} bytes long; the server takes {limit}. "
                "Send it in shorter pieces.",
                code="too_long",
            )
        if isinstance(command, c.Join):
            self._servers_room = command.room
        self._outputs.append(Write(encode_event_frame(json)))
        return ref

    def command_line(self, line: str, now: float) -> str:
        """Write a `/` line about the current room; return the ref of what is answered after it."""
        here = self.rooms.current
        if here in self.rooms.replicas and here != self._servers_room:
            self._join(self.rooms.join(here), now)
        self._outputs.append(Write(encode_frame(line.encode())))
        return self.ask(About.ASKING, c.Ping(), now)

    def write_posts(self, now: float) -> None:
        """Write what may be written of the outbox."""
        if not self._is_open:
            return
        for post in self.outbox.take(lambda post: self.rooms.may_post(post.room)):
            say = c.Say(nonce=post.nonce, room=post.room, text=post.text, reply_to=post.reply_to)
            try:
                self.ask(About.POSTING, say, now)
            except Refused as refusal:
                self._settle(post.nonce, refusal)

    def catch_up_left_out(self, now: float) -> None:
        """Ask for what was left out while the application was too slow."""
        if self._is_open:
            for room in self.rooms.left_out():
                self._catch_up(room, now)

    def _catch_up(self, room: str, now: float) -> None:
        if join := self.rooms.catch_up(room):
            self._join(join, now)

    def _join(self, join: c.Join, now: float) -> None:
        self.ask(About.RETURNING, join, now)

    def _tell(self, event: AnyClientEvent, json: str = "") -> None:
        if not self.full:
            self._outputs.append(Tell(Received(event, json)))

    # What is heard.

    def hear(self, event: e.AnyEvent, question: Question | None, json: str, now: float) -> None:
        """Take in an event, and the question that it answers.

        Raises Refused if there is no room to chat in, and Disconnected to begin anew.
        """
        match event:
            case e.Room():
                self._entered(event, question, json, now)
            case e.Error():
                self._refused(event, question, json, now)
            case e.Message() | e.Edited() | e.Deleted() | e.Reaction() | e.Topic():
                self._logged(event, json, now)
            case e.Ok() | e.Page() | e.Rooms() | e.Members() if event.ref is not None:
                self._answered(event, event.ref, question, now)
            case e.Presence() | e.Members():
                self.rooms.observe(event)
                self._tell(event, json)
                if isinstance(event, e.Presence) and event.state == "joined":
                    self._welcome_back(event.name, now)
            case e.Welcome():
                pass  # we have been let in already
            case _:
                self._tell(event, json)

    def _welcome_back(self, name: str, now: float) -> None:
        if direct := self.rooms.back(name):
            self.ask(About.RETURNING, direct, now)

    def _entered(self, event: e.Room, question: Question | None, json: str, now: float) -> None:
        asked = question.command if question is not None else None
        if asked is None and not event.direct:
            self._servers_room = event.room  # a `/join` line
        join = self.rooms.entered(event, asked)
        self._tell(event, json)
        if question is not None and question.about is About.ASKING and event.ref is not None:
            self._outputs.append(Answer(event.ref, event))
        self.has_entered = True
        if join is not None:
            self._join(join, now)
        self._progress_at = now
        if event.replaced and self.outbox.has_doubtful(event.room):
            # The new history may be an earlier copy of the old one, and hold what we posted.
            self.rooms.compare(event.room)
            self.ask(About.COMPARING, c.History(room=event.room, limit=c.PAGE_MESSAGES_MAX), now)
        self.write_posts(now)

    def _logged(self, event: e.AnyLogged, json: str, now: float) -> None:
        self._progress_at = now
        was_held = not self.rooms.may_post(event.room)
        # What came back is settled first: it must not be written again.
        is_ours = isinstance(event, e.Message) and self._came_back([event])
        if self.full:
            self.rooms.leave_out(event.room)
        fit = self.rooms.apply(event)
        if fit is Fit.NEXT:
            self._tell(event, json)
        elif fit is Fit.GAP:
            self._catch_up(event.room, now)
        if is_ours or (was_held and self.rooms.may_post(event.room)):
            self.write_posts(now)

    def _came_back(self, messages: Iterable[e.Message]) -> bool:
        """Settle the posts that are messages of the room now; return whether there are any."""
        before = len(self.outbox)
        for message in messages:
            nonce = message.nonce
            # The same nonce under another name is another person's message.
            if (
                nonce is not None
                and nonce in self.outbox
                and same_name(message.sender, self.rooms.name)
            ):
                self._settle(nonce, message.seq)
        return len(self.outbox) < before

    def _settle(self, nonce: str, outcome: int | HubbubError | None) -> None:
        if self.outbox.done(nonce) is not None:
            self._outputs.append(Posted(nonce, outcome))

    def _answered(
        self,
        event: e.Ok | e.Page | e.Rooms | e.Members,
        ref: str,
        question: Question | None,
        now: float,
    ) -> None:
        if question is None:
            return
        match question.about, question.command, event:
            case About.POSTING, c.Say(nonce=str(nonce)), e.Ok(seq=seq):
                self._settle(nonce, seq)
                self.write_posts(now)
            case About.COMPARING, c.History(room=room), e.Page(messages=messages):
                self._came_back(messages)
                self.rooms.compared(room)
                self.write_posts(now)
            case About.ASKING, _, _:
                self._outputs.append(Answer(ref, event))
            case _:
                pass

    def _refused(self, error: e.Error, question: Question | None, json: str, now: float) -> None:
        if question is None:
            self._tell(error, json)
            return
        refusal = Refused(inert_line(error.message), code=error.code)
        match question.about, question.command:
            case About.POSTING, c.Say(nonce=str(nonce)):
                self._settle(nonce, refusal)
            case About.COMPARING, c.History(room=room):
                self.rooms.compared(room)
            case _, c.Join() as join if self.rooms.is_first(join):
                raise refusal
            case About.RETURNING, c.Join() as join:
                self._cannot_return(join, error, json, now)
            case About.RETURNING, c.Direct(name=name):
                self.rooms.is_away(name)
                self._tell(error, json)
            case About.ASKING, _ if error.ref is not None:
                self._outputs.append(Answer(error.ref, refusal))
            case _:
                pass
        if isinstance(question.command, c.Join):
            self._servers_room = None  # it stayed where it was, which may be anywhere
        self.write_posts(now)

    def _cannot_return(self, join: c.Join, error: e.Error, json: str, now: float) -> None:
        if error.code == _TRANSIENT:
            raise Disconnected(inert_line(error.message))  # and so try again, ever more rarely
        if direct := self.rooms.refused(join, error.code):
            self.ask(About.RETURNING, direct, now)
        else:
            self._tell(error, json)

    # What does not come.

    @property
    def overdue_at(self) -> float:
        """When something will have been waited for too long."""
        missed_at = self._progress_at if self.rooms.is_missing else math.inf
        return min(missed_at + ANSWER_SECONDS, self.questions.overdue_at)

    def wait_anew(self, now: float) -> None:
        """Begin to wait only now: until now nothing was read."""
        self._progress_at = now
        self.questions.wait_anew(now)

    def give_up_overdue(self, now: float) -> None:
        """End the waiting for what has waited too long; raise Disconnected if nothing goes on."""
        if self.questions.posting_is_overdue(now):
            raise Disconnected("the server does not acknowledge what is said")
        if self.rooms.is_missing and now >= self._progress_at + ANSWER_SECONDS:
            raise Disconnected("the server does not send what was missed")
        for ref, question in self.questions.overdue(now):
            match question.about:
                case About.ASKING:
                    sentence = f"The server has not answered within {ANSWER_SECONDS:.0f} s."
                    late = Unreachable(f"{sentence} Try again later.", code="no_answer")
                    self._outputs.append(Answer(ref, late))
                case About.LIVING:
                    pass
                case _:
                    raise Disconnected(f"the server says nothing about {question.about.value}")
