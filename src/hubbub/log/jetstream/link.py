"""The connection to the servers that keep the stream, and what is asked of them.

Of the NATS client only its core is used: to publish, to subscribe, to ask. What JetStream says is
JSON on subjects of its own, of which this needs little.
"""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

import msgspec
from nats.aio.client import Client, Srv
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeout

from hubbub.chat.errors import LogError
from hubbub.chat.queries import Epoch
from hubbub.log.jetstream.pieces import BEGINNING, Piece

OPEN_SECONDS: Final = 10.0
ASK_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 0.2
PING_SECONDS: Final = 2
PIECES_MAX: Final = 1000
"""So many messages become visible together; a server takes no more."""

TOKEN: Final = "Hubbub-Append"  # noqa: S105 (a header: which append a message is of)
REST: Final = "Hubbub-Rest"
"""A header: how many messages of the same append follow."""

FORMAT: Final = "Hubbub-Format"
"""A header: by which FORMAT_NOW a message was written. Raise it with each new kind of event."""

FORMAT_NOW: Final = 1

_EPOCHS: Final = "hubbub.epochs"
_NAME_IS_TAKEN: Final = 10058
_ARE_NOT_READY: Final = {10005, 10008}
"""Too few servers are there yet to keep a stream, or none of them leads."""

_NO_MESSAGE: Final = 404
_IS_NOT_LAST: Final = 10071
_NOT_FOUND: Final = 10059
_VERSION_MIN: Final = (2, 12)

_CREDENTIALS: Final = re.compile(
    rb"BEGIN NATS USER JWT-+\s+\S+\s.*BEGIN USER NKEY SEED-+\s+(\S+)", re.DOTALL
)
"""What a file with credentials holds; the group is the seed."""

T = TypeVar("T")

_logger = logging.getLogger(__name__)


class _Fault(msgspec.Struct):
    code: int = 0
    err_code: int = 0
    description: str = ""


class Answer(msgspec.Struct):
    """What every answer of JetStream may hold."""

    error: _Fault | None = None


class _Config(msgspec.Struct, frozen=True):
    subjects: list[str] = []
    allow_atomic: bool = False
    first_seq: int = 0
    discard: str = ""
    max_age: int = 0
    num_replicas: int = 1
    metadata: dict[str, str] = {}


class _State(msgspec.Struct, frozen=True):
    first_seq: int
    last_seq: int
    subjects: dict[str, int] = {}


class _Peer(msgspec.Struct, frozen=True):
    name: str = ""


class _Cluster(msgspec.Struct, frozen=True):
    leader: str = ""
    replicas: list[_Peer] = []


class Stream(Answer):
    """How a stream is configured, and where it stands."""

    config: _Config = _Config()
    state: _State = _State(0, 0)
    cluster: _Cluster = _Cluster()
    total: int = 0
    """How many subjects were asked for; an answer has a part of them."""

    @property
    def epochs(self) -> list[Epoch]:
        """The epochs of the log that the stream is; none if it is no log."""
        try:
            return _epochs.decode(self.config.metadata.get(_EPOCHS, "[]"))
        except msgspec.DecodeError:
            return []

    @property
    def servers(self) -> list[str]:
        """The names of the servers that keep it."""
        return [self.cluster.leader, *(one.name for one in self.cluster.replicas)]

    @property
    def behind(self) -> int:
        """The number behind which it began."""
        return max(self.config.first_seq, 1) - 1

    @property
    def first(self) -> int:
        """The number of the first message that it holds, or will hold."""
        return max(self.behind + 1, self.state.first_seq)


def check_is_same(found: Stream | None, epochs: Sequence[Epoch], after: int) -> None:
    """Raise LogError unless this is the stream with these epochs, and was read up to `after`."""
    if found is None:
        raise LogError("The stream is gone.")
    if found.epochs != epochs:
        raise LogError("The stream is another one than before.")
    if max(found.state.last_seq, found.behind) < after:
        raise LogError(
            f"The stream ends at its message {found.state.last_seq}, and {after} was read here: it "
            "was restored from an older copy. Make another one of the folder that ends last."
        )


class Stored(msgspec.Struct):
    """A message as the stream has it."""

    seq: int
    data: bytes = b""
    time: datetime = datetime.fromtimestamp(0, UTC)


class _Got(Answer):
    message: Stored | None = None


class _Published(Answer):
    seq: int = 0


_epochs = msgspec.json.Decoder(list[Epoch])


class Unexpected(LogError):
    """Nothing was stored: what the servers were to check first is not so."""


class NotReady(LogError):
    """The servers are there, but have no leader now, or do not know the stream yet."""


class Link:
    """A connection that comes back by itself; made by `Link.open`."""

    def __init__(
        self, client: Client, servers: Sequence[str], stream: str, credentials: str = ""
    ) -> None:
        self.client = client
        self._servers = servers
        self._credentials = credentials
        self.stream = stream

    @classmethod
    async def open(cls, servers: Sequence[str], stream: str, credentials: str = "") -> "Link":
        """Connect to one of the servers; raise LogError if none of them can be used.

        `credentials`: a file, if they need one.
        """
        return cls(await _connected(servers, credentials), servers, stream, credentials)

    async def revive(self) -> None:
        """Connect anew if the client has given up, as it does when its login is refused."""
        if self.client.is_closed:
            self.client = await _connected(self._servers, self._credentials)

    async def leave(self) -> None:
        """Connect to the next of the servers, as this one may have lost touch with the others.

        Raises LogError if none can be used; the connection is the former one then.
        """
        url, former = self.client.connected_url, self.client
        here = None if url is None else url.netloc.rpartition("@")[2]
        places = [place for place, one in enumerate(self._servers, 1) if here and here in one]
        next_ = places[0] if places else 0
        in_turn = [*self._servers[next_:], *self._servers[:next_]]
        self.client = await _connected(in_turn, self._credentials, in_order=True)
        with suppress(NatsError, OSError, TimeoutError):
            await former.close()

    async def ask(self, subject: str, asked: object, type_: type[T]) -> T:
        """Return the answer of JetStream; raise LogError if there is none."""
        try:
            answer = await self.client.request(
                f"$JS.API.{subject}", json.dumps(asked).encode(), timeout=ASK_SECONDS
            )
        except (NatsError, OSError) as error:
            raise unreached(error) from error
        failed = decoded(answer, Answer).error
        if failed is not None and failed.err_code in _ARE_NOT_READY:
            raise NotReady(f"The NATS servers are not ready: {failed.description}.")
        return decoded(answer, type_)

    async def stream_made(
        self, replicas: int, epochs: Sequence[Epoch], behind: int = 0
    ) -> Stream | None:
        """Make the stream; its first message has a number above `behind`. None if there is one."""
        asked = {
            "name": self.stream,
            "subjects": [f"{self.stream}.log.>"],
            "retention": "limits",
            "storage": "file",
            "discard": "new",  # a full stream takes nothing more, and loses nothing
            "num_replicas": replicas,
            "allow_atomic": True,
            "first_seq": behind + 1,
            "metadata": {_EPOCHS: msgspec.json.encode(epochs).decode()},
        }
        made = await self.ask(f"STREAM.CREATE.{self.stream}", asked, Stream)
        if made.error is not None and made.error.err_code == _NAME_IS_TAKEN:
            return None
        if made.error is not None:
            raise LogError(f"The NATS servers make no stream: {made.error.description}.")
        return made

    async def stream_found(self) -> Stream | None:
        """Return the stream, None if there is none; raise LogError if it is none of hubbub's."""
        found = await self.ask(f"STREAM.INFO.{self.stream}", {}, Stream)
        if found.error is not None and found.error.err_code == _NOT_FOUND:
            return None
        if found.error is not None:
            raise LogError(f"The NATS servers give no stream: {found.error.description}.")
        if not (found.epochs and found.config.allow_atomic and found.config.discard == "new"):
            raise LogError(
                f"The stream '{self.stream}' of the NATS servers was not made by hubbub. Name "
                "another one."
            )
        return found

    async def message(self, **asked: int | str) -> Stored | None:
        """Return the message with this `seq`, or the newest one with `last_by_subj`, if any."""
        got = await self.ask(f"STREAM.MSG.GET.{self.stream}", asked, _Got)
        if got.error is not None and got.error.code != _NO_MESSAGE:
            raise LogError(f"The NATS servers give no message: {got.error.description}.")
        return got.message

    async def subjects(self, pattern: str) -> list[str]:
        """Return the subjects of the stream's messages that are like this."""
        found: list[str] = []
        while True:
            asked = {"subjects_filter": self.subject(pattern), "offset": len(found)}
            part = await self.ask(f"STREAM.INFO.{self.stream}", asked, Stream)
            if part.error is not None:
                raise LogError(f"The NATS servers give no subjects: {part.error.description}.")
            found += part.state.subjects
            if not part.state.subjects or len(found) >= part.total:
                return found

    async def erase(self, number: int) -> None:
        """Have the servers overwrite the message with this number; nothing if it is gone."""
        asked = {"seq": number, "no_erase": False}
        answer = await self.ask(f"STREAM.MSG.DELETE.{self.stream}", asked, Answer)
        if answer.error is not None and await self.message(seq=number) is not None:
            raise LogError(f"The NATS servers erase nothing: {answer.error.description}.")

    async def purge(self, subject: str, before: int | None = None) -> None:
        """Remove the messages of a subject, those whose numbers are below this one if given."""
        asked = {"filter": subject} if before is None else {"filter": subject, "seq": before}
        answer = await self.ask(f"STREAM.PURGE.{self.stream}", asked, Answer)
        if answer.error is not None:
            raise LogError(f"The NATS servers remove nothing: {answer.error.description}.")

    async def begin(self, behind: int) -> None:
        """Put the first message into the stream, which says nothing, if there is none yet.

        Nothing of hubbub ever erases it: as long as it is there, the stream has its beginning.
        """
        headers = {"Nats-Expected-Last-Sequence": str(behind)}
        try:
            answer = await self.client.request(
                self.subject(BEGINNING), b"[]", timeout=ASK_SECONDS, headers=headers
            )
        except (NatsError, OSError) as error:
            raise unreached(error) from error
        published = decoded(answer, _Published)
        if published.error is not None and published.error.err_code != _IS_NOT_LAST:
            raise LogError(f"The NATS servers refuse it: {published.error.description}.")

    async def publish(
        self,
        pieces: Sequence[Piece],
        token: str,
        *,
        expected: int | None = None,
        checked: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        """Append all of `pieces` or none; return the stream's number of the last.

        `expected`: the number of the newest message under the subject of the last, 0 for none.
        `checked`: other headers of the last, by which the servers are to check something. Raises
        Unexpected if it is not so, and LogError if all was refused for another reason, or if it is
        not known what became of it.
        """
        if len(pieces) > PIECES_MAX:
            raise LogError("That is too much to be appended at once.")
        if any(len(piece.payload) > self.client.max_payload for piece in pieces):
            raise LogError(
                f"The NATS servers take no message longer than {self.client.max_payload} bytes. "
                "Raise their max_payload."
            )
        last = len(pieces) - 1
        try:
            for place, piece in enumerate(pieces):
                headers = {TOKEN: token, REST: str(last - place), FORMAT: str(FORMAT_NOW)}
                if last:
                    headers |= {"Nats-Batch-Id": token, "Nats-Batch-Sequence": str(place + 1)}
                if place < last:
                    await self.client.publish(
                        self.subject(piece.subject), piece.payload, headers=headers
                    )
                    continue
                if last:
                    headers["Nats-Batch-Commit"] = "1"
                headers.update(checked)
                if expected is not None:
                    headers["Nats-Expected-Last-Subject-Sequence"] = str(expected)
                answer = await self.client.request(
                    self.subject(piece.subject), piece.payload, timeout=ASK_SECONDS, headers=headers
                )
        except (NatsError, OSError) as error:
            raise unreached(error) from error
        published = decoded(answer, _Published)
        if (fault := published.error) is not None:
            kind = Unexpected if fault.err_code == _IS_NOT_LAST else LogError
            raise kind(f"The NATS servers refuse it: {fault.description}.")
        return published.seq

    def subject(self, behind: str) -> str:
        """Return a subject of the stream, of which this is what stands behind the stream's own."""
        return f"{self.stream}.log.{behind}"

    async def close(self) -> None:
        """End."""
        with suppress(NatsError, OSError, TimeoutError):
            await self.client.close()


class _Client(Client):
    """Leaves no connection open: the library forgets the one at which an attempt has failed."""

    async def _connect_to_server(self, s: Srv) -> None:
        if self._transport:
            self._transport.close()  # type: ignore[no-untyped-call]
        await super()._connect_to_server(s)

    async def close(self) -> None:
        """End, however far an attempt to connect has come."""
        try:
            await super().close()
        finally:
            if self._transport:
                self._transport.close()  # type: ignore[no-untyped-call]


async def _connected(servers: Sequence[str], credentials: str, *, in_order: bool = False) -> Client:
    client = _Client()
    try:
        _check_credentials(credentials)
        async with asyncio.timeout(OPEN_SECONDS):
            await client.connect(
                list(servers),
                name="hubbub",
                user_credentials=credentials or None,
                error_cb=_note,
                pending_size=0,  # nothing is sent later than it was said to have failed
                connect_timeout=int(ASK_SECONDS),
                max_reconnect_attempts=-1,
                reconnect_time_wait=1,
                ping_interval=PING_SECONDS,
                dont_randomize=in_order,
            )
    except ModuleNotFoundError as error:
        raise LogError(
            f"Credentials for NATS servers need '{error.name}', which is not installed. Install it "
            "with pip install '.[cluster]', in hubbub's checkout."
        ) from error
    except (NatsError, OSError, ValueError, TimeoutError) as error:
        with suppress(NatsError, OSError, TimeoutError):
            await client.close()
        named = ", ".join(server.rpartition("@")[2] for server in servers)  # without passwords
        cause = _said(client.last_error or error)
        raise LogError(f"None of the NATS servers can be used ({named}): {cause}.") from error
    version = client.connected_server_version
    if (version.major, version.minor) < _VERSION_MIN:
        await client.close()
        raise LogError(
            f"The NATS server is of version {version.major}.{version.minor}, and hubbub needs "
            "2.12, which commits messages together. Install a newer one."
        )
    return client


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Return what `ask` does, and ask for OPEN_SECONDS while the servers are not ready.

    Servers that were just started elect a leader first, and each learns of a new stream later.
    """
    clock = asyncio.get_running_loop().time
    give_up_at = clock() + OPEN_SECONDS
    while True:
        try:
            return await ask()
        except NotReady:
            if clock() > give_up_at:
                raise
        await asyncio.sleep(RETRY_SECONDS)


def _check_credentials(path: str) -> None:
    """Raise LogError unless the file at `path`, if any is named, holds credentials.

    The client of NATS takes whatever is in it, and fails at its login with errors of its parts.
    """
    if not path:
        return
    import nkeys  # noqa: PLC0415 (an extra of the client's, for credentials alone)

    found = _CREDENTIALS.search(Path(path).read_bytes())
    try:
        nkeys.from_seed(b"" if found is None else found[1])
    except (nkeys.NkeysError, ValueError) as error:
        raise LogError(
            f"The file {path} holds no credentials for NATS servers. Give one that holds a user's "
            "JWT and the seed of their key."
        ) from error


def decoded(answer: Msg, type_: type[T]) -> T:
    """Return what an answer says; raise LogError if it cannot be understood."""
    try:
        return msgspec.json.decode(answer.data, type=type_)
    except msgspec.DecodeError as error:
        raise LogError("What the NATS servers answer cannot be understood.") from error


def unreached(error: Exception) -> LogError:
    """Return what to say of servers that did not answer."""
    is_passing = isinstance(error, NoRespondersError | NatsTimeout)
    return (NotReady if is_passing else LogError)(
        f"The NATS servers do not answer: {_said(error)}."
    )


def _said(error: Exception) -> str:
    return str(error).removeprefix("nats: ").rstrip(".") or "no answer came in time"


async def _note(error: Exception) -> None:
    if isinstance(error, NatsError | OSError):
        _logger.debug("NATS: %s", error)
    else:  # of what hears messages
        _logger.error("What a message of NATS says is not done.", exc_info=error)
