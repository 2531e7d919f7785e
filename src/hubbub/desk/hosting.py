"""Hosting on: when the person who hosted the chatroom of this machine quits, another one may.

The same goes if their program ended without a word, as one that was killed does. Every chat on the
machine that has the same log is offered it. The first to accept hosts; the folder of the log can be
used by one server alone, so there is never a second. All others, and those who are elsewhere,
connect again to the same address by themselves.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Protocol

from hubbub.chat.errors import HubbubError, Refused
from hubbub.client import Chat, Offline, Online

HOST_LEFT = "host_left"
"""The code of the goodbye of a server that ran beside somebody's chat."""

OFFER = (
    "/host hosts it on from here: everybody comes back by themselves, and nothing that was said is "
    "lost. Any other chat on this machine can do so, too."
)
ENDED = "The program that hosted this chatroom has ended."
NOW_HOSTED = "You host this chatroom now. It ends when you quit, or another one hosts it on."
HOSTED_ELSEWHERE = "Somebody else hosts the chatroom now."


BUSY_SECONDS = 10.0
"""How long the one who quits may take to let go of the log."""

LOOK_AGAIN_SECONDS = 0.1

SILENT_SECONDS = 2.0
"""After a lost connection, a server may be about to come back by itself."""


class Host(Protocol):
    """Can host the chatroom of this machine beside a chat. What it does takes time: use a thread.

    `folder`: that of the log, while it hosts.
    """

    folder: str | None

    def may_go_on(self, epoch: str) -> bool:
        """Return whether nobody hosts, and the log here is the one that had this epoch."""

    def go_on(self) -> bool:
        """Host, and return True; False if another one does.

        Raises HubbubError if neither can be, `log_in_use` while another program has the log.
        """


class Offer(Enum):
    """How it stands."""

    NONE = "none"
    LOOKING = "looking"
    """The host may have quit; whether the log can be had here is not known yet."""
    OPEN = "open"
    TAKEN = "taken"
    """This chat is about to host."""


class HostingOn:
    """Offers it, and does it. `host` is None where the chatroom is none of this machine's."""

    def __init__(
        self,
        chat: Chat,
        host: Host | None,
        *,
        tell: Callable[[str], None],
        spawn: Callable[[Coroutine[None, None, None]], None],
    ) -> None:
        self._chat = chat
        self._host = host
        self._tell = tell
        self._spawn = spawn
        self.offer = Offer.NONE

    @property
    def folder(self) -> str | None:
        """Where the log is, if this program hosts the chatroom."""
        return None if self._host is None else self._host.folder

    def take(self, event: Online | Offline) -> None:
        """Take in what becomes of the connection."""
        if isinstance(event, Online):
            if self.offer is Offer.OPEN:
                self._tell(HOSTED_ELSEWHERE)
            self.offer = Offer.NONE
        elif self._host is not None and self.offer is Offer.NONE:
            self.offer = Offer.LOOKING
            self._spawn(self._look(self._host, is_told=event.code == HOST_LEFT))

    async def _look(self, host: Host, *, is_told: bool) -> None:
        """Offer it, once the log is here that this chat has seen, and nobody uses it.

        `is_told`: the host has said goodbye.
        """
        if not is_told:
            await asyncio.sleep(SILENT_SECONDS)
        epochs = [one.epoch for one in self._chat.replicas.values() if one.epoch]
        give_up_at = time.monotonic() + BUSY_SECONDS
        while self.offer is Offer.LOOKING and epochs and time.monotonic() < give_up_at:
            may_go_on = await asyncio.to_thread(host.may_go_on, epochs[-1])
            if may_go_on and self.offer is Offer.LOOKING:
                self.offer = Offer.OPEN
                self._tell(OFFER if is_told else f"{ENDED} {OFFER}")
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def accept(self) -> None:
        """Host the chatroom; raises Refused where that is not offered, HubbubError if it fails."""
        if self._host is None or self.offer is not Offer.OPEN:
            raise Refused(
                "There is nothing to host on: /host is for when a host has quit, or was ended."
            )
        self.offer = Offer.TAKEN
        try:
            hosts = await self._host_on(self._host)
        except HubbubError:
            self.offer = Offer.OPEN
            raise
        self._tell(NOW_HOSTED if hosts else HOSTED_ELSEWHERE)
        self.offer = Offer.NONE
        self._chat.retry_now()

    async def _host_on(self, host: Host) -> bool:
        give_up_at = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return await asyncio.to_thread(host.go_on)
            except HubbubError as error:
                if error.code != "log_in_use" or time.monotonic() >= give_up_at:
                    raise
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
