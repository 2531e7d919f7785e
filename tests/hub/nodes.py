"""Hubs of several nodes on one log, driven by hand: each hears of what the others commit."""

from hubbub.log.memory import MemoryLog
from tests.hub.peers import Chatroom


def nodes(count: int = 2) -> list[Chatroom]:
    """Return so many nodes of one chatroom: each has a hub of a run of its own, on one log."""
    log = MemoryLog()
    return [Chatroom(log=log, run=f"run {number}") for number in range(count)]


def settled(*all_: Chatroom) -> None:
    """Let all nodes commit and apply what waits."""
    for _ in range(3):
        for one in all_:
            one.commit()


def exchange(*all_: Chatroom) -> None:
    """Let all nodes commit, and tell each other what is to be told, until nothing more is."""
    for _ in range(3):
        settled(*all_)
        for one in all_:
            here, left = one.hub.elsewhere.take_moved()
            kept = one.hub.elsewhere.take_kept()
            typing, letters = one.hub.elsewhere.take_typing(), one.hub.elsewhere.take_letters()
            for other in all_:
                if other is one:
                    continue
                other.hub.elsewhere.gone(one.run, left)
                other.hub.elsewhere.take(one.run, here)
                other.hub.elsewhere.keep(kept)
                for key, room in typing:
                    other.hub.elsewhere.typing(one.run, key, room)
                for letter in letters.get(other.run, ()):
                    other.hub.elsewhere.hear(letter)
