"""Who wants to know when whom comes and goes, whatever rooms they are in: MONITOR of IRC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat.commands.channels import WATCHED_MAX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hubbub.hub.present.room import Session


class Watchers:
    """Sessions by the keys of the names that they watch; nearly nobody watches anybody."""

    def __init__(self) -> None:
        self._by_key: dict[str, dict[Session, None]] = {}
        self._by_session: dict[Session, dict[str, None]] = {}

    @property
    def are_none(self) -> bool:
        """Whether nobody watches anybody."""
        return not self._by_key

    def of(self, key: str) -> list[Session]:
        """Return those who watch whoever has the name with this key."""
        return list(self._by_key.get(key, ())) if self._by_key else []

    def watch(self, session: Session, key: str) -> bool:
        """Let a session watch a name; return whether it may watch one more."""
        watched = self._by_session.setdefault(session, {})
        if key not in watched and len(watched) >= WATCHED_MAX:
            return False
        watched[key] = None
        self._by_key.setdefault(key, {})[session] = None
        return True

    def stop(self, session: Session, keys: Iterable[str]) -> None:
        """Let a session watch names no longer; without keys, none at all."""
        watched = self._by_session.get(session, {})
        for key in list(keys) or list(watched):
            if key in watched:
                del watched[key], self._by_key[key][session]
                if not self._by_key[key]:
                    del self._by_key[key]
        if not watched:
            self._by_session.pop(session, None)
