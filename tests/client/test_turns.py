"""A chatroom with several addresses: which one is tried, when, and what is said there."""

import json

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.client import Backoff
from hubbub.client.admission import Admission
from hubbub.client.events import Offline
from hubbub.client.nodes import one_chatroom
from hubbub.client.outputs import Dial, Over, Tell, Write
from hubbub.client.rooms import JoinedRooms
from hubbub.client.session import Session
from hubbub.client.states import State
from hubbub.wire.codec import encode
from hubbub.wire.frames import Frame, FrameDecoder

from .passing import ticks
from .servers import room, welcome

FIRST_SECONDS = 1.0
WITHIN_ROUND_SECONDS = FIRST_SECONDS / 2


class Ann:
    """A session with three addresses, and what it dialled and told."""

    def __init__(self, *, patient: bool = False, returns: bool = True) -> None:
        self.now = 0.0
        self.dialled: list[str] = []
        self.waits: list[float | None] = []
        self.written: list[dict[str, object]] = []
        self.reason = ""
        self.over = ""
        self.session = Session(
            Admission(one_chatroom("n1,n2,n3"), "ann"),
            JoinedRooms("lobby"),
            patient=patient,
            backoff=Backoff(FIRST_SECONDS, jitter=lambda: 1.0) if returns else None,
        )
        self.session.start()
        self.look()

    def look(self) -> None:
        while self.session.outputs:
            match self.session.outputs.pop(0):
                case Dial():
                    self.dialled.append(self.session.address.host)
                case Tell(received=received) if isinstance(received.event, Offline):
                    self.waits.append(received.event.retry_seconds)
                    self.reason = received.event.reason
                case Write(raw=raw):
                    frames = FrameDecoder(1_000_000).receive(raw)
                    self.written += [
                        json.loads(one.text) for one in frames if one.text.startswith("{")
                    ]
                case Over(error=error):
                    self.over = str(error)
                case _:
                    pass

    def lose(self, count: int = 1) -> None:
        for _ in range(count):
            self.session.lost("connection refused", self.now)
            self.look()
            self._pass()

    def distrust(self) -> None:
        self.session.distrust(Refused("It is another one.", code="certificate_changed"), self.now)
        self.look()
        self._pass()

    def _pass(self) -> None:
        """Let time pass until the next attempt."""
        end = self.now + 60
        for moment in ticks(self.session, self.now, end):
            self.now = moment
            self.look()
            if self.session.state is State.DIALLING:
                return

    def enter(self, *, resumed: bool = False) -> None:
        self.session.connected(self.now)
        self._hear(welcome("ann"))
        if resumed:
            assert self.written[-1]["type"] == "resume", "as the same one as at the former address"
            self._hear(e.Ok(ref=str(self.written[-1]["ref"])))
        self._hear(room(ref=str(self.written[-1]["ref"])))

    def _hear(self, event: e.Event) -> None:
        self.session.receive(Frame(encode(event).decode(), event=True), self.now)
        self.look()


def test_the_next_address_is_tried_at_once_and_a_round_ends_with_the_usual_wait() -> None:
    ann = Ann(patient=True)
    ann.lose(7)
    assert ann.dialled == ["n1", "n2", "n3", "n1", "n2", "n3", "n1", "n2"]
    assert ann.waits == [0, 0, FIRST_SECONDS, 0, 0, 2 * FIRST_SECONDS, 0]


def test_after_a_loss_the_next_one_has_its_turn_and_the_lost_one_comes_last() -> None:
    ann = Ann()
    ann.lose()
    ann.enter()
    ann.lose(3)
    assert ann.dialled == ["n1", "n2", "n3", "n1", "n2"]
    assert ann.waits == [0, WITHIN_ROUND_SECONDS, WITHIN_ROUND_SECONDS, FIRST_SECONDS]
    ann.enter(resumed=True)
    ann.lose()
    assert ann.dialled[-1] == "n3"
    assert ann.waits[-1] == WITHIN_ROUND_SECONDS, "the round began anew"


def test_if_none_of_several_can_be_reached_at_first_all_are_named() -> None:
    for returns in (True, False):
        ann = Ann(returns=returns)
        ann.lose(3)
        assert ann.dialled == ["n1", "n2", "n3"]
        assert "at n1:1234 or n2:1234 or n3:1234: connection refused" in ann.over


def test_who_does_not_come_back_ends_with_the_first_loss_all_the_same() -> None:
    ann = Ann(returns=False)
    ann.lose()
    ann.enter()
    ann.lose()
    assert ann.dialled == ["n1", "n2"]
    assert "The chat at n2:1234 is lost" in ann.over


def test_an_address_that_cannot_be_trusted_is_left_out_from_then_on() -> None:
    ann = Ann()
    ann.enter()
    ann.lose()
    ann.distrust()
    assert ann.reason == "It is another one. It is not tried again"
    assert ann.over == ""
    ann.lose(3)
    assert ann.dialled == ["n1", "n2", "n3", "n1", "n3", "n1"]
    ann.distrust()
    ann.distrust()
    assert ann.over == "It is another one.", "no other is left"


def test_at_first_an_address_that_cannot_be_trusted_ends_it() -> None:
    ann = Ann()
    ann.distrust()
    assert ann.over == "It is another one."
    assert ann.dialled == ["n1"]
