"""Lines on their way: what was not confirmed is counted, whatever ends the chat."""

import asyncio

import pytest

from hubbub.chat.errors import Refused, Unreachable
from hubbub.cli.speaking import Speaker


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
        with Speaker(say) as speaker:
            for text in ("taken", "never", "lost"):
                await speaker.say(text)
            await asyncio.sleep(0)  # each has begun
            raise ending

    with pytest.raises(type(ending)):
        asyncio.run(scene())
    assert capsys.readouterr().err == "the server has not confirmed the last 2 lines\n"


def test_a_refusal_has_its_own_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    async def say(text: str) -> None:
        if text == "too long":
            raise Refused("Too long.")
        await asyncio.Event().wait()

    async def scene() -> None:
        with Speaker(say) as speaker:
            await speaker.say("too long")
            await speaker.say("behind it")
            await speaker.finish()

    with pytest.raises(Refused):
        asyncio.run(scene())
    assert capsys.readouterr().err == ""


def test_a_line_that_is_all_there_was_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    async def scene() -> None:
        with Speaker(lambda _: asyncio.Event().wait()) as speaker:
            await speaker.say("never")

    asyncio.run(scene())
    assert capsys.readouterr().err == "the server has not confirmed the last line\n"
