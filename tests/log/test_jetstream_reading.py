"""Reading the stream from a server that loses, repeats and forgets: each message once, in order."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.aio.msg import Msg

from hubbub.chat.errors import LogError
from hubbub.log.epochs import begun_at
from hubbub.log.jetstream import reading
from hubbub.log.jetstream.link import Link, Stream
from hubbub.log.jetstream.reading import Reading

MESSAGES = 30
EPOCHS = [begun_at(0)]
FAULTS = ["lost", "twice", "late", "silent", "gone", "waits", "odd"]
BEAT_SECONDS = 0.01

Hear = Callable[[Msg], Awaitable[None]]


class Moody:
    """A link to a server with so many messages: each that it delivers has the next fault."""

    stream = "s"

    def __init__(self, faults: list[str], refusals: int) -> None:
        self._faults = iter(faults)
        self._refusals = refusals
        self._hear: Hear | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self.said: set[str] = set()
        """Subjects on which the reader said that it is as far."""
        self.client = SimpleNamespace(
            new_inbox=lambda: "inbox", subscribe=self.subscribe, publish=self.publish
        )

    async def revive(self) -> None:
        pass

    async def stream_found(self) -> Stream:
        epochs = msgspec.json.encode(EPOCHS).decode()
        told = {
            "config": {"metadata": {"hubbub.epochs": epochs}},
            "state": {"first_seq": 1, "last_seq": MESSAGES},
        }
        return msgspec.convert(told, Stream)

    async def subscribe(self, _inbox: str, cb: Hear) -> SimpleNamespace:
        self._hear = cb

        async def unsubscribe() -> None:
            self._hear = None

        return SimpleNamespace(unsubscribe=unsubscribe)

    async def publish(self, subject: str) -> None:
        self.said.add(subject)

    async def ask(self, _subject: str, asked: dict[str, dict[str, int]], type_: type) -> object:
        if self._refusals:
            self._refusals -= 1
            raise LogError("The servers do not answer.")
        after = asked["config"]["opt_start_seq"] - 1
        assert self._hear is not None
        self._sending.add(asyncio.create_task(self._send(self._hear, after)))
        return msgspec.convert({"num_pending": MESSAGES - after}, type_)

    async def _send(self, hear: Hear, after: int) -> None:
        held: Msg | None = None
        delivered = 0
        for delivered, number in enumerate(range(after + 1, MESSAGES + 1), 1):
            if self._hear is not hear:
                return
            message = delivery(number, delivered)
            fault = next(self._faults, "")
            if fault == "silent":
                return
            if fault == "gone":
                await hear(status("409"))
                return
            if fault == "odd":
                await hear(Msg(_client=Client(), reply="hello"))
            if fault == "waits":
                await hear(status("100", reply=f"flow.{number}"))
                while f"flow.{number}" not in self.said and self._hear is hear:  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
            if fault == "late":
                held = message
            elif fault != "lost":
                await hear(message)
            if fault == "twice":
                await hear(message)
            if held is not None and fault != "late":
                await hear(held)
                held = None
            await asyncio.sleep(0)
        while self._hear is hear:
            await hear(status("100", {"Nats-Last-Consumer": str(delivered)}))
            await asyncio.sleep(BEAT_SECONDS)

    async def close(self) -> None:
        self._hear = None
        await asyncio.gather(*self._sending)


def delivery(number: int, delivered: int) -> Msg:
    reply = f"$JS.ACK.s.c.1.{number}.{delivered}.1700000000.{MESSAGES - number}"
    return Msg(_client=Client(), subject="s.log.facts", reply=reply, data=b"%d" % number)


def status(number: str, headers: dict[str, str] | None = None, reply: str = "") -> Msg:
    return Msg(_client=Client(), reply=reply, headers={"Status": number, **(headers or {})})


async def all_read(faults: list[str], refusals: int) -> list[int]:
    link = Moody(faults, refusals)
    stream = Reading(cast("Link", link), EPOCHS, 0)
    numbers: list[int] = []
    async with asyncio.timeout(30):
        while len(numbers) < MESSAGES or stream.pending:
            for one in await stream.take():
                assert one.payload == b"%d" % one.number
                numbers.append(one.number)
    await link.close()
    return numbers


@settings(max_examples=100, deadline=None)
@given(
    faults=st.lists(st.sampled_from([*FAULTS, *[""] * 10]), max_size=2 * MESSAGES),
    refusals=st.integers(0, 3),
)
def test_each_message_is_read_once_in_order(faults: list[str], refusals: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "SILENCE_SECONDS", 0.1)
        patch.setattr(reading, "RETRY_SECONDS", 0.0)
        assert asyncio.run(all_read(faults, refusals)) == [*range(1, MESSAGES + 1)]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_alone_is_found_out(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SILENCE_SECONDS", 0.1)
    monkeypatch.setattr(reading, "RETRY_SECONDS", 0.0)
    for place in (0, 1, MESSAGES - 1):
        faults = [""] * place + [fault]
        assert asyncio.run(all_read(faults, 0)) == [*range(1, MESSAGES + 1)]
