"""People whose accounts are deleted. What they said stands under a name that says so.

Their messages are not written anew. They get that name wherever the log is read, by the ids of
their senders. This is folded from the facts of the log, in their order.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Fact, Page
from hubbub.chat.facts import Standing, fact_of, value_of
from hubbub.chat.names import deleted_name
from hubbub.chat.people import FORGOTTEN, Forgotten

Told = TypeVar("Told", bound=AnyLogged)


class ForgottenPeople:
    """Their ids. `facts` are all facts that stand at the start.

    `unfinished` are the people, by id, whose messages and reactions are still to be cleared.
    """

    def __init__(self, facts: Sequence[Fact] = ()) -> None:
        facts = [fact for fact in facts if fact.key.startswith(FORGOTTEN)]
        self._standing = Standing({fact.key: fact.seq for fact in facts})
        self._ids: set[str] = set()
        self.unfinished: dict[str, Forgotten] = {}
        self.held: dict[str, set[str]] = {}
        """The rooms that were passed over for the time being, by the ids of the people."""
        for fact in facts:
            self._put(fact)

    def take(self, facts: Iterable[Fact]) -> None:
        """Take in the next facts of the log."""
        for fact in facts:
            if fact.key.startswith(FORGOTTEN) and self._standing.take(fact):
                self._put(fact)

    def _put(self, fact: Fact) -> None:
        id_ = fact.key.removeprefix(FORGOTTEN)
        self._ids.add(id_)
        self.unfinished.pop(id_, None)
        if (value := value_of(fact, Forgotten)) is not None and value.name:
            self.unfinished[id_] = value

    def __contains__(self, id_: str) -> bool:
        return id_ in self._ids

    def fact(self, id_: str, value: Forgotten, at: int) -> Fact:
        """Return the fact that somebody's account is deleted, and what is still to be cleared."""
        key = FORGOTTEN + id_
        return fact_of(key, value, by="", at=at, expects=self._standing.seqs.get(key, 0))

    def events(self, events: Sequence[Told]) -> Sequence[Told]:
        """Return events of the log with the names under which they are shown."""
        if not self._ids or not any(event.person in self._ids for event in events):
            return events
        return [
            replace(event, sender=deleted_name(event.person)) if event.person in self else event
            for event in events
        ]

    def page(self, page: Page) -> Page:
        """Return a page with the names under which its messages are shown."""
        told = self.events(page.messages)
        return page if told is page.messages else replace(page, messages=list(told))
