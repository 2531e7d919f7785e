"""Says why a command takes long: what the server cannot do just now is repeated."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hubbub.background import awaited
from hubbub.cli.reporting import report
from hubbub.cli.speaking import let_go
from hubbub.client import Chat, Delayed, NewCertificate


@asynccontextmanager
async def told_of_waiting(chat: Chat) -> AsyncIterator[None]:
    """Report within the block what waits; of other events nothing is said."""
    telling = awaited(_tell(chat))
    try:
        yield
    finally:
        let_go(telling)


async def _tell(chat: Chat) -> None:
    async for event in chat:
        if isinstance(event, Delayed | NewCertificate):  # that it comes back is no news
            report(event)
