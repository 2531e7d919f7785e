"""The wiring: one log, one hub, one port, and the order in which they start and stop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from hubbub.background import Needed, Work, heed_callbacks, keep_going
from hubbub.chat.errors import ConfigError
from hubbub.chat.events import Bye
from hubbub.chat.grants import OPERATOR_CODE
from hubbub.chat.limits import Limits
from hubbub.chat.names import load_tables
from hubbub.chat.people import hash_of
from hubbub.chat.retention import Retention
from hubbub.chat.rules import OPERATOR
from hubbub.log.port import Log
from hubbub.log.sqlite import SqliteLog
from hubbub.server.clustering import joined
from hubbub.server.config import BackupSection, Config, IrcSection, JournalSection
from hubbub.server.control.answering import answered
from hubbub.server.control.figures import Figures
from hubbub.server.control.listening import Control
from hubbub.server.control.reloading import (
    Reloading,
    certificates_part,
    hub_part,
    limits_part,
    section_part,
)
from hubbub.server.control.running import Running
from hubbub.server.credentials.operator_code import kept_code
from hubbub.server.ending import cannot_go_on
from hubbub.server.heartbeat import Watchdog
from hubbub.server.listener import Listener
from hubbub.server.sessions.chatroom import Chatroom
from hubbub.server.sockets.descriptors import connections_allowed
from hubbub.server.starting import hub_from
from hubbub.server.stopgap import Stopgap
from hubbub.server.tls.certificates import Certificates
from hubbub.server.tls.choosing import certificates_of
from hubbub.server.tls.plaintext import Plaintext

if TYPE_CHECKING:
    from hubbub.server.clustering.node import Node
    from hubbub.server.relaying.workers import Workers

STOPPED = Bye(reason="The server is shutting down.")
HOST_LEFT = Bye(reason="The person who hosted this chatroom has quit.", code="host_left")
"""The last words of a server that ran beside somebody's chat: another chat may host it on."""

BACK = Bye(reason="You are sent back to the chatroom's own server.")
"""The last words of a relay that was alone."""

STOPGAP_SHUTDOWN_SECONDS = 2.0


@asynccontextmanager
async def running(
    config: Config,
    log: Log,
    operator_code: str = "",
    folder: Path | None = None,
    *,
    bye: Bye = STOPPED,
    stopgap: Stopgap | None = None,
    reloading: Reloading | None = None,
    sockets: Sequence[socket.socket] = (),
    node: "Node | None" = None,
) -> AsyncIterator[str]:
    """Serve `log` until the block ends; yields the address, `host:port`. `bye`: the last words.
    `stopgap`: there if this server is a relay's, as long as that is alone.

    Files are kept in `folder`, and whoever may use it runs the server there; without one, nobody
    does. `reloading` has the configuration read again. `sockets`: those to listen on, if any are
    passed to us. `node`: what this server is among several.

    Raises ConfigError if the address cannot be listened on, and LogError if the log cannot be read.
    """
    limits = _granted(config)
    certificates = await asyncio.to_thread(certificates_of, config.tls, folder)
    hub = await hub_from(log, config, limits, operator_code, node.run if node else "")
    load_tables()  # later, everybody would wait for it
    chatroom = Chatroom(limits, hub, log, folder if stopgap is None else stopgap.copy)
    chatroom.node = node
    if stopgap is not None:
        chatroom.stand_in(stopgap)
    await chatroom.files.open()
    listener = await _listener(chatroom, log, config, certificates, has_relays=stopgap is None)
    workers = await _opened(listener, chatroom, config, sockets)
    await _settle(chatroom, listener, config)
    control = _controlled(chatroom, listener, certificates, reloading or Reloading(config), folder)
    await control.open()
    kept = [*_working(chatroom, listener, workers), *_keeping(certificates, config, folder)]
    needed, endless = _begun(chatroom, node, kept)
    watchdog = Watchdog(chatroom.loop, chatroom.heartbeat)
    watchdog.start()
    try:
        yield listener.address
    except asyncio.CancelledError:
        if stopgap is not None:  # it ends itself: nobody is sent back to a server that is not there
            bye = STOPPED
        raise
    finally:
        await control.close()
        if workers is not None:
            workers.stop()
        await listener.close()
        await chatroom.close(bye)
        await listener.gate.cut()
        if workers is not None:
            await workers.close()
        watchdog.end()
        for task in endless:
            task.cancel()
        await asyncio.wait(endless)
        if (fault := await needed.end()) is not None:
            raise cannot_go_on() from fault


async def _listener(
    chatroom: Chatroom,
    log: Log,
    config: Config,
    certificates: Certificates | None,
    *,
    has_relays: bool,
) -> Listener:
    """Return what answers connections, and begin to note for relays what is committed."""
    ticker = None
    if config.relay.secret and has_relays:
        # Imported here: most servers have no relays.
        from hubbub.server.relaying.ticker import Ticker  # noqa: PLC0415

        ticker = Ticker(log, (await log.epochs())[-1].start)
        chatroom.commits.note, chatroom.keeping.note = ticker.note, ticker.note_dropped
    return Listener(
        chatroom,
        config.server.hosts,
        config.server.trusted_proxies,
        certificates,
        Plaintext(config.tls.plaintext),
        relay_secret=config.relay.secret,
        ticker=ticker,
    )


async def _opened(
    listener: Listener, chatroom: Chatroom, config: Config, sockets: Sequence[socket.socket]
) -> "Workers | None":
    """Listen, or have workers do it; raises ConfigError."""
    if not config.server.workers:
        await listener.open(config.server.listen, sockets)
        return None
    if sockets:
        raise ConfigError(
            "The service manager listens for the server, so workers cannot. Remove the socket "
            "unit, or set 'workers' to 0.",
            code="cannot_listen",
        )
    # Imported here: most servers have none.
    from hubbub.server.relaying.workers import Workers  # noqa: PLC0415

    return await Workers.opened(config, listener.gate, chatroom)


async def _settle(chatroom: Chatroom, listener: Listener, config: Config) -> None:
    """Have what is configured besides, and listen where an authority looks."""
    _copy_as(chatroom, config)
    _keep_as(chatroom, config)
    _speak_irc_as(listener, config)
    if config.tls.acme_listen:
        await listener.open(config.tls.acme_listen)


_Kept = tuple[Callable[[], Work[None]], str]
"""Work that never ends, and what it is called."""


def _begun(
    chatroom: Chatroom, node: "Node | None", kept: list[_Kept]
) -> tuple[Needed, list[asyncio.Task[None]]]:
    """Begin what never ends: what the server cannot do without, and what it can for a while."""
    heed_callbacks(chatroom.loop)
    needed = Needed()
    needed.begin(chatroom.commits.run, "committing what is said")
    if node is not None:
        needed.begin(node.log.followed, "following the stream")
        kept = [*kept, (partial(node.live, chatroom), "telling the other nodes who is here")]
    return needed, [keep_going(work, what) for work, what in kept]


def _working(chatroom: Chatroom, listener: Listener, workers: "Workers | None") -> Iterator[_Kept]:
    yield chatroom.sweep, "ending sessions that are silent"
    yield chatroom.finish, "clearing deleted accounts"
    yield chatroom.files.run, "removing files that nobody needs"
    yield chatroom.copies.run, "making backups"
    yield chatroom.keeping.run, "removing messages that are over"
    yield listener.sweep, "ending connections that are silent"
    if workers is not None:
        yield workers.run, "replacing workers that ended"


def _copy_as(chatroom: Chatroom, config: Config) -> None:
    chatroom.copies.section = config.backup


def _keep_as(chatroom: Chatroom, config: Config) -> None:
    chatroom.keeping.general = config.retention


def _speak_irc_as(listener: Listener, config: Config) -> None:
    listener.irc.section = config.irc


def _controlled(
    chatroom: Chatroom,
    listener: Listener,
    certificates: Certificates | None,
    reloading: Reloading,
    folder: Path | None,
) -> Control:
    """Return the control socket of a server that listens; operators can run it from now on."""
    parts = [
        limits_part(chatroom.limits),
        hub_part(chatroom.hub),
        section_part("backup", BackupSection, partial(_copy_as, chatroom)),
        section_part("retention", Retention, partial(_keep_as, chatroom)),
        section_part("irc", IrcSection, partial(_speak_irc_as, listener)),
        section_part("journal", JournalSection, partial(_note_as, chatroom)),
        listener.part(),
    ]
    if certificates is not None:
        parts.append(certificates_part(certificates))
    for part in parts:
        reloading.add(part)
    _note_as(chatroom, reloading.config)
    is_only_way = reloading.config.tls.plaintext != "allowed"
    tls = certificates is not None and (certificates.is_vouched or is_only_way)
    chatroom.running = Running(Figures(chatroom, listener.address, tls=tls), reloading)
    return Control(partial(answered, chatroom), folder)


def _note_as(chatroom: Chatroom, config: Config) -> None:
    chatroom.notes_sessions = config.journal.level == "debug"


def _keeping(
    certificates: Certificates | None, config: Config, folder: Path | None
) -> Iterator[_Kept]:
    """Return what keeps the certificate up to date."""
    if certificates is not None:
        yield certificates.watch, "taking a new certificate"
        if certificates.challenges is not None and folder is not None:
            # Imported here: most servers ask no authority.
            from hubbub.server.tls.acme.files import Files  # noqa: PLC0415
            from hubbub.server.tls.renewing import renew  # noqa: PLC0415

            renewing = partial(
                renew, config.tls, Files(folder), certificates.challenges, certificates
            )
            yield renewing, "asking for a new certificate"


@asynccontextmanager
async def hosting(
    config: Config | None = None,
    *,
    bye: Bye = STOPPED,
    reloading: Reloading | None = None,
    sockets: Sequence[socket.socket] = (),
) -> AsyncIterator[str]:
    """Serve the log of the configured folder until the block ends; yields the address.

    Raises ConfigError or LogError if the address or the folder cannot be used.
    """
    config = config or Config()
    folder = config.server.folder
    if config.relay.of:
        async with _relaying(config, folder, sockets) as address:
            yield address
        return
    serving = partial(_serving, config, bye=bye, reloading=reloading, sockets=sockets)
    if config.cluster.servers:
        async with (
            joined(config, folder) as node,
            serving(node.log, folder, node=node) as address,
        ):
            node.log.move_on()
            yield address
        return
    log = await SqliteLog.open(
        folder,
        durability=config.log.durability,
        free_bytes_min=config.limits.disk_free_bytes_min,
    )
    try:
        async with serving(log, folder) as address:
            yield address
    finally:
        await log.close()


@asynccontextmanager
async def _serving(
    config: Config,
    log: Log,
    folder: Path,
    *,
    bye: Bye,
    reloading: Reloading | None,
    sockets: Sequence[socket.socket],
    node: "Node | None" = None,
) -> AsyncIterator[str]:
    spent = {fact.key for fact in await log.facts(OPERATOR_CODE)}
    code = kept_code(
        folder,
        is_first=not spent and not await log.facts(OPERATOR),
        is_spent=lambda code: OPERATOR_CODE + hash_of(code) in spent,
    )
    serving = running(
        config, log, code, folder, bye=bye, reloading=reloading, sockets=sockets, node=node
    )
    async with serving as address:
        yield address


def _relaying(
    config: Config, folder: Path, sockets: Sequence[socket.socket]
) -> AbstractAsyncContextManager[str]:
    """Return what relays another server; raises ConfigError."""
    # Imported here: few servers are relays.
    from hubbub.server.relaying.relay import relaying  # noqa: PLC0415

    limits = _granted(config)
    # The server is there again, and everybody waits for it.
    seconds = min(STOPGAP_SHUTDOWN_SECONDS, limits.shutdown_seconds)
    brief = structs.replace(config, limits=structs.replace(limits, shutdown_seconds=seconds))

    def alone(
        log: Log, sockets: Sequence[socket.socket], stopgap: Stopgap
    ) -> AbstractAsyncContextManager[str]:
        return running(brief, log, folder=folder, bye=BACK, stopgap=stopgap, sockets=sockets)

    return relaying(config, limits, folder, alone, sockets=sockets)


def _granted(config: Config) -> Limits:
    return structs.replace(
        config.limits, connections_max=connections_allowed(config.limits.connections_max)
    )
