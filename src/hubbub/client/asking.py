"""Asks the server for something, and takes no other kind of answer than the one due."""

from typing import Protocol, TypeVar

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import ProtocolError

_Answer = TypeVar("_Answer", bound=e.Event)


class Server(Protocol):
    """Whatever takes commands to a server, and brings their answers."""

    async def request(self, command: c.Command) -> e.AnyEvent:
        """Send a command and return its answer; raises Refused or Unreachable."""


class Asking:
    """What the parts of a `Chat` share: each is a group of commands, as methods.

    All raise Refused with the server's code and sentence, and Unreachable without a connection.
    """

    def __init__(self, server: Server) -> None:
        self._server = server

    async def _ask(self, command: c.Command, kind: type[_Answer]) -> _Answer:
        answer = await self._server.request(command)
        if not isinstance(answer, kind):
            raise ProtocolError(f"The server answered with the wrong event: {answer!r:.200}.")
        return answer

    async def _done(self, command: c.Command) -> None:
        """Have something done that is answered by no more than that it is."""
        await self._ask(command, e.Ok)
