"""What those who run the server are told of it."""

import msgspec

from hubbub.chat.events.logged import Event, Seq
from hubbub.chat.listed import PersonHere, RelaySummary, SessionSummary
from hubbub.chat.times import Milliseconds


class Status(Event, tag="status"):
    """The answer to `status`: how the server does at this moment, which listens at `address`.

    `people` are here, over so many `sessions`; of `connections` some have no name yet. `last` is
    the newest seq. Sizes are in bytes: of the log, of all files, of what the log may still take of
    its disk, and of what is free there at all; one that is not known is left out. `damaged` counts
    places of the log; `wal_bytes`, those of its hubbub.db-wal, grow while another program reads
    hubbub.db. `complaints` are sentences of what keeps people from talking; a server without any is
    ready. `failing` names the background work that a fault of the server's has broken off, and that
    is tried again; `faults` counts all faults since the start. `locked` is whether nobody new is
    let in, and `tls` whether people had best come by TLS: an authority vouches for the certificate,
    or there is no other way. `backup` is when the newest copy was made since the start, 0 if there
    is none. `node` is what this server is called among several that serve the same rooms, `nodes`
    are the others that it hears, and `behind` is how many messages of their stream are still to be
    applied here. `relay` is what this server is as a relay; while that is linked, it knows no
    people, sessions and rooms. `relays` are those that are linked to this server.
    """

    server: str
    address: str
    started: Milliseconds
    at: Milliseconds
    people: int
    sessions: int
    connections: int
    rooms: int
    last: int
    log_bytes: int = 0
    file_bytes: int = 0
    log_free_bytes: int | None = None
    disk_free_bytes: int | None = None
    damaged: int = 0
    wal_bytes: int = 0
    complaints: list[str] = msgspec.field(default_factory=list)
    failing: list[str] = msgspec.field(default_factory=list)
    faults: int = 0
    locked: bool = False
    tls: bool = False
    backup: Milliseconds = 0
    node: str = ""
    nodes: list[str] = msgspec.field(default_factory=list)
    behind: int | None = None
    relay: RelaySummary | None = None
    relays: list[RelaySummary] = msgspec.field(default_factory=list)
    ref: str | None = None


class People(Event, tag="people"):
    """The answer to `people`: who is here; `more` says that there are others."""

    people: list[PersonHere]
    more: bool = False
    ref: str | None = None


class Sessions(Event, tag="sessions"):
    """The answer to `sessions`, the newest last; `more` says that there are older ones."""

    sessions: list[SessionSummary]
    more: bool = False
    ref: str | None = None


class Reloaded(Event, tag="reloaded"):
    """The answer to `reload`: which settings changed, as `section.key`.

    Those `applied` hold from now on; for those of `restart` the server must be started again.
    """

    applied: list[str]
    restart: list[str]
    ref: str | None = None


class BackedUp(Event, tag="backed_up"):
    """The answer to `backup`: whether there is a copy that is `whole`, and what of it was found."""

    whole: bool
    lines: list[str]
    ref: str | None = None


class Imported(Event, tag="imported"):
    """The answer to `import`: where its messages stand now, in order, and which of them are new."""

    seqs: list[Seq]
    new: list[bool]
    ref: str | None = None
