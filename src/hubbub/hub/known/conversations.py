"""Between whom private rooms are, folded from the facts of the log, in their order.

All of it is in memory, as the rooms are: whatever is said in one of them asks for it.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from hubbub.chat.events import Fact
from hubbub.chat.facts import Standing, value_of
from hubbub.chat.names import name_key
from hubbub.chat.people import CONVERSATION, Conversation


def _keys(conversation: Conversation) -> Iterator[str]:
    for name in conversation.names:
        with suppress(ValueError):  # of an older hubbub, whose names were others
            yield name_key(name)


class Conversations:
    """They, by room. `facts` are those that stand at the start."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        facts = [fact for fact in facts if fact.key.startswith(CONVERSATION)]
        self._standing = Standing({fact.key: fact.seq for fact in facts})
        self._rooms: dict[str, Conversation] = {}
        for fact in facts:
            self._put(fact)

    def take(self, facts: Iterable[Fact]) -> None:
        """Take in the next facts of the log."""
        for fact in facts:
            if fact.key.startswith(CONVERSATION) and self._standing.take(fact):
                self._put(fact)

    def _put(self, fact: Fact) -> None:
        room = fact.key.removeprefix(CONVERSATION)
        self._rooms.pop(room, None)
        if (value := value_of(fact, Conversation)) is not None:
            self._rooms[room] = value

    def get(self, room: str) -> Conversation | None:
        """Return between whom a room is, if that is known."""
        return self._rooms.get(room)

    def of(self, names: Iterable[str]) -> list[str]:
        """Return the rooms of two who had these names when they first talked there."""
        wanted = sorted(map(name_key, names))
        return [room for room, one in self._rooms.items() if sorted(_keys(one)) == wanted]

    def __contains__(self, room: str) -> bool:
        return room in self._rooms

    def seq(self, key: str) -> int:
        """Return the seq of the fact that stands under a key, 0 if none does."""
        return self._standing.seqs.get(key, 0)
