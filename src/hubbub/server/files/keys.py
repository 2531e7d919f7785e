"""Keys of browsers: who a request is from that a page makes for a picture, without saying so.

A page cannot add a header to what it shows. So the handshake of its WebSocket gives the browser a
key in a cookie, which no script can read and no other site's page can use. A key counts as long as
a session that has it is connected, and opens what one of these may read at that moment.

The tabs of a browser share a key, since it keeps one cookie for all of them. But only where the
sessions come from one address: somebody elsewhere who had their own key put into a browser would
otherwise be given the sessions that it begins.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from hubbub.hub import Session

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{22}")
REPLACED_MAX: Final = 1000


class _Conversation(Protocol):
    session: Session | None


class Holder(Protocol):
    """A connection whose session, once it has begun, holds a key."""

    host: str

    @property
    def conversation(self) -> _Conversation:
        """What it has with the hub."""


class Keys:
    """Which connections hold which key."""

    def __init__(self) -> None:
        self._holders: dict[str, dict[Holder, None]] = {}
        self._keys: dict[Holder, str] = {}
        self._replaced: OrderedDict[str, str] = OrderedDict()

    def key_for(self, presented: str, host: str) -> str:
        """Return the key for a session that begins at `host` in a browser with this one, or none.

        Of tabs that all come back with a key that counts no more, each is given the same new one.
        """
        for key in (presented, self._replaced.get(presented, "")):
            if any(one.host == host for one in self._holders.get(key, ())):
                return key
        key = secrets.token_urlsafe(16)
        if _KEY.fullmatch(presented):
            self._replaced[presented] = key
            if len(self._replaced) > REPLACED_MAX:
                self._replaced.popitem(last=False)
        return key

    def hold(self, key: str, holder: Holder) -> None:
        """Let a key open what the session of a connection may read."""
        self._keys[holder] = key
        self._holders.setdefault(key, {})[holder] = None

    def left(self, holder: Holder) -> None:
        """Take in that a connection is gone, which may have held a key."""
        if (key := self._keys.pop(holder, None)) is not None:
            del self._holders[key][holder]
            if not self._holders[key]:
                del self._holders[key]

    def sessions(self, key: str) -> list[Session]:
        """Return the sessions that hold a key."""
        conversations = (one.conversation for one in self._holders.get(key, ()))
        return [one.session for one in conversations if one.session is not None]
