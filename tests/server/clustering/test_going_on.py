"""A member whose node is lost goes on at another by itself: the real library, at real processes."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest

from hubbub.chat import events as e
from hubbub.client import Chat, Online, connect, one_chatroom, parse_address
from hubbub.client.trust import Trust
from tests.cli.commands import started, told
from tests.cli.folders import own_folders
from tests.faults.serving import ServerProcess
from tests.server.clustering.nodes import given
from tests.server.clustering.pairs import address_of, telling

__all__ = ["own_folders"]

MESSAGES = 200
KILLED_AFTER = 60
IN_FLIGHT_MAX = 8
PATIENCE_SECONDS = 120
PASSWORD = "rotu-mika-tedo"
DEVICE = "device-of-ann-and-of-nobody-else"


async def listen(chat: Chat, heard: list[tuple[int, str]], places: list[str]) -> None:
    """Note what is heard, and where, until all is heard that is said."""
    async for event in chat:
        if isinstance(event, e.Message):
            heard.append((event.seq, event.text))
        elif isinstance(event, Online):
            places.append(event.address)
        if len({text for _, text in heard}) == MESSAGES:
            return


async def know(address: str, *chats: Chat) -> None:
    """Wait until clients know that the chatroom is at an address, too."""
    while not all(address in one.addresses for one in chats):
        await asyncio.gather(*(one.ping() for one in chats))


async def say_all(chat: Chat, said: dict[str, int | None], killing: asyncio.Event) -> None:
    """Say everything, some at a time; have the node killed in the middle."""
    places = asyncio.Semaphore(IN_FLIGHT_MAX)

    async def say(text: str) -> None:
        async with places:
            said[text] = await chat.say(text)
        if len(said) == KILLED_AFTER:
            killing.set()

    async with asyncio.TaskGroup() as tasks:
        for number in range(MESSAGES):
            tasks.create_task(say(f"m{number}"))


async def talk(first: ServerProcess, second: ServerProcess, at: str) -> None:
    """Talk at the first node, reached `at` an address, and kill it."""
    n1, n2 = address_of(first), address_of(second)
    heard: dict[str, list[tuple[int, str]]] = {"ann": [], "ben": []}
    places: dict[str, list[str]] = {"ann": [], "ben": []}
    said: dict[str, int | None] = {}
    killing = asyncio.Event()
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        connect(one_chatroom(at), name="ann", device=DEVICE) as ann,
        connect(one_chatroom(at), name="ben") as ben,
        asyncio.TaskGroup() as tasks,
    ):
        person = ann.person
        await know(n2, ann, ben)
        for chat in (ann, ben):
            tasks.create_task(listen(chat, heard[chat.name], places[chat.name]))
        tasks.create_task(say_all(ann, said, killing))
        await killing.wait()
        first.kill()
        assert len(said) < MESSAGES, "it was killed while somebody talked"
    assert places == {"ann": [n1, n2], "ben": [n1, n2]}
    assert ann.name == "ann"
    assert ann.person == person
    assert ben.name == "ben", "a name in passing is kept, too"
    in_order = sorted((seq, text) for text, seq in said.items() if seq is not None)
    assert len(in_order) == MESSAGES
    assert heard == {"ann": in_order, "ben": in_order}
    assert [text for _, text in in_order] == [f"m{number}" for number in range(MESSAGES)]


def test_members_whose_node_is_killed_go_on_at_the_next_address_with_nothing_lost_or_doubled(
    tmp_path: Path, nats: str, stream: str
) -> None:
    config = f'[cluster]\nservers = ["{nats}"]\nstream = "{stream}"\n'
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(ServerProcess(tmp_path / name, config)) for name in ("n1", "n2")
        )
        asyncio.run(talk(first, second, f"{address_of(first)},{address_of(second)}"))


def test_members_who_gave_one_address_go_on_at_another_node_with_nothing_lost_or_doubled(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with telling(tmp_path, nats, stream) as (first, second):
        asyncio.run(talk(first, second, address_of(first)))


async def came(address: str, password: str = "") -> tuple[str, str]:
    """Come as ann, and know the other node; return where that was, and as whom."""
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        connect(address, name="ann", device=DEVICE, password=password) as ann,
    ):
        assert ann.person is not None
        while len(ann.addresses) < 2:
            await ann.ping()
        return ann.address, ann.person.id


def test_after_a_restart_a_client_finds_the_other_node_though_its_own_is_dead(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with telling(tmp_path, nats, stream) as (first, second):
        second.freeze()  # so it has yet to read who came to the first
        at, person = asyncio.run(came(address_of(first)))
        assert at == address_of(first)
        first.kill()
        second.thaw()
        assert asyncio.run(came(address_of(first))) == (address_of(second), person)
        first.start()
        assert asyncio.run(came(address_of(first))) == (address_of(first), person)


@pytest.mark.parametrize("scheme", ["hubbub", "hubbubs"])
def test_with_a_password_a_client_goes_on_and_proves_it_at_the_other_node_where_there_is_tls(
    tmp_path: Path, nats: str, stream: str, scheme: str
) -> None:
    more = f'[server]\npassword = "{PASSWORD}"\n[tls]\nself_signed = true\n'
    with telling(tmp_path, nats, stream, more, PASSWORD) as (first, second):
        at = f"{scheme}://{address_of(first)}/"
        own, person = asyncio.run(came(at, PASSWORD))
        first.kill()
        assert asyncio.run(came(at, PASSWORD)) == (address_of(second), person)
        assert own == address_of(first)
        for one in (first, second):
            is_known = Trust().known(parse_address(address_of(one))) is not None
            assert is_known == (scheme == "hubbubs"), "it has proven the password with it"


def test_a_device_is_the_same_at_all_nodes_whatever_the_order_of_their_addresses(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with telling(tmp_path, nats, stream) as nodes:
        first, second = map(address_of, nodes)

        def devices(address: str) -> list[str]:
            return told("account", "devices", address, "--name", "ann").splitlines()

        [own] = devices(first)
        assert own.endswith(", this one")
        assert devices(f"{second},{first}") == [own]
        assert devices(f"{first},{second}") == [own]


def test_tail_and_send_go_on_at_another_node_and_find_it_after_a_restart(
    tmp_path: Path, nats: str, stream: str
) -> None:
    with telling(tmp_path, nats, stream) as (first, second), ExitStack() as stack:
        at = address_of(first)
        asyncio.run(came(at))
        tail = started("tail", at, "--name", "eve", "--after", "0")
        assert tail.stdout is not None
        told("send", "--to", at, "--name", "ben", "at the first")
        assert b"at the first" in tail.stdout.readline()
        given(stack, second, "ben").leave()  # the second has heard that ben left the first
        first.kill()
        told("send", "--to", at, "--name", "ben", "at the other")
        assert b"at the other" in tail.stdout.readline()
        again = started("tail", at, "--name", "zed", "--after", "0")
        assert again.stdout is not None
        assert b"at the first" in again.stdout.readline()
        assert b"at the other" in again.stdout.readline()
