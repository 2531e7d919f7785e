"""What a node appends: published to the stream, and awaited until it comes back and is applied.

What is not known. If the servers do not answer in time, an append may have been stored all the
same. It has failed, as far as anybody was told, and may yet come as another node's would: then
whoever says it again under the same nonce has said it once. Nothing is sent again by this module.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry
from hubbub.log.jetstream.link import Link, NotReady, Unexpected
from hubbub.log.jetstream.pieces import Piece
from hubbub.log.jetstream.tenure import Tenure

PATIENCE_SECONDS: Final = 5.0
"""An append that has not come back by then has failed."""

DOUBT_SECONDS: Final = 1.0
"""What was stored, and has not come by then, is read with another consumer."""

TOKEN_BYTES: Final = 9


class Applied(NamedTuple):
    """What became of an append of this node."""

    entries: Sequence[Entry]
    seqs: Sequence[int]
    fresh: Sequence[Sequence[Entry]]
    """What is to be handed out by the append once it returns, commit by commit."""
    is_handed_out: asyncio.Event
    last: int
    """The number of its last message in the stream."""


class Publishing:
    """The appends of a node that are under way.

    `doubt` is called if what was stored does not come; `hand_out` when an append returns, with what
    is to be heard from then on.
    """

    def __init__(
        self, link: Link, doubt: Callable[[], None], hand_out: Callable[[Sequence[Entry]], None]
    ) -> None:
        self._link = link
        self._doubt = doubt
        self._hand_out = hand_out
        self._node = secrets.token_urlsafe(TOKEN_BYTES)
        self._appends = 0
        self.waiting: dict[str, asyncio.Future[Applied]] = {}
        """By their tokens, the appends that have not come yet."""

    def next_token(self) -> str:
        """Return by which token what is published next is known."""
        self._appends += 1
        return f"{self._node}-{self._appends}"

    async def publish(self, pieces: Sequence[Piece], tenure: Tenure | None) -> Applied:
        """Publish an append, and wait until it is applied here; raise LogError if that fails."""
        token = self.next_token()
        came: asyncio.Future[Applied] = asyncio.get_running_loop().create_future()
        self.waiting[token] = came
        failure = LogError("The NATS servers took too long to store it.")
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._publish(pieces, token, tenure)
                await asyncio.wait({came}, timeout=DOUBT_SECONDS)
                if not came.done():
                    self._doubt()
                await asyncio.wait({came}, timeout=PATIENCE_SECONDS)
        except TimeoutError:
            self._doubt()
        except LogError as error:
            failure = error
            if isinstance(error, NotReady):
                self._doubt()  # what is heard may come from a server that is cut off itself
        finally:
            del self.waiting[token]
            if came.done():
                # Nothing is awaited from here on: nobody hears of it before this has returned.
                for commit in came.result().fresh:
                    self._hand_out(commit)
                came.result().is_handed_out.set()
            else:
                came.cancel()
        if came.cancelled():
            raise failure
        return came.result()

    async def _publish(self, pieces: Sequence[Piece], token: str, tenure: Tenure | None) -> None:
        if tenure is None:
            await self._link.publish(pieces, token)
            return
        try:
            await self._link.publish(pieces, token, checked=tenure.headers)
        except Unexpected:  # or the servers were not done with the append before
            await tenure.look()
            raise
