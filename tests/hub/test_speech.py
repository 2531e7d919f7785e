"""Lines that come together take a shorter way, which leads to the same."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.heard import FILLER, Heard, PlainLine
from hubbub.chat.limits import Limits
from hubbub.hub import Hub, Session
from hubbub.hub.speech import Allowed
from hubbub.wire.framed import CLASSIC
from tests.hub.moderated import ROOM, Moderated
from tests.hub.peers import Peer

LIMITS = Limits(text_bytes_max=20, daily_bytes_max=1500)
HERE = "192.0.2.9"
SOME = Allowed(1_000, 1_000_000.0, 1_000_000, list[float]().append)
TEXTS = st.sampled_from(
    ["hello", "grüße", "", " ", "\n", "a\nb", "\x07", "/who", "//slash", "/no", "x" * 20, "é" * 20]
)


def nothing(_room: Moderated, _kim: Peer) -> None:
    """Leave it as it is."""


def slow(room: Moderated, _kim: Peer) -> None:
    room.cleo.tell(c.SetRules(room=ROOM, slow_seconds=30))


def muted(room: Moderated, _kim: Peer) -> None:
    room.cleo.tell(c.Mute(room=ROOM, who="kim", seconds=300))


def closed(room: Moderated, _kim: Peer) -> None:
    room.cleo.tell(c.SetRules(room=ROOM, private=True))


def in_an_empty_room(_room: Moderated, kim: Peer) -> None:
    kim.type("/join nowhere")


CASES = [nothing, slow, muted, closed, in_an_empty_room]


def prepared(case: Callable[[Moderated, Peer], None]) -> tuple[Moderated, Peer]:
    room = Moderated(LIMITS)
    kim = room.enter("kim", CLASSIC, origin=HERE)
    kim.type(f"/join {ROOM}")
    case(room, kim)
    room.commit()
    kim.read()
    return room, kim


def one_by_one(hub: Hub, session: Session, lines: list[Heard], at: int) -> float:
    """Act on lines as on any others; return what they cost."""
    units = 0.0
    for line in lines:
        assert isinstance(line, PlainLine)
        units += hub.price(session, line)
        try:
            hub.line(session, line.text, at)
        except Refused as error:
            session.refuse(error, None)
    return units


def shortly(hub: Hub, session: Session, lines: list[Heard], at: int) -> float:
    """Act on them the shorter way as far as it goes, as a conversation does."""
    units, rest = 0.0, iter(lines)
    for line in rest:
        used, odd = hub.speak(session, line, rest, SOME)
        units += used
        if odd is not None:
            units += one_by_one(hub, session, [odd], at)
    return units


@pytest.mark.parametrize("case", CASES)
@settings(max_examples=20)
@given(texts=st.lists(TEXTS, max_size=12))
def test_the_shorter_way_leads_to_the_same(
    case: Callable[[Moderated, Peer], None], texts: list[str]
) -> None:
    seen = []
    for act in (one_by_one, shortly):
        room, kim = prepared(case)
        session = kim.session
        units = act(room.hub, session, [PlainLine(text) for text in texts], room.clock)
        pending = session.pending_bytes, session.person.drafts, session.person.spoke_at
        batch = room.hub.take() if room.hub.has_pending else []
        told = [(one.event, one.cost_bytes, one.batch_bytes, one.has_many) for one in batch]
        room.settle(batch)
        left = room.hub._state.quota._posted.of(HERE, room.clock).level
        seen.append((pytest.approx(units), pending, told, left, kim.pairs(), room.olga.events()))
    assert seen[0] == seen[1]


def test_it_goes_no_further_than_is_allowed() -> None:
    room, kim = prepared(nothing)
    price = room.hub.price(kim.session, PlainLine("x"))
    rest = iter([PlainLine(str(number)) for number in range(1, 5)])
    few = SOME._replace(at=room.clock, units=1.5 * price)
    assert room.hub.speak(kim.session, PlainLine("0"), rest, few) == (2 * price, None)
    full = SOME._replace(at=room.clock, pending_bytes=1)
    assert room.hub.speak(kim.session, next(rest), rest, full) == (price, None)
    assert [line.text for line in rest] == ["3", "4"]
    assert [draft.event.text for draft in room.hub.take()] == ["0", "1", "2"]  # type: ignore[union-attr]


def test_what_is_no_ordinary_line_is_handed_back() -> None:
    room, kim = prepared(nothing)
    for odd in (PlainLine("/who"), PlainLine(""), FILLER):
        assert room.hub.speak(kim.session, odd, iter(()), SOME) == (0.0, odd)
        rest = iter([odd])
        assert room.hub.speak(kim.session, PlainLine("x"), rest, SOME)[1] is odd
    assert len(room.hub.take()) == 3
