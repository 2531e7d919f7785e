"""One node of a cluster: its log, what it is called, and how it does."""

import secrets
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hubbub.chat.errors import LogError
from hubbub.log.jetstream import JetStreamLog
from hubbub.server.clustering.files import opened_bucket
from hubbub.server.clustering.presence import Presence
from hubbub.server.config import ClusterSection, Config
from hubbub.server.node_addresses import as_told
from hubbub.server.notes import logger

if TYPE_CHECKING:
    from hubbub.hub import Session
    from hubbub.server.sessions.chatroom import Chatroom

RUN_BYTES: Final = 9


class Node:
    """This server among the others, from its start to its end, which is the `run`.

    `log` is what they have in common.
    """

    def __init__(self, log: JetStreamLog, name: str, address: str) -> None:
        self.log = log
        self.name = name
        self.run = secrets.token_hex(RUN_BYTES)
        self._presence = Presence(log, self.run, name, address)

    @property
    def others(self) -> list[str]:
        """What the other nodes are called that are heard."""
        return self._presence.names

    @property
    def addresses(self) -> list[str]:
        """Where members reach the nodes, this one first, as far as they are told of it."""
        return self._presence.addresses

    def live(self, chatroom: "Chatroom") -> Coroutine[None, None, None]:
        """Return what tells the others of who is here, and hears of theirs, for ever."""

        def wake(session: "Session") -> None:
            for one in list(chatroom.connections):
                if one.conversation.session is session and not session.congested:
                    one.conversation.caught_breath()
                    one.go_on()

        return self._presence.run(chatroom, wake)

    @property
    def behind(self) -> int:
        """How many messages of the stream are still to be applied here, as far as is known."""
        return self.log.behind

    def complaints(self) -> Iterator[str]:
        """Return sentences of what keeps people from talking at this node."""
        try:
            self.log.check()
        except LogError as error:
            yield f"Nothing can be posted at this node, '{self.name}': {error}"


@asynccontextmanager
async def joined(config: Config, folder: Path) -> AsyncIterator[Node]:
    """Be a node until the block ends; its copy of the log is in `folder`.

    What others say meanwhile is held back until `node.log.move_on` is called, so that whatever is
    read before is of one moment. Raises ConfigError and LogError.
    """
    section = config.cluster
    address = as_told(section.address) if section.address else ""
    if not address:
        logger.info(
            "nobody is told where this node is, so whoever comes with a device or a password finds "
            "it only by the address that they gave: set 'address' in [cluster], unless all nodes "
            "are behind one address"
        )
    bucket = await opened_bucket(section)
    log = await JetStreamLog.join(
        folder,
        section.servers,
        section.stream,
        durability=config.log.durability,
        monitors=None if section.syncs_always else section.monitors,
        free_bytes_min=config.limits.disk_free_bytes_min,
        replicas=section.replicas,
        credentials=section.credentials,
        bucket=bucket,
    )
    try:
        node = Node(log, _name(section, config.server.listen), address)
        await log.register(node.run)
        await log.stand_still()
        yield node
    finally:
        await log.sign_off()
        await log.close()


def _name(section: ClusterSection, listen: str) -> str:
    return section.name or f"{socket.gethostname()}:{listen.rpartition(':')[2]}"
