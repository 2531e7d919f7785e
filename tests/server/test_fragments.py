"""What is charged for pieces of the stream in which nothing is whole."""

from hubbub.hub import cost
from tests.server.conversing import Peer, Stage


def used(peer: Peer) -> float:
    account = peer.turn._account
    assert account is not None
    return account.used


def test_a_piece_that_says_nothing_yet_costs_more_than_a_short_message() -> None:
    """Or a name that comes byte by byte would keep everybody waiting for next to nothing."""
    peer = Stage().peer()
    for _ in range(10):
        before = used(peer)
        peer.conversation.hear(iter(()), 1)
        assert used(peer) - before >= cost.FRAGMENT > cost.COMMAND


def test_a_piece_with_something_whole_costs_no_more_for_being_a_piece() -> None:
    stage = Stage()
    stage.connect("bob")
    ann = stage.connect("ann")
    ann.line("hello")
    stage.run()
    before = used(ann)
    ann.line("bob?")
    assert used(ann) - before < cost.FRAGMENT


def test_whoever_goes_on_after_a_commit_pays_for_no_piece() -> None:
    stage = Stage()
    ann = stage.connect("ann")
    stage.run()
    before = used(ann)
    ann.conversation.go_on()
    assert used(ann) == before
