"""Servers on a real SQLite log, and a log whose commits wait for the test."""

import asyncio
import errno
import importlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from hubbub.chat.events import Entry
from hubbub.chat.limits import Limits
from hubbub.log.memory import MemoryLog
from hubbub.server.config import Config, LogSection, ServerSection
from hubbub.server.loop import new_event_loop
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from tests.interop.raw import RawPeer
from tests.server.event_peer import EventPeer

Serve = Callable[..., AbstractContextManager[LocalServer]]
Meet = Callable[..., EventPeer]
Connect = Callable[..., RawPeer]
Loop = Callable[[], asyncio.AbstractEventLoop]


class WaitingLog(MemoryLog):
    """Commits nothing until it is told to; counts the commits it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._allowed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.batches: list[int] = []

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        self._loop = asyncio.get_running_loop()
        self.batches.append(len(drafts))
        await self._allowed.wait()
        return await super().append(drafts)

    def allow(self) -> None:
        """Let all commits pass, from now on; called from the test's thread."""
        assert self._loop is not None, "nothing was committed yet"
        self._loop.call_soon_threadsafe(self._allowed.set)


class Import:
    """The import of what few need: it waits for the test, and fails at first if told so."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.allowed = threading.Event()
        self.failures = 0
        self.failure: Exception = OSError(errno.EMFILE, "Too many open files")

    def __call__(self, name: str) -> ModuleType:
        self.begun.set()
        assert self.allowed.wait(30)
        if self.failures:
            self.failures -= 1
            raise self.failure
        return importlib.import_module(name)


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> Iterator[Import]:
    """The import, in the hands of the test."""
    loading = Import()
    monkeypatch.setattr("hubbub.server.late.import_module", loading)
    yield loading
    loading.allowed.set()


@pytest.fixture
def http_is_loaded() -> None:
    """Load what answers HTTP beforehand: a server that is not patient would let go who waits."""
    importlib.import_module("hubbub.server.http.site")


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Return a server on the test's folder, with these limits, as often as it is called.

    Unless they say otherwise, it stops soon: most peers are still connected then.
    """

    @contextmanager
    def on_this_folder(**limits: float) -> Iterator[LocalServer]:
        config = Config(
            server=ServerSection(listen="127.0.0.1:0", data=str(tmp_path)),
            limits=Limits(**{"shutdown_seconds": SHUTDOWN_SECONDS, **limits}),  # type: ignore[arg-type]
            log=LogSection(),
        )
        with serving(config) as server:
            yield server

    return on_this_folder


@pytest.fixture
def meet() -> Iterator[Meet]:
    """Return event sessions: `meet(server, name, room=…)`; they end with the test."""
    with ExitStack() as stack:
        yield lambda server, *args, **options: stack.enter_context(
            EventPeer(server, *args, **options)
        )


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Return raw connections: `connect(server, name=None)`; they end with the test."""
    with ExitStack() as stack:
        yield lambda server, name=None: stack.enter_context(
            RawPeer(server.host.strip("[]"), server.port, name)
        )


@pytest.fixture(params=[new_event_loop, asyncio.SelectorEventLoop], ids=["fast", "asyncio"])
def loops(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Loop:
    """Run servers on this kind of event loop."""
    loop: Loop = request.param
    monkeypatch.setattr("hubbub.server.thread.new_event_loop", loop)
    return loop
