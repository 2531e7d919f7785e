"""The log as a stream of NATS JetStream, which many nodes read and append to alike.

How it works. A node publishes what is appended, and hears of it as every other node does: from the
stream, in its order. There it is numbered (pieces.py) and applied to the node's own copy in SQLite,
which drops repeats by what the copy holds; all apply the same in the same order, and drop the same.
So nothing is decided but the order, the stream's. An append has succeeded once it is applied.

A node that was away, or starts with an empty folder, reads on from what it has, and serves once it
has read up to where the stream stood.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry, Page
from hubbub.chat.queries import PageQuery
from hubbub.log.chunks import Chunks
from hubbub.log.jetstream.applying import Copy
from hubbub.log.jetstream.joining import found_for
from hubbub.log.jetstream.link import Link
from hubbub.log.jetstream.objects import Objects
from hubbub.log.jetstream.pieces import Piece, cut, mark
from hubbub.log.jetstream.publishing import Applied
from hubbub.log.jetstream.syncing import check_syncing
from hubbub.log.jetstream.tenure import Tenure, shut_out
from hubbub.log.sqlite.connection import Durability


class JetStreamLog(Copy):
    """A node's log; made by `JetStreamLog.join`."""

    tenure: Tenure | None = None
    """Of the run as which all is appended, once it is registered."""

    @classmethod
    async def join(
        cls,
        folder: Path,
        servers: Sequence[str],
        stream: str,
        *,
        durability: Durability = "process",
        monitors: Sequence[str] | None = (),
        free_bytes_min: int = 0,
        replicas: int = 1,
        credentials: str = "",
        bucket: Chunks | None = None,
    ) -> Self:
        """Return the log that is the stream with this name, with the node's copy in `folder`.

        The stream is made if there is none, with so many `replicas`. Returns once the copy is what
        the stream was at the call. Raises LogError if the servers cannot be reached, or if the
        folder holds another log than this, or one that ends before the stream begins.

        What was appended survives that any process is killed. With the `durability` "power", that
        all servers lose power, too: each of them must sync always, which is asked at their
        `monitors` (syncing.py), or stated by None. `credentials`: a file, if the servers need one.
        `bucket`: where the bytes of new files go, if not to them.
        """
        # The copy need not survive a power cut: what it loses, it reads again.
        log = await cls.open(folder, durability="process", free_bytes_min=free_bytes_min)
        try:
            link = await Link.open(servers, stream, credentials)
            await log.go_on(folder, link, replicas, bucket)
            if durability == "power" and monitors is not None:
                found = await link.stream_found()
                await check_syncing([] if found is None else found.servers, monitors)
        except BaseException:
            await log.close()
            raise
        return log

    async def go_on(
        self, folder: Path, link: Link, replicas: int, bucket: Chunks | None = None
    ) -> None:
        """Apply what the stream has behind what the folder has, and all that comes from then on."""
        self._link = link
        found = await found_for(self, folder, link, replicas)
        self.objects = Objects(
            link, found.epochs, found.config.num_replicas, self._come_up_to_now, bucket
        )
        await self._begin(found)

    async def append(self, drafts: Sequence[Entry]) -> list[int]:
        """Publish `drafts`, and wait until they are applied here (see log/port.py)."""
        if not (pieces := cut(drafts)):
            return []
        self.check()
        entries, numbers, *_ = await self._published(pieces, self.tenure)
        seqs = [0] * len(drafts)
        places = [place for piece in pieces for place in piece.places]
        for place, entry, seq in zip(places, entries, numbers, strict=True):
            seqs[place] = seq
            if entry.seq == seq:
                drafts[place].seq, drafts[place].prev = entry.seq, entry.prev
        return seqs

    async def _come_up_to_now(self) -> None:
        """Wait until all that the stream holds is applied here."""
        await self._published([mark()])

    async def register(self, run: str) -> None:
        """Append as this run of a node from now on, until another one shuts it out.

        Returns once all is applied that was stored before. Raises LogError.
        """
        tenure = self.tenure = self.tenure or Tenure(self.link, run, self._stream.doubt)
        tenure.begin((await self._published([tenure.registration])).last)

    async def sign_off(self) -> None:
        """Append nothing more, and leave nothing of the registration, if that can be."""
        if self.tenure is not None and self._stream.is_live:
            with suppress(LogError):
                await self.tenure.end()

    async def shut_out(self, run: str) -> None:
        """Have nothing stored any more that this run of a node appends; raises LogError."""
        await shut_out(self.link, run)

    async def _published(self, pieces: Sequence[Piece], tenure: Tenure | None = None) -> Applied:
        """Publish an append, and wait until it is applied here; raise LogError as `append` does."""
        self._check_following()
        return await self._publishing.publish(pieces, tenure)

    def check(self) -> None:
        """Raise LogError if nothing can be appended now."""
        self._check_following()
        if self.tenure is not None:
            self.tenure.check()

    async def page(self, query: PageQuery) -> Page:
        """Return a page; raise LogError if edits that are yet to come have all of a text."""
        page = await super().page(query)
        if page.missing and self.behind:  # without its edit a message looks damaged
            raise LogError("This node still reads what was said while it was away.")
        return page

    async def try_writing(self) -> None:
        """Raise LogError if nothing can be appended now."""
        await super().try_writing()
        await self.link.stream_found()
