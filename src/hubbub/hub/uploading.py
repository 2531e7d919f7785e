"""Files: who may upload which, how much of it, and who may read them.

The hub decides, and the server keeps the bytes (server/files/). An upload that was allowed needs no
other proof than its secret address; whether its person may write is asked again when they say it.
"""

from collections.abc import Generator

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.files import MEGABYTE, UPLOADS, Upload, allowed_file_name, size_words
from hubbub.chat.names import is_direct, is_public
from hubbub.chat.queries import Answer, FreeSpace, NewSecret, Question
from hubbub.hub.asking import Reading
from hubbub.hub.flow.private import is_seen
from hubbub.hub.membership import find_room, own_membership
from hubbub.hub.people import conversations
from hubbub.hub.present.room import Room, Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.shares.quota import FEW_DRAFTS
from hubbub.hub.standing import check_changing, check_entry
from hubbub.hub.state import State

UNFINISHED_MAX = 20
"""Uploads of one person that are in no message yet."""

OF_ADDRESS_MAX = 200
"""Of people at one address: else whoever comes under ever new names takes the places of all.

Once half of the places are taken, they may have the fewer the fewer are left: it would take some
250 addresses to have them all."""

IN_ALL_MAX = 2000
"""Of all people, and of this machine, as proxies may be there."""

Beginning = Generator[Question, Answer, Upload]


def upload(state: State, session: Session, command: c.Upload, at: int) -> Reading:
    """Give somebody who may write in a room an address that takes a file for it."""
    room = own_membership(state, session, command.room).room
    check_changing(state, session, Act.SAY, room)
    if room.direct:
        conversations.check_is_reachable(state, session.person, room)
    begun = yield from begin(state, session, room.name, name=command.name, size=command.size, at=at)
    session.send(e.Upload(upload=begun.id, address=UPLOADS + begun.secret, ref=command.ref))


def begin(state: State, session: Session, room: str, *, name: str, size: int, at: int) -> Beginning:
    """Begin an upload, of which no more is asked than whether there is room for it."""
    name, person = allowed_file_name(name), session.person
    _check_size(state, name, size)
    id_, secret, free = (yield NewSecret()), (yield NewSecret()), (yield FreeSpace())
    assert isinstance(id_, str)
    assert isinstance(secret, str)
    # Nothing is asked from here on: of many who begin at the same moment, each counts for the next.
    if isinstance(free, str):
        raise Refused(free, code="log_unavailable")
    assert isinstance(free, int)
    check_room_for(state, room, size)
    _check_number(state, session)
    if (free := free - state.uploads.awaited_bytes) < size:
        raise Refused(
            f"The server's disk has room for {size_words(max(0, free))} of files, and '{name}' has "
            f"{size_words(size)}. Whoever runs the server can make more.",
            code="no_space",
        )
    state.uploads.quota.take(session.origin, size, at, FEW_DRAFTS + 1)
    since = 0 if person.id else person.since
    begun = Upload(
        id=id_,
        secret=secret,
        room=room,
        name=name,
        size=size,
        owner=person.handle,
        since=since,
        origin=session.origin,
        at=at,
    )
    state.uploads.add(begun)
    return begun


def _check_size(state: State, name: str, size: int) -> None:
    limit = int(state.uploads.limits.file_megabytes_max * MEGABYTE)
    if not limit:
        raise Refused("This server takes no files (file_megabytes_max is 0).", code="forbidden")
    if not size:
        raise Refused(f"'{name}' is empty. Choose a file with something in it.", code="empty")
    if size > limit:
        raise Refused(
            f"'{name}' has {size_words(size)}; a file may have {size_words(limit)} "
            "(file_megabytes_max).",
            code="too_large",
        )


def _check_number(state: State, session: Session) -> None:
    uploads, origin = state.uploads, session.origin
    of_address = uploads.coming_from(origin) if origin else 0
    for whose, number, allowed in (
        ("All people together have", len(uploads), IN_ALL_MAX),
        ("You have", uploads.unfinished_of(session.person), UNFINISHED_MAX),
        ("People at your address have", of_address, _allowed_of_address(IN_ALL_MAX - len(uploads))),
    ):
        if number >= allowed:
            raise Refused(
                f"{whose} {number} uploads that are in no message yet, and {allowed} are allowed. "
                "Say or cancel some first.",
                code="too_much",
            )


def _allowed_of_address(free: int) -> int:
    """Return how many uploads people at one address may have while so many places are free."""
    return max(1, round(OF_ADDRESS_MAX * min(1, 2 * free / IN_ALL_MAX) ** 3))


def check_room_for(state: State, room: str, size: int) -> None:
    """Raise Refused `no_space` if a room, or the server, may not hold so many bytes more."""
    limits = state.uploads.limits
    for where, held, megabytes, setting in (
        ("This room", state.uploads.bytes_in(room), limits.room_megabytes_max, "room_"),
        ("This server", state.uploads.bytes_in_all, limits.megabytes_max, ""),
    ):
        if megabytes and held + size > megabytes * MEGABYTE:
            raise Refused(
                f"{where} holds {size_words(held)} of files, and may hold "
                f"{size_words(int(megabytes * MEGABYTE))} ({setting}megabytes_max); this one has "
                f"{size_words(size)}. Messages with files that nobody needs can be deleted.",
                code="no_space",
            )


def give_up(state: State, begun: Upload) -> None:
    """Expect no more of an upload: it was cancelled, or nothing came of it."""
    state.uploads.drop(begun)
    if begun.file is None:  # what was brought to the end counts, whatever became of it
        state.uploads.quota.give_back(begun.origin, begun.size)


# Reading.


def check_may_read(state: State, session: Session, name: str, seq: int) -> None:
    """Raise Refused if somebody may not read a message of a room, and so not its files."""
    room = find_room(state, session, name)
    # Not whether they are in the room: its people open addresses in browsers, which are not.
    check_entry(state, session, Act.JOIN, room)
    if not is_seen(session.person, room, seq):
        raise no_such_file()


def is_for_all(state: State, room: Room) -> bool:
    """Return whether everybody who knows the address of a file in a room may read it.

    Else they must show who they are: the room is private, or not everybody is let in here.
    """
    access = state.access
    return (
        is_public(room.name)
        and not is_direct(room.name)
        and not state.order.is_private(room.name)
        and not state.password
        and state.order.door is None
        and access.enter == "open"
        and access.passing
    )


def no_such_file() -> Refused:
    """Return the refusal of a file that is not there, or not theirs to see."""
    return Refused(
        "There is no such file: its message was deleted, or the address is mistyped.",
        code="no_such_file",
    )
