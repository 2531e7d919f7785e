"""Hubs of several nodes on one log, driven by hand: each hears of what the others commit."""

from hubbub.hub import Hub
from hubbub.log.memory import MemoryLog
from tests.hub.peers import Chatroom, now


class Node(Chatroom):
    """A hub of a run of its own, on a log that it shares."""

    def __init__(self, log: MemoryLog, run: str) -> None:
        self.run = run
        self.shared = log
        super().__init__()

    def opened(self) -> Hub:
        self.log = self.shared
        self.feed = self.log.follow()
        return Hub(
            self.limits,
            now(self.log.heads()),
            now(self.log.epochs()),
            now(self.log.facts()),
            self.log,
            server="test",
            at=self.clock,
            run=self.run,
        )


def nodes(count: int = 2) -> list[Node]:
    """Return so many nodes of one chatroom."""
    log = MemoryLog()
    return [Node(log, f"run {number}") for number in range(count)]


def settled(*all_: Node) -> None:
    """Let all nodes commit and apply what waits."""
    for _ in range(3):
        for one in all_:
            one.commit()


def exchange(*all_: Node) -> None:
    """Let all nodes commit, and tell each other what is to be told, until nothing more is."""
    for _ in range(3):
        settled(*all_)
        for one in all_:
            here, left = one.hub.elsewhere.take_moved()
            typing, letters = one.hub.elsewhere.take_typing(), one.hub.elsewhere.take_letters()
            for other in all_:
                if other is one:
                    continue
                other.hub.elsewhere.gone(one.run, left)
                other.hub.elsewhere.take(one.run, here)
                for key, room in typing:
                    other.hub.elsewhere.typing(one.run, key, room)
                for letter in letters.get(other.run, ()):
                    other.hub.elsewhere.hear(letter)
