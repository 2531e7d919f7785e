"""Lines on their way: what was not confirmed is counted, whatever ends the chat."""

import asyncio
from io import BufferedReader, RawIOBase, TextIOWrapper

import pytest

from hubbub.chat.errors import Refused, Unreachable
from hubbub.cli.speaking import Speaker, StdinLines


@pytest.mark.parametrize("ending", [Unreachable("lost"), asyncio.CancelledError()])
def test_lines_that_the_server_did_not_confirm_are_counted(
    ending: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    async def say(text: str) -> None:
        if text == "never":
            await asyncio.Event().wait()
        if text == "lost":
            raise Unreachable("lost")

    async def scene() -> None:
        with Speaker(say, StdinLines()) as speaker:
            for text in ("taken", "never", "lost"):
                await speaker.say(text)
            await asyncio.sleep(0)  # each has begun
            raise ending

    with pytest.raises(type(ending)):
        asyncio.run(scene())
    assert (
        capsys.readouterr().err
        == "the server has not confirmed the last 2 lines, from 'never' on\n"
    )


def test_a_refusal_has_its_own_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    async def say(text: str) -> None:
        if text == "too long":
            raise Refused("Too long.")
        await asyncio.Event().wait()

    async def scene() -> None:
        with Speaker(say, StdinLines()) as speaker:
            await speaker.say("too long")
            await speaker.say("behind it")
            await speaker.finish()

    with pytest.raises(Refused):
        asyncio.run(scene())
    assert capsys.readouterr().err == ""


def test_a_line_that_is_all_there_was_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    async def scene() -> None:
        with Speaker(lambda _: asyncio.Event().wait(), StdinLines()) as speaker:
            await speaker.say("never")

    asyncio.run(scene())
    assert capsys.readouterr().err == "the server has not confirmed the last line: 'never'\n"


def test_lines_that_were_read_and_not_yet_said_are_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = TextIOWrapper(BufferedReader(Typed(b"one\n/who\n\nthree\nfour\n")))
    monkeypatch.setattr("sys.stdin", typed)

    async def scene() -> None:
        lines = StdinLines()
        with Speaker(lambda _: asyncio.Event().wait(), lines) as speaker:
            async with asyncio.timeout(30):
                async for line in lines:
                    if line.startswith("/"):
                        doing = asyncio.create_task(speaker.do(line, asyncio.Event().wait))
                        await asyncio.wait([doing], timeout=0)
                        raise Unreachable("lost")
                    await speaker.say(line)

    with pytest.raises(Unreachable):
        asyncio.run(scene())
    assert (
        capsys.readouterr().err == "the server has not confirmed the last 4 lines, from 'one' on\n"
    )


class Typed(RawIOBase):
    """What a terminal or pipe brings in one piece, and then its end."""

    def __init__(self, text: bytes) -> None:
        self._left = [b"", text]

    def read(self, _size: int = -1) -> bytes:
        return self._left.pop() if self._left else b""

    def readable(self) -> bool:
        return True
