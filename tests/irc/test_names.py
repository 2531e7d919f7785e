"""How people and rooms are called in IRC."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hubbub.chat.errors import Refused
from hubbub.chat.names import allowed_name
from hubbub.wire.irc.names import channel_of, name_of, nick_of, room_of


@given(st.text(min_size=1, max_size=32))
def test_every_name_has_a_nick_that_leads_back_to_it(raw: str) -> None:
    try:
        name = allowed_name(raw)
    except Refused:
        assume(False)
    nick = nick_of(name)
    assert name_of(nick) == name
    assert not set(nick) & set(" ,*?!@:#&~%+$.\0\r\n")
    assert nick[0] not in "-0123456789"
    assert len(nick) == len(name)


@pytest.mark.parametrize(
    ("name", "nick"),
    [("ann", "ann"), ("ann lee", "ann\u00a0lee"), ("3po", "\uff13po"), ("who?", "who\uff1f")],
)
def test_nicks_read_like_the_names(name: str, nick: str) -> None:
    assert nick_of(name) == nick


def test_a_name_that_was_said_elsewhere_forges_no_line() -> None:
    assert nick_of("eve\r\n001 ann\0") == "eve001\u00a0ann"


def test_rooms_are_channels() -> None:
    assert channel_of("lobby") == "#lobby"
    assert room_of("#lobby") == room_of("lobby") == "lobby"
