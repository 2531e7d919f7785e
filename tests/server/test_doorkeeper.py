"""Who answers a connection, decided from its first bytes: without a socket."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.limits import Limits
from hubbub.server.doorkeeper import FIRST_WORDS, IRC_WORDS, Doorkeeper, Speech, speech_of
from hubbub.server.fairness.accounts import Accounts
from hubbub.server.fairness.turns import TURN_SECONDS, Turn, Turns
from hubbub.server.sockets.deadlines import Deadlines
from hubbub.server.sockets.partings import Partings
from tests.server.clockwork import Clockwork, turn_of
from tests.server.test_deadlines import Clock, at_once
from tests.server.transports import FakeTransport, Recorder

WORDS = sorted(FIRST_WORDS)
BEGINNINGS = st.one_of(
    st.binary(max_size=20),
    st.builds(bytes.__add__, st.sampled_from(WORDS), st.binary(max_size=20)),
    st.builds(lambda word, end: word[:end], st.sampled_from(WORDS), st.integers(0, 8)),
)


class Port:
    """A doorkeeper for one connection, and who answers it in the end."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.deadlines = Deadlines(60, self.clock)
        self.answered_by: tuple[Speech, str] | None = None
        self.successor = Recorder()
        self.left = 0
        answers = {speech: self._answer(speech) for speech in Speech}
        self.doorkeeper = Doorkeeper(answers, self.deadlines, Partings(Clockwork()))

    def _answer(self, speech: Speech) -> Callable[[Turn, Callable[[], None]], Recorder]:
        def answer(turn: Turn, left: Callable[[], None]) -> Recorder:
            assert left == self._leave
            self.answered_by = speech, turn.host
            return self.successor

        return answer

    def _leave(self) -> None:
        self.left += 1

    def knock(self, *, may_be_silent: bool = False) -> FakeTransport:
        """Let a peer connect."""
        stranger = self.doorkeeper.stranger(
            turn_of("a host"), self._leave, may_be_silent=may_be_silent
        )
        return FakeTransport(stranger)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.now += seconds
        self.deadlines.sweep(at_once)


# The decision.


@pytest.mark.parametrize(
    ("first", "speech"),
    [
        (b"3         ann", Speech.FRAMES),
        (b" 3        ann", Speech.FRAMES),
        (b"+3        ann", Speech.FRAMES),
        (b"-3        ann", Speech.FRAMES),
        (b"0", Speech.FRAMES),
        (b"GET / HTTP/1.1\r\n", Speech.HTTP),
        (b"PATCH ", Speech.HTTP),
        (b"NICK ann\r\n", Speech.IRC),
        (b"nick ann\r\n", Speech.IRC),
        (b"CAP LS 302\r\n", Speech.IRC),
        (b"PASS secret", Speech.IRC),
        (b"Quit\r\n", Speech.IRC),
        (b"", None),
        (b"ni", None),
        (b"PAS", None),
        (b"NICKY ann", Speech.UNKNOWN),
        (b"P", None),
        (b"OPTIONS", None),
        (b"GET\t/", Speech.UNKNOWN),
        (b"get /", Speech.UNKNOWN),
        (b"PU ", Speech.UNKNOWN),
        (b"HELO mail.example\r\n", Speech.UNKNOWN),
        (b"\x16\x03\x01", Speech.TLS),
        (b'{"type"', Speech.PROOF),
        (b"\xff", Speech.UNKNOWN),
    ],
)
def test_what_first_bytes_say(first: bytes, speech: Speech | None) -> None:
    assert speech_of(first) is speech


def test_no_first_word_begins_another() -> None:
    words = [*FIRST_WORDS, *IRC_WORDS]
    assert not [pair for pair in permutations(words, 2) if pair[0].startswith(pair[1])]


@given(BEGINNINGS)
def test_more_bytes_never_change_a_decision(stream: bytes) -> None:
    decisions = [speech_of(stream[:end]) for end in range(len(stream) + 1)]
    assert all(earlier in {None, later} for earlier, later in pairwise(decisions))


@given(BEGINNINGS)
def test_what_is_undecided_is_shorter_than_a_word(stream: bytes) -> None:
    if speech_of(stream) is None:
        assert len(stream) < max(map(len, FIRST_WORDS))


# The hand-over.


@given(BEGINNINGS, st.lists(st.integers(0, 28)))
def test_whoever_answers_gets_every_byte_however_it_comes(stream: bytes, cuts: list[int]) -> None:
    port = Port()
    ends = [0, *sorted(cuts), len(stream)]
    transport = port.knock()
    transport.receive(*(piece for start, end in pairwise(ends) if (piece := stream[start:end])))
    if (speech := speech_of(stream)) is None:
        assert port.answered_by is None
    else:
        assert port.answered_by == (speech, "a host")
        assert port.successor.heard[0] == "connected"
        pieces = [piece for piece in port.successor.heard[1:] if isinstance(piece, bytes)]
        assert b"".join(pieces) == stream
    transport.lose()
    # Exactly one has heard of the end of the connection.
    assert (port.left, port.successor.heard[-1:]) in [(1, []), (0, ["lost"])]


def test_a_hand_over_ends_the_wait() -> None:
    port = Port()
    transport = port.knock()
    transport.receive(b"G", b"ET /")
    port.wait(1000)
    port.doorkeeper.close()
    assert not transport.is_closing()


# Strangers that stay strangers.


@pytest.mark.parametrize("said", [[], [b"G"], [b"G", b"E", b"T"]])
def test_half_a_word_counts_as_silence(said: list[bytes]) -> None:
    port = Port()
    transport = port.knock()
    for piece in said:
        port.wait(10)
        transport.receive(piece)
    port.wait(59 - 10 * len(said))
    assert not transport.is_closing()
    port.wait(1)
    assert transport.is_closing()
    assert transport.written == b""


def test_where_silence_is_allowed_time_begins_with_the_first_byte() -> None:
    port = Port()
    transport = port.knock(may_be_silent=True)
    port.wait(100_000)
    transport.receive(b"G")
    port.wait(30)
    transport.receive(b"E")
    port.wait(29)
    assert not transport.is_closing()
    port.wait(1)
    assert transport.is_closing()


@pytest.mark.parametrize("may_be_silent", [True, False])
@pytest.mark.parametrize("said", [[], [b"G"]])
def test_a_closing_doorkeeper_lets_go_of_all(said: list[bytes], may_be_silent: bool) -> None:
    port = Port()
    transport = port.knock(may_be_silent=may_be_silent)
    transport.receive(*said)
    port.doorkeeper.close()
    assert transport.is_closing()


@pytest.mark.parametrize("said", [[], [b"G"]])
def test_a_stranger_that_is_gone_is_forgotten(said: list[bytes]) -> None:
    port = Port()
    transport = port.knock()
    transport.receive(*said)
    transport.lose()
    assert port.left == 1
    port.wait(1000)
    port.doorkeeper.close()
    assert transport.notes == [], "nothing is done to a connection that is gone"


# Turns.


def test_many_first_words_at_once_are_answered_in_several_turns_of_the_loop() -> None:
    loop = Clockwork(TURN_SECONDS / 20)
    turns = Turns(Accounts(Limits(), loop.clock), loop.clock, loop)
    successors: list[Recorder] = []

    def answer(_turn: Turn, _left: Callable[[], None]) -> Recorder:
        loop.seconds += TURN_SECONDS / 10  # what it takes to make one
        successors.append(Recorder())
        return successors[-1]

    doorkeeper = Doorkeeper(
        dict.fromkeys(Speech, answer), Deadlines(60, loop.clock), Partings(loop)
    )
    lefts: list[int] = []
    transports = []
    for number in range(100):
        left = partial(lefts.append, number)
        stranger = doorkeeper.stranger(turns.turn("a host"), left, may_be_silent=True)
        transports.append(FakeTransport(stranger))
    for number, transport in enumerate(transports):
        transport.receive(b"GET /%d" % number)
    assert len(successors) < 20
    assert transports[-1].notes == ["pause_reading"]
    transports[97].receive(b" HTTP/1.1")
    transports[98].protocol.eof_received()
    transports[99].lose()
    counts = [len(successors)]
    while loop.turn():
        counts.append(len(successors))
    assert all(later - earlier < 20 for earlier, later in pairwise(counts))
    assert len(successors) == 99, "all but the one that was lost"
    assert lefts == [99]
    heard = {
        b"".join(one for one in got.heard if isinstance(one, bytes)): got for got in successors
    }
    assert b"GET /97 HTTP/1.1" in heard
    assert heard[b"GET /98"].heard[-1] == "ended"


def test_a_fault_in_a_turn_ends_the_connection_whose_turn_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop = Clockwork(TURN_SECONDS / 20)
    turns = Turns(Accounts(Limits(), loop.clock), loop.clock, loop)
    made: list[Recorder] = []

    def answer(_turn: Turn, _left: Callable[[], None]) -> Recorder:
        loop.seconds += TURN_SECONDS
        made.append(Recorder())
        if len(made) == 2:
            raise ZeroDivisionError
        return made[-1]

    doorkeeper = Doorkeeper(
        dict.fromkeys(Speech, answer), Deadlines(60, loop.clock), Partings(loop)
    )
    strangers = [
        doorkeeper.stranger(turns.turn("a host"), lambda: None, may_be_silent=True)
        for _ in range(3)
    ]
    transports = [FakeTransport(stranger) for stranger in strangers]
    for transport in transports:
        transport.receive(b"GET /")
    assert len(made) == 1, "the others wait for their turns"
    while loop.turn():
        pass
    assert [transport.is_closing() for transport in transports] == [False, True, False]
    assert [record.getMessage() for record in caplog.records] == ["a connection failed"]
