"""Who waits for which answer."""

import asyncio
from typing import Generic, TypeVar

from hubbub.chat.errors import HubbubError

Answer = TypeVar("Answer")


class Answers(Generic[Answer]):
    """Futures by ref. A waiter that was cancelled is passed over."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Answer]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def expect(self, ref: str) -> asyncio.Future[Answer]:
        """Return the future of the answer that will carry `ref`."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[ref] = future
        future.add_done_callback(lambda _: self._waiting.pop(ref, None))
        return future

    def give(self, ref: str, answer: Answer) -> bool:
        """Pass on an answer; tell whether anyone waited for it."""
        future = self._waiting.pop(ref, None)
        if future is None or future.done():
            return False
        future.set_result(answer)
        return True

    def refuse(self, ref: str, error: HubbubError) -> bool:
        """Raise `error` where the answer is awaited; tell whether it was."""
        future = self._waiting.pop(ref, None)
        if future is None or future.done():
            return False
        future.set_exception(error)
        return True

    def refuse_all(self, error: HubbubError) -> None:
        """Raise `error` wherever an answer is awaited."""
        for ref in list(self._waiting):
            self.refuse(ref, error)
