"""Coming in by the link of an invitation, at a real server with a password."""

from collections.abc import Iterator

import pytest

from hubbub.chat.errors import Refused
from hubbub.client import connect
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving

from .servers import play

PASSWORD = "rolu-mika-tedo"
LAPTOP, PHONE, EVES = "l" * 24, "p" * 24, "e" * 24


@pytest.fixture
def locked() -> Iterator[LocalServer]:
    with serving(Config(server=ServerSection(password=PASSWORD))) as server:
        yield server


async def link(server: LocalServer, *rooms: str, uses: int | None = None) -> str:
    """Return the link of an invitation, as an operator gives it out."""
    address = server.address
    async with connect(address, name="op", password=PASSWORD, device=LAPTOP) as op:
        made = await op.invite(rooms=rooms, uses=uses)
    return f"http://{address}/#invite={made.invitation}"


def test_a_link_lets_in_without_the_password_and_its_rooms_are_joined(locked: LocalServer) -> None:
    async def scene() -> None:
        opened = connect(await link(locked, "plans", "dev", uses=1), name="ann", device=PHONE)
        async with opened as ann:
            assert ann.person
            assert ann.room == "plans"
            await ann.say("here I am")
            page = await ann.history("plans")
            assert [one.text for one in page.messages] == ["here I am"]
            assert {*ann.replicas} == {"lobby", "plans", "dev"}
        # From then on the device is enough.
        async with connect(locked.address, name="ann", device=PHONE) as again:
            assert again.person == ann.person
            assert again.room == "lobby"

    play(scene)


def test_the_room_that_one_chose_stays_the_current_one(locked: LocalServer) -> None:
    async def scene() -> None:
        opened = connect(await link(locked, "plans"), name="ann", room="dev", device=PHONE)
        async with opened as ann:
            assert ann.room == "dev"
            await ann.history("plans")
            assert {*ann.replicas} == {"dev", "plans"}

    play(scene)


def test_an_invitation_that_does_not_count_is_refused_with_a_sentence(locked: LocalServer) -> None:
    async def scene() -> None:
        used_up = await link(locked, uses=1)
        async with connect(used_up, name="ann", device=PHONE):
            pass
        with pytest.raises(Refused, match="used up") as refused:
            await connect(used_up, name="eve", device=EVES).__aenter__()
        assert refused.value.code == "wrong_invitation"

    play(scene)


def test_an_invitation_needs_a_device_and_a_locked_chatroom_one_or_the_password(
    locked: LocalServer,
) -> None:
    async def scene() -> None:
        with pytest.raises(Refused, match="device="):
            connect(f"http://{locked.address}/#invite=k3vW", name="ann")
        with pytest.raises(Refused, match="has a password") as refused:
            await connect(locked.address, name="ann", device=PHONE).__aenter__()
        assert refused.value.code == "password_needed"
        async with connect(f"http://{locked.address}/#password={PASSWORD}", name="ann") as ann:
            assert ann.is_locked

    play(scene)
