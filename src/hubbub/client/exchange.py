"""What is exchanged with a server that speaks events, once it has let us in. Pure.

Every text that leaves carries its room, so none depends on which room the server believes us to be
in. A `/` line does: before one is written, the server is told to be in the room that we are in.
"""

import math
from collections.abc import Callable, Iterable

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused, Unreachable, is_passing
from hubbub.chat.text import inert_line
from hubbub.client.errors import Disconnected
from hubbub.client.events import AnyClientEvent, Delayed, Received, Settled
from hubbub.client.outputs import Answer, Output, Tell, Write
from hubbub.client.posting import Posting
from hubbub.client.questions import ANSWER_SECONDS, About, Question, Questions
from hubbub.client.repeating import Repeating, subject_of
from hubbub.client.replica import Fit
from hubbub.client.retry import Backoff
from hubbub.client.rooms import JoinedRooms
from hubbub.wire.codec import encode
from hubbub.wire.frames import encode_event_frame, encode_frame


class Exchange:
    """Rooms, outbox and questions of one session.

    `full`: the application has left so many events unread that room events are left out for now.
    `has_entered`: the first room was entered, or there is none to enter. `patient`: that may take
    any time.
    """

    def __init__(
        self,
        rooms: JoinedRooms,
        outputs: list[Output],
        backoff: Callable[[float | None], Backoff],
        *,
        patient: bool,
    ) -> None:
        self.rooms = rooms
        self.questions = Questions()
        self._repeating = Repeating(backoff)
        self._posting = Posting(
            outputs,
            lambda: backoff(None),
            ask=self.ask,
            may_post=rooms.may_post,
            delayed=self._delay,
        )
        self.outbox = self._posting.outbox
        self.full = False
        self.has_entered = False
        self._outputs = outputs
        self._patient = patient
        self.frame_bytes_max: int | None = None
        self.text_bytes_max: int | None = None
        self._is_open = False
        self._progress_at = 0.0  # when what was missed was asked for, or something came of it
        self._servers_room: str | None = None  # where a plain line would go, as far as is known
        self._delayed: set[str | None] = set()  # of which the application was told

    # What is said.

    def begin(self, now: float) -> None:
        """Return to all rooms; posts follow as soon as what was missed has passed."""
        self._is_open = True
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
        self._posting.end()
        open_questions = [(one.first_ref, one.about) for _, one in self.questions.give_up()]
        for ref, about in [*open_questions, *self._repeating.give_up()]:
            if about is About.ASKING:
                lost = Unreachable("The connection was lost before the server answered.")
                self._outputs.append(Answer(ref, lost))

    def request(self, command: c.Command, now: float) -> str:
        """Ask what the application wants to know or to have done, now or in its turn.

        Return the ref of its `Answer`. Raises Refused if it is too long for the server.
        """
        must_wait = self._repeating.must_wait(command)
        ref = self.questions.new_ref() if must_wait else self.ask(About.ASKING, command, now)
        self._repeating.line_up(ref, command)
        return ref

    def forget(self, ref: str, now: float) -> None:
        """Take in that nobody waits for an `Answer` any more."""
        self._ask_next(self._repeating.forget(ref), now)

    def _ask_next(self, waiting: tuple[str, c.Command] | None, now: float) -> None:
        if waiting is not None:
            ref, command = waiting
            self._ask_again(Question(About.ASKING, command, now, ref), now)

    def _ask_again(self, question: Question, now: float) -> None:
        try:
            self.ask(question.about, question.command, now, question.first_ref)
        except Refused as refusal:
            self._outputs.append(Answer(question.first_ref, refusal))
            self._done(question, now)

    def _done(self, question: Question, now: float) -> None:
        """Take in that nothing more becomes of a question."""
        self._ask_next(self._repeating.done(question), now)

    def ask(self, about: About, command: c.Command, now: float, first_ref: str = "") -> str:
        """Write a command that wants an answer; return its ref.

        Raises Refused if it is too long for the server, or not for it.
        """
        if self.rooms.is_elsewhere(command):
            raise Refused(
                "That private room is at another server, and nothing shows that this one is of the "
                "same chatroom. Nothing was sent.",
                code="not_a_member",
            )
        ref = self.questions.ask(about, command, now, first_ref)
        json = encode(command)
        limit = self.frame_bytes_max
        if limit is not None and len(json) > limit:
            self.questions.answered(ref, now)
            raise Refused(
                f"This is {len(json)} bytes long; the server takes {limit}. "
                "Send it in shorter pieces.",
                code="too_long",
            )
        if about is About.RETURNING:
            self._progress_at = now
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
        return self.request(c.Ping(), now)

    def write_posts(self, now: float) -> None:
        """Write what may be written of the outbox."""
        if self._is_open:
            self._posting.write(now)

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

    def _delay(self, delayed: Delayed) -> None:
        """Tell that something waits until the server can do it, once until it has."""
        if delayed.room not in self._delayed:
            self._delayed.add(delayed.room)
            self._tell(delayed)

    def _tell_settled(self) -> None:
        """Tell of what waited, and does not any more."""
        for room in list(self._delayed):
            is_posting = room is not None and self._posting.needs(room)
            if not is_posting and not self._repeating.needs(room):
                self._delayed.discard(room)
                self._tell(Settled(room))

    def _tell(self, event: AnyClientEvent, json: str = "") -> None:
        if not self.full:
            self._outputs.append(Tell(Received(event, json)))

    # What is heard.

    def hear(self, event: e.AnyEvent, question: Question | None, json: str, now: float) -> None:
        """Take in an event, and the question that it answers.

        Raises Refused if there is no room to chat in, and Disconnected to begin anew.
        """
        self._hear(event, question, json, now)
        self._tell_settled()

    def _hear(self, event: e.AnyEvent, question: Question | None, json: str, now: float) -> None:
        match event:
            case e.Room():
                self._entered(event, question, json, now)
            case e.Error():
                self._refused(event, question, json, now)
            case (
                e.Message()
                | e.Edited()
                | e.Deleted()
                | e.Reaction()
                | e.Pinned()
                | e.Topic()
                | e.Missing()
            ):
                self._logged(event, json, now)
            case (
                e.Ok()
                | e.Page()
                | e.Revisions()
                | e.Rooms()
                | e.Members()
                | e.Conversations()
                | e.Devices()
                | e.Profile()
                | e.Code()
                | e.Access()
                | e.Bans()
                | e.RoomRules()
                | e.Invitation()
                | e.Invitations()
                | e.Token()
                | e.Tokens()
                | e.Status()
                | e.People()
                | e.Sessions()
                | e.Reloaded()
                | e.BackedUp()
                | e.Upload()
                | e.Hook()
                | e.Hooks()
            ) if event.ref is not None:
                if question is not None:
                    self._answered(event, question, now)
            case e.Welcome():
                self._tell(event, json)
                if question is not None:
                    self._answer(question, event, now)
            case _:
                self._note(event, now)
                self._tell(event, json)

    def _note(self, event: e.AnyEvent, now: float) -> None:
        """Take in what is not logged."""
        match event:
            case e.Presence() | e.Members() | e.Away():
                self.rooms.observe(event)
                if isinstance(event, e.Presence) and event.state == "joined":
                    self._welcome_back(event.name, now)
            case e.RoomRules() | e.RoleChanged() | e.Seen():
                self.rooms.mark(event)
            case e.Ignoring(people=people):
                self.rooms.me.ignore(people)
            case e.Removed(room=room):
                self.rooms.left(room)
            case _:
                pass

    def _welcome_back(self, name: str, now: float) -> None:
        if direct := self.rooms.back(name):
            self.ask(About.RETURNING, direct, now)

    def _entered(self, event: e.Room, question: Question | None, json: str, now: float) -> None:
        asked = question.command if question is not None else None
        if asked is None and not (event.direct or event.brought):
            self._servers_room = event.room  # a `/join` line
        join = self.rooms.entered(event, asked)
        self._tell(event, json)
        if question is not None:
            self._answer(question, event, now)
        self.has_entered = True
        if join is not None:
            self._join(join, now)
        self._progress_at = now
        if event.replaced and self.outbox.has_doubtful(event.room):
            # The new history may be an earlier copy of the old one, and hold what we posted.
            self.rooms.compare(event.room)
            self.ask(About.COMPARING, c.History(room=event.room, limit=c.PAGE_MESSAGES_MAX), now)
        self.write_posts(now)

    def _logged(self, event: e.AnyLogged | e.Missing, json: str, now: float) -> None:
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
        return self._posting.came_back(messages, self.rooms.me)

    def _answered(self, event: e.AnyEvent, question: Question, now: float) -> None:
        match question.about, question.command, event:
            case About.POSTING, c.Say() as say, e.Ok(seq=seq):
                self._posting.answered(say, seq, now)
            case About.COMPARING, c.History(room=room), e.Page(messages=messages):
                self._came_back(messages)
                self.rooms.compared(room)
                self._answer(question, event, now)
                self.write_posts(now)
            case _:
                self._answer(question, event, now)

    def _answer(self, question: Question, answer: e.AnyEvent | Refused, now: float) -> None:
        """Pass on an answer, if it is the application that asked."""
        if question.about is About.ASKING:
            self._outputs.append(Answer(question.first_ref, answer))
        self._done(question, now)

    def _refused(self, error: e.Error, question: Question | None, json: str, now: float) -> None:
        if question is None:
            self._tell(error, json)
            return
        refusal = Refused(inert_line(error.message), code=error.code, retry_after=error.retry_after)
        if isinstance(question.command, c.Join):
            self._servers_room = None  # it stayed where it was, which may be anywhere
        if not self._is_put_off(question, refusal, now):
            self._refuse(error, refusal, question, json, now)
        self.write_posts(now)

    def _is_put_off(self, question: Question, refusal: Refused, now: float) -> bool:
        """Take in a refusal; return whether the question is asked again."""
        if question.about is About.POSTING or not is_passing(refusal.code):
            return False
        is_entering = self.rooms.is_first(question.command) and not self._patient
        again_at = self._repeating.put_off(question, now, is_wanted_now=is_entering)
        if again_at is None:
            return False
        self._progress_at = max(self._progress_at, again_at)  # until then nothing can come
        subject = subject_of(question.command)
        self._delay(Delayed(subject[0] if subject is not None else None, str(refusal)))
        return True

    def _refuse(
        self, error: e.Error, refusal: Refused, question: Question, json: str, now: float
    ) -> None:
        match question.about, question.command:
            case About.POSTING, c.Say() as say:
                self._posting.answered(say, refusal, now)
                return
            case About.COMPARING, c.History(room=room):
                self.rooms.compared(room)
            case _, c.Join() as join if self.rooms.is_first(join):
                raise refusal
            case About.RETURNING, c.Join() as join:
                self._cannot_return(join, error, json, now)
            case About.RETURNING, c.Direct(name=name):
                self.rooms.is_away(name)
                self._tell(error, json)
            case _:
                pass
        self._answer(question, refusal, now)

    def _cannot_return(self, join: c.Join, error: e.Error, json: str, now: float) -> None:
        if is_passing(error.code):
            raise Disconnected(inert_line(error.message))  # and so try again, ever more rarely
        if direct := self.rooms.refused(join, error.code):
            self.ask(About.RETURNING, direct, now)
        else:
            self._tell(error, json)

    # What time brings.

    @property
    def due_at(self) -> float:
        """When to call `tick`."""
        overdue_at = min(self._missed_overdue_at, self.questions.overdue_at)
        return min(overdue_at, self._posting.due_at, self._repeating.due_at)

    @property
    def _missed_overdue_at(self) -> float:
        # What the connection before left open is not asked for again until we are let in.
        is_awaited = self._is_open and self.rooms.is_missing
        return self._progress_at + ANSWER_SECONDS if is_awaited else math.inf

    def tick(self, now: float) -> None:
        """Do what is due; raise Disconnected if nothing goes on."""
        self._give_up_overdue(now)
        if self._is_open:
            self._posting.tick(now)
            for question in self._repeating.due(now):
                self._ask_again(question, now)

    def wait_anew(self, now: float) -> None:
        """Begin to wait only now: until now nothing was read."""
        self._progress_at = now
        self.questions.wait_anew(now)

    def _give_up_overdue(self, now: float) -> None:
        """End the waiting for what has waited too long."""
        if self.questions.posting_is_overdue(now):
            raise Disconnected("the server does not acknowledge what is said")
        if now >= self._missed_overdue_at:
            raise Disconnected("the server does not send what was missed")
        for _, question in self.questions.overdue(now):
            match question.about:
                case About.ASKING:
                    sentence = f"The server has not answered within {ANSWER_SECONDS:.0f} s."
                    late = Unreachable(f"{sentence} Try again later.", code="no_answer")
                    self._outputs.append(Answer(question.first_ref, late))
                    self._done(question, now)
                case About.LIVING:
                    pass
                case _:
                    raise Disconnected(f"the server says nothing about {question.about.value}")
