"""Whether anybody has the page open."""

import asyncio


class Presence:
    """Told of what pages do. A page is here while its WebSocket is open."""

    def __init__(self) -> None:
        self._pages = 0
        self._heard_at: float | None = None

    def heard(self) -> None:
        """A browser of the person has asked for something."""
        self._heard_at = asyncio.get_running_loop().time()

    def came(self) -> None:
        """A page has opened its WebSocket."""
        self._pages += 1

    def went(self) -> None:
        """The WebSocket of a page is closed."""
        self._pages -= 1
        self.heard()

    async def ended(self, seconds: float) -> None:
        """Return when a page was open, and none has been for so long."""
        while True:
            if self._pages or self._heard_at is None:
                waiting = seconds
            else:
                waiting = self._heard_at + seconds - asyncio.get_running_loop().time()
                if waiting <= 0:
                    return
            await asyncio.sleep(waiting)
