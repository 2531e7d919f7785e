"""A session by plain calls: what it writes, and what it must not, when a server is slow or strange.

What the page does as well is in the scenarios (`test_scenarios.py`).
"""

import json

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import HubbubError, Refused, Unreachable
from hubbub.client.address import Address
from hubbub.client.admission import Admission
from hubbub.client.events import Offline
from hubbub.client.outbox import Post
from hubbub.client.outputs import Answer, Over, Posted, Tell, Write
from hubbub.client.retry import Backoff
from hubbub.client.rooms import JoinedRooms
from hubbub.client.session import Session
from hubbub.client.states import NEXT, State
from hubbub.wire.codec import encode
from hubbub.wire.frames import Frame, FrameDecoder

from .passing import ticks
from .servers import room, welcome

REDIAL_SECONDS = 1.0


class Ann:
    """A session with its clock and its latest outputs."""

    def __init__(self, *, password: str = "", patient: bool = False, room: str = "lobby") -> None:
        self.now = 0.0
        self.plain: list[str] = []
        self.commands: list[c.Command | str] = []
        self.posted: dict[str, int | HubbubError | None] = {}
        self.answers: dict[str, e.AnyEvent | HubbubError] = {}
        self.offline = ""
        self.waits: list[float | None] = []
        self.over: HubbubError | None = None
        self.session = Session(
            Admission(Address(), "ann", password=password),
            JoinedRooms(room),
            patient=patient,
            backoff=Backoff(REDIAL_SECONDS, jitter=lambda: 1.0),
        )
        self.session.start()
        self.connect()

    def connect(self) -> None:
        self.session.connected(self.now)
        self.look()

    def say(self, text: str, room: str = "lobby", nonce: str = "") -> str:
        nonce = nonce or f"n{text}"
        self.session.say(Post(nonce, room, text), self.now)
        self.look()
        return nonce

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        for moment in ticks(self.session, self.now, end):
            self.now = moment
            self.look()
        self.now = end

    def hear(self, *events: e.Event) -> None:
        for event in events:
            self.session.receive(Frame(encode(event).decode(), event=True), self.now)
            self.look()

    def relayed(self, *texts: str) -> None:
        for text in texts:
            self.session.receive(Frame(text), self.now)
            self.look()

    def lose(self) -> None:
        self.session.lost("connection closed by the server", self.now)
        self.look()

    def come_back(self) -> None:
        self.wait(2 * REDIAL_SECONDS)
        self.connect()

    def enter(self) -> None:
        self.hear(welcome("ann"))
        self.hear(room(ref=self.ref("join")))

    def ref(self, type_: str) -> str:
        """Return the ref of the latest command of a type."""
        found = [one for one in self.sent if one.get("type") == type_]
        return str(found[-1]["ref"])

    @property
    def sent(self) -> list[dict[str, object]]:
        return [json.loads(str(one)) for one in self.commands if str(one).startswith("{")]

    def look(self) -> None:
        while self.session.outputs:
            match self.session.outputs.pop(0):
                case Write(raw=raw, nonce=nonce):
                    for frame in FrameDecoder(1_000_000).receive(raw):
                        (self.commands if frame.event else self.plain).append(frame.text)
                    if nonce is not None:
                        self.session.written(nonce, self.now)
                case Posted(nonce=nonce, outcome=outcome):
                    self.posted[nonce] = outcome
                case Answer(ref=ref, outcome=answer):
                    self.answers[ref] = answer
                case Tell(received=received) if isinstance(received.event, Offline):
                    self.offline = received.event.reason
                    self.waits.append(received.event.retry_seconds)
                case Over(error=error):
                    self.over = error
                case _:
                    pass


def refusal(outcome: object) -> str:
    assert isinstance(outcome, Refused)
    return str(outcome)


# A server that is slow to say welcome.


def test_a_slow_server_gets_in_the_classic_way_only_what_is_meant_for_all() -> None:
    ann = Ann()
    for text, where in (("all", "lobby"), ("psst", "@1"), ("soup", "kitchen")):
        ann.say(text, where)
    assert ann.plain == []
    ann.wait(1)
    assert ann.plain == ["all"]
    ann.enter()
    says = [(one["room"], one["text"]) for one in ann.sent if one["type"] == "say"]
    assert says == [("@1", "psst"), ("kitchen", "soup")]


def test_a_server_that_once_spoke_events_is_waited_for() -> None:
    ann = Ann()
    ann.enter()
    ann.say("psst", "@1")
    ann.lose()
    ann.come_back()
    ann.say("all")
    ann.wait(20)
    assert ann.plain == []
    ann.hear(welcome("ann", session="newer"))
    ann.hear(e.Ok(ref=ann.ref("resume")))
    ann.hear(room(ref=ann.ref("join")))
    assert {one["text"] for one in ann.sent if one["type"] == "say"} == {"psst", "all"}


def test_a_slow_server_with_a_password_neither_loses_nor_doubles_what_was_said() -> None:
    """It refuses what came before the password, and so ends the connection, but not the chat."""
    ann = Ann(password="rolu")
    ann.say("hi", nonce="n")
    ann.wait(1)
    assert (ann.plain, ann.posted) == (["hi"], {"n": None})
    ann.hear(welcome("ann", session="", locked=True))
    assert ann.session.state is State.WAITING
    assert "slow" in ann.offline
    ann.come_back()
    ann.wait(5)
    assert ann.plain == ["hi"], "the welcome is waited for now"
    ann.hear(welcome("ann", session="", locked=True))
    ann.hear(welcome("ann", ref=ann.ref("unlock")))
    ann.hear(room(ref=ann.ref("join")))
    assert [one["text"] for one in ann.sent if one["type"] == "say"] == ["hi"]


def test_a_name_that_reads_like_a_welcome_is_not_told_the_password() -> None:
    """At a tutorial's server the first name that comes may be anything; it asks in vain."""
    ann = Ann(password="rolu")
    ann.say("hi")
    ann.wait(60)
    ann.hear(welcome("ann", session="", locked=True))
    ann.relayed("give it to me")
    ann.come_back()
    ann.relayed("bob", "hi")
    assert ann.session.state is State.CLASSIC
    assert ann.sent == []
    assert ann.plain == ["hi"]


def test_what_a_slow_server_took_is_not_said_again_after_a_loss() -> None:
    ann = Ann()
    ann.say("hi")
    ann.wait(1)
    ann.lose()
    ann.come_back()
    ann.enter()
    assert [one for one in ann.sent if one["type"] == "say"] == []


def test_a_text_that_a_slow_server_would_take_for_a_command_waits_until_it_is_known() -> None:
    ann = Ann()
    ann.say("/help is how you ask")
    ann.wait(1)
    assert ann.plain == []
    ann.wait(8)
    assert ann.plain == ["/help is how you ask"]


# A server without rooms.


@pytest.mark.parametrize("where", ["kitchen", "@97049da5464956062d0e94be"])
def test_what_is_meant_for_a_room_that_is_not_there_is_held_and_told(where: str) -> None:
    ann = Ann()
    nonce = ann.say("psst", where)
    ann.relayed("bob", "hi")
    assert ann.plain == []
    assert where in refusal(ann.posted[nonce])
    again = ann.say("psst again", where)
    assert where in refusal(ann.posted[again])


def test_a_silent_server_is_known_to_have_no_rooms_after_a_while() -> None:
    ann = Ann()
    nonce = ann.say("soup", "kitchen")
    ann.wait(7)
    assert nonce not in ann.posted
    ann.wait(2)
    assert "one room" in refusal(ann.posted[nonce])


def test_an_answer_to_a_message_is_none_where_messages_have_no_seq() -> None:
    ann = Ann()
    ann.session.say(Post("n", "lobby", "yes", reply_to=3), ann.now)
    ann.wait(9)
    assert ann.plain == []
    assert "answers" in refusal(ann.posted["n"])


def test_commands_are_refused_with_a_sentence() -> None:
    ann = Ann()
    ann.wait(1)
    with pytest.raises(Refused, match="knows no commands, so '/msg' was not sent"):
        ann.session.command_line("/msg bob psst", ann.now)
    with pytest.raises(Refused, match="knows nothing but messages"):
        ann.session.ask(c.Edit(room="lobby", seq=1, text="x"), ann.now)
    assert ann.plain == []


def test_what_it_took_is_not_unsent() -> None:
    ann = Ann()
    nonce = ann.say("hi")
    ann.wait(1)
    assert ann.posted == {nonce: None}
    assert len(ann.session.outbox) == 0
    ann.lose()
    ann.come_back()
    ann.wait(5)
    assert ann.plain == ["hi"]


@pytest.mark.parametrize("words", [["Server", "it is full"], ["Full, come back later."]])
def test_the_last_words_of_a_server_that_closes_at_once_are_shown(words: list[str]) -> None:
    ann = Ann(patient=True)
    ann.relayed(*words)
    ann.lose()
    assert ": ".join(words) in ann.offline


def test_a_server_that_says_something_and_closes_is_asked_less_and_less_often() -> None:
    ann = Ann(patient=True)
    for _ in range(3):
        ann.relayed("Server", "it is full")
        ann.lose()
        ann.wait(ann.waits[-1] or 0)
        ann.connect()
    assert ann.waits == [1.0, 2.0, 4.0]


def test_what_answers_in_the_place_of_a_hubbub_server_is_told_nothing() -> None:
    ann = Ann()
    ann.enter()
    ann.lose()
    ann.say("hi")
    ann.come_back()
    ann.relayed("bob", "hi")
    assert ann.session.state is State.WAITING
    assert "not the hubbub server" in ann.offline
    assert ann.plain == []


# Refs, nonces and rooms.


def test_a_nonce_that_reads_like_a_ref_is_none() -> None:
    ann = Ann()
    ann.enter()
    for number in range(9):
        ann.say(f"text {number}", nonce=str(number))
    asked = ann.session.ask(c.Rooms(), ann.now)
    ann.look()
    ann.hear(e.Rooms(rooms=[], ref=asked))
    assert list(ann.answers) == [asked]
    assert ann.posted == {}, "nothing is posted before its commit"
    says = [one for one in ann.sent if one["type"] == "say"]
    ann.hear(e.Ok(ref=str(says[3]["ref"]), seq=7))
    assert ann.posted == {"3": 7}


def test_a_line_is_about_the_room_that_the_user_is_in() -> None:
    """The server takes a line to be about the room that was joined last."""
    ann = Ann()
    ann.enter()
    ann.session.ask(c.Join(room="kitchen", epoch=""), ann.now)
    ann.look()
    ann.session.command_line("/topic soup", ann.now)
    ann.look()
    joins = [one["room"] for one in ann.sent if one["type"] == "join"]
    assert (joins, ann.plain) == (["lobby", "kitchen", "lobby"], ["/topic soup"])


def test_a_second_welcome_to_somebody_else_is_not_told_the_secret() -> None:
    ann = Ann(password="rolu")
    ann.hear(welcome("ann", session="", locked=True))
    ann.hear(welcome("eve", ref=ann.ref("unlock"), held=True))
    assert "somebody else" in str(ann.over)


def test_a_password_is_given_once_on_a_connection() -> None:
    ann = Ann(password="rolu")
    ann.hear(welcome("ann", session="", locked=True))
    ann.hear(welcome("ann", session="", locked=True, ref=ann.ref("unlock")))
    assert isinstance(ann.over, Refused)
    assert [one["type"] for one in ann.sent] == ["unlock"]


def test_an_end_leaves_no_text_without_an_outcome() -> None:
    ann = Ann()
    ann.enter()
    nonces = [ann.say(text) for text in ("one", "two")]
    ann.session.close()
    ann.look()
    assert list(ann.posted) == nonces
    assert all(isinstance(outcome, Unreachable) for outcome in ann.posted.values())


def test_the_table_of_states_knows_all_states() -> None:
    assert set(NEXT) == set(State)
    reached = set[State]().union(*NEXT.values())
    assert reached == set(State) - {State.IDLE}
