"""What a server turns out to be: nothing is forgotten that would let a text go astray."""

import pytest

from hubbub.client.outbox import Post
from hubbub.client.questions import ANSWER_SECONDS
from hubbub.client.recognition import NEXT, TAKEN_MAX, WELCOME_SECONDS, Kind, Recognition

HAPPENINGS = {
    Kind.PRESUMED: Recognition.presume,
    Kind.CERTAIN: Recognition.is_certain,
    Kind.DOUBTFUL: Recognition.doubt,
    Kind.HUBBUB: Recognition.spoke,
}


def post(number: int) -> Post:
    return Post(f"{number}", "lobby", "hello")


@pytest.mark.parametrize("kind", Kind)
def test_it_changes_as_the_table_says_and_not_otherwise(kind: Kind) -> None:
    for later, happen in HAPPENINGS.items():
        server = Recognition(spoke_events=False)
        server.kind = kind
        if later in NEXT[kind] or later is kind:
            happen(server)
            assert server.kind is later
        else:
            with pytest.raises(AssertionError):
                happen(server)


@pytest.mark.parametrize("kind", Kind)
def test_a_new_connection_may_be_to_another_server_unless_it_spoke_events(kind: Kind) -> None:
    server = Recognition(spoke_events=False)
    server.kind = kind
    server.connected()
    assert server.kind is (kind if kind in (Kind.DOUBTFUL, Kind.HUBBUB) else Kind.UNKNOWN)


def test_only_a_server_that_nobody_knows_must_be_quick() -> None:
    assert Recognition(spoke_events=False).greeting_seconds == WELCOME_SECONDS
    assert Recognition(spoke_events=True).greeting_seconds == ANSWER_SECONDS


def test_what_it_took_is_remembered_while_that_is_in_doubt() -> None:
    server = Recognition(spoke_events=False)
    server.presume()
    for number in range(TAKEN_MAX + 10):
        server.took(post(number))
    assert len(server.taken) == TAKEN_MAX
    server.doubt()
    server.connected()
    assert server.taken[-1] == post(TAKEN_MAX + 9)
    server.spoke()
    assert server.taken == []
