"""`hubbub send` while the server's log takes nothing: repeated, or told to the line."""

import asyncio
from collections.abc import Sequence
from io import BufferedReader, TextIOWrapper

import pytest

from hubbub.chat.errors import Refused
from hubbub.chat.limits import Limits
from hubbub.cli import send as sending
from hubbub.cli.pages import history
from hubbub.cli.stamps import Stamps
from hubbub.cli.visiting import Visit
from hubbub.client import Backoff, Delayed, connect
from hubbub.server.config import Config
from hubbub.testing import serving
from tests.cli.commands import PATIENCE_SECONDS, hubbub
from tests.cli.test_speaking import Typed
from tests.moody import MoodyLog

NEVER = 1_000_000
"""A batch that does not come."""

LINES = [f"line {number}" for number in range(1, 1001)]


# Batches of one tick, so that what is on its way when one is refused meets a log that takes it.
@pytest.mark.parametrize("refused", [[1], [2], [2, 4, 6], range(3, 30, 3), range(2, 30, 2)])
def test_what_the_log_refuses_for_a_while_is_posted_once_and_in_order(
    refused: Sequence[int],
) -> None:
    log = MoodyLog(refused)

    async def scene(address: str) -> list[object]:
        told: list[object] = []
        waits = Backoff(0.01, 0.02)
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            connect(address, name="ann", reconnect=waits) as chat,
        ):

            async def listen() -> None:
                told.extend([event async for event in chat if isinstance(event, Delayed)])

            listening = asyncio.create_task(listen())
            seqs = await asyncio.gather(*map(chat.say, LINES))
            assert seqs == list(range(1, len(LINES) + 1))
        await listening
        return told

    unhurried = Config(limits=Limits(messages_per_second=0))
    with serving(unhurried, log) as server:
        assert asyncio.run(scene(server.address))
    assert log.said_in("lobby") == LINES


def test_send_repeats_what_the_log_refuses_and_says_that_it_waits() -> None:
    log = MoodyLog([2, 3])
    with serving(log=log) as server:
        ran = hubbub("send", server.address, "--name", "ci", "-", stdin="\n".join(LINES))
    assert log.said_in("lobby") == LINES
    assert ran.returncode == 0
    assert set(ran.stderr.splitlines()) <= {
        "the server cannot store messages just now; what you say is sent when it can"
    }


@pytest.mark.parametrize("refuses_from", [1, 2, 4])
def test_send_that_gives_up_says_exactly_how_many_lines_were_posted(
    refuses_from: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = MoodyLog(range(refuses_from, NEVER))
    monkeypatch.setattr(sending, "GIVE_UP_SECONDS", 0.5)
    typed = "".join(f"{line}\n" for line in LINES)
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BufferedReader(Typed(typed.encode()))))
    with serving(log=log) as server, pytest.raises(Refused) as raised:
        sending.send(Visit(server.address, "ci", None, "", ""), "-")
    assert raised.value.code == "log_unavailable"
    posted = len(log.said_in("lobby"))
    assert log.said_in("lobby") == LINES[:posted]
    waiting, told = capsys.readouterr().err.splitlines()
    assert waiting.startswith("the server cannot store messages just now")
    were = "line was" if posted == 1 else "lines were"
    assert told == f"{posted} {were} posted; the first that was not is '{LINES[posted]}'"


def test_a_program_that_does_not_reconnect_is_told_after_some_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hubbub.client.session._WITHOUT", Backoff(0.01, give_up_seconds=0.02))

    async def scene(address: str) -> None:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            connect(address, name="ann", reconnect=False) as chat,
        ):
            with pytest.raises(Refused, match="cannot write its log now"):
                await chat.say("lost?")

    with serving(log=MoodyLog(range(1, NEVER))) as server:
        asyncio.run(scene(server.address))


@pytest.mark.parametrize("words", [["history"], ["search", "hello"]], ids=["history", "search"])
def test_a_page_that_cannot_be_read_just_now_is_asked_for_again(words: list[str]) -> None:
    log = MoodyLog()
    with serving(log=log) as server:
        hubbub("send", server.address, "hello there")
        log.failing_reads = range(log.reads + 1, log.reads + 3)
        command, *query = words
        ran = hubbub(command, server.address, "--json", *query)
    assert '"text":"hello there"' in ran.stdout
    assert ran.stderr == "the server cannot read its log just now; trying again\n"
    assert ran.returncode == 0


def test_a_page_that_cannot_be_read_at_all_ends_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hubbub.client.repeating.ANSWER_SECONDS", 0.5)
    with serving(log=MoodyLog(reads=range(1, NEVER))) as server, pytest.raises(Refused) as raised:
        history(
            [Visit(server.address, "ci", None, "", "")],
            before=None,
            after=None,
            limit=1,
            json=True,
            stamps=Stamps(),
        )
    assert raised.value.code == "log_unavailable"
