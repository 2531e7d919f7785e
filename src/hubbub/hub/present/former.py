"""Who was here and is not any more, or not under that name: the last of them, for WHOWAS of IRC."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from hubbub.chat.events.channels import Former
from hubbub.hub.present.person import Shown

if TYPE_CHECKING:
    from hubbub.hub.present.person import Person

FORMER_MAX: Final = 300


class FormerPeople:
    """By the keys of their names, those who left last at the end."""

    def __init__(self) -> None:
        self._by_key: dict[str, deque[Former]] = {}
        self._keys: deque[str] = deque()

    def left(self, person: Person, at: int) -> None:
        """Take in that somebody is not here any more under their name."""
        shown = person.shown or Shown()
        former = Former(person.name, shown.user, shown.real, at)
        self._by_key.setdefault(person.key, deque()).append(former)
        self._keys.append(person.key)
        if len(self._keys) > FORMER_MAX:
            self._forget(self._keys.popleft())

    def _forget(self, key: str) -> None:
        self._by_key[key].popleft()
        if not self._by_key[key]:
            del self._by_key[key]

    def named(self, key: str) -> list[Former]:
        """Return those who had the name with this key, the last first."""
        return list(reversed(self._by_key.get(key, ())))
