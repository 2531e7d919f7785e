"""SIGTERM under load (protocol section 8)."""

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from hubbub.server.sessions.chatroom import TALKING_SECONDS
from tests.faults.serving import PATIENCE_SECONDS, ServerProcess
from tests.faults.sessions import LOST, Classic, Events, Json, whole_log
from tests.interop.raw import frame

ACKNOWLEDGED_BEFORE = 300
BURST = 20
CHANGES = 30


class Speaker:
    """Says things in bursts until the server ends the session; keeps all it was told."""

    def __init__(self, session: Events) -> None:
        self.session = session
        self.acknowledged: dict[str, int] = {}
        self.seen: dict[int, str] = {}
        self.last_words: Json = {}
        self.enough = asyncio.Event()

    async def speak(self) -> None:
        """Converse to the end of the connection."""
        hearing = asyncio.create_task(self._hear())
        try:
            for number in range(1_000_000):
                nonce = f"{self.session.name}-{number}"
                self.session.command(type="say", room="lobby", text=nonce, nonce=nonce, ref=nonce)
                if number % BURST == BURST - 1:
                    await self.session.drain()
                    await asyncio.sleep(0)
                if hearing.done():
                    break
        except ConnectionError:
            pass  # it ends while we speak; what was said to us can still be read
        await hearing

    async def _hear(self) -> None:
        try:
            while self.last_words.get("type") != "bye":
                self.last_words = event = await self.session.event()
                if event["type"] == "ok":
                    self.acknowledged[event["ref"]] = event["seq"]
                elif event["type"] == "message":
                    self.seen[event["seq"]] = event["text"]
                if len(self.acknowledged) >= ACKNOWLEDGED_BEFORE:
                    self.enough.set()
        finally:
            self.enough.set()
            self.session.abort()


async def stopped_while_the_log_is_read(server: ServerProcess) -> list[Json]:
    """Return what a speaker was told whose replies, edits and reactions still read the log."""
    async with await Events.enter(server, "ann") as ann:
        await ann.ask(type="join", room="lobby")
        await ann.ask(type="say", room="lobby", text="first")
        for number in range(CHANGES):
            ann.command(type="say", room="lobby", text=f"reply {number}", reply_to=1, ref="a")
            ann.command(type="edit", room="lobby", seq=1, text=f"edit {number}", ref="b")
            ann.command(type="react", room="lobby", seq=1, emoji=str(number), ref="c")
            ann.command(type="say", room="lobby", text=f"after {number}", ref="d")
        await ann.drain()
        told = [await ann.event()]
        server.stop()
        while told[-1]["type"] != "bye":
            told.append(await ann.event())
        assert await server.exit_code() == 0
        return told


def test_a_stop_neither_drops_nor_overtakes_what_still_reads_the_log(tmp_path: Path) -> None:
    """`every accepted message is committed`, in the order in which it was said."""
    with ServerProcess(tmp_path / "data", "[limits]\nmessages_per_second = 0\n") as server:
        told = asyncio.run(stopped_while_the_log_is_read(server))
        server.start()
        log = asyncio.run(whole_log(server))
    kinds = ["message", "edited", "reaction", "message"]
    assert [event["type"] for event in log[1:]] == (kinds * CHANGES)[: len(log) - 1]
    texts = [event["text"] for event in log[1:] if event["type"] == "message"]
    expected = [
        text for number in range(CHANGES) for text in (f"reply {number}", f"after {number}")
    ]
    assert texts == expected[: len(texts)], "nothing overtakes, nothing is left out in between"
    answers = [event["ref"] for event in told if "ref" in event]
    assert answers == (["a", "b", "c", "d"] * CHANGES)[: len(answers)]
    assert len(answers) == len(log) - 1, "what was accepted is answered, the rest was not read"


async def listen(session: Classic, heard: list[tuple[str, str]]) -> None:
    """Collect everything that a classic member hears, to the end."""
    try:
        while True:
            heard.append(await session.pair())
    except LOST:
        session.abort()


async def stopped_under_load(
    server: ServerProcess,
) -> tuple[list[Speaker], list[tuple[str, str]], int]:
    """Return the speakers, what a classic member heard, and the exit code."""
    heard: list[tuple[str, str]] = []
    speakers = [Speaker(await Events.enter(server, f"speaker{number}")) for number in range(4)]
    async with await Classic.enter(server, "listener") as listener, asyncio.TaskGroup() as tasks:
        tasks.create_task(listen(listener, heard))
        for speaker in speakers:
            await speaker.session.ask(type="join", room="lobby")
            tasks.create_task(speaker.speak())
        for speaker in speakers:
            await speaker.enough.wait()
        server.stop()
        code = await server.exit_code()
    return speakers, heard, code


def test_a_stop_under_load_commits_what_was_accepted_and_says_goodbye(tmp_path: Path) -> None:
    """`hubbub serve … exits 0 on SIGINT/SIGTERM after every accepted message is committed.`"""
    config = "[limits]\nmessages_per_second = 0\nshutdown_seconds = 60\n"
    with ServerProcess(tmp_path / "data", config) as server:
        speakers, heard, code = asyncio.run(stopped_under_load(server))
        assert code == 0
        server.start()
        log = asyncio.run(whole_log(server))
    logged = {event["nonce"]: event["seq"] for event in log}
    assert len(logged) == len(log)
    texts = {event["seq"]: event["text"] for event in log}
    for speaker in speakers:
        assert speaker.last_words["type"] == "bye"
        assert speaker.last_words["reason"].endswith(".")
        assert len(speaker.acknowledged) >= ACKNOWLEDGED_BEFORE
        assert speaker.acknowledged.items() <= logged.items()
        assert speaker.seen.items() <= texts.items()
        own = [int(n.partition("-")[2]) for n in logged if n.startswith(speaker.session.name)]
        assert own == list(range(len(own))), "what was accepted has no hole"
    assert heard[-1][0] == "hubbub", "a classic member is told why it ends"
    assert [text for _, text in heard[:-1]] == list(texts.values()), "the same, for all"


async def stopped_beside_silent_readers(server: ServerProcess) -> int:
    """Return the exit code of a server with members that take nothing any more."""
    async with (
        await Classic.enter(server, "silent") as silent,
        await Events.enter(server, "silent too") as silent_too,
        await Classic.enter(server, "ann") as ann,
    ):
        await silent_too.ask(type="join", room="lobby")
        for _ in range(300):  # 15 MB
            ann.say("x" * 50_000)
            await ann.drain()
        ann.say("/who")
        assert (await ann.pair())[1].startswith("3 in lobby")
        server.stop()
        code = await server.exit_code()
        assert (await silent.pair()) == ("ann", "x" * 50_000)
    return code


def test_a_stop_does_not_wait_for_ever_for_those_who_do_not_read(tmp_path: Path) -> None:
    """`A connection that says nothing … delays nobody`: least of all the end."""
    config = "[limits]\nmessages_per_second = 0\nshutdown_seconds = 0.2\n"
    with ServerProcess(tmp_path / "data", config) as server:
        assert asyncio.run(stopped_beside_silent_readers(server)) == 0
        server.start()
        assert len(asyncio.run(whole_log(server))) == 300


def test_a_peer_that_was_talking_can_read_the_goodbye_late(tmp_path: Path) -> None:
    """`It then waits for the client to read them and hang up`: also one that pauses, and then goes
    on talking before it reads.
    """
    config = "[limits]\nmessages_per_second = 0\nshutdown_seconds = 60\n"
    with (
        ServerProcess(tmp_path / "data", config) as server,
        socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as slow,
    ):
        said = frame("/who")
        slow.sendall(frame("slow") + said * 100)
        heard = slow.recv(1)  # so it is in the room
        server.stop()
        assert server.stays(2 * TALKING_SECONDS)
        for _ in range(100):
            slow.sendall(said)
        while chunk := slow.recv(65_536):
            heard += chunk
        assert heard.endswith(frame("hubbub") + frame("The server is shutting down."))
        slow.close()
        assert asyncio.run(server.exit_code()) == 0


def blast(server: ServerProcess, name: str, spoken: threading.Event) -> None:
    """Say things as fast as a socket takes them, and read nothing, until the connection ends."""
    said = frame("a message, again and again") * 1000
    with socket.create_connection((server.host, server.port), PATIENCE_SECONDS) as greedy:
        greedy.sendall(frame(name))
        with suppress(OSError):
            while True:
                greedy.sendall(said)
                spoken.set()


def test_a_stop_does_not_wait_until_senders_pause(tmp_path: Path) -> None:
    """`exits 0 on SIGINT/SIGTERM after every accepted message is committed`: what is still
    in a sender's socket is not accepted, or a sender who never pauses would keep the server alive.
    """
    config = "[limits]\nmessages_per_second = 0\nshutdown_seconds = 2\n"
    with ServerProcess(tmp_path / "data", config) as server:
        spoken = [threading.Event() for _ in range(3)]
        with ThreadPoolExecutor(len(spoken)) as threads:
            for number, event in enumerate(spoken):
                threads.submit(blast, server, f"greedy{number}", event)
            try:
                assert all(event.wait(PATIENCE_SECONDS) for event in spoken)
                server.stop()
                assert asyncio.run(server.exit_code()) == 0
            finally:
                server.kill()


async def stopped_while_secrets_wait(server: ServerProcess) -> int:
    """Return the exit code of a server that somebody asks to look at one password after another.

    After thirty wrong ones for a name, each is looked at only ten seconds after it came.
    """
    async with await Events.enter(server, "eve") as eve:
        for number in range(60):
            eve.command(type="login", name="ann", password=f"guess {number}", ref=f"{number}")
        eve.command(type="say", room="lobby", text="as whom?")
        await eve.answer("29")
        server.stop()
        return await server.exit_code()


def test_a_stop_waits_for_no_secret(tmp_path: Path) -> None:
    """And posts nothing that was said behind one: it would be by somebody else."""
    with ServerProcess(tmp_path / "data") as server:
        assert asyncio.run(stopped_while_secrets_wait(server)) == 0
        server.start()
        assert asyncio.run(whole_log(server)) == []
