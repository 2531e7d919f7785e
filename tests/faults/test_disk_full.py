"""The disk is full, and has room again: a commit that fails refuses its messages with
`log_unavailable` and loses none silently, the room stays readable, and posting resumes by itself.

A limit on the size of the server's files stands for the disk: it can be lifted while it runs.
"""

import asyncio
from pathlib import Path

import pytest

from tests.faults.serving import PATIENCE_SECONDS, ServerProcess
from tests.faults.sessions import Classic, Events, whole_log

TEXT = "é" * 4000
MESSAGES_MAX = 2000
"""So many would be 16 MB: long before, the limit is met."""
ROOM_BYTES = 200_000
UNHURRIED = "[limits]\nmessages_per_second = 0\n"


class Sender:
    """Says numbered things over an event session, and keeps the answers apart."""

    def __init__(self, session: Events) -> None:
        self.session = session
        self.acknowledged: dict[str, int] = {}
        self.refused: set[str] = set()
        self._count = 0

    async def say(self, count: int = 1) -> None:
        """Say some things at once, and wait for all answers."""
        nonces = [f"{self.session.name}-{self._count + number}" for number in range(count)]
        self._count += count
        for nonce in nonces:
            self.session.command(
                type="say", room="lobby", text=f"{nonce} {TEXT}", nonce=nonce, ref=nonce
            )
        for nonce in nonces:
            await self._take_answer(nonce)

    async def say_again(self, nonce: str) -> bool:
        """Repeat one, as a client does that was refused; tell whether it is posted now."""
        self.session.command(
            type="say", room="lobby", text=f"{nonce} {TEXT}", nonce=nonce, ref=nonce
        )
        await self._take_answer(nonce)
        return nonce in self.acknowledged

    async def _take_answer(self, nonce: str) -> None:
        answer = await self.session.answer(nonce)
        if answer["type"] == "ok":
            self.acknowledged[nonce] = answer["seq"]
            self.refused.discard(nonce)
            return
        assert answer["type"] == "error", answer
        assert answer["code"] == "log_unavailable"
        assert " " in answer["message"], "a sentence for people"
        assert answer["message"].endswith(".")
        self.refused.add(nonce)


async def fill(senders: list[Sender]) -> None:
    """Let all speak until each is refused."""
    for _ in range(MESSAGES_MAX // 10):
        await asyncio.gather(*(sender.say(10) for sender in senders))
        if all(sender.refused for sender in senders):
            return
    raise AssertionError("the limit was never met")


async def refusal_of(classic: Classic) -> str:
    """Speak until the server says why not; the write-ahead log may have been emptied meanwhile."""

    async def heard() -> str:
        while (pair := await classic.pair())[0] != "hubbub":
            pass
        return pair[1]

    hearing = asyncio.create_task(heard())
    for _ in range(MESSAGES_MAX // 50):
        for _ in range(50):
            classic.say(TEXT)
        await asyncio.wait([hearing], timeout=0.2)
        if hearing.done():
            break
    return await hearing


async def assert_log_is_what_was_acknowledged(server: ServerProcess, senders: list[Sender]) -> None:
    acknowledged = {nonce: seq for one in senders for nonce, seq in one.acknowledged.items()}
    log = await whole_log(server)
    assert {event["nonce"]: event["seq"] for event in log if "nonce" in event} == acknowledged


async def full_and_free_again(server: ServerProcess, said_before: int) -> list[Sender]:
    """Return what the senders know at the end."""
    async with (
        await Events.enter(server, "ann") as ann,
        await Events.enter(server, "bob") as bob,
        await Classic.enter(server, "cid") as cid,
    ):
        senders = [Sender(ann), Sender(bob)]
        for sender in senders:
            await sender.session.ask(type="join", room="lobby")
            await sender.say(said_before)

        server.limit_file_bytes(server.largest_file_bytes() + ROOM_BYTES)
        await fill(senders)
        assert (await refusal_of(cid)).endswith("."), "a classic sender is told as well"

        # The room stays readable: pages, cursors and newcomers.
        log = await whole_log(server)
        end = log[-1]["seq"] + 1  # some of what the classic sender said may still find room
        page = await ann.ask(type="history", room="lobby", before=end, limit=5)
        assert [one["seq"] for one in page["messages"]] == [one["seq"] for one in log[-5:]]
        await assert_log_is_what_was_acknowledged(server, senders)
        assert (await bob.ask(type="ping"))["type"] == "ok"

        server.limit_file_bytes()
        async with asyncio.timeout(PATIENCE_SECONDS):
            for sender in senders:
                for nonce in sorted(sender.refused):
                    while not await sender.say_again(nonce):
                        pass
                await sender.say(5)
        assert not any(sender.refused for sender in senders)
        await assert_log_is_what_was_acknowledged(server, senders)
        cid.say("and now?")
        while (await ann.next_message())["text"] != "and now?":
            pass
        return senders


@pytest.mark.parametrize(
    "said_before",
    [
        pytest.param(3, id="a young log"),
        pytest.param(700, id="a log of 10 MB, whose journal was moved to its main file before"),
    ],
)
def test_a_full_disk_refuses_loses_nothing_and_is_recovered_from(
    tmp_path: Path, said_before: int
) -> None:
    """`log_unavailable`: `A message reaches no member, and its sender no ok, before it is
    committed to the log.`
    """
    with ServerProcess(tmp_path / "data", UNHURRIED) as server:
        senders = asyncio.run(full_and_free_again(server, said_before))
        server.kill()
        server.start()
        asyncio.run(assert_log_is_what_was_acknowledged(server, senders))


async def killed_while_full(server: ServerProcess) -> list[Sender]:
    """Return what a sender knows when the server dies with its disk full."""
    async with await Events.enter(server, "ann") as ann:
        sender = Sender(ann)
        await ann.ask(type="join", room="lobby")
        server.limit_file_bytes(server.largest_file_bytes() + ROOM_BYTES)
        await fill([sender])
        server.kill()
    return [sender]


def test_a_server_killed_while_its_disk_is_full_has_all_that_it_acknowledged(
    tmp_path: Path,
) -> None:
    with ServerProcess(tmp_path / "data", UNHURRIED) as server:
        senders = asyncio.run(killed_while_full(server))
        server.start()
        asyncio.run(assert_log_is_what_was_acknowledged(server, senders))
