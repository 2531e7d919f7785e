"""Asks the server for something, and takes no other kind of answer than the one due."""

from typing import TypeVar

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import ProtocolError
from hubbub.client.driver import Driver

_Answer = TypeVar("_Answer", bound=e.Event)


class Asking:
    """What the parts of a `Chat` share: each is a group of commands, as methods.

    All raise Refused with the server's code and sentence, and Unreachable without a connection.
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    async def _ask(self, command: c.Command, kind: type[_Answer]) -> _Answer:
        answer = await self._driver.request(command)
        if not isinstance(answer, kind):
            raise ProtocolError(f"The server answered with the wrong event: {answer!r:.200}.")
        return answer

    async def _done(self, command: c.Command) -> None:
        """Have something done that is answered by no more than that it is."""
        await self._ask(command, e.Ok)
