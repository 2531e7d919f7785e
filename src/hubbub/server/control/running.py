"""What the hub asks for those who run the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat.errors import ConfigError
from hubbub.chat.queries import ReloadQuery, StatusQuery

if TYPE_CHECKING:
    from hubbub.chat.events import Reloaded, Sessions, Status
    from hubbub.chat.queries import SessionsQuery
    from hubbub.server.control.figures import Figures
    from hubbub.server.control.reloading import Reloading


class Running:
    """Answers from the figures, and has the configuration read again."""

    def __init__(self, figures: Figures, reloading: Reloading) -> None:
        self._figures = figures
        self._reloading = reloading

    def answer(self, question: StatusQuery | ReloadQuery) -> Status | Reloaded | str:
        """Return what is asked for, or a sentence that says why it cannot be done."""
        match question:
            case StatusQuery():
                return self._figures.status()
            case ReloadQuery():
                try:
                    return self._reloading.reload()
                except ConfigError as error:
                    return str(error)

    async def sessions(self, question: SessionsQuery) -> Sessions:
        """Return who is connected."""
        return await self._figures.sessions(question.key, question.limit)
