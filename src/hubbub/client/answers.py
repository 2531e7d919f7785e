"""Coroutines that wait for answers."""

import asyncio
from typing import Generic, TypeVar

from hubbub.chat.errors import HubbubError

Answer = TypeVar("Answer")


class Answers(Generic[Answer]):
    """Futures by key. A waiter that was cancelled is passed over."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Answer]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def expect(self, key: str) -> asyncio.Future[Answer]:
        """Return the future of the answer that will come under `key`."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[key] = future
        future.add_done_callback(lambda _: self._waiting.pop(key, None))
        return future

    def expected(self, key: str) -> asyncio.Future[Answer] | None:
        """Return the future that waits under `key`, if there is one."""
        return self._waiting.get(key)

    def settle(self, key: str, outcome: Answer | HubbubError) -> None:
        """Pass on an answer or a refusal, if anybody still waits for it."""
        future = self._waiting.pop(key, None)
        if future is None or future.done():
            return
        if isinstance(outcome, HubbubError):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    def refuse_all(self, error: HubbubError) -> None:
        """Raise `error` wherever an answer is awaited."""
        for key in list(self._waiting):
            self.settle(key, error)
